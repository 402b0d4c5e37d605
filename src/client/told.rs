//! Hears the server's states: which of them are believed, and whether the server lost something since.

use super::commit::Pen;
use crate::{
    error::Result,
    ledger::{Body, RemoteRecord, RemoteState},
    policy::Policy,
    sync::{
        answer,
        coverage::{Continuation, MAX_RELAYED_BYTES, continues, lowers},
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
    /// Purposes whose own withdrawals are sent again to be sure: whether their states continue could not be told.
    pub unsure: Vec<String>,
}

/// Stores the states that say something new.
///
/// Under the name that was heard before, each must continue what was told then. Where one does not, the server lost something and did not
/// notice: only what lowers is taken, and the old cursor is shown once more, which tells the server. Where there is none to show, the
/// states heard before lose their numbers here, as they do under another name.
///
/// A server can name purposes without end, and each would stay in memory and in the file: of those that neither the policy nor this phone
/// knows nothing is kept. An edition that brings such a purpose forgets all cursors, so it is told again then.
pub(super) fn hear_states(pen: &mut Pen<'_>, lane: &Lane, cursor: Option<&str>, response: &SyncResponse, policy: &Policy) -> Result<Told> {
    let known = pen.transaction.history(&lane.subject_ref)?;
    let named_anew = known.as_ref().is_some_and(|known| *known != response.history);
    if known.as_ref() != Some(&response.history) {
        pen.transaction.set_history(&lane.subject_ref, &response.history)?;
    }
    let matters = |purpose: &str| pen.head.state.key(&lane.subject_ref, purpose).is_some() || policy.purpose(purpose).is_some();
    let told: Vec<RemoteState> =
        response.states.iter().filter(|state| matters(&state.purpose)).map(|state| heard(pen, lane, state)).collect();
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
    let states = told.into_iter().filter(|state| !doubted || lowers(state));
    let states: Vec<RemoteState> = states.filter(|state| renamed || says_something_new(pen, lane, state)).collect();
    if renamed || !states.is_empty() {
        let install = pen.head.state.install.clone();
        pen.append(&install, Body::Remote(RemoteRecord { subject: lane.subject_ref.clone(), states, renamed }))?;
    }
    Ok(Told { believed: !doubted, lost: named_anew || broken, unknown, unsure })
}

fn says_something_new(pen: &Pen<'_>, lane: &Lane, state: &RemoteState) -> bool {
    let known = pen.head.state.key(&lane.subject_ref, &state.purpose).and_then(|key| key.remote.as_ref());
    known.is_none_or(|known| RemoteState { record: None, ..state.clone() } != *known)
}

/// True where a pull from the start does not tell of a purpose that was told before.
fn leaves_out(pen: &Pen<'_>, lane: &Lane, response: &SyncResponse) -> bool {
    let Some(subject) = pen.head.state.subjects.get(&lane.subject_ref) else { return false };
    let told = |purpose: &str| response.states.iter().any(|state| state.purpose == purpose);
    let heard = subject.keys.iter().filter(|(_, key)| key.remote.as_ref().is_some_and(|remote| remote.history == response.history));
    heard.into_iter().any(|(purpose, _)| !told(purpose))
}

/// A state as the ledger keeps it. The record of a withdrawal is kept whole, unless it is this installation's own or too large.
fn heard(pen: &Pen<'_>, lane: &Lane, state: &WireState) -> RemoteState {
    let mut heard = RemoteState {
        purpose: state.purpose.clone(),
        status: state.status,
        history: state.history.clone(),
        epoch: state.epoch,
        withdrawals: state.withdrawals.clone(),
        base: state.base,
        op: state.op.clone(),
        evidence: answer::evidence(state, &Whose::of(lane, &pen.head.state)),
        record: None,
    };
    let elsewhere = heard.evidence.as_ref().is_some_and(|evidence| evidence.install != pen.head.state.install);
    if lowers(&heard) && elsewhere {
        heard.record = state.record.clone().filter(|record| record.len() <= MAX_RELAYED_BYTES);
    }
    heard
}
