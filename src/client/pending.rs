//! What waits to be sent: so that the app can say "saved on this phone, not yet sent".

use super::open_ledger::OpenLedger;
use crate::{error::Result, store::OutboxRow, sync::protocol::ChangeKind};

/// Most changes that `pending` and `stuck` list; the snapshot tells how many there are.
pub const MAX_LISTED: i64 = 1000;

/// A change that the server has not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PendingChange {
    /// What it is.
    pub kind: ChangeKind,
    /// The purpose; empty for signals, links and merges.
    pub purpose: String,
    /// Name of the operation.
    pub op: String,
    /// Position in the ledger.
    pub seq: i64,
    /// True for a refusal or a withdrawal.
    pub lowers: bool,
    /// Stable code of why the server did not take it; `None` while it simply waits.
    pub stuck: Option<String>,
}

impl From<OutboxRow> for PendingChange {
    fn from(row: OutboxRow) -> Self {
        Self { kind: row.kind, purpose: row.purpose, op: row.op, seq: row.seq, lowers: row.lowers, stuck: row.stuck }
    }
}

/// Changes that wait, stuck ones among them: see `Consent::pending`.
pub fn pending(ledger: &OpenLedger) -> Result<Vec<PendingChange>> {
    listed(ledger, false)
}

/// Changes that the server could not or would not take: see `Consent::stuck`.
pub fn stuck(ledger: &OpenLedger) -> Result<Vec<PendingChange>> {
    listed(ledger, true)
}

fn listed(ledger: &OpenLedger, stuck_only: bool) -> Result<Vec<PendingChange>> {
    let rows = ledger.read(|transaction, _| transaction.waiting(stuck_only, MAX_LISTED))?;
    Ok(rows.into_iter().map(PendingChange::from).collect())
}
