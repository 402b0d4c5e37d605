//! Lets changes wait and no longer wait, and keeps those that the server did not take.

use rusqlite::params;

use super::row::{OutboxRow, STUCK_RETRY_MS, kind_name, packed};
use crate::{
    error::Result,
    store::{failure::failure, key_table::NO_PURPOSE, transaction::Transaction},
    sync::protocol::ChangeKind,
};

/// A time that has come on every clock, also on one that stands before 1970.
const ALREADY_DUE: i64 = i64::MIN;

impl Transaction<'_> {
    /// Lets a record wait for the next sync.
    pub fn enqueue(&self, row: &OutboxRow) -> Result<()> {
        let key = self.key(&row.subject, &row.purpose)?;
        let lowered = if row.lowers { row.seq } else { self.last_lowering(key)?.unwrap_or(0) };
        let sql = "INSERT INTO state (key, place, kind, op, lowered) VALUES (?1, ?2, ?3, ?4, ?5)";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        statement.execute(params![key, row.seq, kind_name(row.kind), packed(row)?, lowered]).map_err(failure)?;
        self.toggle_row(key, row.seq)
    }

    /// Lets a refusal or withdrawal wait once more, unless it waits already. Says whether it was added.
    pub fn requeue(&self, row: &OutboxRow) -> Result<bool> {
        let key = self.key(&row.subject, &row.purpose)?;
        let sql = "INSERT OR IGNORE INTO state (key, place, kind, op, lowered) VALUES (?1, ?2, ?3, ?4, ?2)";
        let added = self.inner.execute(sql, params![key, row.seq, kind_name(row.kind), packed(row)?]).map_err(failure)?;
        // The rows behind it that had no withdrawal before them have this one now.
        let sql = "UPDATE state SET lowered = ?2 WHERE key = ?1 AND place > ?2 AND lowered < ?2";
        self.inner.execute(sql, [key, row.seq]).map_err(failure)?;
        self.sum_anew();
        Ok(added > 0)
    }

    /// Lets a record no longer wait. Says whether it did.
    pub fn dequeue(&self, row: &OutboxRow) -> Result<bool> {
        let key = self.key(&row.subject, &row.purpose)?;
        self.toggle_row(key, row.seq)?;
        let sql = "DELETE FROM state WHERE key = ?1 AND place = ?2";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        Ok(statement.execute([key, row.seq]).map_err(failure)? > 0)
    }

    /// Keeps a change that the server did not take, to be tried again in a day. `now` is the wall clock, Unix milliseconds.
    pub fn set_stuck(&self, row: &OutboxRow, reason: &str, now: i64) -> Result<()> {
        let retry_at = now.saturating_add(STUCK_RETRY_MS);
        let sql = "UPDATE state SET stuck = ?3, retry_at = ?4 WHERE key = ?1 AND place = ?2";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        statement.execute(params![self.key(&row.subject, &row.purpose)?, row.seq, reason, retry_at]).map_err(failure)?;
        Ok(())
    }

    /// Lets every stuck change be tried again now. This is for after an upgrade of the app or of this library.
    pub fn retry_stuck(&self) -> Result<()> {
        let sql = "UPDATE state INDEXED BY state_stuck SET retry_at = ?1 WHERE stuck IS NOT NULL";
        self.inner.execute(sql, [ALREADY_DUE]).map_err(failure)?;
        Ok(())
    }

    /// Lets the changes of one subject be tried again now that are stuck for this reason, and with them each stuck record that makes the
    /// subject's reference known. Says whether there is any.
    pub fn retry_stuck_by(&self, subject: &str, reason: &str) -> Result<bool> {
        let sql = "UPDATE state INDEXED BY state_stuck SET retry_at = ?4
                   WHERE stuck IS NOT NULL AND (stuck = ?2 OR kind = ?3) AND key IN (SELECT id FROM key WHERE subject = ?1)";
        let values = params![subject, reason, kind_name(ChangeKind::Link), ALREADY_DUE];
        Ok(self.inner.execute(sql, values).map_err(failure)? > 0)
    }

    /// Lets nothing of this kind wait any longer that belongs to a subject as a whole, because it is about to be said anew. Says whether
    /// anything did.
    pub fn dequeue_all(&self, subject: &str, kind: ChangeKind) -> Result<bool> {
        let Some(key) = self.known_key(subject, NO_PURPOSE)? else { return Ok(false) };
        self.sum_anew();
        let sql = "DELETE FROM state WHERE key = ?1 AND kind = ?2";
        Ok(self.inner.execute(sql, params![key, kind_name(kind)]).map_err(failure)? > 0)
    }

    /// Forgets what a copied phone must not send. It keeps refusals and withdrawals, and the records that make accounts known, without
    /// which the server may not know whose they are.
    pub fn drop_copied(&self) -> Result<()> {
        self.sum_anew();
        let sql = "DELETE FROM state WHERE kind IS NOT NULL AND lowered <> place AND kind <> ?1";
        self.inner.execute(sql, [kind_name(ChangeKind::Link)]).map_err(failure)?;
        Ok(())
    }
}
