//! The installation's token, and what shows the server whose name this is.

use super::{
    begin_anew::begin_anew,
    breaker,
    requests::{Requests, encode, judged},
};
use crate::{
    client::{open_ledger::OpenLedger, writing::random::random},
    error::Result,
    ledger::chain,
    store::{
        Transaction,
        settings::{INSTALL_KEY, INSTALL_TOKEN},
    },
    sync::{installation, plan::Plan, protocol::InstallRequest, reply::Verdict},
};

/// Asks for the installation's token. True where its name is in use elsewhere and a new installation began.
pub fn register(ledger: &OpenLedger, plan: &mut Plan, requests: &Requests<'_>) -> Result<bool> {
    let install = ledger.read(|_, head| Ok(head.state.install.clone()))?;
    let proof = ledger.read(|transaction, _| key(transaction, &install))?;
    let body = encode(&InstallRequest { install, proof })?;
    let token = ledger.read(|transaction, _| transaction.setting(INSTALL_TOKEN))?;
    let Some(reply) = requests.post("/v1/installs", token.as_deref(), body) else { return Ok(false) };
    let (now, random) = (ledger.options.clock.now(), u64::from_le_bytes(random()?));
    let verdict = judged(&reply, |reply| plan.on_register(reply, now, random));
    let retry = plan.retry();
    if matches!(verdict, Verdict::NameTaken) {
        return ledger.write(&[], |writer| {
            breaker::keep(writer.transaction, retry)?;
            begin_anew(writer, ledger.options.marker())
        });
    }
    ledger.write(&[], |writer| {
        if let Verdict::Registered { token } = &verdict {
            writer.transaction.set_setting(INSTALL_TOKEN, token.as_bytes())?;
        }
        breaker::keep(writer.transaction, retry)
    })?;
    Ok(false)
}

/// The installation's key in hex, for a name that was made of one.
fn key(transaction: &Transaction<'_>, install: &str) -> Result<Option<String>> {
    if !installation::is_keyed(install) {
        return Ok(None);
    }
    Ok(transaction.setting(INSTALL_KEY)?.map(|key| chain::hex(&key)))
}

/// What shows the server that this is that installation: its key, or for a name from before there were keys, the token that it was given.
pub fn proof(transaction: &Transaction<'_>, install: &str) -> Result<Option<String>> {
    if installation::is_keyed(install) {
        return key(transaction, install);
    }
    Ok(transaction.setting(INSTALL_TOKEN)?.and_then(|token| String::from_utf8(token).ok()))
}
