//! A transaction: everything that is read and written in one goes through it, and is committed as a whole or not at all.

use std::{cell::Cell, time::Duration};

use rusqlite::{Connection, ErrorCode};

use super::failure::failure;
use crate::{error::Result, ledger::chain::Hash};

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
    unrooted: Cell<Unrooted>,
}

/// Adds a part to a sum, or takes it away again: twice the same is nothing.
pub(super) fn toggle(sum: &mut Hash, part: &Hash) {
    sum.iter_mut().zip(part).for_each(|(sum, part)| *sum ^= part);
}

/// What a transaction changed of that which the root covers beside the state, and which the root does not say yet.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Unrooted {
    /// By how much the sum over what waits changed.
    pub waiting: Hash,
    /// True where that sum has to be read anew.
    pub waiting_anew: bool,
    /// True where a subject, a policy or a setting that decides was written.
    pub kept: bool,
}

impl<'a> Transaction<'a> {
    fn on(inner: &'a Connection) -> Self {
        Self { inner, watermarked: Cell::new(Watermarked::Soon), unrooted: Cell::default() }
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

    /// True where something was written that the root does not say yet.
    pub fn is_unrooted(&self) -> bool {
        let unrooted = self.unrooted.get();
        unrooted.kept || unrooted.waiting_anew || unrooted.waiting != Hash::default()
    }

    /// What the root does not say yet, which it is about to.
    pub(super) fn take_unrooted(&self) -> Unrooted {
        self.unrooted.take()
    }

    /// A change was added to what waits, or taken away.
    pub(super) fn toggle_waiting(&self, part: &Hash) {
        let mut unrooted = self.unrooted.get();
        toggle(&mut unrooted.waiting, part);
        self.unrooted.set(unrooted);
    }

    /// Several of the changes that wait were altered.
    pub(super) fn sum_anew(&self) {
        self.unrooted.set(Unrooted { waiting_anew: true, ..self.unrooted.get() });
    }

    /// A subject, a policy or a setting that decides was written.
    pub(super) fn kept_changed(&self) {
        self.unrooted.set(Unrooted { kept: true, ..self.unrooted.get() });
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
