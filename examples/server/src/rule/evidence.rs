//! What the record behind a state shows.

use consentkit::ledger::{CurrentAnswer, Evidence, Record, is_possible};

use crate::store::StateRow;

/// A stored record, read. It was read once before it was stored, so this fails for a damaged one only.
pub fn read(record: &str) -> Option<Record> {
    serde_json::from_str(record).ok()
}

/// Where a purpose stands, as the decision reads it: by the same rule as on a device.
pub fn current_answer(row: &StateRow) -> CurrentAnswer {
    let (status, op) = (row.state.status, row.state.op.as_deref());
    let record = row.record.as_deref().and_then(read);
    let evidence = record.zip(op).and_then(|(record, op)| Evidence::of(&record, op, &row.purpose, status));
    let told = CurrentAnswer::from_server(status, op, evidence.as_ref());
    match row.received_at {
        // The phone notices a date that cannot be by itself and tells nobody: here the answer counts from when it came.
        Some(received) if told.install.is_some() && !is_possible(told.at, received) => CurrentAnswer { at: received, ..told },
        _ => told,
    }
}
