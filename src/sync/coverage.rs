//! Whether the giver of a grant could see every withdrawal that the device knows of. Only then does the grant count before the server has
//! answered.

use super::numbering::{Listed, Numbering, informed};
use crate::ledger::{Key, Mark, OwnWithdrawal, Pending, RemoteState, Seen};

/// True where the giver of a pending grant could see every withdrawal that the device knows of: its own newest one, and those that the
/// server told.
pub fn saw_every_withdrawal(key: &Key, pending: &Pending, subject: &str) -> bool {
    let seen = pending.seen.as_ref();
    if let Some(own) = key.own_withdrawal.as_ref().filter(|own| own.op != pending.op)
        && !pending.after.contains(&own.op)
        && !shows_own(own, seen, key.remote.as_ref(), subject)
    {
        return false;
    }
    let Some(remote) = &key.remote else { return true };
    let place = Numbering { subject, name: &remote.numbering };
    let Ok(informed) = informed(seen, &pending.after, place, remote.epoch, &Listed::of(remote));
    informed
}

/// True where the form showed the number of an own withdrawal, and the number still belongs to that withdrawal. A form without a mark
/// counts as having shown no number, here as at the server.
fn shows_own(own: &OwnWithdrawal, seen: Option<&Seen>, remote: Option<&RemoteState>, subject: &str) -> bool {
    let (Some((numbering, number)), Some(seen)) = (&own.numbered, seen) else { return false };
    if seen.subject != subject || seen.numbering != *numbering || seen.epoch < *number || seen.mark.is_none() {
        return false;
    }
    remote.filter(|remote| remote.numbering == *numbering).is_none_or(|remote| {
        let listed = Listed::of(remote);
        *number <= listed.below() || listed.number_of(&own.op) == Some(*number)
    })
}

/// The mark of the highest number of a state; `None` where its list of withdrawals does not suffice to work it out.
pub fn mark_of(state: &RemoteState) -> Option<Mark> {
    Listed::of(state).mark_at(state.epoch)
}
