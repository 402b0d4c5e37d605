//! All that is known of one purpose for one subject, and how each record changes it.

use serde::Serialize;

use super::{Actor, ChoiceKind, FormClosed, Outcome, OutcomeKind, Redating, RemoteState, Seen, Status, form_closed::remember};
use crate::{debug::silent, json::FromJson};

/// The newest choice that was made here and that the server has not acknowledged yet.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Pending {
    /// The operation under which it is sent: the choice's own, or for an answer that a sign-in brings along, the merge's.
    pub op: String,
    /// Position in the ledger of the record with that operation.
    pub seq: i64,
    /// What was said.
    pub choice: ChoiceKind,
    /// When, Unix milliseconds.
    pub at: i64,
    /// Material number of the notice.
    pub material: u32,
    /// What its giver could see of the server's state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// The own withdrawals that its giver was shown although the server had not numbered them yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// True for an import of which the older store did not keep the date.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undated: bool,
    /// True for an answer brought from an older store of the app.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub imported: bool,
    /// True where the server could not or would not take it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stuck: bool,
    /// By whom it was said; absent for the person.
    #[serde(default, skip_serializing_if = "Actor::is_person")]
    pub actor: Actor,
}

/// The newest refusal or withdrawal that was made on this device.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct OwnWithdrawal {
    /// The operation of the choice.
    pub op: String,
    /// Position of its record in the ledger.
    pub seq: i64,
    /// When, Unix milliseconds.
    pub at: i64,
    /// What was said: refused or withdrawn.
    pub choice: ChoiceKind,
    /// The operation of the merge under which it was sent, where a sign-in brought it into the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_as: Option<String>,
    /// The number that the server gave it, after the name of the numbering that the number belongs to; absent until the server answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbered: Option<(String, i64)>,
}

/// A grant made here that the server keeps without effect, because its giver could not see a withdrawal.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct StaleGrant {
    /// The operation under which it was sent.
    pub op: String,
    /// Position of the record with the server's answer that it is stale.
    pub seq: i64,
    /// When the grant was given, Unix milliseconds.
    pub at: i64,
    /// Material number of the notice.
    pub material: u32,
    /// The highest withdrawal number that was known at that answer, after the name of its numbering. A higher number under the same name
    /// belongs to a withdrawal that is newer than this grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<(String, i64)>,
    /// By whom it was said; absent for the person.
    #[serde(default, skip_serializing_if = "Actor::is_person")]
    pub actor: Actor,
}

/// The last refusal or withdrawal that the server told and that was made elsewhere. Should the server lose it, this device sends it again.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct WithdrawalElsewhere {
    /// The operation of the choice.
    pub op: String,
    /// Position of the record in this device's ledger that holds what the server told.
    pub seq: i64,
    /// The name of the last numbering of which it is known that the server holds the withdrawal in it.
    #[serde(rename = "history")]
    pub numbering: String,
}

/// All that is known of one purpose for one subject. Which of it counts says [`Key::current_answer`].
#[derive(Clone, PartialEq, Eq, Default, Serialize, FromJson)]
pub struct Key {
    /// The newest choice made here that the server has not acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// The newest refusal or withdrawal made here, acknowledged or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_withdrawal: Option<OwnWithdrawal>,
    /// What the server told last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<RemoteState>,
    /// The last refusal or withdrawal made elsewhere that the server told.
    #[serde(default, rename = "heard", skip_serializing_if = "Option::is_none")]
    pub withdrawal_elsewhere: Option<WithdrawalElsewhere>,
    /// The last grant made here, where it was stale and the server has told no newer withdrawal since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<StaleGrant>,
    /// From when answers count whose dates cannot be; the newest one last.
    #[serde(default, rename = "noticed", skip_serializing_if = "Vec::is_empty")]
    pub redatings: Vec<Redating>,
    /// The refusals and withdrawals that older stores of the app brought for this subject, each by its row, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub brought_noes: Vec<String>,
    /// The grants that older stores of the app brought for this subject, each by its row, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub brought_yeses: Vec<String>,
    /// What the answer was on the phone that this file was copied from. Of a copied file the server's word is forgotten, and this stays
    /// until the server tells its state again.
    #[serde(default, rename = "carried", skip_serializing_if = "Option::is_none")]
    pub copied_status: Option<Status>,
    /// When a form with this question was closed while the question was open, since the last answer that was given here; the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<FormClosed>,
    /// True where a no to it was known on the device of the phone that this file was copied from. Its own records of that device stay with that
    /// device; of a person they are here.
    #[serde(default, rename = "carried_no", skip_serializing_if = "std::ops::Not::not")]
    pub refused_on_former_device: bool,
}

impl Key {
    /// True where this question is not to be asked at `now` (Unix milliseconds), since a form with it was closed less than so many days
    /// ago and its notice means the same still.
    pub fn is_kept_away(&self, material: u32, days: u32, now: i64) -> bool {
        self.closed.iter().any(|closing| closing.keeps_away(material, days, now))
    }

    /// Remembers that a form with this question was closed.
    pub(super) fn close(&mut self, closing: FormClosed) {
        remember(&mut self.closed, closing);
    }

    /// The key as it would be if a record at `seq` told this state of the server.
    pub fn after_server_state(&self, seq: i64, state: &RemoteState) -> Self {
        let mut key = Self { copied_status: None, ..self.clone() };
        key.take_server_state(seq, state);
        key
    }

    /// Takes over what the server tells in the record at `seq`.
    pub(super) fn take_server_state(&mut self, seq: i64, state: &RemoteState) {
        if state.status == Status::Granted {
            // It was answered elsewhere since. Should that answer expire, it is asked for at once.
            self.closed.clear();
        }
        let renamed = self.remote.as_ref().is_some_and(|before| before.numbering != state.numbering);
        // The server gave its numbering another name and tells the same grant as before. That grant came after this device's withdrawal and
        // after the one made elsewhere. So under the new name it still counts against both, and neither of them is sent again.
        let same_grant = renamed
            && state.status == Status::Granted
            && self.remote.as_ref().is_some_and(|before| before.status == Status::Granted && before.op == state.op);
        if let Some(own) = self.own_withdrawal.as_mut().filter(|own| same_grant && own.numbered.is_some()) {
            own.numbered = Some((state.numbering.clone(), 0));
        }
        if let Some(elsewhere) = &mut self.withdrawal_elsewhere
            && (same_grant || state.withdrawals.iter().any(|known| known.op == elsewhere.op))
        {
            elsewhere.numbering.clone_from(&state.numbering);
        }
        if let (Some(_), Some(op)) = (&state.record, &state.op) {
            self.withdrawal_elsewhere = Some(WithdrawalElsewhere { op: op.clone(), seq, numbering: state.numbering.clone() });
        }
        self.stale.take_if(|stale| stale.is_before(state));
        self.remote = Some(RemoteState { record: None, ..state.clone() });
    }

    /// Takes over which number the server gave the newest own withdrawal, if that is what the result is about.
    ///
    /// A merge brings several withdrawals under its own operation. For these the server says only that they took effect, and not under
    /// which numbers; it says so again each time that the merge is sent, also after the numbering was given another name.
    pub(super) fn take_number(&mut self, result: &Outcome, numbering: Option<&str>) {
        let Some(own) = &mut self.own_withdrawal else { return };
        let known = own.numbered.as_ref().map(|(known, _)| known.as_str());
        let by_merge = own.sent_as.as_ref() == Some(&result.op) && known != numbering;
        let without_number = own.op == result.op && result.epoch.is_none() && known.is_none();
        let number = if result.outcome == OutcomeKind::Applied && (by_merge || without_number) {
            numbering.map(|numbering| number_in(self.remote.as_ref(), numbering, &own.op))
        } else {
            result.epoch.filter(|_| own.op == result.op)
        };
        if let Some(numbered) = numbering.map(str::to_owned).zip(number) {
            own.numbered = Some(numbered);
        }
    }

    /// Takes over what became of the withdrawal made elsewhere, if it is what the result is about: this device had sent it again because
    /// the server had lost it. Either the server holds it once more, or it does not want it and it is not sent any more.
    pub(super) fn take_result_of_relay(&mut self, result: &Outcome, numbering: Option<&str>) {
        match (&mut self.withdrawal_elsewhere, numbering, result.outcome) {
            (Some(known), Some(numbering), OutcomeKind::Applied) if known.op == result.op => numbering.clone_into(&mut known.numbering),
            (Some(known), _, OutcomeKind::Rejected | OutcomeKind::Stuck) if known.op == result.op => self.withdrawal_elsewhere = None,
            _ => {}
        }
    }

    /// Takes over an answer given here, which is sent under its own operation.
    pub(super) fn take_answer(&mut self, pending: Pending) {
        let op = pending.op.clone();
        self.take_answer_of(&op, pending);
    }

    /// Takes over an answer given here: it is newer than all that was known before. `op` is the operation of the choice itself, which
    /// differs from that of `pending` where a merge brings the choice along.
    pub(super) fn take_answer_of(&mut self, op: &str, pending: Pending) {
        self.stale = None;
        self.closed.clear();
        if pending.choice.lowers() {
            let Pending { seq, at, choice, .. } = pending;
            let sent_as = (pending.op != op).then(|| pending.op.clone());
            self.own_withdrawal = Some(OwnWithdrawal { op: op.to_owned(), seq, at, choice, sent_as, numbered: None });
        }
        self.pending = Some(pending);
    }
}

/// The number that a withdrawal has in this numbering; where the server has not listed it yet, the least number that it can have.
fn number_in(remote: Option<&RemoteState>, numbering: &str, op: &str) -> i64 {
    let Some(remote) = remote.filter(|remote| remote.numbering == numbering) else { return 1 };
    let listed = remote.withdrawals.iter().find(|known| known.op == op);
    listed.map_or(remote.epoch.saturating_add(1), |known| known.epoch)
}

silent!(Pending, OwnWithdrawal, StaleGrant, WithdrawalElsewhere, Key);
