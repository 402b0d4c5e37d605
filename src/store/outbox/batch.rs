//! Chooses the changes that go next, and in which order.

use rusqlite::params;

use super::row::{COLUMNS, OutboxRow, STUCK_RETRY_MS, kind_name};
use crate::{
    error::{Error, Result},
    store::{
        failure::failure,
        key_table::{NO_PURPOSE, PLACE_OF_STATE},
        transaction::Transaction,
    },
    sync::protocol::{Change, ChangeKind},
};

/// What a change weighs on the wire beside its record, in bytes: field names, ids and hashes, rounded up.
const CHANGE_OVERHEAD_BYTES: usize = 320;

/// The last time by which a stuck change is found not to be due, Unix milliseconds. A clock at the very end of its range would leave no later
/// time to wait for.
const LAST_MOMENT_MS: i64 = i64::MAX - 1;

/// A place behind every record that waits, and before the rows that hold the state.
const BEHIND_ALL: i64 = PLACE_OF_STATE - 1;

/// True for a row that is stuck and not due yet by the clock ?2. A time that is further ahead than ?3 was set by a clock that has been put
/// back since, so a row with such a time is due.
const IS_NOT_DUE: &str = "stuck IS NOT NULL AND retry_at > ?2 AND retry_at <= ?3";

/// Changes to send together, in order.
#[derive(Default)]
pub struct Batch {
    /// The rows.
    pub rows: Vec<OutboxRow>,
    /// The wire form of each row, in the same order.
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
    /// Only refusals and withdrawals. They are what the installation's own token may still send after a sign-out.
    pub lowering_only: bool,
    /// With `lowering_only`, also the record that makes the account's reference known. The account's own token may send it.
    pub link: bool,
    /// Most changes.
    pub max_changes: usize,
    /// Most bytes. A single change that is larger goes alone.
    pub max_bytes: usize,
    /// Wall clock, Unix milliseconds. Stuck changes are tried again once their time has come.
    pub now: i64,
}

impl Wanted<'_> {
    /// One row more than may go, to know whether something is left behind.
    fn one_more(&self) -> i64 {
        i64::try_from(self.max_changes).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// The clock by which a stuck change is due.
    fn clock(&self) -> i64 {
        self.now.min(LAST_MOMENT_MS)
    }

    /// The furthest time for which a change that became stuck by this clock can wait.
    fn furthest_due(&self) -> i64 {
        self.clock().saturating_add(STUCK_RETRY_MS)
    }
}

impl Transaction<'_> {
    /// The next changes of one subject: first the ones that others depend on, then those of keys with a withdrawal, each up to it, then
    /// the rest.
    ///
    /// Within a key the order is the ledger's. A stuck change holds back what is behind it, except for refusals and withdrawals: the
    /// server takes them whatever came before, and meanwhile somebody may have said yes elsewhere. Nor is a link held back: it depends on
    /// nothing, and what is stuck may wait for it.
    pub fn batch(&self, wanted: &Wanted<'_>) -> Result<Batch> {
        let mut rows = self.rows_of_no_purpose(wanted)?;
        // A link that is sent anew has a later place than the merge that cannot do without it.
        rows.sort_by_key(|row| row.kind != ChangeKind::Link);
        let (mut first, mut rest) = (vec![], vec![]);
        for purpose in wanted.purposes {
            let Some(key) = self.known_key(wanted.subject, purpose)? else { continue };
            let (last, free) = (self.last_lowering(key)?, self.free_up_to(wanted, key)?);
            if let Some(last) = last {
                first.extend(self.places(wanted, key, (0, last), free)?);
            }
            if !wanted.lowering_only {
                rest.extend(self.places(wanted, key, (last.unwrap_or(0), free), free)?);
            }
        }
        first.sort_unstable();
        rest.sort_unstable();
        let left_behind = rows.len() + first.len() + rest.len() > wanted.max_changes;
        rows.truncate(wanted.max_changes);
        // Only the rows that go are read in full. Every key may have as many rows waiting as the whole batch takes.
        for (place, key) in first.into_iter().chain(rest).take(wanted.max_changes - rows.len()) {
            rows.push(self.row(place, key)?);
        }
        let mut batch = self.fill(rows, wanted.max_bytes)?;
        batch.left_behind |= left_behind;
        Ok(batch)
    }

    fn row(&self, place: i64, key: i64) -> Result<OutboxRow> {
        let rows = self.rows(&format!("{COLUMNS} WHERE id = ?1 AND place = ?2"), params![key, place])?;
        rows.into_iter().next().ok_or_else(|| Error::Damaged { reason: format!("outbox row {place} is gone") })
    }

    /// The place up to which a key's rows may go: everything before its first change that is stuck and not due yet. Nothing depends on a
    /// signal, so a stuck signal holds nothing back.
    fn free_up_to(&self, wanted: &Wanted<'_>, key: i64) -> Result<i64> {
        let sql = format!("SELECT min(place) FROM state INDEXED BY state_stuck WHERE key = ?1 AND kind <> ?4 AND {IS_NOT_DUE}");
        let mut statement = self.inner.prepare_cached(&sql).map_err(failure)?;
        let values = params![key, wanted.clock(), wanted.furthest_due(), kind_name(ChangeKind::Signal)];
        let held_back_by: Option<i64> = statement.query_row(values, |row| row.get(0)).map_err(failure)?;
        Ok(held_back_by.map_or(BEHIND_ALL, |place| place - 1))
    }

    /// The rows of the subject that belong to no purpose and may go.
    fn rows_of_no_purpose(&self, wanted: &Wanted<'_>) -> Result<Vec<OutboxRow>> {
        let Some(key) = self.known_key(wanted.subject, NO_PURPOSE)? else { return Ok(vec![]) };
        let may_go = "lowered = place OR (kind = ?6 AND (?7 OR NOT ?5)) OR (place <= ?4 AND NOT ?5)";
        let sql =
            format!("{COLUMNS} WHERE id = ?1 AND kind IS NOT NULL AND ({IS_NOT_DUE}) IS NOT TRUE AND ({may_go}) ORDER BY place LIMIT ?8");
        let (free, link) = (self.free_up_to(wanted, key)?, kind_name(ChangeKind::Link));
        let (now, furthest, only_lowering) = (wanted.clock(), wanted.furthest_due(), wanted.lowering_only);
        self.rows(&sql, params![key, now, furthest, free, only_lowering, link, wanted.link, wanted.one_more()])
    }

    /// Places of a key's rows behind `after` and up to `upto` that may go, each with the key. Behind `free` only refusals and withdrawals
    /// may.
    fn places(&self, wanted: &Wanted<'_>, key: i64, (after, upto): (i64, i64), free: i64) -> Result<Vec<(i64, i64)>> {
        let sql = "SELECT place FROM state WHERE key = ?1 AND place > ?4 AND place <= ?5 AND (lowered = place OR (place <= ?6 AND NOT ?7)) \
                   AND";
        let sql = format!("{sql} ({IS_NOT_DUE}) IS NOT TRUE ORDER BY place LIMIT ?8");
        let mut statement = self.inner.prepare_cached(&sql).map_err(failure)?;
        let (now, furthest) = (wanted.clock(), wanted.furthest_due());
        let values = params![key, now, furthest, after, upto, free, wanted.lowering_only, wanted.one_more()];
        let places = statement.query_map(values, |row| row.get(0)).map_err(failure)?;
        places.map(|place| Ok((place.map_err(failure)?, key))).collect()
    }

    /// Takes rows in order until their wire forms reach the bound.
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
}
