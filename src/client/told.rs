//! Hears the server's states: which of them are believed, and whether the server lost something since.

use super::{
    allowance::{self, LOSS_BYTES},
    commit::Pen,
};
use crate::{
    error::{Error, Result},
    ledger::{Body, CurrentAnswer, Evidence, Key, RemoteRecord, RemoteState, Status},
    policy::Policy,
    sync::{
        answer,
        device_rule::current_answer,
        loss::{Continuation, MAX_RELAYED_BYTES, continues},
        plan::Lane,
        protocol::{SyncResponse, WireState},
        whose::Whose,
    },
};

/// What an answer's states came to.
pub(super) struct Told {
    /// They were taken as they are, so that the pull ended where the answer says.
    pub believed: bool,
    /// The server lost something that it told before: it says so by another name of its numbering, or does not say so and its states do
    /// not continue those before.
    pub lost: bool,
    /// States of purposes that the policy does not have and of which nothing was ever said or heard here: counted and not kept.
    pub unknown: i64,
    /// The server told more than is recorded at a time: of this answer nothing was kept but what takes a permission away.
    pub too_much: bool,
    /// Purposes whose own withdrawals are sent again to be sure: whether their states continue could not be told.
    pub unsure: Vec<String>,
}

/// Stores the states that say something new.
///
/// The ledger forgets none, so a server that tells all anew in every answer is recorded only so far ([`allowance`](super::allowance)).
/// Beyond that the answer is not believed: the cursor stays, so that all of it is told again later, and nothing is sent again for it. But a
/// no to something that is granted is taken whatever was recorded before.
///
/// Under the name that was heard before, each must continue what was told then. Where one does not, the server lost something and did not
/// notice: only what lowers is taken, and the old cursor is shown once more, which tells the server. Where there is none to show, the
/// states heard before lose their numbers here, as they do under another name.
///
/// A server can name purposes without end, and each would stay in memory and in the file: of those that neither the policy nor this phone
/// knows nothing is kept. An edition that brings such a purpose forgets all cursors, so it is told again then.
pub(super) fn hear_states(pen: &mut Pen<'_>, lane: &Lane, cursor: Option<&str>, response: &SyncResponse, policy: &Policy) -> Result<Told> {
    let known = pen.transaction.numbering(&lane.subject_ref)?;
    let named_anew = known.as_ref().is_some_and(|known| *known != response.numbering);
    let matters = |purpose: &str| pen.head.state.key(&lane.subject_ref, purpose).is_some() || policy.purpose(purpose).is_some();
    let told = response.states.iter().filter(|state| matters(&state.purpose)).map(|state| heard(pen, lane, state));
    let told: Vec<RemoteState> = told.collect::<Result<_>>()?;
    let unknown = i64::try_from(response.states.len() - told.len()).unwrap_or(i64::MAX);
    let mut unsure = vec![];
    // A signed-out account is told no states by the installation's token, so none are missing.
    let whole = cursor.is_none() && !response.more && !lane.withdrawals_only;
    let mut broken = whole && leaves_out(pen, lane, response);
    for state in &told {
        let before = pen.head.state.key(&lane.subject_ref, &state.purpose).and_then(|key| key.remote.as_ref());
        match continues(before, state) {
            Continuation::Proved => {}
            Continuation::Open => unsure.push(state.purpose.clone()),
            Continuation::Broken => broken = true,
        }
    }
    let broken = broken && !named_anew;
    let doubted = broken && pen.transaction.cursor(&lane.subject_ref)?.is_some();
    let renamed = named_anew || (broken && !doubted);
    let news: Vec<&RemoteState> = told.iter().filter(|state| !doubted || state.lowers()).collect();
    let news: Vec<&RemoteState> = news.into_iter().filter(|state| renamed || says_something_new(pen, lane, state)).collect();
    let lost = named_anew || broken;
    let too_much = !allowance::take(pen, cost(pen, lane, &news, lost)?)?;
    let states: Vec<RemoteState> = news.into_iter().filter(|state| !too_much || takes_away(pen, lane, state)).cloned().collect();
    if too_much {
        if !states.is_empty() {
            record(pen, lane, states, false)?;
        }
        return Ok(Told { believed: false, lost: false, unknown, too_much, unsure: vec![] });
    }
    if known.as_ref() != Some(&response.numbering) {
        pen.transaction.set_numbering(&lane.subject_ref, &response.numbering)?;
    }
    if renamed || !states.is_empty() {
        record(pen, lane, states, renamed)?;
    }
    Ok(Told { believed: !doubted, lost, unknown, too_much, unsure })
}

fn record(pen: &mut Pen<'_>, lane: &Lane, states: Vec<RemoteState>, renamed: bool) -> Result<()> {
    let install = pen.head.state.install.clone();
    pen.append(&install, Body::Remote(RemoteRecord { subject: lane.subject_ref.clone(), states, renamed }))?;
    Ok(())
}

fn key<'a>(pen: &'a Pen<'_>, lane: &Lane, purpose: &str) -> Option<&'a Key> {
    pen.head.state.key(&lane.subject_ref, purpose)
}

/// The bytes that this would take of what is told again. What is told of a purpose for the first time is free: there are only so many.
fn cost(pen: &Pen<'_>, lane: &Lane, states: &[&RemoteState], lost: bool) -> Result<i64> {
    let again = |state: &&&RemoteState| key(pen, lane, &state.purpose).is_some_and(|key| key.remote.is_some());
    let again: Vec<&RemoteState> = states.iter().filter(again).copied().collect();
    let mut bytes = if lost { LOSS_BYTES } else { 0 };
    if !again.is_empty() {
        let written = serde_json::to_vec(&again).map_err(|_| Error::Damaged { reason: "a state cannot be written".into() })?;
        bytes += i64::try_from(written.len()).unwrap_or(i64::MAX);
    }
    Ok(bytes)
}

/// True where a yes stands that would not with this state, or that would not count. Only so is anything lost by leaving it out.
fn takes_away(pen: &Pen<'_>, lane: &Lane, state: &RemoteState) -> bool {
    let Some(key) = key(pen, lane, &state.purpose) else { return false };
    let (before, after) = (stands(pen, lane, key), stands(pen, lane, &key.after_server_state(pen.head.seq + 1, state)));
    before.status == Status::Granted && (after.status != Status::Granted || (before.counts() && !after.counts()))
}

fn stands(pen: &Pen<'_>, lane: &Lane, key: &Key) -> CurrentAnswer {
    current_answer(key, &lane.subject_ref, &pen.head.state.install)
}

fn says_something_new(pen: &Pen<'_>, lane: &Lane, state: &RemoteState) -> bool {
    let known = pen.head.state.key(&lane.subject_ref, &state.purpose).and_then(|key| key.remote.as_ref());
    known.is_none_or(|known| RemoteState { record: None, ..state.clone() } != *known)
}

/// True where a pull from the start does not tell of a purpose that was told before.
fn leaves_out(pen: &Pen<'_>, lane: &Lane, response: &SyncResponse) -> bool {
    let Some(subject) = pen.head.state.subjects.get(&lane.subject_ref) else { return false };
    let told = |purpose: &str| response.states.iter().any(|state| state.purpose == purpose);
    let heard = subject.keys.iter().filter(|(_, key)| key.remote.as_ref().is_some_and(|remote| remote.numbering == response.numbering));
    heard.into_iter().any(|(purpose, _)| !told(purpose))
}

/// A state as the ledger keeps it. The record of a withdrawal is kept whole, unless it is in this ledger already or too large.
fn heard(pen: &Pen<'_>, lane: &Lane, state: &WireState) -> Result<RemoteState> {
    let install = &pen.head.state.install;
    let mut evidence = answer::evidence(state, &Whose::of(lane, &pen.head.state));
    if let (Some(evidence), Some(op)) = (&mut evidence, &state.op) {
        let written = if evidence.install == *install { pen.transaction.record(evidence.seq)? } else { None };
        let written = written.and_then(|record| Evidence::of(&record, op, &state.purpose, state.status));
        evidence.by_copy = evidence.install == *install && written.as_ref() != Some(&*evidence);
    }
    let mut heard = RemoteState {
        purpose: state.purpose.clone(),
        status: state.status,
        numbering: state.numbering.clone(),
        epoch: state.epoch,
        withdrawals: state.withdrawals.clone(),
        base: state.base,
        op: state.op.clone(),
        evidence,
        record: None,
    };
    let elsewhere = heard.evidence.as_ref().is_some_and(|evidence| !evidence.is_written_here(install));
    if heard.lowers() && elsewhere {
        heard.record = state.record.clone().filter(|record| record.len() <= MAX_RELAYED_BYTES);
    }
    Ok(heard)
}
