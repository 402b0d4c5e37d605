//! Lists and counts what waits.

use rusqlite::params;

use super::row::{COLUMNS, OutboxRow, kind_name, unpacked};
use crate::{
    error::Result,
    store::{failure::failure, key_table::NO_PURPOSE, transaction::Transaction},
    sync::protocol::ChangeKind,
};

impl Transaction<'_> {
    /// True where the record that makes an account's reference known waits to be sent.
    pub fn link_waits(&self, subject: &str) -> Result<bool> {
        let Some(key) = self.known_key(subject, NO_PURPOSE)? else { return Ok(false) };
        let mut statement = self.inner.prepare_cached("SELECT 1 FROM state WHERE key = ?1 AND kind = ?2").map_err(failure)?;
        statement.exists(params![key, kind_name(ChangeKind::Link)]).map_err(failure)
    }

    /// Counts what waits.
    pub fn count_outbox(&self) -> Result<i64> {
        self.inner.query_row("SELECT count(*) FROM state WHERE kind IS NOT NULL", [], |row| row.get(0)).map_err(failure)
    }

    /// True where a refusal or withdrawal waits.
    pub fn a_no_waits(&self) -> Result<bool> {
        let sql = "SELECT 1 FROM state WHERE kind IS NOT NULL AND lowered = place LIMIT 1";
        self.inner.prepare_cached(sql).map_err(failure)?.exists([]).map_err(failure)
    }

    /// The subjects for which something waits.
    pub fn waiting_subjects(&self) -> Result<Vec<String>> {
        let mut subjects: Vec<String> = self.waiting_keys()?.into_iter().map(|(subject, _)| subject).collect();
        subjects.dedup();
        Ok(subjects)
    }

    /// The keys for which something waits. Only the first rows of each key are read; a plain DISTINCT would read every one.
    fn waiting_keys(&self) -> Result<Vec<(String, i64)>> {
        let sql = "SELECT subject, id FROM key WHERE EXISTS (SELECT 1 FROM state WHERE state.key = key.id AND kind IS NOT NULL) \
                   ORDER BY subject";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        let keys = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(failure)?;
        keys.map(|key| key.map_err(failure)).collect()
    }

    /// Up to `limit` waiting changes of one subject in the ledger's order.
    pub fn waiting_of(&self, subject: &str, limit: i64) -> Result<Vec<OutboxRow>> {
        let keys = self.waiting_keys()?.into_iter().filter(|(waiting, _)| waiting == subject);
        self.waiting_behind(keys.map(|(_, key)| key), limit)
    }

    /// Up to `limit` waiting changes in the ledger's order, or only the stuck ones among them.
    pub fn waiting(&self, stuck_only: bool, limit: i64) -> Result<Vec<OutboxRow>> {
        if stuck_only {
            let sql = format!("{COLUMNS} WHERE stuck IS NOT NULL ORDER BY place LIMIT ?1");
            return self.rows(&sql, [limit]);
        }
        self.waiting_behind(self.waiting_keys()?.into_iter().map(|(_, key)| key), limit)
    }

    fn waiting_behind(&self, keys: impl Iterator<Item = i64>, limit: i64) -> Result<Vec<OutboxRow>> {
        let mut rows = vec![];
        let sql = format!("{COLUMNS} WHERE id = ?1 AND kind IS NOT NULL ORDER BY place LIMIT ?2");
        for key in keys {
            rows.extend(self.rows(&sql, [key, limit])?);
        }
        rows.sort_by_key(|row| row.seq);
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        for row in rows.iter_mut().filter(|row| row.kind == ChangeKind::Relay) {
            row.op = self.relayed(row)?.op;
        }
        Ok(rows)
    }

    /// Operations of a key's own refusals and withdrawals that wait: the newest `limit` of them.
    pub fn waiting_withdrawals(&self, subject: &str, purpose: &str, limit: usize) -> Result<Vec<String>> {
        let sql = "SELECT op FROM key JOIN state ON state.key = key.id WHERE subject = ?1 AND purpose = ?2 AND lowered = place \
                   AND kind <> 'relay' ORDER BY place DESC LIMIT ?3";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let ops = statement.query_map(params![subject, purpose, limit], |row| row.get(0).map(unpacked)).map_err(failure)?;
        ops.map(|op| op.map_err(failure)).collect()
    }
}
