//! A transaction: everything that is read and written in one goes through it, and is committed as a whole or not at all.

use std::{cell::Cell, time::Duration};

use rusqlite::{Connection, ErrorCode};

use super::failure::failure;
use crate::error::Result;

/// How long a write waits for another process. It is above the worst wait that was measured with four busy processes (1.5 s).
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long opening waits for another process. It goes on with what it can read where it cannot write, and all of that is to end within the
/// time that a write may wait.
pub(super) const OPEN_TIMEOUT: Duration = Duration::from_secs(4);

/// How long the first try of a write waits: not at all, so that whoever answers from memory can be told before it waits longer.
pub(super) const AT_ONCE: Duration = Duration::ZERO;

/// Begins a transaction that writes. Other writers wait until it ends.
pub(super) const WRITING: &str = "BEGIN IMMEDIATE";

/// Begins a transaction that only reads.
pub(super) const READING: &str = "BEGIN DEFERRED";

/// What becomes of the watermark once a transaction is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Watermarked {
    /// It is raised, and may be lost with the power. That is for a grant: if it is lost together with its record, less is allowed.
    Soon,
    /// It is raised and on the disk before the call returns. That is for whatever takes something away.
    Durably,
    /// It is set to where the ledger is now, also where that is further back, because a new installation begins here.
    Anew,
}

/// A transaction. Dropped without a commit, it leaves nothing behind.
pub struct Transaction<'a> {
    pub(super) inner: &'a Connection,
    watermarked: Cell<Watermarked>,
}

impl<'a> Transaction<'a> {
    fn on(inner: &'a Connection) -> Self {
        Self { inner, watermarked: Cell::new(Watermarked::Soon) }
    }

    /// Begins with a statement that is prepared once and kept. Rusqlite's own transactions prepare theirs anew each time.
    pub(super) fn begin(connection: &'a mut Connection, sql: &str) -> Result<Self> {
        connection.prepare_cached(sql).and_then(|mut begin| begin.execute([])).map_err(failure)?;
        Ok(Self::on(connection))
    }

    /// Begins one that writes, without waiting. `None` says that another holds the file now.
    pub(super) fn begin_at_once(connection: &'a mut Connection) -> Result<Option<Self>> {
        connection.busy_timeout(AT_ONCE).map_err(failure)?;
        let begun = connection.prepare_cached(WRITING).and_then(|mut begin| begin.execute([]));
        connection.busy_timeout(BUSY_TIMEOUT).map_err(failure)?;
        match begun {
            Ok(_) => Ok(Some(Self::on(connection))),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(None),
            Err(error) => Err(failure(error)),
        }
    }

    /// Says what becomes of the watermark at the end of this transaction. What was said that weighs more stays.
    pub fn watermark(&self, how: Watermarked) {
        self.watermarked.set(self.watermarked.get().max(how));
    }

    /// How many rows this connection has changed so far. A count that is higher than before says that something was written in between.
    pub fn changes(&self) -> u64 {
        self.inner.total_changes()
    }

    /// Commits, and gives what becomes of the watermark.
    pub(super) fn commit(self) -> Result<Watermarked> {
        self.inner.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([])).map_err(failure)?;
        Ok(self.watermarked.get())
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.inner.is_autocommit() {
            // Where even this fails, the next transaction cannot begin and says so.
            let _ = self.inner.execute_batch("ROLLBACK");
        }
    }
}
