//! All that is known of one purpose for one subject, as the fold keeps it.

use serde::Serialize;

use super::{Actor, ChoiceKind, Noticed, Outcome, OutcomeKind, RemoteState, Seen, Status};
use crate::{debug::silent, json::FromJson};

/// The newest choice of a key that the server has not acknowledged.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Pending {
    /// The operation that carries it (a merge's own, for answers brought along).
    pub op: String,
    /// Its position in the ledger.
    pub seq: i64,
    /// What was said.
    pub choice: ChoiceKind,
    /// When, Unix milliseconds.
    pub at: i64,
    /// Material number of the notice.
    pub material: u32,
    /// What its giver could see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// Own withdrawals that were shown but not yet numbered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// An import without a date.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undated: bool,
    /// Brought from an older store.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub imported: bool,
    /// The server could not or would not take it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stuck: bool,
    /// By whom it was said; absent for the person.
    #[serde(default, skip_serializing_if = "Actor::is_person")]
    pub actor: Actor,
}

/// The newest withdrawal of a key that was made on this device.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct OwnWithdrawal {
    /// The choice.
    pub op: String,
    /// Its position in the ledger.
    pub seq: i64,
    /// When, Unix milliseconds.
    pub at: i64,
    /// What was said: refused or withdrawn.
    pub choice: ChoiceKind,
    /// The operation under which it was sent, where another one brings it along: a merge's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_as: Option<String>,
    /// The server's numbering and the number it was given; absent until it answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbered: Option<(String, i64)>,
}

/// A grant made here that the server keeps without effect: its giver could not see a withdrawal.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct StaleGrant {
    /// The operation that carried it.
    pub op: String,
    /// Position of the record that said it was stale.
    pub seq: i64,
    /// When the grant was given, Unix milliseconds.
    pub at: i64,
    /// Material number of the notice.
    pub material: u32,
    /// The server's numbering and its highest number, as they were known then: a higher one is of a newer withdrawal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<(String, i64)>,
    /// By whom it was said; absent for the person.
    #[serde(default, skip_serializing_if = "Actor::is_person")]
    pub actor: Actor,
}
/// The last refusal or withdrawal made elsewhere that the server told: what this device can bring back should the server lose it.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct HeardWithdrawal {
    /// The choice.
    pub op: String,
    /// Position of the record that holds what was told.
    pub seq: i64,
    /// The server's name for the numbering in which it is known to hold it.
    pub history: String,
}

/// All that is known of one purpose for one subject.
#[derive(Clone, PartialEq, Eq, Default, Serialize, FromJson)]
pub struct Key {
    /// The newest choice that the server has not acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// The newest withdrawal made here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_withdrawal: Option<OwnWithdrawal>,
    /// The server's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<RemoteState>,
    /// The last withdrawal made elsewhere that the server told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<HeardWithdrawal>,
    /// The last grant made here, where it was stale and nothing newer was heard since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<StaleGrant>,
    /// Since when choices count whose dates cannot be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub noticed: Vec<Noticed>,
    /// Where it stood on the phone this file was copied from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<Status>,
}

impl Key {
    /// The key as it would be after a record at `seq` with this state.
    pub fn with_told(&self, seq: i64, state: &RemoteState) -> Self {
        let mut key = Self { carried: None, ..self.clone() };
        key.told(seq, state);
        key
    }

    /// Keeps the server's word.
    pub(super) fn told(&mut self, seq: i64, state: &RemoteState) {
        let renamed = self.remote.as_ref().is_some_and(|before| before.history != state.history);
        // The same grant under a new numbering: what it overrode before, it still overrides.
        let same_grant = renamed
            && state.status == Status::Granted
            && self.remote.as_ref().is_some_and(|before| before.status == Status::Granted && before.op == state.op);
        if let Some(own) = self.own_withdrawal.as_mut().filter(|own| same_grant && own.numbered.is_some()) {
            own.numbered = Some((state.history.clone(), 0));
        }
        if let Some(heard) = &mut self.heard
            && (same_grant || state.withdrawals.iter().any(|known| known.op == heard.op))
        {
            heard.history.clone_from(&state.history);
        }
        if let (Some(_), Some(op)) = (&state.record, &state.op) {
            self.heard = Some(HeardWithdrawal { op: op.clone(), seq, history: state.history.clone() });
        }
        self.stale.take_if(|stale| stale.is_before(state));
        self.remote = Some(RemoteState { record: None, ..state.clone() });
    }

    /// Hears what number the newest own withdrawal was given.
    ///
    /// A merge brings several under its own operation: the answer tells that they landed, not their numbers. It tells so each time that the
    /// merge is sent, also under another name of the numbering.
    pub(super) fn numbered(&mut self, result: &Outcome, history: Option<&str>) {
        let Some(own) = &mut self.own_withdrawal else { return };
        let known = own.numbered.as_ref().map(|(known, _)| known.as_str());
        let carried = own.sent_as.as_ref() == Some(&result.op) && known != history;
        let unnumbered = own.op == result.op && result.epoch.is_none() && known.is_none();
        let number = if result.outcome == OutcomeKind::Applied && (carried || unnumbered) {
            history.map(|history| landed(self.remote.as_ref(), history, &own.op))
        } else {
            result.epoch.filter(|_| own.op == result.op)
        };
        if let Some(numbered) = history.map(str::to_owned).zip(number) {
            own.numbered = Some(numbered);
        }
    }

    /// Hears what became of a withdrawal made elsewhere that was sent again: it is held once more, or the server wants none of it.
    pub(super) fn brought_back(&mut self, result: &Outcome, history: Option<&str>) {
        match (&mut self.heard, history, result.outcome) {
            (Some(heard), Some(history), OutcomeKind::Applied) if heard.op == result.op => history.clone_into(&mut heard.history),
            (Some(heard), _, OutcomeKind::Rejected | OutcomeKind::Stuck) if heard.op == result.op => self.heard = None,
            _ => {}
        }
    }

    pub(super) fn said_here(&mut self, pending: Pending) {
        let op = pending.op.clone();
        self.said_under(&op, pending);
    }

    /// Something newer was said here than anything known before; `op` is the choice, where another operation brings it along.
    pub(super) fn said_under(&mut self, op: &str, pending: Pending) {
        self.stale = None;
        if pending.choice.lowers() {
            let Pending { seq, at, choice, .. } = pending;
            let sent_as = (pending.op != op).then(|| pending.op.clone());
            self.own_withdrawal = Some(OwnWithdrawal { op: op.to_owned(), seq, at, choice, sent_as, numbered: None });
        }
        self.pending = Some(pending);
    }
}

/// The number that a merged withdrawal was given, or the least it can be where the server has not shown it yet.
fn landed(remote: Option<&RemoteState>, history: &str, op: &str) -> i64 {
    let Some(remote) = remote.filter(|remote| remote.history == history) else { return 1 };
    let listed = remote.withdrawals.iter().find(|known| known.op == op);
    listed.map_or(remote.epoch.saturating_add(1), |known| known.epoch)
}

silent!(Pending, OwnWithdrawal, StaleGrant, HeardWithdrawal, Key);
