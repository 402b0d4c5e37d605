//! What the record behind a state shows.

use consentkit::ledger::{CurrentAnswer, Evidence, Record, is_possible};

use crate::store::StateRow;

/// Reads a stored record. It was read once before it was stored, so this fails only for a damaged one.
pub fn read(record: &str) -> Option<Record> {
    serde_json::from_str(record).ok()
}

/// The current answer to a purpose, as the decision reads it, by the same rule as on a device.
pub fn current_answer(row: &StateRow) -> CurrentAnswer {
    let (status, op) = (row.state.status, row.state.op.as_deref());
    let record = row.record.as_deref().and_then(read);
    let evidence = record.zip(op).and_then(|(record, op)| Evidence::of(&record, op, &row.purpose, status));
    let refused_before = row.state.epoch > 0;
    let told = CurrentAnswer { refused_before, ..CurrentAnswer::from_server(status, op, evidence.as_ref()) };
    match row.received_at {
        // A phone that notices an impossible date does not tell the server. On the server such an answer counts from when it arrived.
        Some(received) if told.install.is_some() && !is_possible(told.at, received) => CurrentAnswer { at: received, ..told },
        _ => told,
    }
}
