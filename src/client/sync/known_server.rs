//! The server that answered rightly last. What comes from its address and is not its word is a portal's.

use crate::{
    client::open_ledger::OpenLedger,
    error::Result,
    store::{Transaction, settings::KNOWN_SERVER},
    sync::plan::Plan,
};

/// True where this server ever answered rightly. A file from before the address was remembered has a token of the one server that it ever
/// knew, so there it is known where the installation is `registered`.
pub fn is_known(transaction: &Transaction<'_>, server: Option<&str>, registered: bool) -> Result<bool> {
    Ok(match (transaction.setting(KNOWN_SERVER)?, server) {
        (Some(known), Some(server)) => known == server.as_bytes(),
        _ => registered,
    })
}

/// Remembers that the server answered rightly, once.
pub fn remember(ledger: &OpenLedger, server: &str, plan: &Plan) -> Result<()> {
    let remembered = ledger.read(|transaction, _| transaction.setting(KNOWN_SERVER))?;
    if !plan.knows_the_server() || remembered.is_some_and(|remembered| remembered == server.as_bytes()) {
        return Ok(());
    }
    ledger.write(&[], |writer| writer.transaction.set_setting(KNOWN_SERVER, server.as_bytes()))
}
