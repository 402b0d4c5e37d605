//! What can still be read of a damaged file, and the file that it is moved aside to.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::{
    connection::configure,
    ledger_rows::{Entry, Follower, Row},
    transaction::{READING, Transaction},
};
use crate::{
    disk::beside,
    error::Result,
    ledger::{
        Body,
        chain::{self, Hash},
    },
};

/// What the files of a database end with, the database itself last: while it is there, nobody takes the file for a fresh one.
const FILES: [&str; 3] = ["-wal", "-shm", ""];

/// How many damaged files are kept of one database. Each is moved aside once, and nothing removes it but the app.
const MOST_ASIDE: usize = 100;

/// What can still be read of a damaged file.
#[derive(Default)]
pub struct Salvage {
    /// The records from the first on, up to the first that is gone or does not follow from the one before it.
    pub records: Vec<Entry>,
    /// The documents that those records name, each whole.
    pub policies: Vec<SavedPolicy>,
    /// The account that each reference stands for, where it stands for one.
    pub accounts: Vec<(String, String)>,
    /// When the last of those records was written (RFC 3339).
    pub since: Option<String>,
}

/// A document that was saved.
pub struct SavedPolicy {
    /// Its edition.
    pub edition: u32,
    /// The document.
    pub document: String,
    /// The laws that it is held to although it names none.
    pub regimes: String,
}

/// Reads what can still be read. Nothing of the file is trusted but what a hash shows to be whole; only the names of accounts have none.
pub fn salvage(path: &Path) -> Salvage {
    let mut salvage = Salvage::default();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    // Where it cannot even be opened, nothing can be saved.
    if let Ok(mut connection) = Connection::open_with_flags(path, flags)
        && configure(&connection).is_ok()
        && let Ok(transaction) = Transaction::begin(&mut connection, READING)
    {
        let mut follower = Follower::default();
        // Each record is read by itself, so that one that cannot be read takes none of those before it along.
        while transaction.save_next(&mut salvage, &mut follower).is_some() {}
        if let Err(fault) = follower.end() {
            // Erased records without the record that says so are no part of a ledger.
            salvage.records.retain(|entry| entry.seq < fault.seq);
        }
        salvage.accounts = transaction.accounts().unwrap_or_default();
    }
    salvage
}

impl Transaction<'_> {
    /// Adds the next record to what is saved. `None` where it is gone or is not the one that was written.
    fn save_next(&self, salvage: &mut Salvage, follower: &mut Follower) -> Option<()> {
        let seq = i64::try_from(salvage.records.len()).ok()?.checked_add(1)?;
        let mut found: Option<Row> = None;
        self.walk(seq, |row| {
            found = Some(row);
            Ok(false)
        })
        .ok()?;
        let row = found?;
        let record = follower.follow(&row).ok()?;
        let named = match record.as_ref().map(|record| &record.body) {
            Some(Body::Policy(adopted)) => Some((adopted.edition, &adopted.document)),
            Some(Body::Announced(announced)) => Some((announced.policy.edition, &announced.policy.document)),
            _ => None,
        };
        if let Some((edition, hash)) = named
            && let Ok(Some(saved)) = self.document(edition)
            && chain::hex(&chain::hash(saved.document.as_bytes())) == *hash
        {
            salvage.policies.push(saved);
        }
        if let Some(record) = record {
            salvage.since = Some(record.at);
        }
        let leaf = Hash::try_from(row.leaf.as_slice()).ok()?;
        salvage.records.push(Entry { seq, leaf, hash: follower.hash, salt: row.salt, body: row.body });
        Some(())
    }

    /// A document as it lies in the file.
    fn document(&self, edition: u32) -> rusqlite::Result<Option<SavedPolicy>> {
        let sql = "SELECT document, regimes FROM policy WHERE edition = ?1";
        self.inner.query_row(sql, [edition], |row| Ok(SavedPolicy { edition, document: row.get(0)?, regimes: row.get(1)? })).optional()
    }

    fn accounts(&self) -> rusqlite::Result<Vec<(String, String)>> {
        let mut statement = self.inner.prepare("SELECT reference, account FROM subject WHERE account IS NOT NULL")?;
        let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        found.collect()
    }
}

/// The files of databases that were moved aside, and of a recovery that was interrupted.
pub fn aside(path: &Path) -> Vec<PathBuf> {
    let made = std::iter::once(beside(path, RECOVERING));
    let names = made.chain((1..=MOST_ASIDE).map(|number| beside(path, &format!(".damaged-{number}"))));
    names.flat_map(|name| FILES.map(|ending| beside(&name, ending))).collect()
}

/// What the path of a database ends with while it is made anew beside a damaged one.
pub const RECOVERING: &str = ".recovering";

/// Moves a database aside with its log, and gives where it lies then. Nothing is removed.
pub fn move_aside(path: &Path) -> std::io::Result<PathBuf> {
    let names = (1..=MOST_ASIDE).map(|number| beside(path, &format!(".damaged-{number}")));
    let is_free = |to: &PathBuf| FILES.iter().all(|ending| !beside(to, ending).exists());
    let to = names.into_iter().find(is_free).ok_or(std::io::ErrorKind::AlreadyExists)?;
    for ending in FILES {
        match std::fs::rename(beside(path, ending), beside(&to, ending)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(to)
}

/// Puts a file that was made beside the database in its place. Returns once that survives a power cut.
pub fn put_in_place(made: &Path, path: &Path) -> Result<()> {
    crate::disk::rename(made, path).map_err(super::failure::unusable_file)
}
