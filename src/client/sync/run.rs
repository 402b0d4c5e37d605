//! One sync, from the first request to the report.

use std::{cell::Cell, sync::atomic::AtomicBool};

use super::{
    breaker,
    exchange::exchange,
    known_server,
    lanes::plan,
    lock::{Running, uploader_lock},
    policy::{self, Fetched},
    registration::register,
    report::{SyncReport, SyncState, Tally, report, with_troubles},
    requests::Requests,
};
use crate::{
    client::{erase, open_ledger::OpenLedger},
    error::{Error, Result},
    store::Patience,
    sync::{
        plan::{Plan, Step},
        reply::Trouble,
    },
};

/// Sends what waits and pulls what changed elsewhere: see `Consent::sync`.
pub fn sync(ledger: &OpenLedger, syncing: &AtomicBool, timeout_ms: i64) -> Result<SyncReport> {
    let (Some(server), Some(transport)) = (&ledger.options.server, &ledger.options.transport) else { return Err(Error::NoServer) };
    if timeout_ms <= 0 {
        return Err(Error::invalid("timeout_ms", "must be more than 0 milliseconds"));
    }
    let _running = Running::begin(syncing)?;
    let _lock = uploader_lock(&ledger.options.path)?;
    let clock = ledger.options.clock.as_ref();
    let deadline_ms = clock.monotonic().saturating_add(timeout_ms);
    let edition = ledger.policy.load().edition;
    // What is held in memory alone is sent as well. Where it cannot be recorded now, the server is heard all the same: it may tell of a no.
    let unwritten = match ledger.record_left_over() {
        Err(error) if error.is_of_the_file() => Some(error),
        recorded => recorded.map(|()| None)?,
    };
    // Nothing is sent that is not what was written here.
    ledger.read(|transaction, head| transaction.check_waiting(head))?;
    let requests =
        Requests { server, transport: transport.as_ref(), clock, deadline_ms, answered: Cell::new(false), given_up: Cell::new(false) };
    let mut tally = Tally { unwritten, ..Tally::default() };
    let Some(mut plan) = plan(ledger, deadline_ms)? else {
        return tally.unwritten.take().map_or_else(|| report(ledger, SyncState::Quiet, &tally, vec![], None), Err);
    };
    let waits_until = visit(ledger, &mut plan, &requests, &mut tally)?;
    if let Some(error) = tally.unwritten {
        return Err(error);
    }
    known_server::remember(ledger, server, &plan)?;
    erase::go_on(ledger)?;
    let mut troubles = plan.troubles();
    let fetched = if troubles.is_empty() { policy::fetch(ledger, &requests, &tally.editions) } else { Fetched::default() };
    if tally.held_back {
        troubles.push(Trouble::TooMuchTold);
    }
    let waits_until = waits_until.or_else(|| plan.retry().waits(clock.now()));
    let report = report(ledger, SyncState::UpToDate, &tally, troubles, waits_until)?;
    let mut report = SyncReport {
        policy_changed: ledger.policy.load().edition != edition,
        policy_announced: fetched.announced,
        policy_faults: fetched.faults,
        ..with_troubles(report)
    };
    // A no that was said while this ran waits still, though nothing went wrong.
    if report.state == SyncState::UpToDate && report.pending > 0 && ledger.read(|transaction, _| transaction.a_no_waits())? {
        report.state = SyncState::Waiting;
        report.troubles.push(Trouble::Paused);
    }
    Ok(report)
}

/// Does what the plan says until nothing is left to do. Gives the time until which something has to wait, where it has to.
fn visit(ledger: &OpenLedger, plan: &mut Plan, requests: &Requests<'_>, tally: &mut Tally) -> Result<Option<i64>> {
    let clock = ledger.options.clock.as_ref();
    let mut twice = false;
    loop {
        let now = clock.now();
        match plan.next(now, clock.monotonic()) {
            // Only once more: a server that loses data in every answer is not followed for ever.
            Step::Done if tally.queued_again && !twice => {
                twice = true;
                let Some(next) = super::lanes::plan(ledger, requests.deadline_ms)? else { return Ok(None) };
                *plan = next;
            }
            Step::Done => return Ok(None),
            Step::Wait { until_ms } => return Ok(Some(until_ms)),
            Step::Register => tally.restored |= register(ledger, plan, requests)?,
            step @ Step::Sync { lane, .. } => match exchange(ledger, plan, step, requests, tally) {
                // What the server says of the other subjects is heard all the same: a no counts also where it cannot be recorded.
                Err(error) if error.is_of_the_file() => {
                    tally.unwritten = Some(error);
                    plan.skip(lane, None, now);
                }
                exchanged => exchanged?,
            },
        }
        if requests.given_up.get() {
            return Ok(Some(clock.now()));
        }
        if tally.restored {
            let now = clock.now();
            return Ok(Some(plan.retry().waits(now).unwrap_or(now)));
        }
    }
}

/// The network is back: see `Consent::connectivity_restored`.
pub fn connectivity_restored(ledger: &OpenLedger) -> Result<()> {
    let mut retry = breaker::stored(ledger)?;
    retry.hint(ledger.options.clock.now());
    breaker::save(ledger, retry, Patience::Waits)
}
