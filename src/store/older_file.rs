//! A file that takes no writes now, because its disk is full, say, and that an earlier version of this library wrote, or that cannot even be
//! opened. What is in it is copied into memory and brought to the newest schema there, so that reads can be answered.

use std::{fs, path::Path};

use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};

use super::{
    connection::configure,
    failure::{failure, held},
    schema,
};
use crate::{disk::beside, error::Result};

/// Copies a whole file in one step. Between two steps others could write to it.
const EVERY_PAGE: i32 = -1;

/// The content of the file in memory, brought to the newest schema.
pub(super) fn migrated_copy(connection: &Connection) -> Result<Connection> {
    let mut copy = Connection::open_in_memory().map_err(failure)?;
    let copied = Backup::new(connection, &mut copy).and_then(|backup| backup.step(EVERY_PAGE)).map_err(failure)?;
    if copied != StepResult::Done {
        return Err(held(0));
    }
    configure(&copy).map_err(failure)?;
    drop_triggers(&copy)?;
    schema::migrate(&mut copy)?;
    Ok(copy)
}

/// The content of a file that cannot be opened as it is: SQLite makes two small files beside one with a write-ahead log, and a full or read-only
/// disk takes none. A file that was closed in order has no log, so it is whole by itself. `None` for any other file, and where it cannot be read.
pub(super) fn copy_of_closed(path: &Path) -> Option<Connection> {
    let is_gone = |ending| fs::metadata(beside(path, ending)).map_or(true, |file| file.len() == 0);
    if !["-wal", "-journal"].into_iter().all(is_gone) {
        return None;
    }
    // Nobody writes to such a file, which SQLite is told; so it neither locks it nor looks for a log.
    let address = format!("file:{}?immutable=1", escaped(path.to_str()?));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(address, flags).ok()?;
    schema::refuse_foreign(&connection).ok()?;
    migrated_copy(&connection).ok()
}

/// A path as a part of an address.
fn escaped(path: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte);
    path.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Drops every trigger of the copy. The schema has none, so somebody else put it into the file. There it refuses writes to the file; it
/// must not refuse them to the copy as well.
fn drop_triggers(copy: &Connection) -> Result<()> {
    let mut found = copy.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").map_err(failure)?;
    let names =
        found.query_map([], |row| row.get::<_, String>(0)).and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>).map_err(failure)?;
    for name in names {
        copy.execute_batch(&format!("DROP TRIGGER \"{}\"", name.replace('"', "\"\""))).map_err(failure)?;
    }
    Ok(())
}
