//! What is sent again after the server lost something: own withdrawals, the last one that was heard of elsewhere, and the record that makes
//! the account's reference known.

use super::{results::WRONG_SUBJECT, states::TakenStates};
use crate::{
    client::writing::writer::LedgerWriter,
    error::Result,
    ledger::{Body, Key, Link, Status},
    store::{NO_PURPOSE, OutboxRow},
    sync::{
        loss::{elsewhere_is_missing, is_listed, may_come_back, own_is_missing},
        plan::Lane,
        protocol::{ChangeKind, SyncResponse},
    },
};

/// How much of what the server acknowledged it may have lost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Nothing, as far as it is known.
    Nothing,
    /// Of the subject that was asked for.
    OfThisSubject,
    /// Of every subject.
    OfAllSubjects,
}

/// Queues what the server's present numbering does not hold. Says whether anything was queued.
pub fn send_again(writer: &mut LedgerWriter<'_>, lane: &Lane, loss: Loss, response: &SyncResponse, told: &TakenStates) -> Result<bool> {
    // While pages are missing it is not known what the server still holds.
    let whole = !response.more;
    let mut rows = vec![];
    for (subject, keys) in &writer.head.state.subjects {
        let here = *subject == lane.subject_ref;
        for (purpose, key) in &keys.keys {
            let doubted = here && (!told.believed || told.unsure.contains(purpose));
            let renamed = here && whole && own_is_missing(key, &response.numbering);
            let lost = loss == Loss::OfAllSubjects
                && matches!(key.current_answer(&writer.head.state.install, true).status, Status::Refused | Status::Withdrawn);
            if doubted || renamed || lost {
                rows.extend(own_row(key, subject, purpose));
            }
            let unlisted = |op: &str| !is_listed(key, &response.numbering, op);
            let gone = doubted && may_come_back(key) && key.withdrawal_elsewhere.as_ref().is_some_and(|heard| unlisted(&heard.op));
            if gone || (here && whole && elsewhere_is_missing(key, &response.numbering)) {
                rows.extend(row_from_elsewhere(key, subject, purpose));
            }
        }
    }
    let mut queued = false;
    for mut row in rows {
        if row.kind != ChangeKind::Relay && !read_kind(writer, &mut row)? {
            continue;
        }
        if writer.transaction.requeue(&row)? {
            writer.head.pending += 1;
            queued = true;
        }
    }
    Ok(queued)
}

/// The newest own withdrawal, where the server once took it.
fn own_row(key: &Key, subject: &str, purpose: &str) -> Option<OutboxRow> {
    let own = key.own_withdrawal.as_ref().filter(|own| own.numbered.is_some())?;
    Some(waiting(own.seq, subject, purpose, ChangeKind::Choice, &own.op))
}

/// The last withdrawal that was made elsewhere.
fn row_from_elsewhere(key: &Key, subject: &str, purpose: &str) -> Option<OutboxRow> {
    let heard = key.withdrawal_elsewhere.as_ref()?;
    Some(waiting(heard.seq, subject, purpose, ChangeKind::Relay, &heard.op))
}

fn waiting(seq: i64, subject: &str, purpose: &str, kind: ChangeKind, op: &str) -> OutboxRow {
    OutboxRow { seq, subject: subject.to_owned(), purpose: purpose.to_owned(), kind, op: op.to_owned(), lowers: true, stuck: None }
}

/// Reads in the ledger what kind of record an own withdrawal is. False where there is none to send.
fn read_kind(writer: &LedgerWriter<'_>, row: &mut OutboxRow) -> Result<bool> {
    let Some(record) = writer.transaction.record(row.seq)? else { return Ok(false) };
    row.kind = match record.body {
        Body::Choice(_) => ChangeKind::Choice,
        Body::Import(_) => ChangeKind::Import,
        Body::Merge(_) => {
            NO_PURPOSE.clone_into(&mut row.purpose);
            ChangeKind::Merge
        }
        _ => return Ok(false),
    };
    row.op = record.op;
    Ok(true)
}

/// Lets the record be sent again that makes the account's reference known, and what is stuck without it be tried again. Says whether
/// anything is sent again.
///
/// Where such a record waits already, that one goes: it may be stuck for a reason that is over.
pub fn send_link_again(writer: &mut LedgerWriter<'_>) -> Result<bool> {
    let subject = writer.head.state.person.clone();
    if !writer.head.state.signed_in {
        return Ok(false);
    }
    let tried_again = writer.transaction.retry_stuck_by(&subject, WRONG_SUBJECT)?;
    if writer.transaction.link_waits(&subject)? {
        return Ok(tried_again);
    }
    writer.send(Body::Link(Link { subject, account: true }))?;
    Ok(true)
}
