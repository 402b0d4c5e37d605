//! The operations that were accepted, each with its record and what became of it.

use consentkit::{
    ledger::chain::hex,
    sync::protocol::{Anchor, WireOutcome},
};
use rusqlite::{OptionalExtension, Transaction, params};

use super::{Subject, unword, word};
use crate::http::Fault;

/// One operation that was accepted.
pub struct Operation {
    /// Its name.
    pub op: String,
    /// A hash by which another change under the same name is recognised.
    pub fingerprint: Vec<u8>,
    /// Row of the subject that it was about.
    pub subject: i64,
    /// The installation that sent it.
    pub sender: String,
    /// The installation that recorded it.
    pub install: String,
    /// Its place in that installation's ledger.
    pub seq: i64,
    /// True where it is known that the record has that place, because the installation itself sent it and proved who it is.
    pub placed: bool,
    /// The leaf's salt.
    pub salt: Vec<u8>,
    /// Hash of the record before it.
    pub prev: Vec<u8>,
    /// Its own hash.
    pub hash: Vec<u8>,
    /// The kind of change, by its word on the wire.
    pub kind: String,
    /// The exact record.
    pub record: String,
    /// What became of it.
    pub outcome: WireOutcome,
    /// Why, where there is a reason to tell.
    pub reason: Option<String>,
    /// The number that a withdrawal was given.
    pub epoch: Option<i64>,
    /// When it came in, Unix milliseconds.
    pub received_at: i64,
}

const COLUMNS: &str =
    "op, fingerprint, subject, sender, install, seq, placed, salt, prev, hash, kind, record, outcome, reason, epoch, received_at";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<(Operation, String)> {
    let operation = Operation {
        op: row.get(0)?,
        fingerprint: row.get(1)?,
        subject: row.get(2)?,
        sender: row.get(3)?,
        install: row.get(4)?,
        seq: row.get(5)?,
        placed: row.get(6)?,
        salt: row.get(7)?,
        prev: row.get(8)?,
        hash: row.get(9)?,
        kind: row.get(10)?,
        record: row.get(11)?,
        outcome: WireOutcome::Rejected,
        reason: row.get(13)?,
        epoch: row.get(14)?,
        received_at: row.get(15)?,
    };
    Ok((operation, row.get(12)?))
}

fn finish((operation, outcome): (Operation, String)) -> Result<Operation, Fault> {
    Ok(Operation { outcome: unword(&outcome)?, ..operation })
}

/// The operation of that name about that subject.
pub fn operation(tx: &Transaction<'_>, subject: i64, op: &str) -> Result<Option<Operation>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM operation WHERE subject = ?1 AND op = ?2");
    tx.prepare_cached(&sql)?.query_row(params![subject, op], read).optional()?.map(finish).transpose()
}

/// True where another operation holds this place of the installation's ledger.
pub fn is_taken(tx: &Transaction<'_>, install: &str, seq: i64) -> Result<bool, Fault> {
    let mut rows = tx.prepare_cached("SELECT 1 FROM operation WHERE install = ?1 AND seq = ?2 AND placed = 1 LIMIT 1")?;
    Ok(rows.exists(params![install, seq])?)
}

/// Remembers an operation.
pub fn take_up(tx: &Transaction<'_>, operation: &Operation) -> Result<(), Fault> {
    let sql = format!("INSERT INTO operation ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)");
    tx.prepare_cached(&sql)?.execute(params![
        operation.op,
        operation.fingerprint,
        operation.subject,
        operation.sender,
        operation.install,
        operation.seq,
        operation.placed,
        operation.salt,
        operation.prev,
        operation.hash,
        operation.kind,
        operation.record,
        word(operation.outcome),
        operation.reason,
        operation.epoch,
        operation.received_at,
    ])?;
    Ok(())
}

/// Notes the place of a known operation, which its own installation sent after somebody else had.
pub fn place(tx: &Transaction<'_>, operation: &Operation) -> Result<(), Fault> {
    let sql = "UPDATE operation SET placed = 1, sender = install, fingerprint = ?3, salt = ?4, prev = ?5, hash = ?6, kind = ?7, record = ?8
               WHERE subject = ?1 AND op = ?2";
    tx.execute(
        sql,
        params![
            operation.subject,
            operation.op,
            operation.fingerprint,
            operation.salt,
            operation.prev,
            operation.hash,
            operation.kind,
            operation.record
        ],
    )?;
    Ok(())
}

/// The highest place of an installation's ledger that is held here. Where two ledgers have a record at that place, the one that came first.
pub fn anchor(tx: &Transaction<'_>, install: &str) -> Result<Option<Anchor>, Fault> {
    let mut rows = tx.prepare_cached("SELECT seq, hash FROM operation WHERE install = ?1 AND placed = 1 ORDER BY seq DESC, id LIMIT 1")?;
    let found: Option<(i64, Vec<u8>)> = rows.query_row([install], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(found.map(|(seq, hash)| Anchor { seq, hash: hex(&hash) }))
}

/// Of the records that hold a place of the installation's ledger, the one that arrived last.
pub fn last_arrived(tx: &Transaction<'_>, install: &str) -> Result<Option<Anchor>, Fault> {
    let sql = "SELECT seq, hash FROM operation INDEXED BY operation_arrived WHERE install = ?1 AND placed = 1 ORDER BY id DESC LIMIT 1";
    let mut rows = tx.prepare_cached(sql)?;
    let found: Option<(i64, Vec<u8>)> = rows.query_row([install], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(found.map(|(seq, hash)| Anchor { seq, hash: hex(&hash) }))
}

/// True where exactly that record holds its place of the installation's ledger.
pub fn is_held(tx: &Transaction<'_>, install: &str, named: &Anchor) -> Result<bool, Fault> {
    let mut rows = tx.prepare_cached("SELECT hash FROM operation WHERE install = ?1 AND seq = ?2 AND placed = 1 ORDER BY id LIMIT 1")?;
    let held: Option<Vec<u8>> = rows.query_row(params![install, named.seq], |row| row.get(0)).optional()?;
    Ok(held.is_some_and(|hash| hex(&hash) == named.hash))
}

/// The operations of a subject that came before a row, newest first, each with its row.
pub fn changes_of(tx: &Transaction<'_>, subject: &Subject, before: i64, most: i64) -> Result<Vec<(i64, Operation)>, Fault> {
    let sql = format!("SELECT {COLUMNS}, id FROM operation WHERE subject = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3");
    let mut rows = tx.prepare(&sql)?;
    let found = rows.query_map(params![subject.id, before, most], |row| Ok((row.get::<_, i64>(16)?, read(row)?)))?;
    found.map(|row| row.map_err(Fault::from).and_then(|(id, read)| Ok((id, finish(read)?)))).collect()
}
