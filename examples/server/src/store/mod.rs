//! The database: one connection, numbered migrations, one transaction a request.

mod install;
mod marks;
mod operation;
mod signals;
mod state;
mod subject;

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, config::DbConfig, params};
use serde::{Serialize, de::DeserializeOwned};

use crate::http::Fault;

pub use self::{
    install::{install, install_by_token, mark_used, register, renew, renew_all},
    operation::{Operation, anchor, changes_of, is_held, is_taken, last_arrived, operation, place, take_up},
    signals::{DeviceSignals, device_signals, person_signals, set_device_signals, set_person_signals},
    state::{Numbered, StateRow, Witness, head, save, state, states_after, states_of},
    subject::{
        Subject, bind_reference, create_subject, devices_of, drop_linked, drops_of, give_to, is_linked, link, own_reference,
        reference_owner, subject,
    },
};

/// Schema steps; the position of a step plus one is the `user_version` after it. Steps are only ever appended.
const MIGRATIONS: [&str; 6] = [
    include_str!("schema.sql"),
    include_str!("renewed.sql"),
    include_str!("counted.sql"),
    include_str!("person.sql"),
    include_str!("merged.sql"),
    include_str!("arrived.sql"),
];

/// The schema number from which on every withdrawal has its mark.
const MARKED: i64 = 3;

/// How long a request waits for another process on the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// SQLite says no.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// A newer server wrote it.
    #[error("its schema is number {found}, this server knows {known}: start the newer server again")]
    Newer {
        /// Schema number of the file.
        found: i64,
        /// Highest number known here.
        known: i64,
    },
}

/// The server's database.
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens the file, or a database in memory where there is none.
    pub fn open(path: Option<&Path>) -> Result<Self, OpenError> {
        let mut connection = match path {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        connection.busy_timeout(BUSY_TIMEOUT)?;
        if path.is_some() {
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        }
        // An acknowledged choice must outlive a power cut, which NORMAL does not promise.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        migrate(&mut connection)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    // A panic inside a transaction rolled it back on its way out, so a poisoned connection is sound.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one request's effects: all of them, or none.
    pub fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// Reads one consistent state.
    pub fn read<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        work(&transaction)
    }

    /// A stored secret; the first caller's `make` decides it.
    pub fn setting(&self, name: &str, make: impl FnOnce() -> Result<Vec<u8>, Fault>) -> Result<Vec<u8>, Fault> {
        self.write(|tx| {
            let known = tx.query_row("SELECT value FROM setting WHERE name = ?1", [name], |row| row.get(0)).optional()?;
            if let Some(value) = known {
                return Ok(value);
            }
            let value = make()?;
            tx.execute("INSERT INTO setting (name, value) VALUES (?1, ?2)", params![name, value])?;
            Ok(value)
        })
    }
}

fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    for step in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute_batch(step)?;
    }
    if found < MARKED {
        marks::fill(&transaction)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

/// The wire word of an enumeration's value, as it is stored.
pub fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Reads a stored word. A word that is not known reads as damage, never as some other value.
pub fn unword<T: DeserializeOwned>(word: &str) -> Result<T, Fault> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|_| Fault::damaged())
}
