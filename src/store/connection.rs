//! The connection, its open sequence (RELIABILITY §2.1) and the one mutex.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError, TryLockError},
    time::Duration,
};

use rusqlite::{
    Connection, ErrorCode, OpenFlags,
    backup::{Backup, StepResult},
    config::DbConfig,
    ffi,
    limits::Limit,
};

use super::{schema, state::Head};
use crate::error::{Error, Result};

/// How long a write waits for another process; above the worst wait measured with four busy processes (1.5 s).
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What the error of a held file says.
const HELD: &str = "another process holds it";

/// How long the first try of a write waits: whoever answers from memory is told before it waits longer.
const AT_ONCE: Duration = Duration::ZERO;

/// How often a fresh file may be found busy before its write-ahead log begins: each time another opener was quicker. Far more than an
/// app has processes and threads that open it.
const OPENERS_AT_ONCE: usize = 100;

/// Pages in the write-ahead log before it is folded back: about 800 KiB, small for a phone.
const WAL_AUTOCHECKPOINT_PAGES: i64 = 200;

/// What the write-ahead log is cut back to, in bytes.
const JOURNAL_SIZE_LIMIT: i64 = 1024 * 1024;

/// Largest value or row SQLite will take, in bytes: a policy document (1 MiB at most) fits.
const MAX_VALUE_BYTES: i32 = 2 * 1024 * 1024;

/// Longest SQL text, in bytes: our longest migration is far below.
const MAX_SQL_BYTES: i32 = 64 * 1024;

/// Copies a whole file in one step: others may write to it between two.
const EVERY_PAGE: i32 = -1;

/// Begins a transaction that writes: the others wait for its end.
pub(super) const WRITING: &str = "BEGIN IMMEDIATE";

/// Begins a transaction that only reads.
const READING: &str = "BEGIN DEFERRED";

/// What a write does where another process holds the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// It waits for as long as a write may.
    Waits,
    /// It fails at once: the call that makes it has waited already.
    AtOnce,
}

/// The open file. One mutex guards the connection and the state read from it; no host code runs while it is held.
pub struct Store {
    open: Mutex<Option<Open>>,
}

struct Open {
    connection: Connection,
    head: Head,
    /// Of a file that an earlier version wrote and that takes no writes now: what is in it, brought to the newest schema in memory. Reads
    /// are answered from it until a write has brought the file itself there.
    copy: Option<Connection>,
}

impl Open {
    /// What reads are answered from. Another process may have brought the file to the newest schema meanwhile.
    fn readable(&mut self) -> Result<(&mut Connection, &mut Head)> {
        if self.copy.is_some() && schema::is_newest(&self.connection)? {
            self.leave_copy();
        }
        Ok((self.copy.as_mut().unwrap_or(&mut self.connection), &mut self.head))
    }

    /// Brings the file to the newest schema, where it could not be written when it was opened.
    fn catch_up(&mut self) -> Result<()> {
        if self.copy.is_some() {
            schema::migrate(&mut self.connection)?;
            self.leave_copy();
        }
        Ok(())
    }

    fn leave_copy(&mut self) {
        self.copy = None;
        // It fits no file but an empty one, so the next call reads the state anew.
        self.head = Head::default();
    }
}

/// A transaction; dropped without a commit, it leaves nothing.
pub struct Transaction<'a> {
    pub(super) inner: &'a Connection,
}

impl<'a> Transaction<'a> {
    /// Begins with a statement that is prepared once, which rusqlite's own transactions do anew each time.
    pub(super) fn begin(connection: &'a mut Connection, sql: &str) -> Result<Self> {
        connection.prepare_cached(sql).and_then(|mut begin| begin.execute([])).map_err(failure)?;
        Ok(Self { inner: connection })
    }

    /// Begins one that writes, unless another holds the file now: then `None`, without waiting.
    fn begin_at_once(connection: &'a mut Connection) -> Result<Option<Self>> {
        connection.busy_timeout(AT_ONCE).map_err(failure)?;
        let begun = connection.prepare_cached(WRITING).and_then(|mut begin| begin.execute([]));
        connection.busy_timeout(BUSY_TIMEOUT).map_err(failure)?;
        match begun {
            Ok(_) => Ok(Some(Self { inner: connection })),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(None),
            Err(error) => Err(failure(error)),
        }
    }

    /// Rows that this connection has changed so far: more than before where something was written.
    pub fn changes(&self) -> u64 {
        self.inner.total_changes()
    }

    pub(super) fn commit(self) -> Result<()> {
        self.inner.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([])).map_err(failure)?;
        Ok(())
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

impl Store {
    /// Opens the file, creating it where there is none, and brings it to the newest schema. Where an earlier version's file takes no writes
    /// now, a copy in memory is brought there instead, and each later write tries the file first.
    pub fn open(path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_EXRESCODE;
        let mut connection = Connection::open_with_flags(path, flags).map_err(failure)?;
        configure(&connection).map_err(failure)?;
        use_write_ahead_log(&mut connection)?;
        let mut copy = match schema::migrate(&mut connection) {
            Ok(()) => None,
            Err(Error::StoreUnavailable { .. }) if schema::is_of_an_earlier_version(&connection)? => Some(migrated_copy(&connection)?),
            Err(error) => return Err(error),
        };
        let head = Transaction::begin(copy.as_mut().unwrap_or(&mut connection), READING)?.head()?;
        Ok(Self { open: Mutex::new(Some(Open { connection, head, copy })) })
    }

    /// True where the file is of an earlier version still, and took no writes when it was opened.
    pub fn is_behind(&self) -> bool {
        self.lock().as_ref().is_some_and(|open| open.copy.is_some())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` in one immediate transaction on the newest state and commits it; an error undoes all of it.
    /// `waits` runs once, with no lock held, where the file cannot be had at once; `committed` before the next writer may start, so
    /// that what it publishes is in the order of the commits.
    pub fn write<T>(
        &self,
        waits: impl FnOnce(),
        work: impl FnOnce(&Transaction<'_>, &mut Head) -> Result<T>,
        committed: impl FnOnce(&Head, &T),
    ) -> Result<T> {
        self.write_with(Patience::Waits, waits, work, committed)
    }

    /// The same, by a call that may have waited for the file already.
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
            // This may wait for as long as any write.
            if let Some(waits) = waits.take() {
                drop(guard);
                waits();
                guard = self.lock();
            }
            guard.as_mut().ok_or(Error::ShutDown)?.catch_up()?;
        }
        if let Some(waits) = waits {
            let Open { connection, head, .. } = guard.as_mut().ok_or(Error::ShutDown)?;
            if let Some(transaction) = Transaction::begin_at_once(connection)? {
                return run(transaction, head, work, committed);
            }
            if patience == Patience::AtOnce {
                return Err(Error::StoreUnavailable { reason: HELD.into(), code: ffi::SQLITE_BUSY });
            }
            drop(guard);
            waits();
            guard = self.lock();
        }
        let Open { connection, head, .. } = guard.as_mut().ok_or(Error::ShutDown)?;
        run(Transaction::begin(connection, WRITING)?, head, work, committed)
    }

    /// Runs `work` on one consistent view of the file.
    pub fn read<T>(&self, work: impl FnOnce(&Transaction<'_>, &Head) -> Result<T>) -> Result<T> {
        let mut guard = self.lock();
        let (connection, head) = guard.as_mut().ok_or(Error::ShutDown)?.readable()?;
        let transaction = Transaction::begin(connection, READING)?;
        if transaction.place()? != (head.seq, head.pending) {
            *head = transaction.head()?;
        }
        work(&transaction, head)
    }

    /// Folds the write-ahead log back and closes the file. Later calls answer `ShutDown`.
    pub fn close(&self) -> Result<()> {
        let Some(Open { connection, .. }) = self.lock().take() else { return Ok(()) };
        let checkpoint = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        connection.close().map_err(|(_, error)| failure(error))?;
        checkpoint.map_err(failure)
    }
}

/// Runs `work` on the newest state and commits it.
fn run<T>(
    transaction: Transaction<'_>,
    kept: &mut Head,
    work: impl FnOnce(&Transaction<'_>, &mut Head) -> Result<T>,
    committed: impl FnOnce(&Head, &T),
) -> Result<T> {
    // Taken, not copied: after an error the one left behind fits no file but an empty one, so the next call reads it anew.
    let head = std::mem::take(kept);
    let mut head = if transaction.place()? == (head.seq, head.pending) { head } else { transaction.head()? };
    let value = work(&transaction, &mut head)?;
    transaction.commit()?;
    *kept = head;
    committed(kept, &value);
    Ok(value)
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // No statement is prepared anew for another value: every query here has its one index.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)?;
    connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, MAX_SQL_BYTES)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    if cfg!(target_vendor = "apple") {
        // Elsewhere a no-op; there `fsync` alone leaves the data in the drive's cache.
        connection.execute_batch("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON")?;
    }
    connection.execute_batch(&format!(
        "PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = {WAL_AUTOCHECKPOINT_PAGES};
         PRAGMA journal_size_limit = {JOURNAL_SIZE_LIMIT};
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA secure_delete = ON;
         PRAGMA cell_size_check = ON;
         PRAGMA mmap_size = 0"
    ))
}

/// The content of an earlier version's file in memory, brought to the newest schema.
fn migrated_copy(connection: &Connection) -> Result<Connection> {
    let mut copy = Connection::open_in_memory().map_err(failure)?;
    let copied = Backup::new(connection, &mut copy).and_then(|backup| backup.step(EVERY_PAGE)).map_err(failure)?;
    if copied != StepResult::Done {
        return Err(Error::StoreUnavailable { reason: HELD.into(), code: 0 });
    }
    configure(&copy).map_err(failure)?;
    schema::drop_triggers(&copy)?;
    schema::migrate(&mut copy)?;
    Ok(copy)
}

/// Lets the file keep a write-ahead log, as it does ever after.
fn use_write_ahead_log(connection: &mut Connection) -> Result<()> {
    let mut found_busy = 0;
    loop {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0)) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(_) => return Err(Error::StoreUnavailable { reason: "this file system does not carry a write-ahead log".into(), code: 0 }),
            // This one statement does not wait for another opener, whatever the time-out. Beginning a transaction does.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && found_busy < OPENERS_AT_ONCE => {
                found_busy += 1;
                drop(Transaction::begin(connection, WRITING)?);
            }
            Err(error) => return Err(failure(error)),
        }
    }
}

/// Translates SQLite's word. Its own texts are left out: they may quote what was stored.
pub fn failure(error: rusqlite::Error) -> Error {
    let (code, kind) = match &error {
        rusqlite::Error::SqliteFailure(inner, _) => (inner.extended_code, Some(inner.code)),
        _ => (0, None),
    };
    let reason = match kind {
        Some(ErrorCode::NotADatabase) => return Error::NotADatabase,
        Some(ErrorCode::DatabaseCorrupt) => return Error::Damaged { reason: "a page of the file is malformed".into() },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => HELD,
        Some(ErrorCode::CannotOpen) => "the file cannot be opened (missing folder, locked device or no permission)",
        Some(ErrorCode::DiskFull) => "the disk is full",
        Some(ErrorCode::ReadOnly) => "the file is read-only",
        Some(ErrorCode::SystemIoFailure) => "reading or writing failed",
        Some(ErrorCode::AuthorizationForStatementDenied) if code == ffi::SQLITE_AUTH => "the device is locked",
        Some(_) => "SQLite refused",
        None => return Error::Damaged { reason: "a stored value is of the wrong kind".into() },
    };
    Error::StoreUnavailable { reason: reason.into(), code }
}
