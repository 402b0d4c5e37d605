//! The outbox: which records wait to be sent, and in which order they go.

use rusqlite::{OptionalExtension, Row, params};

use super::connection::{Transaction, failure};
use crate::{
    error::{Error, Result},
    json,
    ledger::chain::{GENESIS, hex},
    sync::protocol::{Change, ChangeKind},
};

/// What a change weighs on the wire beside its record: field names, ids and hashes, rounded up.
const CHANGE_OVERHEAD_BYTES: usize = 320;

/// How long a stuck change rests before it is tried again.
const STUCK_RETRY_MS: i64 = 24 * 60 * 60 * 1000;

/// A time that has come on every clock, also one that stands before 1970.
const NOW: i64 = i64::MIN;

/// Purpose of the rows that belong to no key: links, merges and signals go before what depends on them.
pub const NO_PURPOSE: &str = "";

/// One waiting change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Position of its record.
    pub seq: i64,
    /// Reference of its subject.
    pub subject: String,
    /// Its purpose, or [`NO_PURPOSE`].
    pub purpose: String,
    /// What it is.
    pub kind: ChangeKind,
    /// The operation.
    pub op: String,
    /// True for a refusal or a withdrawal.
    pub lowers: bool,
    /// Why the server could not or would not take it, where that is so.
    pub stuck: Option<String>,
}

/// Changes to send together, in order.
#[derive(Default)]
pub struct Batch {
    /// The rows.
    pub rows: Vec<OutboxRow>,
    /// Their wire form, one a row.
    pub changes: Vec<Change>,
    /// True where more could have gone but for the limits.
    pub left_behind: bool,
}

/// Which rows may go.
pub struct Wanted<'a> {
    /// Reference of the subject.
    pub subject: &'a str,
    /// The purposes that may have rows.
    pub purposes: &'a [String],
    /// Only refusals and withdrawals: what the installation's own token may still send after a sign-out.
    pub lowering_only: bool,
    /// Beside those the record that makes the account's reference known: with the account's own token.
    pub link: bool,
    /// Most changes.
    pub max_changes: usize,
    /// Most bytes, one change excepted.
    pub max_bytes: usize,
    /// Wall clock, Unix milliseconds: stuck changes are tried again from their time on.
    pub now: i64,
}

impl Wanted<'_> {
    /// One row more than may go, to know whether something is left behind.
    fn one_more(&self) -> i64 {
        i64::try_from(self.max_changes).unwrap_or(i64::MAX).saturating_add(1)
    }
}

const COLUMNS: &str = "seq, subject, purpose, kind, op, lowers, stuck";

fn row(row: &Row<'_>) -> rusqlite::Result<(OutboxRow, String)> {
    let kind: String = row.get(3)?;
    let found = OutboxRow {
        seq: row.get(0)?,
        subject: row.get(1)?,
        purpose: row.get(2)?,
        kind: ChangeKind::Choice,
        op: row.get(4)?,
        lowers: row.get(5)?,
        stuck: row.get(6)?,
    };
    Ok((found, kind))
}

fn with_kind((row, kind): (OutboxRow, String)) -> Result<OutboxRow> {
    let kind = json::decode(serde_json::Value::String(kind))
        .ok_or_else(|| Error::Damaged { reason: format!("outbox row {} is of no known kind", row.seq) })?;
    Ok(OutboxRow { kind, ..row })
}

fn kind_name(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Choice => "choice",
        ChangeKind::Import => "import",
        ChangeKind::Signal => "signal",
        ChangeKind::Link => "link",
        ChangeKind::Merge => "merge",
    }
}

impl Transaction<'_> {
    /// Lets a record wait for the next sync.
    pub fn enqueue(&self, row: &OutboxRow) -> Result<()> {
        let sql = "INSERT INTO outbox (seq, subject, purpose, kind, op, lowers) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        statement.execute(params![row.seq, row.subject, row.purpose, kind_name(row.kind), row.op, row.lowers]).map_err(failure)?;
        Ok(())
    }

    /// Lets a record wait once more, unless it does already. Says whether it was added.
    pub fn requeue(&self, row: &OutboxRow) -> Result<bool> {
        let sql = "INSERT OR IGNORE INTO outbox (seq, subject, purpose, kind, op, lowers) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        let added = statement.execute(params![row.seq, row.subject, row.purpose, kind_name(row.kind), row.op, row.lowers]);
        Ok(added.map_err(failure)? > 0)
    }

    /// Lets a record no longer wait. Says whether it did.
    pub fn dequeue(&self, seq: i64) -> Result<bool> {
        let mut statement = self.inner.prepare_cached("DELETE FROM outbox WHERE seq = ?1").map_err(failure)?;
        Ok(statement.execute([seq]).map_err(failure)? > 0)
    }

    /// Keeps a change that the server did not take, to be tried again in a day. `now` is the wall clock, Unix milliseconds.
    pub fn set_stuck(&self, seq: i64, reason: &str, now: i64) -> Result<()> {
        let retry_at = now.saturating_add(STUCK_RETRY_MS);
        let sql = "UPDATE outbox SET stuck = ?2, retry_at = ?3 WHERE seq = ?1";
        self.inner.prepare_cached(sql).map_err(failure)?.execute(params![seq, reason, retry_at]).map_err(failure)?;
        Ok(())
    }

    /// Lets every stuck change be tried again now: after an upgrade of the app or this library.
    pub fn retry_stuck(&self) -> Result<()> {
        self.inner.execute("UPDATE outbox SET retry_at = ?1 WHERE stuck IS NOT NULL", [NOW]).map_err(failure)?;
        Ok(())
    }

    /// Lets what is stuck for that reason be tried again now, of one subject.
    pub fn retry_stuck_by(&self, subject: &str, reason: &str) -> Result<()> {
        let sql = "UPDATE outbox SET retry_at = ?3 WHERE subject = ?1 AND stuck = ?2";
        self.inner.execute(sql, params![subject, reason, NOW]).map_err(failure)?;
        Ok(())
    }

    /// True where the record that makes an account's reference known waits to be sent.
    pub fn link_waits(&self, subject: &str) -> Result<bool> {
        let sql = "SELECT 1 FROM outbox WHERE subject = ?1 AND purpose = ?2 AND kind = ?3";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        statement.exists([subject, NO_PURPOSE, kind_name(ChangeKind::Link)]).map_err(failure)
    }

    /// Counts what waits.
    pub fn count_outbox(&self) -> Result<i64> {
        self.inner.query_row("SELECT count(*) FROM outbox", [], |row| row.get(0)).map_err(failure)
    }

    /// The subjects for which something waits.
    pub fn waiting_subjects(&self) -> Result<Vec<String>> {
        // Jumps from one subject to the next along the index: a plain DISTINCT would read every row.
        let sql = "SELECT min(subject) FROM outbox WHERE subject > ?1";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        let mut subjects = vec![];
        let mut last = String::new();
        while let Some(subject) = statement.query_row([&last], |row| row.get::<_, Option<String>>(0)).map_err(failure)? {
            subjects.push(subject.clone());
            last = subject;
        }
        Ok(subjects)
    }

    /// Up to `limit` waiting changes in the ledger's order; only stuck ones if asked.
    pub fn waiting(&self, stuck_only: bool, limit: i64) -> Result<Vec<OutboxRow>> {
        let sql = format!("SELECT {COLUMNS} FROM outbox WHERE NOT ?1 OR stuck IS NOT NULL ORDER BY seq LIMIT ?2");
        let mut statement = self.inner.prepare_cached(&sql).map_err(failure)?;
        let rows = statement.query_map(params![stuck_only, limit], row).map_err(failure)?;
        rows.map(|found| with_kind(found.map_err(failure)?)).collect()
    }

    /// Operations of a key's own refusals and withdrawals that wait, the newest `limit`.
    pub fn waiting_withdrawals(&self, subject: &str, purpose: &str, limit: usize) -> Result<Vec<String>> {
        let sql = "SELECT op FROM outbox WHERE subject = ?1 AND purpose = ?2 AND lowers ORDER BY seq DESC LIMIT ?3";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let ops = statement.query_map(params![subject, purpose, limit], |row| row.get(0)).map_err(failure)?;
        ops.map(|op| op.map_err(failure)).collect()
    }

    /// Forgets what a copied phone must not send: every grant, and all that belongs to the device it was copied from.
    pub fn drop_copied(&self, former_device: &str) -> Result<()> {
        self.inner.execute("DELETE FROM outbox WHERE NOT lowers OR subject = ?1", [former_device]).map_err(failure)?;
        Ok(())
    }

    /// The next changes of one subject: what others depend on, then keys with a withdrawal up to it, then the rest.
    /// Within a key the order is the ledger's, and nothing overtakes a stuck change of its key.
    pub fn batch(&self, wanted: &Wanted<'_>) -> Result<Batch> {
        let mut rows = self.keyless_rows(wanted)?;
        // A link that was sent anew stands behind the merge that cannot do without it.
        rows.sort_by_key(|row| row.kind != ChangeKind::Link);
        let (mut first, mut rest) = (vec![], vec![]);
        for purpose in wanted.purposes {
            let last = self.last_lowering(wanted.subject, purpose)?;
            if let Some(last) = last {
                first.extend(self.key_seqs(wanted, purpose, 0, last)?);
            }
            if !wanted.lowering_only {
                rest.extend(self.key_seqs(wanted, purpose, last.unwrap_or(0), i64::MAX)?);
            }
        }
        first.sort_unstable();
        rest.sort_unstable();
        let left_behind = rows.len() + first.len() + rest.len() > wanted.max_changes;
        rows.truncate(wanted.max_changes);
        // Only what goes is read: every key may have as many rows waiting as the batch takes.
        for seq in first.into_iter().chain(rest).take(wanted.max_changes - rows.len()) {
            rows.push(self.row(seq)?);
        }
        let mut batch = self.fill(rows, wanted.max_bytes)?;
        batch.left_behind |= left_behind;
        Ok(batch)
    }

    fn last_lowering(&self, subject: &str, purpose: &str) -> Result<Option<i64>> {
        let sql = "SELECT max(seq) FROM outbox WHERE subject = ?1 AND purpose = ?2 AND lowers";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        statement.query_row([subject, purpose], |row| row.get(0)).map_err(failure)
    }

    fn row(&self, seq: i64) -> Result<OutboxRow> {
        let sql = format!("SELECT {COLUMNS} FROM outbox WHERE seq = ?1");
        let mut statement = self.inner.prepare_cached(&sql).map_err(failure)?;
        with_kind(statement.query_row([seq], row).map_err(failure)?)
    }

    /// The last row of a key that nothing stuck and not yet due stands before.
    fn reach(&self, wanted: &Wanted<'_>, purpose: &str) -> Result<i64> {
        let sql = "SELECT min(seq) FROM outbox WHERE subject = ?1 AND purpose = ?2 AND stuck IS NOT NULL \
                   AND retry_at > ?3 AND retry_at <= ?4";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        // A time that lies further ahead was set by a clock that has been put back since.
        let furthest = wanted.now.saturating_add(STUCK_RETRY_MS);
        let values = params![wanted.subject, purpose, wanted.now, furthest];
        let blocked: Option<i64> = statement.query_row(values, |row| row.get(0)).map_err(failure)?;
        Ok(blocked.map_or(i64::MAX, |seq| seq - 1))
    }

    /// The rows that belong to no key.
    fn keyless_rows(&self, wanted: &Wanted<'_>) -> Result<Vec<OutboxRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox WHERE subject = ?1 AND purpose = ?2 AND seq <= ?3 \
             AND (lowers OR NOT ?4 OR (kind = ?5 AND ?6)) ORDER BY seq LIMIT ?7"
        );
        let mut statement = self.inner.prepare_cached(&sql).map_err(failure)?;
        let (reach, link) = (self.reach(wanted, NO_PURPOSE)?, kind_name(ChangeKind::Link));
        let values = params![wanted.subject, NO_PURPOSE, reach, wanted.lowering_only, link, wanted.link, wanted.one_more()];
        let rows = statement.query_map(values, row).map_err(failure)?;
        rows.map(|found| with_kind(found.map_err(failure)?)).collect()
    }

    /// Positions of a key's rows after `after` and up to `upto`.
    fn key_seqs(&self, wanted: &Wanted<'_>, purpose: &str, after: i64, upto: i64) -> Result<Vec<i64>> {
        let lowering = if wanted.lowering_only { "AND lowers " } else { "" };
        let sql = format!(
            "SELECT seq FROM outbox WHERE subject = ?1 AND purpose = ?2 AND seq > ?3 AND seq <= ?4 {lowering}ORDER BY seq LIMIT ?5"
        );
        let mut statement = self.inner.prepare_cached(&sql).map_err(failure)?;
        let values = params![wanted.subject, purpose, after, upto.min(self.reach(wanted, purpose)?), wanted.one_more()];
        let rows = statement.query_map(values, |row| row.get(0)).map_err(failure)?;
        rows.map(|found| found.map_err(failure)).collect()
    }

    fn fill(&self, rows: Vec<OutboxRow>, max_bytes: usize) -> Result<Batch> {
        let mut batch = Batch::default();
        let mut bytes = 0;
        for row in rows {
            let change = self.change(&row)?;
            bytes += change.record.len() + CHANGE_OVERHEAD_BYTES;
            if bytes > max_bytes && !batch.rows.is_empty() {
                batch.left_behind = true;
                break;
            }
            batch.rows.push(row);
            batch.changes.push(change);
        }
        Ok(batch)
    }

    fn change(&self, row: &OutboxRow) -> Result<Change> {
        let missing = || Error::Damaged { reason: format!("record {} waits to be sent and is gone", row.seq) };
        let sql = "SELECT salt, body, hash FROM ledger WHERE seq = ?1 AND body IS NOT NULL";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        let found = statement
            .query_row([row.seq], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, Vec<u8>>(2)?)))
            .optional()
            .map_err(failure)?;
        let (salt, body, hash) = found.ok_or_else(missing)?;
        let mut statement = self.inner.prepare_cached("SELECT hash FROM ledger WHERE seq = ?1 - 1").map_err(failure)?;
        let prev: Option<Vec<u8>> = statement.query_row([row.seq], |row| row.get(0)).optional().map_err(failure)?;
        Ok(Change {
            kind: row.kind,
            op: row.op.clone(),
            record: String::from_utf8(body).map_err(|_| missing())?,
            salt: hex(&salt),
            prev: hex(&prev.unwrap_or_else(|| GENESIS.to_vec())),
            hash: hex(&hash),
        })
    }
}
