//! The end of a pull: from there on it is known here what the subject said elsewhere.

use crate::{
    client::writing::writer::LedgerWriter,
    error::Result,
    ledger::{Body, PullEnded, Pulled},
    policy::Policy,
    sync::{plan::Lane, protocol::SyncResponse, subject_name},
};

/// Records that the server has told all that it holds of the subject, where that was not known and silence counts for a purpose of the policy.
///
/// An answer tells all only if it is the last page, was believed, and came to somebody who may hear everything: a signed-out account and one
/// that goes by a placeholder's name are told no states. While the record of the sign-in is not accepted, the account is not taken as heard
/// either.
pub fn note_end(writer: &mut LedgerWriter<'_>, lane: &Lane, response: &SyncResponse, believed: bool, policy: &Policy) -> Result<()> {
    let state = &writer.head.state;
    let present = lane.subject_ref == state.person || lane.subject_ref == state.device;
    let open = state.subjects.get(&lane.subject_ref).is_some_and(|subject| subject.pulled == Pulled::NotYet);
    let counts = policy.purposes.iter().any(|purpose| purpose.basis.silence_allows());
    if !(present && open && counts && believed) || response.more || lane.withdrawals_only {
        return Ok(());
    }
    if lane.account && (subject_name::check(&lane.wire).is_err() || writer.transaction.link_waits(&lane.subject_ref)?) {
        return Ok(());
    }
    let install = state.install.clone();
    writer.append(&install, Body::Pulled(PullEnded { subject: lane.subject_ref.clone() }))?;
    Ok(())
}
