//! The open file: one connection behind one mutex, for everybody in this process who reads or writes.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError, TryLockError},
};

use rusqlite::{Connection, ffi};

use super::{
    connection,
    failure::{failure, held, moved},
    older_file::migrated_copy,
    schema,
    state_table::Head,
    transaction::{AT_ONCE, BUSY_TIMEOUT, OPEN_TIMEOUT, READING, Transaction, WRITING, Watermarked},
    watermark::{Level, Watermark},
};
use crate::{
    disk::identity,
    error::{Error, Result},
};

/// What a write does where another process holds the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// It waits for as long as a write may.
    Waits,
    /// It waits somewhat less, for a caller that goes on without the write.
    Opens,
    /// It fails at once, because the call that makes it has waited already.
    AtOnce,
}

/// The open file. One mutex guards the connection and the state that was read from it. No host code runs while it is held.
pub struct Store {
    open: Mutex<Option<Open>>,
    /// The watermark, where the file is one that is written to.
    watermark: Option<Watermark>,
    path: PathBuf,
    /// Which file was opened, as the system knows it.
    identity: Option<(u64, u64)>,
}

struct Open {
    connection: Connection,
    head: Head,
    /// What this handle knows to be said by the watermark.
    said: Option<Level>,
    /// Only for a file that an earlier version wrote and that takes no writes now: what is in it, brought to the newest schema in memory.
    /// Reads are answered from this copy until a write has brought the file itself there.
    copy: Option<Connection>,
    /// SQLite's number for what other connections have committed, as it was when their news was read last.
    news: Option<i64>,
}

impl Open {
    /// What reads are answered from. Another process may have brought the file to the newest schema meanwhile; then the copy is dropped.
    fn readable(&mut self) -> Result<(&mut Connection, &mut Head)> {
        if self.copy.is_some() && schema::is_newest(&self.connection)? {
            self.leave_copy();
        }
        Ok((self.copy.as_mut().unwrap_or(&mut self.connection), &mut self.head))
    }

    /// Brings the file to the newest schema where that was not possible when it was opened.
    fn catch_up(&mut self) -> Result<()> {
        if self.copy.is_some() {
            schema::migrate(&mut self.connection)?;
            self.leave_copy();
        }
        Ok(())
    }

    fn read<T>(&mut self, work: impl FnOnce(&Transaction<'_>, &Head) -> Result<T>) -> Result<T> {
        let (connection, head) = self.readable()?;
        let transaction = Transaction::begin(connection, READING)?;
        if !transaction.is_at(head)? {
            *head = transaction.head()?;
        }
        work(&transaction, head)
    }

    fn news(&mut self, work: impl FnOnce(&Transaction<'_>, &Head) -> Result<()>) -> Result<()> {
        let version: i64 = {
            let mut version = self.connection.prepare_cached("PRAGMA data_version").map_err(failure)?;
            version.query_row([], |row| row.get(0)).map_err(failure)?
        };
        if self.news != Some(version) {
            self.read(work)?;
            self.news = Some(version);
        }
        Ok(())
    }

    fn leave_copy(&mut self) {
        self.copy = None;
        // The default head fits no file but an empty one, so the next call reads the state anew.
        self.head = Head::default();
    }
}

impl Store {
    /// Opens the file, creating it where there is none, and brings it to the newest schema. Where a file of an earlier version takes no
    /// writes now, a copy in memory is brought there instead, and each later write tries the file first.
    ///
    /// Without a watermark nothing is written to one; that is for a copy that is only read.
    pub fn open(path: &Path, watermark: Option<Watermark>) -> Result<Self> {
        let mut connection = connection::open(path)?;
        // A file that needs no migration is read without waiting for others to let go of it.
        let migrated = if schema::is_newest(&connection)? { Ok(()) } else { schema::migrate(&mut connection) };
        let mut copy = match migrated {
            Ok(()) => None,
            Err(Error::StoreUnavailable { .. }) if schema::is_of_an_earlier_version(&connection)? => Some(migrated_copy(&connection)?),
            Err(error) => return Err(error),
        };
        let head = Transaction::begin(copy.as_mut().unwrap_or(&mut connection), READING)?.head()?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(failure)?;
        let identity = identity(path).map_err(|_| moved())?;
        Ok(Self {
            path: path.to_owned(),
            identity,
            open: Mutex::new(Some(Open { connection, head, said: None, copy, news: None })),
            watermark,
        })
    }

    /// True where the file is of an earlier version still, because it took no writes when it was opened.
    pub fn is_behind(&self) -> bool {
        self.lock().as_ref().is_some_and(|open| open.copy.is_some())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` in one immediate transaction on the newest state and commits it. An error undoes all of it.
    ///
    /// `waits` runs once, with no lock held, where the file cannot be had at once. `committed` runs before the next writer may start, so
    /// that what it publishes is in the order of the commits.
    pub fn write<T>(
        &self,
        waits: impl FnOnce(),
        work: impl FnOnce(&Transaction<'_>, &mut Head) -> Result<T>,
        committed: impl FnOnce(&Head, &T),
    ) -> Result<T> {
        self.write_with(Patience::Waits, waits, work, committed)
    }

    /// The same for a caller that says what is to happen where another process holds the file.
    pub fn write_with<T>(
        &self,
        patience: Patience,
        waits: impl FnOnce(),
        work: impl FnOnce(&Transaction<'_>, &mut Head) -> Result<T>,
        committed: impl FnOnce(&Head, &T),
    ) -> Result<T> {
        let (mut guard, mut waits) = match self.open.try_lock() {
            Ok(guard) => (guard, Some(waits)),
            Err(TryLockError::Poisoned(poisoned)) => (poisoned.into_inner(), Some(waits)),
            Err(TryLockError::WouldBlock) => {
                waits();
                (self.lock(), None)
            }
        };
        if guard.as_ref().is_some_and(|open| open.copy.is_some()) {
            // Bringing the file to the newest schema may wait for as long as any write.
            if let Some(waits) = waits.take() {
                drop(guard);
                waits();
                guard = self.lock();
            }
            guard.as_mut().ok_or(Error::ShutDown)?.catch_up()?;
        }
        if let Some(waits) = waits {
            let Open { connection, head, said, .. } = guard.as_mut().ok_or(Error::ShutDown)?;
            if let Some(transaction) = Transaction::begin_at_once(connection)? {
                return self.run(transaction, head, said, work, committed);
            }
            if patience == Patience::AtOnce {
                return Err(held(ffi::SQLITE_BUSY));
            }
            drop(guard);
            waits();
            guard = self.lock();
        }
        let Open { connection, head, said, .. } = guard.as_mut().ok_or(Error::ShutDown)?;
        if patience == Patience::Opens {
            // The next write sets it back.
            connection.busy_timeout(OPEN_TIMEOUT).map_err(failure)?;
        }
        self.run(Transaction::begin(connection, WRITING)?, head, said, work, committed)
    }

    /// Runs `work` on the newest state, commits it, and lets the watermark follow.
    fn run<T>(
        &self,
        transaction: Transaction<'_>,
        kept: &mut Head,
        said: &mut Option<Level>,
        work: impl FnOnce(&Transaction<'_>, &mut Head) -> Result<T>,
        committed: impl FnOnce(&Head, &T),
    ) -> Result<T> {
        // The head is taken and not copied. After an error the default one is left behind, which fits no file but an empty one, so the next
        // call reads the state anew.
        let head = std::mem::take(kept);
        let mut head = if transaction.is_at(&head)? { head } else { transaction.head()? };
        let value = work(&transaction, &mut head)?;
        // What is written into a file that was replaced or removed is lost with it, and nobody would know.
        if !identity(&self.path).is_ok_and(|present| present == self.identity) {
            return Err(moved());
        }
        let watermarked = transaction.commit()?;
        *kept = head;
        committed(kept, &value);
        self.raise(kept, said, watermarked);
        Ok(value)
    }

    /// Lets the watermark say how far the ledger came. It comes after the commit, since a watermark that is ahead of its ledger says that
    /// records are lost.
    fn raise(&self, head: &Head, said: &mut Option<Level>, how: Watermarked) {
        let level = Level { seq: head.seq, hash: head.hash };
        let Some(watermark) = self.watermark.as_ref().filter(|_| head.seq > 0 && *said != Some(level)) else { return };
        let written = match how {
            Watermarked::Anew => watermark.set(level),
            Watermarked::Durably => watermark.raise(level, true),
            // What could not be written before may have been of something that takes away, so it is made up for durably.
            Watermarked::Soon => watermark.raise(level, said.is_none()),
        };
        // Where it could not be written, the next write tries again.
        *said = written.then_some(level);
    }

    /// Runs `work` where another connection has committed something since the last call of this, and the file can be had without waiting
    /// for anybody. Where nobody has committed anything, this costs one statement.
    pub fn read_news(&self, work: impl FnOnce(&Transaction<'_>, &Head) -> Result<()>) -> Result<()> {
        let mut guard = match self.open.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Whoever has the lock has looked for news before it began to wait.
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        let open = guard.as_mut().ok_or(Error::ShutDown)?;
        open.connection.busy_timeout(AT_ONCE).map_err(failure)?;
        let read = open.news(work);
        open.connection.busy_timeout(BUSY_TIMEOUT).map_err(failure)?;
        read
    }

    /// Runs `work` on one consistent view of the file.
    pub fn read<T>(&self, work: impl FnOnce(&Transaction<'_>, &Head) -> Result<T>) -> Result<T> {
        self.lock().as_mut().ok_or(Error::ShutDown)?.read(work)
    }

    /// Folds the write-ahead log back into the file, where nobody else uses it now, so that little is in a file that only counts whole to
    /// its first torn page. Where that fails, the log is as good as it was.
    pub fn fold_log(&self) {
        if let Some(open) = self.lock().as_mut()
            && open.connection.busy_timeout(AT_ONCE).is_ok()
        {
            let _ = open.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            let _ = open.connection.busy_timeout(BUSY_TIMEOUT);
        }
    }

    /// Folds the write-ahead log back and closes the file. Later calls answer `ShutDown`.
    pub fn close(&self) -> Result<()> {
        let Some(Open { connection, .. }) = self.lock().take() else { return Ok(()) };
        let checkpoint = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        connection.close().map_err(|(_, error)| failure(error))?;
        checkpoint.map_err(failure)
    }
}
