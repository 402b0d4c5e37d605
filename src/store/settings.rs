//! Settings, subjects and policies: what is kept beside the ledger.

use rusqlite::{OptionalExtension, params};

use super::connection::{Transaction, failure};
use crate::error::Result;

impl Transaction<'_> {
    /// Reads a setting.
    pub fn setting(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let mut statement = self.inner.prepare_cached("SELECT value FROM setting WHERE name = ?1").map_err(failure)?;
        statement.query_row([name], |row| row.get(0)).optional().map_err(failure)
    }

    /// Writes a setting.
    pub fn set_setting(&self, name: &str, value: &[u8]) -> Result<()> {
        let sql = "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.inner.prepare_cached(sql).map_err(failure)?.execute(params![name, value]).map_err(failure)?;
        Ok(())
    }

    /// Forgets a setting.
    pub fn drop_setting(&self, name: &str) -> Result<()> {
        self.inner.execute("DELETE FROM setting WHERE name = ?1", [name]).map_err(failure)?;
        Ok(())
    }

    /// Makes a subject reference known; `account` is the account's name, where it stands for one.
    pub fn add_subject(&self, reference: &str, account: Option<&str>) -> Result<()> {
        self.inner.execute("INSERT INTO subject (reference, account) VALUES (?1, ?2)", params![reference, account]).map_err(failure)?;
        Ok(())
    }

    /// True where a subject reference is known.
    pub fn knows_subject(&self, reference: &str) -> Result<bool> {
        let mut statement = self.inner.prepare_cached("SELECT 1 FROM subject WHERE reference = ?1").map_err(failure)?;
        statement.exists([reference]).map_err(failure)
    }

    /// The reference of an account, where it signed in here before.
    pub fn reference_of(&self, account: &str) -> Result<Option<String>> {
        self.inner.query_row("SELECT reference FROM subject WHERE account = ?1", [account], |row| row.get(0)).optional().map_err(failure)
    }

    /// The name of the account that a reference stands for.
    pub fn account_of(&self, reference: &str) -> Result<Option<String>> {
        let account = self.inner.query_row("SELECT account FROM subject WHERE reference = ?1", [reference], |row| row.get(0));
        Ok(account.optional().map_err(failure)?.flatten())
    }

    /// Where the last pull of a subject ended.
    pub fn cursor(&self, reference: &str) -> Result<Option<String>> {
        let cursor = self.inner.query_row("SELECT cursor FROM subject WHERE reference = ?1", [reference], |row| row.get(0));
        Ok(cursor.optional().map_err(failure)?.flatten())
    }

    /// Remembers where a pull ended.
    pub fn set_cursor(&self, reference: &str, cursor: &str) -> Result<()> {
        let sql = "UPDATE subject SET cursor = ?2 WHERE reference = ?1 AND cursor IS NOT ?2";
        self.inner.execute(sql, params![reference, cursor]).map_err(failure)?;
        Ok(())
    }

    /// Forgets where every pull ended, so that the next ones bring everything.
    pub fn forget_cursors(&self) -> Result<()> {
        self.inner.execute("UPDATE subject SET cursor = NULL", []).map_err(failure)?;
        Ok(())
    }

    /// The name of a subject's numbering at the server, as it was heard last.
    pub fn history(&self, reference: &str) -> Result<Option<String>> {
        let history = self.inner.query_row("SELECT history FROM subject WHERE reference = ?1", [reference], |row| row.get(0));
        Ok(history.optional().map_err(failure)?.flatten())
    }

    /// Remembers the name of a subject's numbering.
    pub fn set_history(&self, reference: &str, history: &str) -> Result<()> {
        self.inner.execute("UPDATE subject SET history = ?2 WHERE reference = ?1", params![reference, history]).map_err(failure)?;
        Ok(())
    }

    /// The document of an edition that was in force here.
    pub fn policy(&self, edition: u32) -> Result<Option<String>> {
        self.inner.query_row("SELECT document FROM policy WHERE edition = ?1", [edition], |row| row.get(0)).optional().map_err(failure)
    }

    /// The editions that were in force before this one, newest first.
    pub fn editions_before(&self, edition: u32) -> Result<Vec<u32>> {
        let mut statement = self.inner.prepare("SELECT edition FROM policy WHERE edition < ?1 ORDER BY edition DESC").map_err(failure)?;
        let editions = statement.query_map([edition], |row| row.get(0)).map_err(failure)?;
        editions.collect::<rusqlite::Result<_>>().map_err(failure)
    }

    /// Keeps a policy document.
    pub fn add_policy(&self, edition: u32, document: &str) -> Result<()> {
        self.inner.execute("INSERT INTO policy (edition, document) VALUES (?1, ?2)", params![edition, document]).map_err(failure)?;
        Ok(())
    }
}
