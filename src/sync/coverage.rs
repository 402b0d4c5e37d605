//! What a device may conclude from numbers: which grants saw every withdrawal, whether the server's word continues what it told before,
//! and what has to be sent again where it does not.

use super::count::{Listed, Numbering, informed};
use crate::ledger::{Key, Mark, OwnWithdrawal, Pending, RemoteState, Seen, Status};

/// Largest record of a withdrawal made elsewhere that is kept to be brought back, in bytes: one has about 600.
pub const MAX_RELAYED_BYTES: usize = 4 * 1024;

/// True where the giver of a pending grant could see every withdrawal that the device knows of: its own newest one, and those that the
/// server told.
pub fn counts(key: &Key, pending: &Pending, subject: &str) -> bool {
    let seen = pending.seen.as_ref();
    if let Some(own) = key.own_withdrawal.as_ref().filter(|own| own.op != pending.op)
        && !pending.after.contains(&own.op)
        && !shows_own(own, seen, key.remote.as_ref(), subject)
    {
        return false;
    }
    let Some(remote) = &key.remote else { return true };
    let place = Numbering { subject, history: &remote.history };
    let Ok(informed) = informed(seen, &pending.after, place, remote.epoch, &Listed::of(remote));
    informed
}

/// True where a form showed the number of an own withdrawal, and that number still stands for it. Without a mark no number was shown: the
/// server takes none either.
fn shows_own(own: &OwnWithdrawal, seen: Option<&Seen>, remote: Option<&RemoteState>, subject: &str) -> bool {
    let (Some((history, number)), Some(seen)) = (&own.numbered, seen) else { return false };
    if seen.subject != subject || seen.history != *history || seen.epoch < *number || seen.mark.is_none() {
        return false;
    }
    remote.filter(|remote| remote.history == *history).is_none_or(|remote| {
        let listed = Listed::of(remote);
        *number <= listed.below() || listed.number_of(&own.op) == Some(*number)
    })
}

/// The mark of the highest number of a state, where its list is whole enough to work it out.
pub fn mark_of(state: &RemoteState) -> Option<Mark> {
    Listed::of(state).mark_at(state.epoch)
}

/// How a state that the server tells stands to what it told before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuation {
    /// It holds all withdrawals that were told before, under their numbers; or nothing was told under that name.
    Proved,
    /// So many withdrawals came in between that the list does not reach back, or the server tells no marks.
    Open,
    /// It does not: the server lost something and did not notice.
    Broken,
}

/// Holds a told state against the one before.
pub fn continues(before: Option<&RemoteState>, told: &RemoteState) -> Continuation {
    let Some(before) = before.filter(|before| before.history == told.history) else { return Continuation::Proved };
    if told.epoch < before.epoch {
        return Continuation::Broken;
    }
    match (mark_of(before), Listed::of(told).mark_at(before.epoch)) {
        (Some(heard), Some(held)) if heard == held => Continuation::Proved,
        (Some(_), Some(_)) => Continuation::Broken,
        _ => Continuation::Open,
    }
}

/// True where a newer grant of the person waits to be sent: what lies before it is not brought back over it.
fn newer_grant_waits(key: &Key, seq: i64) -> bool {
    key.pending.as_ref().is_some_and(|pending| !pending.choice.lowers() && pending.seq > seq)
}

/// True where the device's newest own withdrawal has to be sent again: it was numbered under a name that the server does not use any
/// more.
pub fn own_is_missing(key: &Key, history: &str) -> bool {
    let missing = |own: &OwnWithdrawal| own.numbered.as_ref().is_some_and(|(numbered, _)| numbered != history);
    key.own_withdrawal.as_ref().is_some_and(|own| missing(own) && !newer_grant_waits(key, own.seq))
}

/// True where the last withdrawal made elsewhere has to be brought back: it was heard under a name that the server does not use any more,
/// and what it tells now does not list it.
pub fn heard_is_missing(key: &Key, history: &str) -> bool {
    key.heard.as_ref().is_some_and(|heard| heard.history != history && !is_listed(key, history, &heard.op) && may_come_back(key))
}

/// True where the last withdrawal made elsewhere may be brought back at all: it is not an own one, which goes by itself, and no newer
/// grant of the person waits.
pub fn may_come_back(key: &Key) -> bool {
    let own = |op: &str| key.own_withdrawal.as_ref().is_some_and(|own| own.op == op);
    key.heard.as_ref().is_some_and(|heard| !own(&heard.op) && !newer_grant_waits(key, heard.seq))
}

/// True where what the server tells now lists a withdrawal.
pub fn is_listed(key: &Key, history: &str, op: &str) -> bool {
    let told = key.remote.as_ref().filter(|told| told.history == history);
    told.is_some_and(|told| Listed::of(told).number_of(op).is_some())
}

/// True for a state that takes something away: it is believed whatever else is wrong with the answer.
pub fn lowers(state: &RemoteState) -> bool {
    matches!(state.status, Status::Refused | Status::Withdrawn)
}
