//! What the app is told of records that were lost.

use crate::ledger::{State, millis};

/// Records of this file that were on the disk once and are gone. The file, or a part of it, was lost or was put back to an earlier state.
///
/// What was granted before does not count any more, until a sync shows that it still does or the person answers again: nobody can tell
/// whether a withdrawal was among what is gone. No withdrawal is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct RolledBack {
    /// How many records are gone, at least; 0 where that cannot be told.
    pub records: i64,
    /// When the last record was written that is still there, Unix milliseconds. It is left out where none is. What was said after it is gone.
    pub since: Option<i64>,
    /// Position of the record that says so, from which on the ledger goes on.
    pub seq: i64,
}

impl RolledBack {
    /// What a state says of it.
    pub(super) fn of(state: &State) -> Option<Self> {
        let (seq, lost) = state.lost.as_ref()?;
        Some(Self { records: lost.records, since: lost.since.as_deref().and_then(millis), seq: *seq })
    }
}
