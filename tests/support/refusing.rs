//! A disk that takes no writes, and one that another process holds.

use std::path::{Path, PathBuf};

use consentkit::error::Error;
use rusqlite::Connection;

const TABLES: [&str; 6] = ["ledger", "state", "key", "subject", "setting", "policy"];

/// Refuses every write to a ledger's file, at once, until it is lifted. Reads go on. The schema itself refuses, by triggers that a second
/// connection puts there, so that the library meets a real failure of SQLite in the middle of its transaction.
pub struct Refusing {
    file: PathBuf,
}

impl Refusing {
    pub fn every_write(folder: &Path) -> Self {
        let file = folder.join("consent.db");
        run(&file, |table, act| {
            format!("CREATE TRIGGER refuse_{table}_{act} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END")
        });
        Self { file }
    }

    pub fn lift(self) {
        run(&self.file, |table, act| format!("DROP TRIGGER refuse_{table}_{act}"));
    }
}

fn run(file: &Path, sql: impl Fn(&str, &str) -> String) {
    let connection = Connection::open(file).unwrap();
    for table in TABLES {
        for act in ["INSERT", "UPDATE", "DELETE"] {
            connection.execute_batch(&sql(table, act)).unwrap();
        }
    }
}

/// Another process that holds the file, until it lets go.
pub struct Holding(Connection);

impl Holding {
    pub fn the_file(folder: &Path) -> Self {
        let connection = Connection::open(folder.join("consent.db")).unwrap();
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        Self(connection)
    }

    pub fn let_go(self) {
        self.0.execute_batch("ROLLBACK").unwrap();
    }
}

/// The error of a call that could not write, and that counts in memory all the same: it says so.
#[track_caller]
pub fn counts_in_memory<T: std::fmt::Debug>(result: Result<T, Error>) {
    let Err(Error::StoreUnavailable { reason, .. }) = result else { panic!("expected StoreUnavailable, got {result:?}") };
    assert!(reason.contains("counts in memory already"), "{reason}");
}
