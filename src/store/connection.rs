//! A connection to SQLite, set up so that what was committed survives a power cut, and a file from elsewhere can do no harm.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig, limits::Limit};

use super::{
    failure::failure,
    schema::refuse_foreign,
    transaction::{BUSY_TIMEOUT, OPEN_TIMEOUT, Transaction, WRITING},
};
use crate::error::{Error, Result};

/// How often a fresh file may be found busy before its write-ahead log begins. It is found busy each time another opener was quicker, so
/// this is far more than the processes and threads of an app that open it.
const OPENERS_AT_ONCE: u32 = 100;

/// How many pages the write-ahead log may hold before SQLite folds it back into the file. These are about 800 KiB, little for a phone.
const WAL_AUTOCHECKPOINT_PAGES: i64 = 200;

/// What the write-ahead log is cut back to once it was folded back, in bytes.
const JOURNAL_SIZE_LIMIT: i64 = 1024 * 1024;

/// Largest value or row that SQLite will take, in bytes. A policy document, which is 1 MiB at most, fits.
const MAX_VALUE_BYTES: i32 = 2 * 1024 * 1024;

/// Longest SQL text that SQLite will take, in bytes. Our longest migration is far below it.
const MAX_SQL_BYTES: i32 = 64 * 1024;

/// Opens the file, creating it where there is none, and sets the connection up. It waits for others for [`OPEN_TIMEOUT`] until it is told to
/// wait for longer.
pub(super) fn open(path: &Path) -> Result<Connection> {
    opened(path, FLAGS | OpenFlags::SQLITE_OPEN_CREATE)
}

/// The same for a file that is there. Where it is gone meanwhile, none is created in its place.
pub(super) fn open_again(path: &Path) -> Result<Connection> {
    opened(path, FLAGS)
}

/// How every file is opened: extended codes of errors, and no mutex of SQLite's, since the connection lies behind one of ours.
const FLAGS: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX).union(OpenFlags::SQLITE_OPEN_EXRESCODE);

fn opened(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let mut connection = Connection::open_with_flags(path, flags).map_err(failure)?;
    configure(&connection).map_err(failure)?;
    connection.busy_timeout(OPEN_TIMEOUT).map_err(failure)?;
    refuse_foreign(&connection)?;
    use_write_ahead_log(&mut connection)?;
    Ok(connection)
}

/// Sets a connection up: to wait for others, to refuse what is oversized, to trust nothing in the file, and to write durably.
pub(super) fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // Each query here has one index that serves it, so SQLite need not prepare a statement anew when a value changes.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)?;
    connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, MAX_SQL_BYTES)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    if cfg!(target_vendor = "apple") {
        // On Apple's systems a plain `fsync` leaves the data in the drive's cache. Elsewhere this pragma does nothing.
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

/// Lets the file keep a write-ahead log. A file that was given one keeps it for good.
fn use_write_ahead_log(connection: &mut Connection) -> Result<()> {
    let mut found_busy = 0;
    loop {
        // Where somebody reads the file without end, this statement does wait, each time. All of it is to end within the time of an opening.
        connection.busy_timeout(OPEN_TIMEOUT / OPENERS_AT_ONCE).map_err(failure)?;
        match connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0)) {
            Ok(mode) if mode == "wal" => return connection.busy_timeout(OPEN_TIMEOUT).map_err(failure),
            Ok(_) => return Err(Error::StoreUnavailable { reason: "this file system does not carry a write-ahead log".into(), code: 0 }),
            // This one statement does not wait for another opener, whatever the time-out. Beginning a transaction does wait.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && found_busy < OPENERS_AT_ONCE => {
                found_busy += 1;
                connection.busy_timeout(OPEN_TIMEOUT).map_err(failure)?;
                drop(Transaction::begin(connection, WRITING)?);
            }
            Err(error) => return Err(failure(error)),
        }
    }
}
