//! The breaker as it is kept in the file: what is remembered of failed requests, and when the next may be made.

use crate::{
    client::open_ledger::OpenLedger,
    error::Result,
    json,
    store::{Patience, Transaction, settings::RETRY},
    sync::retry::Retry,
};

/// The breaker as it was kept last.
pub fn stored(ledger: &OpenLedger) -> Result<Retry> {
    let stored = ledger.read(|transaction, _| transaction.setting(RETRY))?;
    Ok(stored.and_then(|bytes| json::own(&bytes)).unwrap_or_default())
}

/// Keeps the breaker, in a transaction of its own.
pub fn save(ledger: &OpenLedger, retry: Retry, patience: Patience) -> Result<()> {
    ledger.write_with(patience, &[], |writer| keep(writer.transaction, retry))
}

/// Keeps the breaker, in a transaction that writes something else as well.
pub fn keep(transaction: &Transaction<'_>, retry: Retry) -> Result<()> {
    transaction.set_setting(RETRY, &serde_json::to_vec(&retry).unwrap_or_default())
}
