//! Applies an answer of the server: its results, its states and where the pull ended, in one transaction.

use std::sync::Arc;

use super::{
    allowance::{self, LOSS_BYTES},
    anchor::{compare_anchor, remember_anchor},
    begin_anew::begin_anew_if_forked,
    breaker, pulled,
    report::Tally,
    results::{WRONG_SUBJECT, is_link_taken, is_reference_unknown, settle},
    send_again::{Loss, send_again, send_link_again},
    states::{noes, take_states, taken_away},
};
use crate::{
    client::{
        denial::{Denial, Denied, ServerState},
        open_ledger::OpenLedger,
        writing::{kept_editions::stored_policy, writer::LedgerWriter},
    },
    error::Result,
    ledger::millis,
    policy::{Policy, Scope},
    store::Batch,
    sync::{
        plan::Lane,
        protocol::{DEVICE_PREFIX, SyncRequest, SyncResponse},
        retry::Retry,
    },
};

/// A difference between the clocks that is worth telling.
const NOTED_SKEW_MS: i64 = 24 * 60 * 60 * 1000;

/// The request that was answered.
pub struct Request<'a> {
    pub lane: &'a Lane,
    /// The changes of the queue that were in it.
    pub batch: &'a Batch,
    pub body: &'a SyncRequest,
}

/// Applies an answer. What it takes away counts from here on, also where the file cannot be written.
pub fn apply(ledger: &OpenLedger, request: &Request<'_>, response: &SyncResponse, retry: Retry, tally: &mut Tally) -> Result<()> {
    let Request { lane, batch, body } = request;
    let cursor = body.cursor.as_deref();
    let denials = denials_of(ledger, lane, cursor, response)?;
    let applied = ledger.write_with(tally.patience(), &denials, |writer| {
        breaker::keep(writer.transaction, retry)?;
        let policy = policy_in_force(ledger, writer)?;
        // A signed-out account asks for no states. By its own token it is told them all the same, and then they count.
        let told = take_states(writer, lane, cursor, response, &policy)?;
        if !lane.withdrawals_only && told.believed {
            writer.transaction.set_cursor(&lane.subject_ref, &response.cursor)?;
        }
        let acknowledged = settle(writer, lane, batch, response)?;
        pulled::note_end(writer, lane, response, told.believed, &policy)?;
        let held = compare_anchor(writer, body.acknowledged.as_ref(), response)?;
        let loss = match held.less {
            // A server that loses data in every answer is not followed for ever: the same is found at a later sync.
            _ if told.too_much => Loss::Nothing,
            true if told.lost || allowance::take(writer, LOSS_BYTES)? => Loss::OfAllSubjects,
            false if told.lost => Loss::OfThisSubject,
            _ => Loss::Nothing,
        };
        // A loss that is not followed now is to be found again.
        if !held.less || loss == Loss::OfAllSubjects {
            remember_anchor(writer, body.acknowledged.as_ref(), held.acknowledged.as_ref())?;
        }
        let mut queued_again = !told.too_much && send_again(writer, lane, loss, response, &told)?;
        // The account's reference may be among what was lost: without it the server refuses every record that names it.
        let about_person = loss == Loss::OfAllSubjects || lane.subject_ref == writer.head.state.person;
        let may_be_lost = loss != Loss::Nothing || is_reference_unknown(batch, response);
        match is_link_taken(batch, response) {
            // What was stuck without it need not wait for its day.
            Some(true) => queued_again |= writer.transaction.retry_stuck_by(&lane.subject_ref, WRONG_SUBJECT)?,
            Some(false) => {}
            None if about_person && may_be_lost => queued_again |= send_link_again(writer)?,
            None => {}
        }
        let restored = begin_anew_if_forked(writer, response, ledger.options.marker())?;
        Ok(Applied {
            acknowledged,
            unknown_purposes: told.unknown,
            held_back: told.too_much,
            lost_data: loss != Loss::Nothing,
            another_ledger: held.another,
            queued_again,
            restored,
        })
    })?;
    tally.acknowledged += applied.acknowledged;
    tally.unknown_purposes = tally.unknown_purposes.saturating_add(applied.unknown_purposes);
    tally.held_back |= applied.held_back;
    tally.server_lost_data |= applied.lost_data;
    tally.another_ledger |= applied.another_ledger;
    tally.queued_again |= applied.queued_again;
    tally.restored |= applied.restored;
    let skew = millis(&response.server_time).map(|theirs| theirs.saturating_sub(ledger.options.clock.now()));
    tally.clock_skew = skew.filter(|skew| skew.unsigned_abs() > NOTED_SKEW_MS.unsigned_abs()).or(tally.clock_skew);
    if response.policy.is_some() {
        tally.editions = response.policy.iter().chain(&response.announced).cloned().collect();
    }
    Ok(())
}

/// What an answer came to, for the tally.
struct Applied {
    acknowledged: i64,
    unknown_purposes: i64,
    held_back: bool,
    lost_data: bool,
    another_ledger: bool,
    queued_again: bool,
    restored: bool,
}

/// What the answer takes away, so that it counts also where it cannot be recorded. The server tells it again, since the cursor stays.
fn denials_of(ledger: &OpenLedger, lane: &Lane, cursor: Option<&str>, response: &SyncResponse) -> Result<Vec<Denial>> {
    let policy = ledger.policy_now();
    let taken = match ledger.read(|transaction, head| taken_away((transaction, head), lane, cursor, response, &policy)) {
        Err(error) if error.is_of_the_file() => noes(response, &policy),
        taken => taken?,
    };
    let (stamp, subject) = (ledger.stamp(), &lane.subject_ref);
    let scope = if lane.wire.starts_with(DEVICE_PREFIX) && !lane.withdrawals_only { Scope::Device } else { Scope::Person };
    let denied = |(state, answer)| Denied::ServerState(Box::new(ServerState { scope, subject: subject.clone(), state, answer }));
    taken.into_iter().map(|taken| ledger.denial(&stamp, denied(taken))).collect()
}

/// The policy that the file says is in force: another process may have adopted one since this one read it.
fn policy_in_force(ledger: &OpenLedger, writer: &LedgerWriter<'_>) -> Result<Arc<Policy>> {
    let known = ledger.policy.load_full();
    match &writer.head.state.policy {
        Some(adopted) if adopted.edition != known.edition => Ok(Arc::new(stored_policy(writer.transaction, adopted.edition)?)),
        _ => Ok(known),
    }
}
