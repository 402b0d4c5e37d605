//! What the record behind a state shows.

use consentkit::ledger::{Evidence, Record, Standing};

use crate::store::StateRow;

/// A stored record, read. It was read once before it was stored, so this fails for a damaged one only.
pub fn read(record: &str) -> Option<Record> {
    serde_json::from_str(record).ok()
}

/// Where a purpose stands, as the decision reads it: by the same rule as on a device.
pub fn standing(row: &StateRow) -> Standing {
    let (status, op) = (row.standpoint.status, row.standpoint.op.as_deref());
    let record = row.record.as_deref().and_then(read);
    let evidence = record.zip(op).and_then(|(record, op)| Evidence::of(&record, op, &row.purpose, status));
    Standing::told(status, op, evidence.as_ref())
}
