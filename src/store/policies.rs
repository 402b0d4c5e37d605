//! The table `policy`: every edition of the policy that was in force in this file, so that old records can be read by the text they name;
//! and the editions that are or were announced.

use rusqlite::{OptionalExtension, params};

use super::{failure::failure, transaction::Transaction};
use crate::error::Result;

impl Transaction<'_> {
    /// The document of an edition that was in force here or was announced.
    pub fn policy(&self, edition: u32) -> Result<Option<String>> {
        self.inner.query_row("SELECT document FROM policy WHERE edition = ?1", [edition], |row| row.get(0)).optional().map_err(failure)
    }

    /// The laws that an edition is held to although its document names none, because it was kept before a document could name any.
    pub fn assumed_regimes(&self, edition: u32) -> Result<Vec<String>> {
        let sql = "SELECT regimes FROM policy WHERE edition = ?1";
        let names: Option<String> = self.inner.query_row(sql, [edition], |row| row.get(0)).optional().map_err(failure)?;
        Ok(names.iter().flat_map(|names| names.split_whitespace()).map(str::to_owned).collect())
    }

    /// The editions with a lower number that are kept here, newest first.
    pub fn editions_before(&self, edition: u32) -> Result<Vec<u32>> {
        let mut statement = self.inner.prepare("SELECT edition FROM policy WHERE edition < ?1 ORDER BY edition DESC").map_err(failure)?;
        let editions = statement.query_map([edition], |row| row.get(0)).map_err(failure)?;
        editions.collect::<rusqlite::Result<_>>().map_err(failure)
    }

    /// Keeps a policy document. An edition that was announced and never came into force gives way to another document with its number.
    pub fn put_policy(&self, edition: u32, document: &str) -> Result<()> {
        let sql = "INSERT INTO policy (edition, document) VALUES (?1, ?2) ON CONFLICT (edition) DO UPDATE SET document = excluded.document";
        self.inner.execute(sql, params![edition, document]).map_err(failure)?;
        Ok(())
    }
}
