//! A file that an earlier version of this library wrote and that takes no writes now, because its disk is full, say. What is in it is
//! copied into memory and brought to the newest schema there, so that reads can be answered.

use rusqlite::{
    Connection,
    backup::{Backup, StepResult},
};

use super::{
    connection::configure,
    failure::{failure, held},
    schema,
};
use crate::error::Result;

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
