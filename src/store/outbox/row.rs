//! One row of the outbox, and how it is written in the table `state`.

use rusqlite::{OptionalExtension, Row};
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    json::FromJson,
    store::{failure::failure, transaction::Transaction},
    sync::protocol::ChangeKind,
};

/// How long a change is left alone that the server could not or would not take, before it is tried again.
pub(super) const STUCK_RETRY_MS: i64 = 24 * 60 * 60 * 1000;

/// The columns that [`Transaction::rows`] reads, of each row with its key.
pub(super) const COLUMNS: &str =
    "SELECT place, subject, purpose, kind, op, lowered = place, stuck FROM key JOIN state ON state.key = key.id";

/// One waiting change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Position of its record in the ledger.
    pub seq: i64,
    /// Reference of its subject.
    pub subject: String,
    /// Its purpose, or [`NO_PURPOSE`](crate::store::NO_PURPOSE).
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

/// An operation's name as the 16 bytes of its UUID. Rows of half the size fill a page of the file half as often. What was made elsewhere
/// may have any name, so the name of a relayed withdrawal is left to be read from its record.
pub(super) fn packed(row: &OutboxRow) -> Result<[u8; 16]> {
    if row.kind == ChangeKind::Relay {
        return Ok([0; 16]);
    }
    let name = Uuid::try_parse(&row.op).ok().filter(|name| name.to_string() == row.op);
    name.map(Uuid::into_bytes).ok_or_else(|| Error::Damaged { reason: "an operation's name is no UUID".into() })
}

pub(super) fn unpacked(bytes: [u8; 16]) -> String {
    Uuid::from_bytes(bytes).to_string()
}

/// The word that the column `kind` holds.
pub(super) fn kind_name(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Choice => "choice",
        ChangeKind::Import => "import",
        ChangeKind::Signal => "signal",
        ChangeKind::Link => "link",
        ChangeKind::Merge => "merge",
        ChangeKind::Relay => "relay",
    }
}

fn kind_of(word: String, seq: i64) -> Result<ChangeKind> {
    ChangeKind::from_json(&serde_json::Value::String(word))
        .ok_or_else(|| Error::Damaged { reason: format!("outbox row {seq} is of no known kind") })
}

/// A row whose kind is not read yet, and the word for it.
fn unread(row: &Row<'_>) -> rusqlite::Result<(OutboxRow, String)> {
    let word: String = row.get(3)?;
    let found = OutboxRow {
        seq: row.get(0)?,
        subject: row.get(1)?,
        purpose: row.get(2)?,
        kind: ChangeKind::Choice,
        op: unpacked(row.get(4)?),
        lowers: row.get(5)?,
        stuck: row.get(6)?,
    };
    Ok((found, word))
}

impl Transaction<'_> {
    /// The rows that a statement gives which begins with [`COLUMNS`].
    pub(super) fn rows(&self, sql: &str, named: impl rusqlite::Params) -> Result<Vec<OutboxRow>> {
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        let rows = statement.query_map(named, unread).map_err(failure)?;
        let read = rows.map(|found| {
            let (row, word) = found.map_err(failure)?;
            Ok(OutboxRow { kind: kind_of(word, row.seq)?, ..row })
        });
        read.collect()
    }

    /// Place of the key's newest refusal or withdrawal: the newest that waits, or a newer one that overtook stuck changes and was sent.
    pub(super) fn last_lowering(&self, key: i64) -> Result<Option<i64>> {
        let sql = "SELECT lowered FROM state WHERE key = ?1 AND kind IS NOT NULL ORDER BY place DESC LIMIT 1";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        let lowered = statement.query_row([key], |row| row.get(0)).optional().map_err(failure)?;
        Ok(lowered.filter(|place| *place > 0))
    }
}
