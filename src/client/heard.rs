//! Applies what the server said: results, states and cursor in one transaction.

use super::{
    Consent,
    commit::Pen,
    open::{ACKNOWLEDGED, restore},
    sync::Tally,
};
use crate::{
    error::{Error, Result},
    ledger::{Body, Link, Outcome, OutcomeKind, OutcomeRecord, RemoteRecord, RemoteState, Status, chain, millis},
    store::{Batch, NO_PURPOSE, OutboxRow},
    sync::{
        answer,
        plan::Lane,
        protocol::{Anchor, ChangeKind, SyncResponse},
    },
};

/// A difference between the clocks that is worth telling.
const NOTED_SKEW_MS: i64 = 24 * 60 * 60 * 1000;

/// Setting: there while the server holds another ledger under this installation's name, so that it is told once.
const ANOTHER_LEDGER: &str = "another_ledger";

/// The server's code for a second ledger under one installation's name.
const FORK: &str = "fork";

/// The server's code for a reference that it does not know for that subject.
const WRONG_SUBJECT: &str = "wrong_subject";

impl Consent {
    pub(super) fn apply(
        &self,
        lane: &Lane,
        batch: &Batch,
        acknowledged: Option<&Anchor>,
        response: &SyncResponse,
        retry: (&str, &[u8]),
        tally: &mut Tally,
    ) -> Result<()> {
        let (settled, lost_data, another, again, forked) = self.write(&[], |pen| {
            pen.transaction.set_setting(retry.0, retry.1)?;
            // A signed-out account asks for no states; by its own token it is told them, and then they count.
            hear_states(pen, lane, response)?;
            if !lane.withdrawals_only {
                pen.transaction.set_cursor(&lane.subject_ref, &response.cursor)?;
            }
            let settled = hear_results(pen, lane, batch, response)?;
            let held = hear_anchor(pen, acknowledged, response.anchor.as_ref())?;
            // What is sent in the same request hides a loss from the anchor; the numbering's new name does not.
            let renumbered = hear_numbering(pen, lane, response)?;
            let loss = match (held.less, renumbered) {
                (true, _) => Loss::Everywhere,
                (false, true) => Loss::Here,
                (false, false) => Loss::None,
            };
            let mut again = resend_withdrawals(pen, lane, loss, &response.history)?;
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

    /// The server could not take this one change: it is kept, listed, and its key waits behind it.
    pub(super) fn set_aside(&self, lane: &Lane, batch: &Batch, op: &str, reason: &str, retry: (&str, &[u8])) -> Result<()> {
        let Some(row) = batch.rows.iter().find(|row| row.op == op) else { return Ok(()) };
        self.write(&[], |pen| {
            pen.transaction.set_setting(retry.0, retry.1)?;
            let outcome = Outcome { op: op.to_owned(), outcome: OutcomeKind::Stuck, epoch: None, reason: Some(reason.to_owned()) };
            keep_stuck(pen, row, reason)?;
            note(pen, lane, None, vec![outcome])
        })
    }
}

/// How much of what the server acknowledged it may have lost.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loss {
    None,
    /// Of the subject that was asked for.
    Here,
    /// Of every subject.
    Everywhere,
}

fn note(pen: &mut Pen<'_>, lane: &Lane, history: Option<String>, results: Vec<Outcome>) -> Result<()> {
    if results.is_empty() {
        return Ok(());
    }
    let install = pen.head.state.install.clone();
    pen.append(&install, Body::Outcome(OutcomeRecord { subject: lane.subject_ref.clone(), history, results }))?;
    Ok(())
}

fn keep_stuck(pen: &Pen<'_>, row: &OutboxRow, reason: &str) -> Result<()> {
    pen.transaction.set_stuck(row, reason, pen.stamp.now)
}

/// Stores the states that say something new. One whose numbers go back within its numbering is not believed.
fn hear_states(pen: &mut Pen<'_>, lane: &Lane, response: &SyncResponse) -> Result<()> {
    let mut states = vec![];
    for state in &response.states {
        let known = pen.head.state.key(&lane.subject_ref, &state.purpose).and_then(|key| key.remote.as_ref());
        if known.is_some_and(|known| known.history == state.history && state.epoch < known.epoch) {
            continue;
        }
        let heard = RemoteState {
            purpose: state.purpose.clone(),
            status: state.status,
            history: state.history.clone(),
            epoch: state.epoch,
            withdrawals: state.withdrawals.clone(),
            op: state.op.clone(),
            evidence: answer::evidence(state),
        };
        if known != Some(&heard) {
            states.push(heard);
        }
    }
    if states.is_empty() {
        return Ok(());
    }
    let install = pen.head.state.install.clone();
    pen.append(&install, Body::Remote(RemoteRecord { subject: lane.subject_ref.clone(), states }))?;
    Ok(())
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
        if kept {
            keep_stuck(pen, row, outcome.reason.as_deref().unwrap_or("rejected"))?;
        } else if pen.transaction.dequeue(row)? {
            pen.head.pending -= 1;
            settled += 1;
        }
        results.push(outcome);
    }
    note(pen, lane, Some(response.history.clone()), results)?;
    Ok(settled)
}

/// What the server holds of this ledger, beside what it once acknowledged.
struct Held {
    /// Less than that.
    less: bool,
    /// Another ledger under this installation's name, not told of before: a second server with other data, a copy of this file, or a lie.
    another: bool,
}

/// Remembers how far the server holds this ledger.
fn hear_anchor(pen: &Pen<'_>, acknowledged: Option<&Anchor>, anchor: Option<&Anchor>) -> Result<Held> {
    let before = acknowledged.map_or(0, |anchor| anchor.seq);
    let Some(anchor) = anchor else {
        if acknowledged.is_some() {
            pen.transaction.drop_setting(ACKNOWLEDGED)?;
        }
        return Ok(Held { less: before > 0, another: false });
    };
    let told = pen.transaction.setting(ANOTHER_LEDGER)?.is_some();
    if pen.transaction.hash_at(anchor.seq)?.is_none_or(|hash| chain::hex(&hash) != anchor.hash) {
        // Told, and no more: it says nothing of this ledger. Two copies that took it for a loss would send theirs in turns for ever.
        if !told {
            pen.transaction.set_setting(ANOTHER_LEDGER, b"told")?;
        }
        return Ok(Held { less: false, another: !told });
    }
    if told {
        pen.transaction.drop_setting(ANOTHER_LEDGER)?;
    }
    if anchor.seq != before {
        let bytes = serde_json::to_vec(anchor).map_err(|_| Error::Damaged { reason: "an anchor cannot be written".into() })?;
        pen.transaction.set_setting(ACKNOWLEDGED, &bytes)?;
    }
    Ok(Held { less: anchor.seq < before, another: false })
}

/// Remembers the name of the subject's numbering. True where it is another one than before: the server is a backup that was put back.
fn hear_numbering(pen: &Pen<'_>, lane: &Lane, response: &SyncResponse) -> Result<bool> {
    let known = pen.transaction.history(&lane.subject_ref)?;
    if known.as_ref() == Some(&response.history) {
        return Ok(false);
    }
    pen.transaction.set_history(&lane.subject_ref, &response.history)?;
    Ok(known.is_some())
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

/// Queues own withdrawals again that the server's present numbering does not hold: after it lost data, or was renumbered. Says whether
/// any was queued.
fn resend_withdrawals(pen: &mut Pen<'_>, lane: &Lane, loss: Loss, history: &str) -> Result<bool> {
    let mut again = vec![];
    for (subject, keys) in &pen.head.state.subjects {
        let here = loss == Loss::Here && *subject == lane.subject_ref;
        for (purpose, key) in &keys.keys {
            let Some(own) = &key.own_withdrawal else { continue };
            let lost = loss == Loss::Everywhere || (here && own.numbered.as_ref().is_some_and(|(numbered, _)| numbered != history));
            let renumbered = match (&own.numbered, &key.remote) {
                (Some((history, _)), Some(remote)) => *history != remote.history,
                _ => false,
            };
            let stands_lowered =
                matches!(key.standing(&pen.head.state.install, true).status, Status::Refused | Status::Withdrawn) || renumbered;
            if own.numbered.is_some() && (lost || renumbered) && stands_lowered {
                again.push((own.seq, subject.clone(), purpose.clone()));
            }
        }
    }
    let mut queued = false;
    for (seq, subject, purpose) in again {
        let Some(record) = pen.transaction.record(seq)? else { continue };
        let (kind, purpose) = match record.body {
            Body::Choice(_) => (ChangeKind::Choice, purpose),
            Body::Import(_) => (ChangeKind::Import, purpose),
            Body::Merge(_) => (ChangeKind::Merge, NO_PURPOSE.to_owned()),
            _ => continue,
        };
        if pen.transaction.requeue(&OutboxRow { seq, subject, purpose, kind, op: record.op, lowers: true, stuck: None })? {
            pen.head.pending += 1;
            queued = true;
        }
    }
    Ok(queued)
}
