//! What a sync did, for the app to read, and what is added up for it meanwhile.

use crate::{
    client::open_ledger::OpenLedger,
    error::{Error, Result},
    policy::Fault,
    store::Patience,
    sync::{protocol::PolicyRef, reply::Trouble},
};

/// How a sync ended. What an account that signed out granted, and the word that it was signed in here, may wait in either case until it
/// signs in again: see `pending`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SyncState {
    /// Nothing was answered yet and nobody signed in: nothing may be sent (KR-19).
    Quiet,
    /// Everything that could be sent was, and the server's states are here.
    UpToDate,
    /// Something waits: `troubles` says why, `retry_at` until when.
    Waiting,
}

/// What a sync did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncReport {
    /// How it ended.
    pub state: SyncState,
    /// Changes that the server acknowledged in this call.
    pub acknowledged: i64,
    /// Changes that wait, stuck ones among them.
    pub pending: i64,
    /// Changes that the server could not or would not take; see `stuck`.
    pub stuck: i64,
    /// Why something waits.
    pub troubles: Vec<Trouble>,
    /// No request before this time, Unix milliseconds; `None` where nothing holds it back.
    pub retry_at: Option<i64>,
    /// True where the server holds less than it once acknowledged (withdrawals were queued again), or another ledger under this
    /// installation's name: a second server answers under the same name, or a copy of this file went on. Said once; no answer of the
    /// person changes by it.
    pub server_lost_data: bool,
    /// True where this file turned out to be a copy of another phone's: a new installation began.
    pub restored: bool,
    /// How far the server's clock is ahead of this device's, milliseconds, where it is more than a day. It does no harm.
    pub clock_skew: Option<i64>,
    /// True where a later edition of the policy came into force in this call. The next sync asks for everything anew, so that what was
    /// said elsewhere of its new purposes is heard.
    pub policy_changed: bool,
    /// True where an edition of the policy became known in this call that comes into force on a later day: announced tells what changes.
    pub policy_announced: bool,
    /// Why an edition that the server has was not taken, with the place of each fault in its document. The edition in force stays. Where this
    /// version of the library cannot read the document, a newer version of the app can.
    pub policy_faults: Vec<Fault>,
    /// How many states the server told of purposes that the policy in force does not have. They are counted and not kept; once an edition
    /// with these purposes comes into force they are asked for again. Many of them over many syncs: the app's policy is out of date.
    pub unknown_purposes: i64,
}

/// What the replies of one pass added up to.
#[derive(Default)]
pub struct Tally {
    pub acknowledged: i64,
    pub server_lost_data: bool,
    pub another_ledger: bool,
    pub restored: bool,
    /// The server told more than is recorded in a day, so some of its states are not here yet.
    pub held_back: bool,
    /// Something was queued that this pass may not visit any more.
    pub queued_again: bool,
    pub clock_skew: Option<i64>,
    /// The editions of the policy that the server has: the one in force there, and the one that is announced next.
    pub editions: Vec<PolicyRef>,
    /// States of purposes that the policy does not have.
    pub unknown_purposes: i64,
    /// Why an answer could not be written to the file: the sync fails with it, once every subject was asked.
    pub unwritten: Option<Error>,
}

impl Tally {
    /// How long an answer may wait for the file: the file is waited for only once in a sync.
    pub fn patience(&self) -> Patience {
        if self.unwritten.is_some() { Patience::AtOnce } else { Patience::Waits }
    }
}

/// The report of a sync that ended so.
pub fn report(ledger: &OpenLedger, state: SyncState, tally: &Tally, troubles: Vec<Trouble>, retry_at: Option<i64>) -> Result<SyncReport> {
    let (pending, stuck) = ledger.read(|transaction, head| Ok((head.pending, transaction.waiting(true, i64::MAX)?.len())))?;
    Ok(SyncReport {
        state,
        acknowledged: tally.acknowledged,
        pending,
        stuck: i64::try_from(stuck).unwrap_or(i64::MAX),
        troubles,
        retry_at,
        // Where this file turned out to be the copy, it is known whose the other ledger is.
        server_lost_data: tally.server_lost_data || (tally.another_ledger && !tally.restored),
        restored: tally.restored,
        clock_skew: tally.clock_skew,
        policy_changed: false,
        policy_announced: false,
        policy_faults: vec![],
        unknown_purposes: tally.unknown_purposes,
    })
}

/// The report with its troubles completed, and with a state that fits them: whatever waits has a reason.
pub fn with_troubles(mut report: SyncReport) -> SyncReport {
    if report.stuck > 0 {
        report.troubles.push(Trouble::Stuck);
    }
    if report.retry_at.is_some() && report.troubles.is_empty() {
        report.troubles.push(Trouble::Paused);
    }
    if !report.troubles.is_empty() {
        report.state = SyncState::Waiting;
    }
    report
}
