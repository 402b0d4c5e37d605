//! The table `policy`: every edition of the policy that was in force in this file, so that old records can be read by the text they name;
//! and the editions that are or were announced.

use rusqlite::{OptionalExtension, params};

use super::{failure::failure, salvage::SavedPolicy, transaction::Transaction};
use crate::{
    error::{Error, Result},
    ledger::chain,
};

impl Transaction<'_> {
    /// The document of an edition that was in force here or was announced. It fails where the document is not the one that was kept.
    pub fn policy(&self, edition: u32) -> Result<Option<String>> {
        let sql = "SELECT document, hash FROM policy WHERE edition = ?1";
        let found = self.inner.query_row(sql, [edition], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<Vec<u8>>>(1)?)));
        let Some((document, hash)) = found.optional().map_err(failure)? else { return Ok(None) };
        if hash.as_deref() == Some(&chain::hash(document.as_bytes())[..]) {
            return Ok(Some(document));
        }
        Err(Error::Damaged { reason: "a policy is not the one that was kept".into() })
    }

    /// Keeps the hash of each document of a file whose earlier version kept none.
    pub(super) fn hash_policies(&self) -> Result<()> {
        let mut statement = self.inner.prepare("SELECT edition, document FROM policy WHERE hash IS NULL").map_err(failure)?;
        let found = statement.query_map([], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, String>(1)?))).map_err(failure)?;
        for document in found.collect::<rusqlite::Result<Vec<_>>>().map_err(failure)? {
            let hash = chain::hash(document.1.as_bytes());
            self.inner.execute("UPDATE policy SET hash = ?2 WHERE edition = ?1", params![document.0, &hash[..]]).map_err(failure)?;
        }
        Ok(())
    }

    /// The laws that an edition is held to although its document names none, because it was kept before a document could name any.
    pub fn assumed_regimes(&self, edition: u32) -> Result<Vec<String>> {
        let sql = "SELECT regimes FROM policy WHERE edition = ?1";
        let names: Option<String> = self.inner.query_row(sql, [edition], |row| row.get(0)).optional().map_err(failure)?;
        Ok(names.iter().flat_map(|names| names.split_whitespace()).map(str::to_owned).collect())
    }

    /// Keeps a document that was saved of a damaged file, with the laws that it is held to.
    pub fn put_saved_policy(&self, saved: &SavedPolicy) -> Result<()> {
        self.put_policy(saved.edition, &saved.document)?;
        self.inner.execute("UPDATE policy SET regimes = ?2 WHERE edition = ?1", params![saved.edition, saved.regimes]).map_err(failure)?;
        Ok(())
    }

    /// The editions with a lower number that are kept here, newest first.
    pub fn editions_before(&self, edition: u32) -> Result<Vec<u32>> {
        let mut statement = self.inner.prepare("SELECT edition FROM policy WHERE edition < ?1 ORDER BY edition DESC").map_err(failure)?;
        let editions = statement.query_map([edition], |row| row.get(0)).map_err(failure)?;
        editions.collect::<rusqlite::Result<_>>().map_err(failure)
    }

    /// Keeps a policy document. An edition that was announced and never came into force gives way to another document with its number.
    pub fn put_policy(&self, edition: u32, document: &str) -> Result<()> {
        self.kept_changed();
        let sql = "INSERT INTO policy (edition, document, hash) VALUES (?1, ?2, ?3) \
                   ON CONFLICT (edition) DO UPDATE SET document = excluded.document, hash = excluded.hash";
        self.inner.execute(sql, params![edition, document, &chain::hash(document.as_bytes())[..]]).map_err(failure)?;
        Ok(())
    }
}
