//! The schema, by numbered migrations. `user_version` holds the number of the last one.

use rusqlite::{Connection, TransactionBehavior};

use super::connection::failure;
use crate::error::{Error, Result};

/// Marks the file as ours ("CKit"), so that another program's database is never taken for an empty one of ours.
pub const APPLICATION_ID: i64 = 0x434b_6974;

const MIGRATIONS: &[&str] = &[include_str!("migrations/001_foundation.sql"), include_str!("migrations/002_numbering.sql")];

/// Brings the file to the newest schema, in one transaction.
pub fn migrate(connection: &mut Connection) -> Result<()> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failure)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failure)?;
    let application: i64 = transaction.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(failure)?;
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failure)?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(Error::NotADatabase);
    }
    if found > known {
        return Err(Error::NewerStore { found, known });
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute_batch(migration).map_err(failure)?;
    }
    if found < known {
        transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(failure)?;
        transaction.pragma_update(None, "user_version", known).map_err(failure)?;
    }
    transaction.commit().map_err(failure)
}
