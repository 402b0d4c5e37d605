//! The outbox: which records wait to be sent, and in which order they go.

use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;

use super::{
    connection::{Transaction, failure},
    state::FOLD,
};
use crate::{
    error::{Error, Result},
    json::FromJson,
    ledger::{
        Body,
        chain::{GENESIS, hex},
    },
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

/// Past every record that waits, and before the rows of the fold.
const NEWEST: i64 = FOLD - 1;

/// What waits, with its key: the columns that `row` reads.
const WAITING: &str = "SELECT place, subject, purpose, kind, op, lowered = place, stuck FROM key JOIN state ON state.key = key.id";

/// True for a row that is stuck and not due yet, by the clock ?2. A time that lies further ahead than ?3 was set by a clock that has been
/// put back since.
const RESTS: &str = "stuck IS NOT NULL AND retry_at > ?2 AND retry_at <= ?3";

/// The furthest time that a stuck change waits for.
fn furthest(now: i64) -> i64 {
    now.saturating_add(STUCK_RETRY_MS)
}

impl Wanted<'_> {
    /// One row more than may go, to know whether something is left behind.
    fn one_more(&self) -> i64 {
        i64::try_from(self.max_changes).unwrap_or(i64::MAX).saturating_add(1)
    }
}

fn row(row: &Row<'_>) -> rusqlite::Result<(OutboxRow, String)> {
    let kind: String = row.get(3)?;
    let found = OutboxRow {
        seq: row.get(0)?,
        subject: row.get(1)?,
        purpose: row.get(2)?,
        kind: ChangeKind::Choice,
        op: unpacked(row.get(4)?),
        lowers: row.get(5)?,
        stuck: row.get(6)?,
    };
    Ok((found, kind))
}

/// An operation's name in its 16 bytes: rows of half the size halve how often a page of them is full. What was made elsewhere may have any
/// name: that one is read where its record is.
fn packed(row: &OutboxRow) -> Result<[u8; 16]> {
    if row.kind == ChangeKind::Relay {
        return Ok([0; 16]);
    }
    let name = Uuid::try_parse(&row.op).ok().filter(|name| name.to_string() == row.op);
    name.map(Uuid::into_bytes).ok_or_else(|| Error::Damaged { reason: "an operation's name is no UUID".into() })
}

fn unpacked(bytes: [u8; 16]) -> String {
    Uuid::from_bytes(bytes).to_string()
}

fn with_kind((row, kind): (OutboxRow, String)) -> Result<OutboxRow> {
    let kind = ChangeKind::from_json(&serde_json::Value::String(kind))
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
        ChangeKind::Relay => "relay",
    }
}

impl Transaction<'_> {
    /// Lets a record wait for the next sync.
    pub fn enqueue(&self, row: &OutboxRow) -> Result<()> {
        let key = self.key(&row.subject, &row.purpose)?;
        let lowered = if row.lowers { row.seq } else { self.last_lowering(key)?.unwrap_or(0) };
        let sql = "INSERT INTO state (key, place, kind, op, lowered) VALUES (?1, ?2, ?3, ?4, ?5)";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        statement.execute(params![key, row.seq, kind_name(row.kind), packed(row)?, lowered]).map_err(failure)?;
        Ok(())
    }

    /// Lets a refusal or withdrawal wait once more, unless it does already. Says whether it was added.
    pub fn requeue(&self, row: &OutboxRow) -> Result<bool> {
        let key = self.key(&row.subject, &row.purpose)?;
        let sql = "INSERT OR IGNORE INTO state (key, place, kind, op, lowered) VALUES (?1, ?2, ?3, ?4, ?2)";
        let added = self.inner.execute(sql, params![key, row.seq, kind_name(row.kind), packed(row)?]).map_err(failure)?;
        // The rows after it are no longer without a withdrawal before them.
        let sql = "UPDATE state SET lowered = ?2 WHERE key = ?1 AND place > ?2 AND lowered < ?2";
        self.inner.execute(sql, [key, row.seq]).map_err(failure)?;
        Ok(added > 0)
    }

    /// Lets a record no longer wait. Says whether it did.
    pub fn dequeue(&self, row: &OutboxRow) -> Result<bool> {
        let sql = "DELETE FROM state WHERE key = ?1 AND place = ?2";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        Ok(statement.execute([self.key(&row.subject, &row.purpose)?, row.seq]).map_err(failure)? > 0)
    }

    /// Keeps a change that the server did not take, to be tried again in a day. `now` is the wall clock, Unix milliseconds.
    pub fn set_stuck(&self, row: &OutboxRow, reason: &str, now: i64) -> Result<()> {
        let retry_at = now.saturating_add(STUCK_RETRY_MS);
        let sql = "UPDATE state SET stuck = ?3, retry_at = ?4 WHERE key = ?1 AND place = ?2";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        statement.execute(params![self.key(&row.subject, &row.purpose)?, row.seq, reason, retry_at]).map_err(failure)?;
        Ok(())
    }

    /// Lets every stuck change be tried again now: after an upgrade of the app or this library.
    pub fn retry_stuck(&self) -> Result<()> {
        let sql = "UPDATE state INDEXED BY state_stuck SET retry_at = ?1 WHERE stuck IS NOT NULL";
        self.inner.execute(sql, [NOW]).map_err(failure)?;
        Ok(())
    }

    /// Lets what is stuck for that reason be tried again now, of one subject.
    pub fn retry_stuck_by(&self, subject: &str, reason: &str) -> Result<()> {
        let sql = "UPDATE state SET retry_at = ?3 WHERE stuck = ?2 AND key IN (SELECT id FROM key WHERE subject = ?1)";
        self.inner.execute(sql, params![subject, reason, NOW]).map_err(failure)?;
        Ok(())
    }

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

    /// The keys for which something waits. From each key only its first rows are read: a plain DISTINCT would read every one.
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

    /// Up to `limit` waiting changes in the ledger's order; only stuck ones if asked.
    pub fn waiting(&self, stuck_only: bool, limit: i64) -> Result<Vec<OutboxRow>> {
        if stuck_only {
            let sql = format!("{WAITING} WHERE stuck IS NOT NULL ORDER BY place LIMIT ?1");
            return self.rows(&sql, [limit]);
        }
        self.waiting_behind(self.waiting_keys()?.into_iter().map(|(_, key)| key), limit)
    }

    fn waiting_behind(&self, keys: impl Iterator<Item = i64>, limit: i64) -> Result<Vec<OutboxRow>> {
        let mut rows = vec![];
        let sql = format!("{WAITING} WHERE id = ?1 AND kind IS NOT NULL ORDER BY place LIMIT ?2");
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

    fn rows(&self, sql: &str, named: impl rusqlite::Params) -> Result<Vec<OutboxRow>> {
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        let rows = statement.query_map(named, row).map_err(failure)?;
        rows.map(|found| with_kind(found.map_err(failure)?)).collect()
    }

    /// Operations of a key's own refusals and withdrawals that wait, the newest `limit`.
    pub fn waiting_withdrawals(&self, subject: &str, purpose: &str, limit: usize) -> Result<Vec<String>> {
        let sql = "SELECT op FROM key JOIN state ON state.key = key.id WHERE subject = ?1 AND purpose = ?2 AND lowered = place \
                   AND kind <> 'relay' ORDER BY place DESC LIMIT ?3";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let ops = statement.query_map(params![subject, purpose, limit], |row| row.get(0).map(unpacked)).map_err(failure)?;
        ops.map(|op| op.map_err(failure)).collect()
    }

    /// Forgets what a copied phone must not send: everything but refusals and withdrawals, and the records that make accounts known,
    /// without which the server may not know whose they are.
    pub fn drop_copied(&self) -> Result<()> {
        let sql = "DELETE FROM state WHERE kind IS NOT NULL AND lowered <> place AND kind <> ?1";
        self.inner.execute(sql, [kind_name(ChangeKind::Link)]).map_err(failure)?;
        Ok(())
    }

    /// The next changes of one subject: what others depend on, then keys with a withdrawal up to it, then the rest.
    /// Within a key the order is the ledger's, and only a refusal or withdrawal overtakes a stuck change of its key: the server takes one
    /// whatever came before it, and meanwhile somebody may have said yes elsewhere.
    pub fn batch(&self, wanted: &Wanted<'_>) -> Result<Batch> {
        let mut rows = self.keyless_rows(wanted)?;
        // A link that was sent anew stands behind the merge that cannot do without it.
        rows.sort_by_key(|row| row.kind != ChangeKind::Link);
        let (mut first, mut rest) = (vec![], vec![]);
        for purpose in wanted.purposes {
            let Some(key) = self.known_key(wanted.subject, purpose)? else { continue };
            let (last, reach) = (self.last_lowering(key)?, self.reach(wanted, key)?);
            if let Some(last) = last {
                first.extend(self.key_places(wanted, key, (0, last), reach)?);
            }
            if !wanted.lowering_only {
                rest.extend(self.key_places(wanted, key, (last.unwrap_or(0), reach), reach)?);
            }
        }
        first.sort_unstable();
        rest.sort_unstable();
        let left_behind = rows.len() + first.len() + rest.len() > wanted.max_changes;
        rows.truncate(wanted.max_changes);
        // Only what goes is read: every key may have as many rows waiting as the batch takes.
        for (place, key) in first.into_iter().chain(rest).take(wanted.max_changes - rows.len()) {
            rows.push(self.row(place, key)?);
        }
        let mut batch = self.fill(rows, wanted.max_bytes)?;
        batch.left_behind |= left_behind;
        Ok(batch)
    }

    /// Place of the newest refusal or withdrawal that waits, or of a newer one that was sent past stuck ones.
    fn last_lowering(&self, key: i64) -> Result<Option<i64>> {
        let sql = "SELECT lowered FROM state WHERE key = ?1 AND kind IS NOT NULL ORDER BY place DESC LIMIT 1";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        let lowered = statement.query_row([key], |row| row.get(0)).optional().map_err(failure)?;
        Ok(lowered.filter(|place| *place > 0))
    }

    fn row(&self, place: i64, key: i64) -> Result<OutboxRow> {
        let rows = self.rows(&format!("{WAITING} WHERE id = ?1 AND place = ?2"), params![key, place])?;
        rows.into_iter().next().ok_or_else(|| Error::Damaged { reason: format!("outbox row {place} is gone") })
    }

    /// The last place of a key that nothing stuck and not yet due stands before. Nothing depends on a signal: one holds nothing back.
    fn reach(&self, wanted: &Wanted<'_>, key: i64) -> Result<i64> {
        let sql = format!("SELECT min(place) FROM state INDEXED BY state_stuck WHERE key = ?1 AND kind <> ?4 AND {RESTS}");
        let mut statement = self.inner.prepare_cached(&sql).map_err(failure)?;
        let values = params![key, wanted.now, furthest(wanted.now), kind_name(ChangeKind::Signal)];
        let blocked: Option<i64> = statement.query_row(values, |row| row.get(0)).map_err(failure)?;
        Ok(blocked.map_or(NEWEST, |place| place - 1))
    }

    /// The rows that belong to no key.
    fn keyless_rows(&self, wanted: &Wanted<'_>) -> Result<Vec<OutboxRow>> {
        let Some(key) = self.known_key(wanted.subject, NO_PURPOSE)? else { return Ok(vec![]) };
        let may_go = "lowered = place OR (place <= ?4 AND (NOT ?5 OR (kind = ?6 AND ?7)))";
        let sql = format!("{WAITING} WHERE id = ?1 AND kind IS NOT NULL AND ({RESTS}) IS NOT TRUE AND ({may_go}) ORDER BY place LIMIT ?8");
        let (reach, link) = (self.reach(wanted, key)?, kind_name(ChangeKind::Link));
        let (now, only_lowering) = (wanted.now, wanted.lowering_only);
        self.rows(&sql, params![key, now, furthest(now), reach, only_lowering, link, wanted.link, wanted.one_more()])
    }

    /// Places of a key's rows after `after` and up to `upto` that may go, each with the key; past `reach` those that lower alone.
    fn key_places(&self, wanted: &Wanted<'_>, key: i64, (after, upto): (i64, i64), reach: i64) -> Result<Vec<(i64, i64)>> {
        let sql = "SELECT place FROM state WHERE key = ?1 AND place > ?4 AND place <= ?5 AND (lowered = place OR (place <= ?6 AND NOT ?7)) \
                   AND";
        let sql = format!("{sql} ({RESTS}) IS NOT TRUE ORDER BY place LIMIT ?8");
        let mut statement = self.inner.prepare_cached(&sql).map_err(failure)?;
        let now = wanted.now;
        let values = params![key, now, furthest(now), after, upto, reach, wanted.lowering_only, wanted.one_more()];
        let places = statement.query_map(values, |row| row.get(0)).map_err(failure)?;
        places.map(|place| Ok((place.map_err(failure)?, key))).collect()
    }

    fn fill(&self, rows: Vec<OutboxRow>, max_bytes: usize) -> Result<Batch> {
        let mut batch = Batch::default();
        let mut bytes = 0;
        for mut row in rows {
            let change = self.change(&row)?;
            row.op.clone_from(&change.op);
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

    /// A withdrawal made elsewhere, as the server told it: the bytes are in the record of what it told.
    fn relayed(&self, row: &OutboxRow) -> Result<Change> {
        let missing = || Error::Damaged { reason: format!("what is to be sent again is not in record {}", row.seq) };
        let Some(Body::Remote(told)) = self.record(row.seq)?.map(|record| record.body) else { return Err(missing()) };
        let state = told.states.into_iter().find(|state| state.purpose == row.purpose).ok_or_else(missing)?;
        let (op, record) = state.op.zip(state.record).ok_or_else(missing)?;
        Ok(Change { kind: row.kind, op, record, salt: String::new(), prev: String::new(), hash: String::new() })
    }

    fn change(&self, row: &OutboxRow) -> Result<Change> {
        if row.kind == ChangeKind::Relay {
            return self.relayed(row);
        }
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
