//! The open file: one connection behind one mutex, for everybody in this process who reads or writes.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError, TryLockError},
};

use rusqlite::{Connection, ffi, limits::Limit};

use super::{
    connection,
    failure::{failure, held, is_of_the_disk, moved},
    older_file::{copy_of_closed, migrated_copy},
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
    /// The connection; `None` while the file cannot be opened, because its disk is full or read-only or the device is locked, and while it
    /// was let go of. The next call that needs it opens it again.
    file: Option<Connection>,
    head: Head,
    /// What this handle knows to be said by the watermark.
    said: Option<Level>,
    /// Only for a file that takes no writes now and either was written by an earlier version or cannot even be opened: what is in it, brought
    /// to the newest schema in memory. Reads are answered from this copy until the file itself can be read.
    copy: Option<Connection>,
    /// SQLite's number for what other connections have committed, as it was when their news was read last.
    news: Option<i64>,
}

impl Open {
    /// What reads are answered from. Where there is a copy and the file itself can be read by now, the copy is dropped.
    fn readable(&mut self, path: &Path, known: Option<(u64, u64)>) -> Result<(&mut Connection, &mut Head)> {
        let reached = reach(&mut self.file, path, known);
        if self.copy.is_none() {
            reached?;
        } else if let Ok(connection) = reached
            && schema::is_newest(connection)?
        {
            self.leave_copy();
        }
        match self.copy.as_mut().or(self.file.as_mut()) {
            Some(connection) => Ok((connection, &mut self.head)),
            None => Err(moved()),
        }
    }

    /// Opens the file where it is not open, and brings it to the newest schema where that was not possible before.
    fn catch_up(&mut self, path: &Path, known: Option<(u64, u64)>) -> Result<()> {
        // A connection to a file that was read-only when it was opened never writes.
        self.file.take_if(|connection| is_read_only(connection));
        let was_open = self.file.is_some();
        let connection = reach(&mut self.file, path, known)?;
        if self.copy.is_some() || (!was_open && !schema::is_newest(connection)?) {
            schema::migrate(connection)?;
            self.leave_copy();
        }
        Ok(())
    }

    fn read<T>(&mut self, path: &Path, known: Option<(u64, u64)>, work: impl FnOnce(&Transaction<'_>, &Head) -> Result<T>) -> Result<T> {
        let (connection, head) = self.readable(path, known)?;
        let transaction = Transaction::begin(connection, READING)?;
        if !transaction.is_at(head)? {
            *head = transaction.head()?;
        }
        work(&transaction, head)
    }

    /// SQLite's number for what other connections have committed; `None` while the file is not open.
    fn version(&self) -> Result<Option<i64>> {
        let Some(connection) = &self.file else { return Ok(None) };
        let mut version = connection.prepare_cached("PRAGMA data_version").map_err(failure)?;
        version.query_row([], |row| row.get(0)).map(Some).map_err(failure)
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
        let (mut file, mut copy) = match connection::open(path) {
            Ok(mut connection) => {
                let copy = copy_where_behind(&mut connection)?;
                (Some(connection), copy)
            }
            Err(error) if is_of_the_disk(&error) => match copy_of_closed(path) {
                Some(copy) => (None, Some(copy)),
                None => return Err(error),
            },
            Err(error) => return Err(error),
        };
        let read = copy.as_mut().or(file.as_mut()).ok_or_else(moved)?;
        let head = Transaction::begin(read, READING)?.head()?;
        if let Some(connection) = &file {
            connection.busy_timeout(BUSY_TIMEOUT).map_err(failure)?;
        }
        let identity = identity(path).map_err(|_| moved())?;
        let open = Open { file, head, said: None, copy, news: None };
        Ok(Self { path: path.to_owned(), identity, open: Mutex::new(Some(open)), watermark })
    }

    /// A file that is there and cannot even be read now, because the device is locked, say. Every call tries to open it, and none creates it.
    pub fn locked(path: &Path, watermark: Option<Watermark>) -> Self {
        let open = Open { file: None, head: Head::default(), said: None, copy: None, news: None };
        Self { path: path.to_owned(), identity: identity(path).ok().flatten(), open: Mutex::new(Some(open)), watermark }
    }

    /// True where reads are answered from a copy, because the file took no writes when it was opened.
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
        if guard.as_ref().is_some_and(|open| open.copy.is_some() || open.file.as_ref().is_none_or(is_read_only)) {
            // Opening the file and bringing it to the newest schema may wait for as long as any write.
            if let Some(waits) = waits.take() {
                drop(guard);
                waits();
                guard = self.lock();
            }
            guard.as_mut().ok_or(Error::ShutDown)?.catch_up(&self.path, self.identity)?;
        }
        if let Some(waits) = waits {
            let Open { file, head, said, .. } = guard.as_mut().ok_or(Error::ShutDown)?;
            let connection = file.as_mut().ok_or_else(moved)?;
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
        let open = guard.as_mut().ok_or(Error::ShutDown)?;
        let Open { file, head, said, .. } = open;
        let connection = reach(file, &self.path, self.identity)?;
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

    /// True while there is a connection to the file: it can be opened, and was not let go of.
    pub fn is_open(&self) -> bool {
        self.lock().as_ref().is_some_and(|open| open.file.is_some())
    }

    /// Runs `work` where another connection has committed something since the last call of this, and the file can be had without waiting
    /// for anybody. Where nobody has committed anything, this costs one statement. False where another thread has the file now.
    pub fn read_news(&self, work: impl FnOnce(&Transaction<'_>, &Head) -> Result<()>) -> Result<bool> {
        let mut guard = match self.open.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Whoever has the lock has looked for news before it began to wait.
            Err(TryLockError::WouldBlock) => return Ok(false),
        };
        let open = guard.as_mut().ok_or(Error::ShutDown)?;
        let version = self.at_once(open, |open| open.version())?;
        if version.is_some() && open.news == version {
            return Ok(true);
        }
        self.at_once(open, |open| open.read(&self.path, self.identity, work))?;
        open.news = version;
        Ok(true)
    }

    /// Does something with the file without waiting for another process that holds it.
    fn at_once<T>(&self, open: &mut Open, work: impl FnOnce(&mut Open) -> Result<T>) -> Result<T> {
        if let Some(connection) = &open.file {
            connection.busy_timeout(AT_ONCE).map_err(failure)?;
        }
        let done = work(open);
        if let Some(connection) = &open.file {
            connection.busy_timeout(BUSY_TIMEOUT).map_err(failure)?;
        }
        done
    }

    /// Runs `work` on one consistent view of the file.
    pub fn read<T>(&self, work: impl FnOnce(&Transaction<'_>, &Head) -> Result<T>) -> Result<T> {
        self.lock().as_mut().ok_or(Error::ShutDown)?.read(&self.path, self.identity, work)
    }

    /// Folds the write-ahead log back into the file, where nobody else uses it now, so that little is in a file that only counts whole to
    /// its first torn page. Where that fails, the log is as good as it was.
    pub fn fold_log(&self) {
        if let Some(open) = self.lock().as_mut() {
            let _ = self.at_once(open, |open| open.file.as_ref().map_or(Ok(()), fold));
        }
    }

    /// Writes the file anew, so that nothing is left in it of what was deleted, and empties its log.
    pub fn scrub(&self) -> Result<()> {
        let mut guard = self.lock();
        let open = guard.as_mut().ok_or(Error::ShutDown)?;
        let connection = reach(&mut open.file, &self.path, self.identity)?;
        // SQLite attaches the file that it writes anew, in memory, and nothing else ever is attached.
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 1).map_err(failure)?;
        let written = connection.execute_batch("VACUUM").map_err(failure);
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0).map_err(failure)?;
        written?;
        let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(failure)?;
        if busy { Err(held(ffi::SQLITE_BUSY)) } else { Ok(()) }
    }

    /// Folds the write-ahead log back and lets go of the file and of every lock on it, without an end of this handle: the next call opens it
    /// again.
    pub fn let_go(&self) -> Result<()> {
        let mut guard = self.lock();
        let open = guard.as_mut().ok_or(Error::ShutDown)?;
        let _ = self.at_once(open, |open| open.file.as_ref().map_or(Ok(()), fold));
        open.news = None;
        end(open.file.take())
    }

    /// Lets go of the file for good. Later calls answer `ShutDown`.
    pub fn abandon(&self) {
        drop(self.lock().take());
    }

    /// Folds the write-ahead log back and closes the file. Later calls answer `ShutDown`.
    pub fn close(&self) -> Result<()> {
        let Some(Open { file, .. }) = self.lock().take() else { return Ok(()) };
        let folded = file.as_ref().map_or(Ok(()), fold);
        end(file)?;
        folded
    }
}

/// The connection. Where the file is not open it is opened again, unless another file lies in its place.
fn reach<'a>(file: &'a mut Option<Connection>, path: &Path, known: Option<(u64, u64)>) -> Result<&'a mut Connection> {
    let connection = match file.take() {
        Some(connection) => connection,
        None if identity(path).is_ok_and(|present| present == known) => connection::open_again(path)?,
        None => return Err(moved()),
    };
    Ok(file.insert(connection))
}

/// What is in a file that an earlier version wrote and that takes no writes now. `None` for a file of the newest schema, also where it was
/// brought there just now.
fn copy_where_behind(connection: &mut Connection) -> Result<Option<Connection>> {
    // A file that needs no migration is read without waiting for others to let go of it.
    let migrated = if schema::is_newest(connection)? { Ok(()) } else { schema::migrate(connection) };
    match migrated {
        Ok(()) => Ok(None),
        Err(Error::StoreUnavailable { .. }) if schema::is_of_an_earlier_version(connection)? => migrated_copy(connection).map(Some),
        Err(error) => Err(error),
    }
}

fn is_read_only(connection: &Connection) -> bool {
    connection.is_readonly("main").unwrap_or(false)
}

fn fold(connection: &Connection) -> Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(failure)
}

fn end(file: Option<Connection>) -> Result<()> {
    file.map_or(Ok(()), |connection| connection.close().map_err(|(_, error)| failure(error)))
}
