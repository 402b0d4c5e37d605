//! Where each purpose of a subject stands.

use consentkit::{
    ledger::{Status, Withdrawal},
    sync::merge::Standpoint,
};
use rusqlite::{OptionalExtension, Transaction, params};

use super::{Subject, unword, word};
use crate::http::Fault;

/// One purpose of a subject, with the record behind it.
pub struct StateRow {
    /// The purpose.
    pub purpose: String,
    /// Where it stands.
    pub standpoint: Standpoint,
    /// The subject's count at its last change.
    pub revision: i64,
    /// The record of the choice that made it so.
    pub record: Option<String>,
}

fn withdrawals(tx: &Transaction<'_>, subject: i64, purpose: &str) -> Result<Vec<Withdrawal>, Fault> {
    let mut rows = tx.prepare_cached("SELECT op, epoch FROM withdrawal WHERE subject = ?1 AND purpose = ?2 ORDER BY epoch")?;
    let list = rows.query_map(params![subject, purpose], |row| Ok(Withdrawal { op: row.get(0)?, epoch: row.get(1)? }))?;
    Ok(list.collect::<Result<_, _>>()?)
}

/// Where a purpose stands; not answered where nothing is known.
pub fn standpoint(tx: &Transaction<'_>, subject: &Subject, purpose: &str) -> Result<Standpoint, Fault> {
    let row: Option<(String, Option<String>)> = tx
        .query_row("SELECT status, op FROM state WHERE subject = ?1 AND purpose = ?2", params![subject.id, purpose], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((status, op)) = row else { return Ok(Standpoint::default()) };
    Ok(Standpoint { status: unword::<Status>(&status)?, op, withdrawals: withdrawals(tx, subject.id, purpose)? })
}

/// Keeps a changed standpoint under the subject's next revision.
pub fn save(tx: &Transaction<'_>, subject: &mut Subject, purpose: &str, before: &Standpoint, after: &Standpoint) -> Result<(), Fault> {
    if before == after {
        return Ok(());
    }
    subject.revision += 1;
    tx.execute("UPDATE subject SET revision = ?1 WHERE id = ?2", params![subject.revision, subject.id])?;
    tx.execute(
        "INSERT INTO state (subject, purpose, status, op, revision) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (subject, purpose) DO UPDATE SET status = excluded.status, op = excluded.op, revision = excluded.revision",
        params![subject.id, purpose, word(after.status), after.op, subject.revision],
    )?;
    for new in after.withdrawals.iter().skip(before.withdrawals.len()) {
        tx.execute(
            "INSERT INTO withdrawal (subject, purpose, epoch, op) VALUES (?1, ?2, ?3, ?4)",
            params![subject.id, purpose, new.epoch, new.op],
        )?;
    }
    Ok(())
}

/// States that changed after a revision, in that order, at most `most`.
pub fn states_after(tx: &Transaction<'_>, subject: &Subject, revision: i64, most: i64) -> Result<Vec<StateRow>, Fault> {
    let mut rows = tx.prepare_cached(
        "SELECT state.purpose, state.status, state.op, state.revision, operation.record
         FROM state LEFT JOIN operation ON operation.op = state.op
         WHERE state.subject = ?1 AND state.revision > ?2 ORDER BY state.revision LIMIT ?3",
    )?;
    let mut found = rows.query(params![subject.id, revision, most])?;
    let mut states = Vec::new();
    while let Some(row) = found.next()? {
        let purpose: String = row.get(0)?;
        let standpoint =
            Standpoint { status: unword(&row.get::<_, String>(1)?)?, op: row.get(2)?, withdrawals: withdrawals(tx, subject.id, &purpose)? };
        states.push(StateRow { purpose, standpoint, revision: row.get(3)?, record: row.get(4)? });
    }
    Ok(states)
}

/// All states of a subject.
pub fn standing_rows(tx: &Transaction<'_>, subject: &Subject) -> Result<Vec<StateRow>, Fault> {
    states_after(tx, subject, 0, i64::MAX)
}
