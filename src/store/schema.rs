//! The schema of the file, brought to its newest form by numbered migrations. SQLite's `user_version` holds the number of the last one.

use rusqlite::Connection;

use super::{
    failure::failure,
    transaction::{Transaction, WRITING},
};
use crate::error::{Error, Result};

/// Marks the file as ours ("CKit"), so that another program's database is never taken for an empty one of ours.
const APPLICATION_ID: i64 = 0x434b_6974;

/// The migrations in their order. The first makes the tables of an empty file.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/001_foundation.sql"),
    include_str!("migrations/002_numbering.sql"),
    include_str!("migrations/003_answers.sql"),
    include_str!("migrations/004_regimes.sql"),
    include_str!("migrations/005_brought_rows.sql"),
    include_str!("migrations/006_silence.sql"),
    include_str!("migrations/007_all_under_the_root.sql"),
    include_str!("migrations/008_unheard_no.sql"),
];

fn number(connection: &Connection, sql: &str) -> Result<i64> {
    connection.query_row(sql, [], |row| row.get(0)).map_err(failure)
}

fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Fails where the file is another program's, before anything of it is changed.
pub fn refuse_foreign(connection: &Connection) -> Result<()> {
    let tables = number(connection, "SELECT count(*) FROM sqlite_schema")?;
    if tables > 0 && number(connection, "PRAGMA application_id")? != APPLICATION_ID { Err(Error::NotADatabase) } else { Ok(()) }
}

/// True where the file is ours and has the newest schema.
pub fn is_newest(connection: &Connection) -> Result<bool> {
    Ok(number(connection, "PRAGMA user_version")? == newest() && number(connection, "PRAGMA application_id")? == APPLICATION_ID)
}

/// True where an earlier version of this library wrote the file.
pub fn is_of_an_earlier_version(connection: &Connection) -> Result<bool> {
    let found = number(connection, "PRAGMA user_version")?;
    Ok(number(connection, "PRAGMA application_id")? == APPLICATION_ID && (1..newest()).contains(&found))
}

/// Brings the file to the newest schema, in one transaction. Whenever the file is of an earlier version, its state is also made anew from
/// its records: the records are what is promised to last, and what follows from them may change with a version.
pub fn migrate(connection: &mut Connection) -> Result<()> {
    let known = newest();
    let transaction = Transaction::begin(connection, WRITING)?;
    let found = number(transaction.inner, "PRAGMA user_version")?;
    let application = number(transaction.inner, "PRAGMA application_id")?;
    let tables = number(transaction.inner, "SELECT count(*) FROM sqlite_schema")?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(Error::NotADatabase);
    }
    if found > known {
        return Err(Error::NewerStore { found, known });
    }
    if found > 0 && found < known {
        transaction.check_former_root()?;
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.inner.execute_batch(migration).map_err(failure)?;
    }
    if found > 0 && found < known {
        transaction.hash_policies()?;
        transaction.refold()?;
    }
    if found < known {
        let numbers = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {known}");
        transaction.inner.execute_batch(&numbers).map_err(failure)?;
    }
    transaction.commit().map(drop)
}
