//! Applies what the server said: results, states and cursor in one transaction.

use std::sync::Arc;

use super::{
    Consent,
    again::send_again,
    allowance::{self, LOSS_BYTES},
    commit::Pen,
    denial::{self, Denial, Denied},
    open::{restore, stored_policy},
    sync::Tally,
    told::{hear_states, noes, taken_away},
};
use crate::{
    error::{Error, Result},
    ledger::{Body, Link, Outcome, OutcomeKind, OutcomeRecord, chain, millis},
    policy::{Policy, Scope},
    store::{
        Batch, OutboxRow, Patience,
        settings::{ACKNOWLEDGED, ANOTHER_LEDGER},
    },
    sync::{
        answer,
        plan::Lane,
        protocol::{Anchor, ChangeKind, DEVICE_PREFIX, SyncResponse},
    },
};

/// A difference between the clocks that is worth telling.
const NOTED_SKEW_MS: i64 = 24 * 60 * 60 * 1000;

/// The server's code for a second ledger under one installation's name.
const FORK: &str = "fork";

/// The server's code for a reference that it does not know for that subject.
const WRONG_SUBJECT: &str = "wrong_subject";

impl Consent {
    pub(super) fn apply(
        &self,
        lane: &Lane,
        batch: &Batch,
        (acknowledged, cursor): (Option<&Anchor>, Option<&str>),
        response: &SyncResponse,
        retry: (&str, &[u8]),
        tally: &mut Tally,
    ) -> Result<()> {
        let (mut unknown, mut held_back) = (0, false);
        let taken_away = self.taken_away(lane, cursor, response)?;
        let (settled, lost_data, another, again, forked) = self.write_with(tally.patience(), &taken_away, |pen| {
            pen.transaction.set_setting(retry.0, retry.1)?;
            let policy = self.policy_in_force(pen)?;
            // A signed-out account asks for no states; by its own token it is told them, and then they count.
            let told = hear_states(pen, lane, cursor, response, &policy)?;
            (unknown, held_back) = (told.unknown, told.too_much);
            if !lane.withdrawals_only && told.believed {
                pen.transaction.set_cursor(&lane.subject_ref, &response.cursor)?;
            }
            let settled = hear_results(pen, lane, batch, response)?;
            let held = hear_anchor(pen, acknowledged, response)?;
            let loss = match held.less {
                // A server that loses data in every answer is not followed for ever: the same is found at a later sync.
                _ if told.too_much => Loss::None,
                true if told.lost || allowance::take(pen, LOSS_BYTES)? => Loss::Everywhere,
                false if told.lost => Loss::Here,
                _ => Loss::None,
            };
            // A loss that is not followed now is to be found again.
            if !held.less || loss == Loss::Everywhere {
                remember_anchor(pen, acknowledged, held.acknowledged.as_ref())?;
            }
            let mut again = !told.too_much && send_again(pen, lane, loss, response, &told)?;
            // The account's reference may be among what was lost: without it the server refuses every record that names it.
            let about_person = loss == Loss::Everywhere || lane.subject_ref == pen.head.state.person;
            if about_person && (loss != Loss::None || is_unknown(batch, response)) && !was_named(batch, response) {
                again |= name_again(pen)?;
            }
            let forked = response.results.iter().any(|result| result.reason.as_deref() == Some(FORK));
            if forked {
                restore(pen, self.options.marker.as_deref())?;
            }
            Ok((settled, loss != Loss::None, held.another, again, forked))
        })?;
        tally.acknowledged += settled;
        tally.unknown_purposes = tally.unknown_purposes.saturating_add(unknown);
        tally.held_back |= held_back;
        tally.server_lost_data |= lost_data;
        tally.another_ledger |= another;
        tally.queued_again |= again;
        tally.restored |= forked;
        let skew = millis(&response.server_time).map(|theirs| theirs.saturating_sub(self.options.clock.now()));
        tally.clock_skew = skew.filter(|skew| skew.unsigned_abs() > NOTED_SKEW_MS.unsigned_abs()).or(tally.clock_skew);
        if response.policy.is_some() {
            tally.newer_policy.clone_from(&response.policy);
        }
        Ok(())
    }

    /// What the answer takes away, so that it counts also where it cannot be recorded. The server tells it again, since the cursor stays.
    fn taken_away(&self, lane: &Lane, cursor: Option<&str>, response: &SyncResponse) -> Result<Vec<Denial>> {
        let policy = self.policy.load_full();
        let taken = match self.read(|transaction, head| taken_away((transaction, head), lane, cursor, response, &policy)) {
            Err(error) if error.is_of_the_file() => noes(response, &policy),
            taken => taken?,
        };
        let (stamp, subject) = (self.stamp(), &lane.subject_ref);
        let scope = if lane.wire.starts_with(DEVICE_PREFIX) && !lane.withdrawals_only { Scope::Device } else { Scope::Person };
        let denied = |(state, answer)| Denied::Told(Box::new(denial::Told { scope, subject: subject.clone(), state, answer }));
        taken.into_iter().map(|taken| self.denial(&stamp, denied(taken))).collect()
    }

    /// The policy that the file says is in force: another process may have adopted one since this one read it.
    fn policy_in_force(&self, pen: &Pen<'_>) -> Result<Arc<Policy>> {
        let known = self.policy.load_full();
        match &pen.head.state.policy {
            Some(adopted) if adopted.edition != known.edition => Ok(Arc::new(stored_policy(pen.transaction, adopted.edition)?)),
            _ => Ok(known),
        }
    }

    /// The server could not take this one change: it is kept, listed, and what its key grants waits behind it.
    pub(super) fn set_aside(
        &self,
        lane: &Lane,
        batch: &Batch,
        op: &str,
        reason: &str,
        retry: (&str, &[u8]),
        patience: Patience,
    ) -> Result<()> {
        let Some(row) = batch.rows.iter().find(|row| row.op == op) else { return Ok(()) };
        self.write_with(patience, &[], |pen| {
            pen.transaction.set_setting(retry.0, retry.1)?;
            let outcome = Outcome { op: op.to_owned(), outcome: OutcomeKind::Stuck, epoch: None, reason: Some(reason.to_owned()) };
            if row.kind == ChangeKind::Relay {
                // Nothing of this ledger is lost with it, and the server does not want it.
                pen.head.pending -= i64::from(pen.transaction.dequeue(row)?);
            } else {
                keep_stuck(pen, row, reason)?;
            }
            note(pen, lane, None, vec![outcome])
        })
    }
}

/// How much of what the server acknowledged it may have lost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    None,
    /// Of the subject that was asked for.
    Here,
    /// Of every subject.
    Everywhere,
}

fn note(pen: &mut Pen<'_>, lane: &Lane, numbering: Option<String>, results: Vec<Outcome>) -> Result<()> {
    if results.is_empty() {
        return Ok(());
    }
    let install = pen.head.state.install.clone();
    pen.append(&install, Body::Outcome(OutcomeRecord { subject: lane.subject_ref.clone(), numbering, results }))?;
    Ok(())
}

fn keep_stuck(pen: &Pen<'_>, row: &OutboxRow, reason: &str) -> Result<()> {
    pen.transaction.set_stuck(row, reason, pen.stamp.now)
}

/// Takes what the server acknowledged out of the queue; says how many.
fn hear_results(pen: &mut Pen<'_>, lane: &Lane, batch: &Batch, response: &SyncResponse) -> Result<i64> {
    let mut settled = 0;
    let mut results = vec![];
    for result in &response.results {
        let Some(row) = batch.rows.iter().find(|row| row.op == result.op) else { continue };
        let outcome = answer::outcome(result);
        let kept = match outcome.outcome {
            OutcomeKind::Applied => false,
            OutcomeKind::StaleGrant => row.lowers,
            OutcomeKind::Rejected | OutcomeKind::Stuck => true,
        };
        if kept && row.kind != ChangeKind::Relay {
            keep_stuck(pen, row, outcome.reason.as_deref().unwrap_or("rejected"))?;
        } else if pen.transaction.dequeue(row)? {
            pen.head.pending -= 1;
            settled += 1;
        }
        results.push(outcome);
    }
    note(pen, lane, Some(response.numbering.clone()), results)?;
    Ok(settled)
}

/// What the server holds of this ledger, beside what it once acknowledged.
struct Held {
    /// Less than that.
    less: bool,
    /// Another ledger under this installation's name, not told of before: a second server with other data, a copy of this file, or a lie.
    another: bool,
    /// What counts as acknowledged from now on.
    acknowledged: Option<Anchor>,
}

/// Hears what the server holds of this ledger.
///
/// The server says itself whether it lost what was acknowledged, looking before it takes up what the request brings, and the record that
/// came last is the one to be shown next time: who holds that one holds all before it. An older server tells the highest place alone. A
/// lower one than before shows a loss there, unless the request brought a record of a higher place.
fn hear_anchor(pen: &Pen<'_>, acknowledged: Option<&Anchor>, response: &SyncResponse) -> Result<Held> {
    let before = acknowledged.map_or(0, |anchor| anchor.seq);
    let Some(last) = response.last_arrived.as_ref().or(response.anchor.as_ref()) else {
        return Ok(Held { less: before > 0, another: false, acknowledged: None });
    };
    let known = is_of_this_ledger(pen, last)?;
    let highest = response.anchor.as_ref().unwrap_or(last);
    let another = !known || !is_of_this_ledger(pen, highest)?;
    let told = pen.transaction.setting(ANOTHER_LEDGER)?.is_some();
    match (another, told) {
        // Told, and no more: it says nothing of this ledger. Two copies that took it for a loss would send theirs in turns for ever.
        (true, false) => pen.transaction.set_setting(ANOTHER_LEDGER, b"told")?,
        (false, true) => pen.transaction.drop_setting(ANOTHER_LEDGER)?,
        _ => {}
    }
    let lower = response.last_arrived.is_none() && known && last.seq < before;
    let acknowledged = if known { Some(last) } else { acknowledged.filter(|_| !response.lost) };
    Ok(Held { less: response.lost || lower, another: another && !told, acknowledged: acknowledged.cloned() })
}

fn is_of_this_ledger(pen: &Pen<'_>, anchor: &Anchor) -> Result<bool> {
    Ok(pen.transaction.hash_at(anchor.seq)?.is_some_and(|hash| chain::hex(&hash) == anchor.hash))
}

/// Keeps what the next request says was acknowledged.
fn remember_anchor(pen: &Pen<'_>, before: Option<&Anchor>, acknowledged: Option<&Anchor>) -> Result<()> {
    match acknowledged {
        _ if acknowledged == before => Ok(()),
        Some(anchor) => {
            let bytes = serde_json::to_vec(anchor).map_err(|_| Error::Damaged { reason: "an anchor cannot be written".into() })?;
            pen.transaction.set_setting(ACKNOWLEDGED, &bytes)
        }
        None => pen.transaction.drop_setting(ACKNOWLEDGED),
    }
}

/// True where the server does not know for whom a change speaks. Once for each change: a server that never learns is not told for ever.
fn is_unknown(batch: &Batch, response: &SyncResponse) -> bool {
    let refused = response.results.iter().filter(|result| result.reason.as_deref() == Some(WRONG_SUBJECT));
    let fresh = |op: &str| batch.rows.iter().any(|row| row.op == op && row.kind != ChangeKind::Link && row.stuck.is_none());
    refused.into_iter().any(|result| fresh(&result.op))
}

/// True where this very answer names the account's reference.
fn was_named(batch: &Batch, response: &SyncResponse) -> bool {
    let links = batch.rows.iter().filter(|row| row.kind == ChangeKind::Link);
    links.into_iter().any(|row| response.results.iter().any(|result| result.op == row.op))
}

/// Queues the account's reference again, and lets what could not do without it be tried again. Says whether it did.
fn name_again(pen: &mut Pen<'_>) -> Result<bool> {
    let subject = pen.head.state.person.clone();
    if !pen.head.state.signed_in || pen.transaction.link_waits(&subject)? {
        return Ok(false);
    }
    pen.transaction.retry_stuck_by(&subject, WRONG_SUBJECT)?;
    pen.send(Body::Link(Link { subject, account: true }))?;
    Ok(true)
}
