//! How a device finds out that the server lost something that it had told before, and which withdrawals have to be sent again then.

use super::{coverage::mark_of, numbering::Listed};
use crate::ledger::{Key, OwnWithdrawal, RemoteState};

/// Largest record of a withdrawal made elsewhere that is kept so that it can be sent again, in bytes. Such a record has about 600.
pub const MAX_RELAYED_BYTES: usize = 4 * 1024;

/// How a state that the server tells continues what it told before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuation {
    /// It holds all withdrawals that were told before, under the same numbers. Or nothing was told before under this name of the numbering.
    Proved,
    /// It cannot be said: so many withdrawals came in between that the list does not reach back, or the server tells no marks.
    Open,
    /// It does not continue what was told before: the server lost something and did not notice.
    Broken,
}

/// Compares a state that the server tells with the one that it told before.
pub fn continues(before: Option<&RemoteState>, told: &RemoteState) -> Continuation {
    let Some(before) = before.filter(|before| before.numbering == told.numbering) else { return Continuation::Proved };
    if told.epoch < before.epoch {
        return Continuation::Broken;
    }
    match (mark_of(before), Listed::of(told).mark_at(before.epoch)) {
        (Some(known), Some(told)) if known == told => Continuation::Proved,
        (Some(_), Some(_)) => Continuation::Broken,
        _ => Continuation::Open,
    }
}

/// True where a grant that is newer than the record at `seq` waits to be sent. A withdrawal from before that grant is not sent again: it
/// would take back what the person has said since.
fn newer_grant_waits(key: &Key, seq: i64) -> bool {
    key.pending.as_ref().is_some_and(|pending| !pending.choice.lowers() && pending.seq > seq)
}

/// True where the newest withdrawal of this device has to be sent again: the server numbered it under a name that it no longer uses.
pub fn own_is_missing(key: &Key, numbering: &str) -> bool {
    let missing = |own: &OwnWithdrawal| own.numbered.as_ref().is_some_and(|(numbered, _)| numbered != numbering);
    key.own_withdrawal.as_ref().is_some_and(|own| missing(own) && !newer_grant_waits(key, own.seq))
}

/// True where the last withdrawal made elsewhere has to be sent again: the server told it under a name of the numbering that it no longer
/// uses, and does not list it now.
pub fn elsewhere_is_missing(key: &Key, numbering: &str) -> bool {
    key.withdrawal_elsewhere
        .as_ref()
        .is_some_and(|known| known.numbering != numbering && !is_listed(key, numbering, &known.op) && may_come_back(key))
}

/// True where the last withdrawal made elsewhere may be sent again at all: it is not one of this device, which is sent by itself, and no
/// newer grant of the person waits.
pub fn may_come_back(key: &Key) -> bool {
    let own = |op: &str| key.own_withdrawal.as_ref().is_some_and(|own| own.op == op);
    key.withdrawal_elsewhere.as_ref().is_some_and(|known| !own(&known.op) && !newer_grant_waits(key, known.seq))
}

/// True where what the server told last, under this name of the numbering, lists a withdrawal.
pub fn is_listed(key: &Key, numbering: &str, op: &str) -> bool {
    let told = key.remote.as_ref().filter(|told| told.numbering == numbering);
    told.is_some_and(|told| Listed::of(told).number_of(op).is_some())
}
