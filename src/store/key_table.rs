//! The table `key`: a number for each purpose of each subject, under which the table `state` keeps what stands and what waits.

use rusqlite::OptionalExtension;

use super::{failure::failure, transaction::Transaction};
use crate::error::Result;

/// The purpose of what belongs to no purpose of its subject: its links, merges and signals.
pub const NO_PURPOSE: &str = "";

/// The number of what belongs to no subject either: the part of the state that is the whole file's.
pub(super) const NO_KEY: i64 = 0;

/// The `place` of the row that holds a key's state in the table `state`. The changes that wait are behind it, each at the place that its
/// record has in the ledger, which is always lower.
pub(super) const PLACE_OF_STATE: i64 = i64::MAX;

impl Transaction<'_> {
    /// The number of a key; `None` where nothing was written for it yet.
    pub(super) fn known_key(&self, subject: &str, purpose: &str) -> Result<Option<i64>> {
        let mut statement = self.inner.prepare_cached("SELECT id FROM key WHERE subject = ?1 AND purpose = ?2").map_err(failure)?;
        statement.query_row([subject, purpose], |row| row.get(0)).optional().map_err(failure)
    }

    /// The number of a key. A key that has none yet is given one.
    pub(super) fn key(&self, subject: &str, purpose: &str) -> Result<i64> {
        if let Some(id) = self.known_key(subject, purpose)? {
            return Ok(id);
        }
        self.inner.execute("INSERT INTO key (subject, purpose) VALUES (?1, ?2)", [subject, purpose]).map_err(failure)?;
        Ok(self.inner.last_insert_rowid())
    }
}
