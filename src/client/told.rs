//! Hears the server's states: which of them are believed, and whether the server lost something since.

use super::{
    allowance::{self, LOSS_BYTES},
    commit::Pen,
};
use crate::{
    error::{Error, Result},
    ledger::{Body, CurrentAnswer, Evidence, RemoteRecord, RemoteState, Status},
    policy::Policy,
    store::{Head, Transaction},
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

/// What a server's states amount to, held against those that were told before.
struct Heard {
    /// The name of the numbering that was heard before.
    known: Option<String>,
    /// The states that say something new and are believed.
    news: Vec<RemoteState>,
    /// The server lost something without noticing, and an old cursor will tell it so: of its states only those that lower are believed.
    doubted: bool,
    /// The states that were heard before lose their numbers.
    renamed: bool,
    /// See [`Told`].
    lost: bool,
    unknown: i64,
    unsure: Vec<String>,
}

/// Stores the states that say something new.
///
/// The ledger forgets none, so a server that tells all anew in every answer is recorded only so far ([`allowance`](super::allowance)).
/// Beyond that the answer is not believed: the cursor stays, so that all of it is told again later, and nothing is sent again for it. But a
/// no to something that is granted is taken whatever was recorded before.
pub(super) fn hear_states(pen: &mut Pen<'_>, lane: &Lane, cursor: Option<&str>, response: &SyncResponse, policy: &Policy) -> Result<Told> {
    let Heard { known, news, doubted, renamed, lost, unknown, unsure } = hear(pen.transaction, pen.head, lane, cursor, response, policy)?;
    let too_much = !allowance::take(pen, cost(pen.head, lane, &news, lost)?)?;
    let states: Vec<RemoteState> = news.into_iter().filter(|state| !too_much || takes_away(pen.head, lane, state)).collect();
    if too_much {
        if !states.is_empty() {
            record(pen, &lane.subject_ref, states, false)?;
        }
        return Ok(Told { believed: false, lost: false, unknown, too_much, unsure: vec![] });
    }
    if known.as_ref() != Some(&response.numbering) {
        pen.transaction.set_numbering(&lane.subject_ref, &response.numbering)?;
    }
    if renamed || !states.is_empty() {
        record(pen, &lane.subject_ref, states, renamed)?;
    }
    Ok(Told { believed: !doubted, lost, unknown, too_much, unsure })
}

/// What an answer takes away, with where each such purpose stands then: it counts before it is recorded, also where it cannot be.
pub(super) fn taken_away(
    (transaction, head): (&Transaction<'_>, &Head),
    lane: &Lane,
    cursor: Option<&str>,
    response: &SyncResponse,
    policy: &Policy,
) -> Result<Vec<(RemoteState, CurrentAnswer)>> {
    let heard = hear(transaction, head, lane, cursor, response, policy)?;
    let taking = heard.news.into_iter().filter(|state| takes_away(head, lane, state));
    Ok(taking.filter_map(|state| with(head, &lane.subject_ref, &state).map(|answer| (state, answer))).collect())
}

/// The noes of an answer, where the file cannot be read to hold them against what was heard before.
pub(super) fn noes(response: &SyncResponse, policy: &Policy) -> Vec<(RemoteState, CurrentAnswer)> {
    let states = response.states.iter().filter(|state| policy.purpose(&state.purpose).is_some()).map(as_told);
    let noes = states.filter(RemoteState::lowers);
    noes.map(|state| (CurrentAnswer { status: state.status, ..CurrentAnswer::default() }, state))
        .map(|(answer, state)| (state, answer))
        .collect()
}

/// Records a state that was told while the file took no writes, where it still takes something away. Where it does not, it has been told
/// again since, or something later was.
pub(super) fn record_told(pen: &mut Pen<'_>, subject: &str, state: &RemoteState) -> Result<()> {
    let Some(key) = pen.head.state.key(subject, &state.purpose) else { return Ok(()) };
    if changes_to_no(&current_answer(key, subject, &pen.head.state.install), with(pen.head, subject, state).as_ref()) {
        record(pen, subject, vec![state.clone()], false)?;
    }
    Ok(())
}

/// Under the name that was heard before, each state must continue what was told then. Where one does not, the server lost something and did
/// not notice: only what lowers is taken, and the old cursor is shown once more, which tells the server. Where there is none to show, the
/// states heard before lose their numbers here, as they do under another name.
///
/// A server can name purposes without end, and each would stay in memory and in the file: of those that neither the policy nor this phone
/// knows nothing is kept. An edition that brings such a purpose forgets all cursors, so it is told again then.
fn hear(
    transaction: &Transaction<'_>,
    head: &Head,
    lane: &Lane,
    cursor: Option<&str>,
    response: &SyncResponse,
    policy: &Policy,
) -> Result<Heard> {
    let known = transaction.numbering(&lane.subject_ref)?;
    let named_anew = known.as_ref().is_some_and(|known| *known != response.numbering);
    let matters = |purpose: &str| head.state.key(&lane.subject_ref, purpose).is_some() || policy.purpose(purpose).is_some();
    let told = response.states.iter().filter(|state| matters(&state.purpose)).map(|state| kept(transaction, head, lane, state));
    let told: Vec<RemoteState> = told.collect::<Result<_>>()?;
    let unknown = i64::try_from(response.states.len() - told.len()).unwrap_or(i64::MAX);
    let mut unsure = vec![];
    // A signed-out account is told no states by the installation's token, so none are missing.
    let whole = cursor.is_none() && !response.more && !lane.withdrawals_only;
    let mut broken = whole && leaves_out(head, lane, response);
    for state in &told {
        let before = head.state.key(&lane.subject_ref, &state.purpose).and_then(|key| key.remote.as_ref());
        match continues(before, state) {
            Continuation::Proved => {}
            Continuation::Open => unsure.push(state.purpose.clone()),
            Continuation::Broken => broken = true,
        }
    }
    let broken = broken && !named_anew;
    let doubted = broken && transaction.cursor(&lane.subject_ref)?.is_some();
    let renamed = named_anew || (broken && !doubted);
    let believed = told.into_iter().filter(|state| !doubted || state.lowers());
    let news = believed.filter(|state| renamed || says_something_new(head, lane, state)).collect();
    Ok(Heard { known, news, doubted, renamed, lost: named_anew || broken, unknown, unsure })
}

fn record(pen: &mut Pen<'_>, subject: &str, states: Vec<RemoteState>, renamed: bool) -> Result<()> {
    let install = pen.head.state.install.clone();
    pen.append(&install, Body::Remote(RemoteRecord { subject: subject.to_owned(), states, renamed }))?;
    Ok(())
}

/// The bytes that this would take of what is told again. What is told of a purpose for the first time is free: there are only so many.
fn cost(head: &Head, lane: &Lane, states: &[RemoteState], lost: bool) -> Result<i64> {
    let again = |state: &&RemoteState| head.state.key(&lane.subject_ref, &state.purpose).is_some_and(|key| key.remote.is_some());
    let again: Vec<&RemoteState> = states.iter().filter(again).collect();
    let mut bytes = if lost { LOSS_BYTES } else { 0 };
    if !again.is_empty() {
        let written = serde_json::to_vec(&again).map_err(|_| Error::Damaged { reason: "a state cannot be written".into() })?;
        bytes += i64::try_from(written.len()).unwrap_or(i64::MAX);
    }
    Ok(bytes)
}

/// True where a yes stands that would not with this state, or that would not count. Only so is anything lost by leaving it out.
fn takes_away(head: &Head, lane: &Lane, state: &RemoteState) -> bool {
    let Some(key) = head.state.key(&lane.subject_ref, &state.purpose) else { return false };
    changes_to_no(&current_answer(key, &lane.subject_ref, &head.state.install), with(head, &lane.subject_ref, state).as_ref())
}

fn changes_to_no(before: &CurrentAnswer, after: Option<&CurrentAnswer>) -> bool {
    let lost = |after: &CurrentAnswer| after.status != Status::Granted || (before.counts() && !after.counts());
    before.status == Status::Granted && after.is_some_and(lost)
}

/// Where a purpose stands once this state is recorded. Nothing where nothing was ever said or heard of it here.
fn with(head: &Head, subject: &str, state: &RemoteState) -> Option<CurrentAnswer> {
    let key = head.state.key(subject, &state.purpose)?;
    Some(current_answer(&key.after_server_state(head.seq + 1, state), subject, &head.state.install))
}

fn says_something_new(head: &Head, lane: &Lane, state: &RemoteState) -> bool {
    let known = head.state.key(&lane.subject_ref, &state.purpose).and_then(|key| key.remote.as_ref());
    known.is_none_or(|known| RemoteState { record: None, ..state.clone() } != *known)
}

/// True where a pull from the start does not tell of a purpose that was told before.
fn leaves_out(head: &Head, lane: &Lane, response: &SyncResponse) -> bool {
    let Some(subject) = head.state.subjects.get(&lane.subject_ref) else { return false };
    let told = |purpose: &str| response.states.iter().any(|state| state.purpose == purpose);
    let heard = subject.keys.iter().filter(|(_, key)| key.remote.as_ref().is_some_and(|remote| remote.numbering == response.numbering));
    heard.into_iter().any(|(purpose, _)| !told(purpose))
}

/// A state as the ledger keeps it. The record of a withdrawal is kept whole, unless it is in this ledger already or too large.
fn kept(transaction: &Transaction<'_>, head: &Head, lane: &Lane, state: &WireState) -> Result<RemoteState> {
    let install = &head.state.install;
    let mut evidence = answer::evidence(state, &Whose::of(lane, &head.state));
    if let (Some(evidence), Some(op)) = (&mut evidence, &state.op) {
        let written = if evidence.install == *install { transaction.record(evidence.seq)? } else { None };
        let written = written.and_then(|record| Evidence::of(&record, op, &state.purpose, state.status));
        evidence.by_copy = evidence.install == *install && written.as_ref() != Some(&*evidence);
    }
    let elsewhere = evidence.as_ref().is_some_and(|evidence| !evidence.is_written_here(install));
    let mut kept = RemoteState { evidence, ..as_told(state) };
    if kept.lowers() && elsewhere {
        kept.record = state.record.clone().filter(|record| record.len() <= MAX_RELAYED_BYTES);
    }
    Ok(kept)
}

/// A state without the record behind it.
fn as_told(state: &WireState) -> RemoteState {
    RemoteState {
        purpose: state.purpose.clone(),
        status: state.status,
        numbering: state.numbering.clone(),
        epoch: state.epoch,
        withdrawals: state.withdrawals.clone(),
        base: state.base,
        op: state.op.clone(),
        evidence: None,
        record: None,
    }
}
