//! The schema, by numbered migrations. `user_version` holds the number of the last one.

use rusqlite::Connection;

use super::connection::{Transaction, WRITING, failure};
use crate::error::{Error, Result};

/// Marks the file as ours ("CKit"), so that another program's database is never taken for an empty one of ours.
pub const APPLICATION_ID: i64 = 0x434b_6974;

const MIGRATIONS: &[&str] = &[
    include_str!("migrations/001_foundation.sql"),
    include_str!("migrations/002_numbering.sql"),
    include_str!("migrations/003_answers.sql"),
];

/// Brings the file to the newest schema, in one transaction. Whatever of the schema or the fold is new, the state of an older file is
/// made anew from its records: they are the promise, and what follows from them may change with a version.
pub fn migrate(connection: &mut Connection) -> Result<()> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let transaction = Transaction::begin(connection, WRITING)?;
    let number = |sql| transaction.inner.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(failure);
    let found = number("PRAGMA user_version")?;
    let application = number("PRAGMA application_id")?;
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(Error::NotADatabase);
    }
    if found > known {
        return Err(Error::NewerStore { found, known });
    }
    if found > 0 && found < known {
        transaction.check_root()?;
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.inner.execute_batch(migration).map_err(failure)?;
    }
    if found > 0 && found < known {
        transaction.refold()?;
    }
    if found < known {
        let numbers = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {known}");
        transaction.inner.execute_batch(&numbers).map_err(failure)?;
    }
    transaction.commit()
}
