//! Signing out, at once or after a last attempt to send what waits. What belongs to the device stays with the device.

use std::sync::atomic::AtomicBool;

use super::{
    denial::Denied,
    open_ledger::OpenLedger,
    pending::{MAX_LISTED, PendingChange},
    sync::{SyncReport, sync},
    writing::random::random_name,
};
use crate::{
    error::{Error, Result},
    ledger::{Body, Link},
    store::Patience,
};

/// What a sign-out left behind.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SignOutReport {
    /// What the sync before it did; `None` where none could be made: no server, no time, nobody signed in, or another sync is running.
    pub sync: Option<SyncReport>,
    /// Why there was no sync although there was to be one, in the words of the error that `sync` would have given. `None` where one was
    /// made, and where there was none to make: no server, no time, nobody signed in.
    pub failure: Option<String>,
    /// The account's changes that the server has not acknowledged, oldest first, at most 1,000. Refusals and withdrawals among them are
    /// still sent by every later sync. Grants wait until this account signs in here again.
    pub waiting: Vec<PendingChange>,
}

/// Signs the person out: see `Consent::sign_out`.
pub fn sign_out(ledger: &OpenLedger) -> Result<()> {
    leave(ledger, Patience::Waits)
}

/// Sends what waits and signs out: see `Consent::sign_out_within`.
pub fn sign_out_within(ledger: &OpenLedger, syncing: &AtomicBool, timeout_ms: i64) -> Result<SignOutReport> {
    ledger.meet_news();
    let present = ledger.present.load_full();
    let account = present.signed_in.then(|| present.person.clone());
    // A sync that fails is no reason to keep the person signed in. What it did not send is listed in `waiting`.
    let tried = account.as_ref().filter(|_| timeout_ms > 0).map(|_| sync(ledger, syncing, timeout_ms));
    // Where the sync could not have the file it has waited for it already, and the sign-out does not wait a second time.
    let has_waited = matches!(tried, Some(Err(Error::StoreUnavailable { .. })));
    let (sync, failure) = match tried {
        Some(Ok(report)) => (Some(report), None),
        Some(Err(error)) => (None, Some(error).filter(|error| !matches!(error, Error::NoServer)).map(|error| error.to_string())),
        None => (None, None),
    };
    leave(ledger, if has_waited { Patience::AtOnce } else { Patience::Waits })?;
    let Some(account) = account else { return Ok(SignOutReport { sync, failure, waiting: Vec::new() }) };
    let rows = ledger.read(|transaction, _| transaction.waiting_of(&account, MAX_LISTED))?;
    Ok(SignOutReport { sync, failure, waiting: rows.into_iter().map(PendingChange::from).collect() })
}
/// Signs out. `patience` says whether a file that another process holds is waited for.
fn leave(ledger: &OpenLedger, patience: Patience) -> Result<()> {
    let next = random_name()?;
    ledger.meet_news();
    let present = ledger.present.load_full();
    let left = Denied::Left { person: present.person.clone(), next: next.clone() };
    // Where the file cannot be read, nobody knows whether somebody is signed in.
    let denials = if present.signed_in || !present.available { vec![ledger.denial(&ledger.stamp(), left)?] } else { vec![] };
    ledger.write_no(patience, &denials, |writer| {
        if !writer.head.state.signed_in {
            return Ok(());
        }
        let reference = next.clone();
        writer.transaction.add_subject(&reference, None)?;
        let install = writer.head.state.install.clone();
        writer.append(&install, Body::Link(Link { subject: reference, account: false }))?;
        Ok(())
    })
}
