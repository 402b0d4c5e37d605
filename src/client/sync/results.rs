//! What the server says of the changes that were sent: those that it took leave the queue, the others are kept with its reason.

use super::breaker;
use crate::{
    client::{open_ledger::OpenLedger, writing::writer::LedgerWriter},
    error::Result,
    ledger::{Body, Outcome, OutcomeKind, OutcomeRecord},
    store::{Batch, OutboxRow, Patience},
    sync::{
        answer,
        plan::Lane,
        protocol::{ChangeKind, SyncResponse},
        retry::Retry,
    },
};

/// The server's code for a reference that it does not know for that subject.
pub const WRONG_SUBJECT: &str = "wrong_subject";

/// Records what became of changes.
fn note(writer: &mut LedgerWriter<'_>, lane: &Lane, numbering: Option<String>, results: Vec<Outcome>) -> Result<()> {
    if results.is_empty() {
        return Ok(());
    }
    let install = writer.head.state.install.clone();
    writer.append(&install, Body::Outcome(OutcomeRecord { subject: lane.subject_ref.clone(), numbering, results }))?;
    Ok(())
}

/// Keeps a change that the server did not take.
fn keep_stuck(writer: &LedgerWriter<'_>, row: &OutboxRow, reason: &str) -> Result<()> {
    writer.transaction.set_stuck(row, reason, writer.stamp.now)
}

/// Takes what the server acknowledged out of the queue; says how many.
pub fn settle(writer: &mut LedgerWriter<'_>, lane: &Lane, batch: &Batch, response: &SyncResponse) -> Result<i64> {
    let mut settled = 0;
    let mut results = vec![];
    for result in &response.results {
        let Some(row) = batch.rows.iter().find(|row| row.op == result.op) else { continue };
        let outcome = answer::outcome(result);
        let kept = match outcome.outcome {
            OutcomeKind::Applied => false,
            OutcomeKind::StaleGrant => row.lowers,
            OutcomeKind::Rejected | OutcomeKind::Stuck => true,
        };
        if kept && row.kind != ChangeKind::Relay {
            keep_stuck(writer, row, outcome.reason.as_deref().unwrap_or("rejected"))?;
        } else if writer.transaction.dequeue(row)? {
            writer.head.pending -= 1;
            settled += 1;
        }
        results.push(outcome);
    }
    note(writer, lane, Some(response.numbering.clone()), results)?;
    Ok(settled)
}

/// Sets a change aside that the server could not take. It is kept and listed, and grants of the same purpose wait behind it.
pub fn set_aside(
    ledger: &OpenLedger,
    (lane, batch): (&Lane, &Batch),
    (op, reason): (&str, &str),
    retry: Retry,
    patience: Patience,
) -> Result<()> {
    let Some(row) = batch.rows.iter().find(|row| row.op == op) else { return Ok(()) };
    ledger.write_with(patience, &[], |writer| {
        breaker::keep(writer.transaction, retry)?;
        let outcome = Outcome { op: op.to_owned(), outcome: OutcomeKind::Stuck, epoch: None, reason: Some(reason.to_owned()) };
        if row.kind == ChangeKind::Relay {
            // The server does not want back what it once told itself, and nothing of this ledger is lost with it.
            writer.head.pending -= i64::from(writer.transaction.dequeue(row)?);
        } else {
            keep_stuck(writer, row, reason)?;
        }
        note(writer, lane, None, vec![outcome])
    })
}

/// True where the server does not know for whom a change speaks. It is true once for each change, so that a server which never learns it is
/// not told for ever.
pub fn is_reference_unknown(batch: &Batch, response: &SyncResponse) -> bool {
    let refused = response.results.iter().filter(|result| result.reason.as_deref() == Some(WRONG_SUBJECT));
    let fresh = |op: &str| batch.rows.iter().any(|row| row.op == op && row.kind != ChangeKind::Link && row.stuck.is_none());
    refused.into_iter().any(|result| fresh(&result.op))
}

/// Whether the server took the record that makes the account's reference known. `None` where this answer does not say what became of one.
pub fn is_link_taken(batch: &Batch, response: &SyncResponse) -> Option<bool> {
    let links = batch.rows.iter().filter(|row| row.kind == ChangeKind::Link);
    let results = links.filter_map(|row| response.results.iter().find(|result| result.op == row.op));
    results.map(|result| answer::outcome(result).outcome == OutcomeKind::Applied).reduce(|any, taken| any || taken)
}
