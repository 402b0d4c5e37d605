//! The states that the server tells: which of them are believed, and whether the server lost something since.

use super::{
    allowance::{self, LOSS_BYTES},
    held_back::{forget, held_back, hold_back},
};
use crate::{
    client::writing::writer::LedgerWriter,
    error::{Error, Result},
    ledger::{Body, CurrentAnswer, Evidence, Key, RemoteRecord, RemoteState, Status},
    policy::Policy,
    store::{Head, Transaction},
    sync::{
        answer,
        device_rule::current_answer,
        loss::{Continuation, MAX_RELAYED_BYTES, continues},
        plan::Lane,
        protocol::{SyncResponse, WireState},
        pulled_subject::PulledSubject,
    },
};

/// What was taken of an answer's states.
pub struct TakenStates {
    /// True where they were taken as they are. Then the next pull goes on where this answer ends.
    pub believed: bool,
    /// True where the server lost something that it told before. It says so by another name of its numbering; or it does not know, and its
    /// states do not continue those that it told before.
    pub lost: bool,
    /// How many states were of purposes that the policy does not have and of which nothing was ever said or heard here. They are not kept.
    pub unknown: i64,
    /// True where the server told more than may be recorded now. Of this answer only what takes a permission away was kept.
    pub too_much: bool,
    /// Purposes of which it could not be told whether their states continue what was heard before. Their own withdrawals are sent again, to
    /// be sure.
    pub unsure: Vec<String>,
}

/// An answer's states, compared with those that were told before.
struct Compared {
    /// The name of the numbering that was heard before.
    known: Option<String>,
    /// The states that say something new and are believed.
    news: Vec<RemoteState>,
    /// True where the server lost something without noticing. The old cursor will tell it so. Until then only its refusals and withdrawals
    /// are believed.
    doubted: bool,
    /// True where the states that were heard before lose their numbers, because they belong to another numbering.
    renamed: bool,
    /// See [`TakenStates`].
    lost: bool,
    unknown: i64,
    unsure: Vec<String>,
}

/// Records the states that say something new.
///
/// The ledger never forgets a state, so of a server that tells all of them anew in every answer only so much is recorded (see `allowance`).
/// Where that is used up the answer is not believed: the cursor stays, so that all of it is told again later, and nothing is sent again
/// because of it. A no to something that is granted is taken all the same, and every other no is held back until the next yes to its purpose.
pub fn take_states(
    writer: &mut LedgerWriter<'_>,
    lane: &Lane,
    cursor: Option<&str>,
    response: &SyncResponse,
    policy: &Policy,
) -> Result<TakenStates> {
    let Compared { known, news, doubted, renamed, lost, unknown, unsure } =
        compare(writer.transaction, writer.head, lane, cursor, response, policy)?;
    let too_much = !allowance::take(writer, cost(writer.head, lane, &news, lost)?)?;
    if too_much {
        let (states, others): (Vec<_>, Vec<_>) = news.into_iter().partition(|state| takes_away(writer.head, lane, state, policy));
        for no in others.iter().filter(|state| state.lowers()) {
            hold_back(writer.transaction, &lane.subject_ref, no)?;
        }
        if !states.is_empty() {
            record(writer, &lane.subject_ref, states, false)?;
        }
        return Ok(TakenStates { believed: false, lost: false, unknown, too_much, unsure: vec![] });
    }
    if known.as_ref() != Some(&response.numbering) {
        writer.transaction.set_numbering(&lane.subject_ref, &response.numbering)?;
    }
    for state in response.states.iter().filter(|state| !doubted || as_told(state).lowers()) {
        forget(writer.transaction, &lane.subject_ref, &state.purpose)?;
    }
    if renamed || !news.is_empty() {
        record(writer, &lane.subject_ref, news, renamed)?;
    }
    Ok(TakenStates { believed: !doubted, lost, unknown, too_much, unsure })
}

/// The states of an answer that count before they are recorded, each with the answer that is valid then: those that take something away, and
/// every no after which nothing is allowed. A no to what is not granted takes nothing away now, but the yes of a form that was drawn before
/// it must not count once it is given.
pub fn taken_away(
    (transaction, head): (&Transaction<'_>, &Head),
    lane: &Lane,
    cursor: Option<&str>,
    response: &SyncResponse,
    policy: &Policy,
) -> Result<Vec<(RemoteState, CurrentAnswer)>> {
    let heard = compare(transaction, head, lane, cursor, response, policy)?;
    let counting = heard.news.into_iter().filter_map(|state| {
        let answer = with(head, &lane.subject_ref, &state);
        // A number says that there was a no, also where a later yes is told that does not count here.
        let refused = state.lowers() || state.epoch > 0;
        let denies = takes_away(head, lane, &state, policy) || (refused && !answer.counts());
        denies.then_some((state, answer))
    });
    Ok(counting.collect())
}

/// The refusals and withdrawals of an answer. This is for a file that cannot be read, so that nothing is known of what was told before.
pub fn noes(response: &SyncResponse, policy: &Policy) -> Vec<(RemoteState, CurrentAnswer)> {
    let states = response.states.iter().filter(|state| policy.purpose(&state.purpose).is_some()).map(as_told);
    let noes = states.filter(RemoteState::lowers);
    noes.map(|state| {
        let answer = answer_of(&state);
        (state, answer)
    })
    .collect()
}

/// The answer that a state tells, where nothing else is known of its purpose.
fn answer_of(state: &RemoteState) -> CurrentAnswer {
    CurrentAnswer { status: state.status, ..CurrentAnswer::default() }
}

/// Records a state that was told while the file took no writes. A no whose number the file knows already is not recorded: it or a later state
/// came into the file meanwhile, perhaps a yes of a person who had seen it. Another state is recorded where it still takes something away.
pub fn record_held(writer: &mut LedgerWriter<'_>, subject: &str, state: &RemoteState) -> Result<()> {
    let key = writer.head.state.key(subject, &state.purpose);
    let known = key.and_then(|key| key.remote.as_ref());
    let still_denies = if state.lowers() {
        known.is_none_or(|known| known.numbering != state.numbering || known.epoch < state.epoch)
    } else {
        let before = key.map(|key| current_answer(key, subject, &writer.head.state.install));
        before.is_some_and(|before| changes_to_no(&before, &with(writer.head, subject, state)))
    };
    if still_denies {
        record(writer, subject, vec![state.clone()], false)?;
    }
    Ok(())
}

/// Records the no to this purpose that was held back, where there is one. Whatever takes up a yes calls this first.
pub fn recall(writer: &mut LedgerWriter<'_>, subject: &str, purpose: &str) -> Result<()> {
    let Some(state) = held_back(writer.transaction, subject, purpose)? else { return Ok(()) };
    record_held(writer, subject, &state)?;
    forget(writer.transaction, subject, purpose)
}

/// Compares an answer's states with those that were told before.
///
/// While the numbering has the same name, each state must continue what was told of its purpose before. Where one does not, the server lost
/// something and did not notice. Then only refusals and withdrawals are taken, and the old cursor is shown to the server once more, from which
/// it learns of the loss. Where there is no cursor to show, the states that were heard before lose their numbers, as they do when the
/// numbering gets another name.
///
/// A server can name purposes without end, and each would stay in memory and in the file. Of purposes that neither the policy nor this phone
/// knows nothing is kept. An edition that brings such a purpose forgets all cursors, so its state is told again then.
fn compare(
    transaction: &Transaction<'_>,
    head: &Head,
    lane: &Lane,
    cursor: Option<&str>,
    response: &SyncResponse,
    policy: &Policy,
) -> Result<Compared> {
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
    Ok(Compared { known, news, doubted, renamed, lost: named_anew || broken, unknown, unsure })
}

fn record(writer: &mut LedgerWriter<'_>, subject: &str, states: Vec<RemoteState>, renamed: bool) -> Result<()> {
    let install = writer.head.state.install.clone();
    writer.append(&install, Body::Remote(RemoteRecord { subject: subject.to_owned(), states, renamed }))?;
    Ok(())
}

/// How many bytes these states take from the allowance for what is told again. What is told of a purpose for the first time takes none, since
/// there are only so many purposes.
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

/// True where a yes is valid now that would not be valid, or would not count, once this state is recorded. So does silence where it allows: then
/// the state takes something away that tells of an objection. A state that does not do so may be left out without anything being allowed
/// that should not be.
fn takes_away(head: &Head, lane: &Lane, state: &RemoteState, policy: &Policy) -> bool {
    let subject = &lane.subject_ref;
    let before = head.state.key(subject, &state.purpose).map(|key| current_answer(key, subject, &head.state.install));
    if policy.purpose(&state.purpose).is_some_and(|purpose| purpose.basis.silence_allows()) {
        return with(head, subject, state).objects() && !before.is_some_and(|before| before.objects());
    }
    before.is_some_and(|before| changes_to_no(&before, &with(head, subject, state)))
}

fn changes_to_no(before: &CurrentAnswer, after: &CurrentAnswer) -> bool {
    before.status == Status::Granted && (after.status != Status::Granted || (before.counts() && !after.counts()))
}

/// The answer that is valid once this state is recorded.
fn with(head: &Head, subject: &str, state: &RemoteState) -> CurrentAnswer {
    let (known, blank) = (head.state.key(subject, &state.purpose), Key::default());
    current_answer(&known.unwrap_or(&blank).after_server_state(head.seq + 1, state), subject, &head.state.install)
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
    let mut evidence = answer::evidence(state, &PulledSubject::of(lane, &head.state));
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
