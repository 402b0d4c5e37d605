//! The table `subject`: the references under which this device keeps consents, which account each stands for, and how far what the server
//! tells of it was read.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, params};

use super::{failure::failure, transaction::Transaction};
use crate::error::Result;

impl Transaction<'_> {
    /// Makes a subject reference known. `account` is the name of the account that it stands for, if it stands for one.
    pub fn add_subject(&self, reference: &str, account: Option<&str>) -> Result<()> {
        self.kept_changed();
        self.inner.execute("INSERT INTO subject (reference, account) VALUES (?1, ?2)", params![reference, account]).map_err(failure)?;
        Ok(())
    }

    /// True where a subject reference is known.
    pub fn knows_subject(&self, reference: &str) -> Result<bool> {
        let mut statement = self.inner.prepare_cached("SELECT 1 FROM subject WHERE reference = ?1").map_err(failure)?;
        statement.exists([reference]).map_err(failure)
    }

    /// The reference of an account that signed in here before.
    pub fn reference_of(&self, account: &str) -> Result<Option<String>> {
        self.inner.query_row("SELECT reference FROM subject WHERE account = ?1", [account], |row| row.get(0)).optional().map_err(failure)
    }

    /// The name of the account that a reference stands for.
    pub fn account_of(&self, reference: &str) -> Result<Option<String>> {
        let account = self.inner.query_row("SELECT account FROM subject WHERE reference = ?1", [reference], |row| row.get(0));
        Ok(account.optional().map_err(failure)?.flatten())
    }

    /// The cursor at which the last pull of a subject ended.
    pub fn cursor(&self, reference: &str) -> Result<Option<String>> {
        let cursor = self.inner.query_row("SELECT cursor FROM subject WHERE reference = ?1", [reference], |row| row.get(0));
        Ok(cursor.optional().map_err(failure)?.flatten())
    }

    /// Remembers the cursor at which a pull ended.
    pub fn set_cursor(&self, reference: &str, cursor: &str) -> Result<()> {
        let sql = "UPDATE subject SET cursor = ?2 WHERE reference = ?1 AND cursor IS NOT ?2";
        if self.inner.execute(sql, params![reference, cursor]).map_err(failure)? > 0 {
            self.kept_changed();
        }
        Ok(())
    }

    /// Forgets the cursors of all subjects, so that the next pulls bring everything.
    pub fn forget_cursors(&self) -> Result<()> {
        self.kept_changed();
        self.inner.execute("UPDATE subject SET cursor = NULL", []).map_err(failure)?;
        Ok(())
    }

    /// Forgets every reference but these, with the account that it stands for, and of those that stay where their pulls ended. Keys of which
    /// nothing is kept are forgotten, too.
    pub fn forget_subjects_but(&self, stay: &BTreeSet<String>) -> Result<()> {
        let mut known = self.inner.prepare("SELECT reference FROM subject").map_err(failure)?;
        let known = known.query_map([], |row| row.get::<_, String>(0)).map_err(failure)?.collect::<rusqlite::Result<Vec<_>>>();
        for reference in known.map_err(failure)?.iter().filter(|reference| !stay.contains(*reference)) {
            self.inner.execute("DELETE FROM subject WHERE reference = ?1", [reference]).map_err(failure)?;
        }
        self.inner.execute("DELETE FROM key WHERE id NOT IN (SELECT key FROM state)", []).map_err(failure)?;
        self.forget_cursors()
    }

    /// The name that the server's numbering of a subject's changes had when it was heard last.
    pub fn numbering(&self, reference: &str) -> Result<Option<String>> {
        let numbering = self.inner.query_row("SELECT history FROM subject WHERE reference = ?1", [reference], |row| row.get(0));
        Ok(numbering.optional().map_err(failure)?.flatten())
    }

    /// Remembers the name of a subject's numbering.
    pub fn set_numbering(&self, reference: &str, numbering: &str) -> Result<()> {
        self.kept_changed();
        self.inner.execute("UPDATE subject SET history = ?2 WHERE reference = ?1", params![reference, numbering]).map_err(failure)?;
        Ok(())
    }
}
