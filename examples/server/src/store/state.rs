//! The states of a subject's purposes. Nothing here goes through earlier changes, so a change costs the same however many came before it.

use consentkit::{
    ledger::{Mark, Status, Withdrawal},
    sync::{
        numbering::{Head, Numbers},
        protocol::MAX_LISTED_WITHDRAWALS,
        server_rule::ServerState,
    },
};
use rusqlite::{OptionalExtension, Transaction, params};

use super::{Subject, unword, word};
use crate::http::Fault;

/// One purpose of a subject, with the record behind it.
pub struct StateRow {
    /// The purpose.
    pub purpose: String,
    /// The state.
    pub state: ServerState,
    /// The newest withdrawals, oldest first.
    pub withdrawals: Vec<Withdrawal>,
    /// The mark below the first of them, where there are older ones.
    pub base: Option<Mark>,
    /// The subject's count at its last change.
    pub revision: i64,
    /// The record of the choice that gave the present answer.
    pub record: Option<String>,
    /// When that record came here, Unix milliseconds.
    pub received_at: Option<i64>,
}

/// The numbered withdrawals of one purpose of a subject. Each is looked up when it is asked for.
pub struct Numbered<'a, 'tx> {
    /// The request's transaction.
    pub tx: &'a Transaction<'tx>,
    /// The subject's row.
    pub subject: i64,
    /// The purpose.
    pub purpose: &'a str,
}

impl Numbers for Numbered<'_, '_> {
    type Fault = Fault;

    fn number(&self, op: &str) -> Result<Option<i64>, Fault> {
        let sql = "SELECT epoch FROM withdrawal WHERE subject = ?1 AND purpose = ?2 AND op = ?3";
        let mut rows = self.tx.prepare_cached(sql)?;
        Ok(rows.query_row(params![self.subject, self.purpose, op], |row| row.get(0)).optional()?)
    }

    fn mark(&self, number: i64) -> Result<Option<Mark>, Fault> {
        if number == 0 {
            return Ok(Some(Mark::START));
        }
        let sql = "SELECT mark FROM withdrawal WHERE subject = ?1 AND purpose = ?2 AND epoch = ?3";
        let mut rows = self.tx.prepare_cached(sql)?;
        let found: Option<Vec<u8>> = rows.query_row(params![self.subject, self.purpose, number], |row| row.get(0)).optional()?;
        found.map(|bytes| Mark::from_bytes(&bytes).ok_or_else(Fault::damaged)).transpose()
    }
}

/// The highest number of a purpose, and its mark.
fn newest(tx: &Transaction<'_>, subject: i64, purpose: &str) -> Result<(i64, Mark), Fault> {
    let sql = "SELECT epoch, mark FROM withdrawal WHERE subject = ?1 AND purpose = ?2 ORDER BY epoch DESC LIMIT 1";
    let mut rows = tx.prepare_cached(sql)?;
    let found: Option<(i64, Vec<u8>)> = rows.query_row(params![subject, purpose], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((epoch, mark)) = found else { return Ok((0, Mark::START)) };
    Ok((epoch, Mark::from_bytes(&mark).ok_or_else(Fault::damaged)?))
}

/// The state of a purpose; that of a purpose without an answer where nothing is known.
pub fn state(tx: &Transaction<'_>, subject: &Subject, purpose: &str) -> Result<ServerState, Fault> {
    let mut rows = tx.prepare_cached("SELECT status, op FROM state WHERE subject = ?1 AND purpose = ?2")?;
    let row: Option<(String, Option<String>)> =
        rows.query_row(params![subject.id, purpose], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((status, op)) = row else { return Ok(ServerState::default()) };
    let (epoch, mark) = newest(tx, subject.id, purpose)?;
    Ok(ServerState { status: unword::<Status>(&status)?, op, epoch, mark })
}

/// The operation whose record is shown to phones as the evidence of a state.
#[derive(Clone, Copy)]
pub enum Witness<'a> {
    /// The choice itself, among the operations of the subject in this row. For an answer that a merge brought that is the anonymous person.
    Choice(i64),
    /// The merge that brought the choice. It names the account, which a phone can compare with what it knows; the anonymous person's own
    /// record names somebody whom a copied phone knows as another.
    Merge(&'a str),
}

/// Stores a state that changed, under the subject's next revision and the head of that revision.
pub fn save(
    tx: &Transaction<'_>,
    subject: &mut Subject,
    purpose: &str,
    (before, after): (&ServerState, &ServerState),
    witness: Witness<'_>,
) -> Result<(), Fault> {
    if before == after {
        return Ok(());
    }
    let (origin, merge) = match witness {
        Witness::Choice(origin) => (origin, None),
        Witness::Merge(op) => (subject.id, Some(op)),
    };
    let op = after.op.as_deref().unwrap_or("");
    let head = head(tx, subject, subject.revision)?.ok_or_else(Fault::damaged)?.then(purpose, op);
    subject.revision += 1;
    tx.prepare_cached("UPDATE subject SET revision = ?1 WHERE id = ?2")?.execute(params![subject.revision, subject.id])?;
    tx.prepare_cached("INSERT INTO step (subject, revision, head) VALUES (?1, ?2, ?3)")?.execute(params![
        subject.id,
        subject.revision,
        head.bytes()
    ])?;
    tx.prepare_cached(
        "INSERT INTO state (subject, purpose, status, op, revision, origin, merge) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (subject, purpose) DO UPDATE
         SET status = excluded.status, op = excluded.op, revision = excluded.revision, origin = excluded.origin, merge = excluded.merge",
    )?
    .execute(params![subject.id, purpose, word(after.status), after.op, subject.revision, origin, merge])?;
    if after.epoch > before.epoch {
        tx.prepare_cached("INSERT INTO withdrawal (subject, purpose, epoch, op, mark) VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
            subject.id,
            purpose,
            after.epoch,
            op,
            after.mark.bytes()
        ])?;
    }
    Ok(())
}

/// The head of a revision; `None` for one that this server does not hold.
pub fn head(tx: &Transaction<'_>, subject: &Subject, revision: i64) -> Result<Option<Head>, Fault> {
    if revision == 0 {
        return Ok(Some(Head::START));
    }
    let mut rows = tx.prepare_cached("SELECT head FROM step WHERE subject = ?1 AND revision = ?2")?;
    let found: Option<Vec<u8>> = rows.query_row(params![subject.id, revision], |row| row.get(0)).optional()?;
    found.map(|bytes| Head::from_bytes(&bytes).ok_or_else(Fault::damaged)).transpose()
}

/// The newest withdrawals of a purpose, oldest first, and the mark below them where there are older ones.
fn listed(tx: &Transaction<'_>, subject: i64, purpose: &str) -> Result<(Vec<Withdrawal>, Option<Mark>), Fault> {
    let sql = "SELECT op, epoch FROM withdrawal WHERE subject = ?1 AND purpose = ?2 ORDER BY epoch DESC LIMIT ?3";
    let mut rows = tx.prepare_cached(sql)?;
    let most = i64::try_from(MAX_LISTED_WITHDRAWALS).unwrap_or(i64::MAX);
    let found = rows.query_map(params![subject, purpose, most], |row| Ok(Withdrawal { op: row.get(0)?, epoch: row.get(1)? }))?;
    let mut list = found.collect::<Result<Vec<_>, _>>()?;
    list.reverse();
    let below = list.first().map_or(0, |first| first.epoch - 1);
    let base = if below == 0 { None } else { Numbered { tx, subject, purpose }.mark(below)? };
    Ok((list, base))
}

/// States that changed after a revision, in that order, at most `most`.
pub fn states_after(tx: &Transaction<'_>, subject: &Subject, revision: i64, most: i64) -> Result<Vec<StateRow>, Fault> {
    let mut rows = tx.prepare_cached(
        "SELECT state.purpose, state.status, state.op, state.revision, operation.record, operation.received_at
         FROM state LEFT JOIN operation ON operation.subject = state.origin AND operation.op = coalesce(state.merge, state.op)
         WHERE state.subject = ?1 AND state.revision > ?2 ORDER BY state.revision LIMIT ?3",
    )?;
    let mut found = rows.query(params![subject.id, revision, most])?;
    let mut states = Vec::new();
    while let Some(row) = found.next()? {
        let purpose: String = row.get(0)?;
        let (epoch, mark) = newest(tx, subject.id, &purpose)?;
        let (withdrawals, base) = listed(tx, subject.id, &purpose)?;
        let state = ServerState { status: unword(&row.get::<_, String>(1)?)?, op: row.get(2)?, epoch, mark };
        let (revision, record, received_at) = (row.get(3)?, row.get(4)?, row.get(5)?);
        states.push(StateRow { purpose, state, withdrawals, base, revision, record, received_at });
    }
    Ok(states)
}

/// All states of a subject.
pub fn states_of(tx: &Transaction<'_>, subject: &Subject) -> Result<Vec<StateRow>, Fault> {
    states_after(tx, subject, 0, i64::MAX)
}
