//! Signing out after a last attempt to send what waits.

use super::{Consent, PendingChange, SyncReport, waiting::MAX_LISTED};
use crate::{
    error::{Error, Result},
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

impl Consent {
    /// Sends what waits, for at most `timeout_ms` milliseconds, then signs the person out, and says what of the account still waits.
    ///
    /// It signs out whatever becomes of the sync: a network that is down, a server that is, a time of 0, a sync that runs already. An error
    /// means that the sign-out itself could not be recorded; nothing of the account is allowed any more all the same. Blocks on the network
    /// and the disk: where another process holds the file, it is waited for once, for 5 seconds at most, beside `timeout_ms`. Call it on a
    /// worker thread, and `sign_out` where the app cannot wait.
    pub fn sign_out_within(&self, timeout_ms: i64) -> Result<SignOutReport> {
        self.meet_news();
        let present = self.present.load_full();
        let account = present.signed_in.then(|| present.person.clone());
        // What went wrong with it is no reason to keep the person signed in. What it did not send is in `waiting`.
        let tried = account.as_ref().filter(|_| timeout_ms > 0).map(|_| self.sync(timeout_ms));
        // A sync that could not have the file has waited for it: the person is not kept waiting a second time.
        let has_waited = matches!(tried, Some(Err(Error::StoreUnavailable { .. })));
        let (sync, failure) = match tried {
            Some(Ok(report)) => (Some(report), None),
            Some(Err(error)) => (None, Some(error).filter(|error| !matches!(error, Error::NoServer)).map(|error| error.to_string())),
            None => (None, None),
        };
        self.leave(if has_waited { Patience::AtOnce } else { Patience::Waits })?;
        let Some(account) = account else { return Ok(SignOutReport { sync, failure, waiting: Vec::new() }) };
        let rows = self.read(|transaction, _| transaction.waiting_of(&account, MAX_LISTED))?;
        Ok(SignOutReport { sync, failure, waiting: rows.into_iter().map(PendingChange::from).collect() })
    }
}
