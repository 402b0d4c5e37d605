//! `GET /v1/subjects/{id}`: the present answers of a person, and the changes that led to them.

use consentkit::ledger::{Body, Record, rfc3339};
use rusqlite::Transaction;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::evidence;
use crate::{
    http::Fault,
    store::{self, Operation, StateRow, Subject, word},
};

/// How many changes one answer holds unless the request says another number.
const CHANGES: i64 = 50;

/// Most changes in one answer.
const MAX_CHANGES: i64 = 200;

/// Most drops in one answer.
const MAX_DROPS: i64 = 50;

/// Which part of the history is wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Most changes.
    #[serde(default)]
    limit: Option<i64>,
    /// Only changes before this place: `next` of the answer before.
    #[serde(default)]
    before: Option<i64>,
}

/// Shows a subject: its states with the `seen` that a page must render, and its changes, newest first.
pub fn view(tx: &Transaction<'_>, name: &str, page: &Page) -> Result<Value, Fault> {
    let unknown = || Fault::not_found("unknown_subject", "id", "nothing is known of this subject");
    let subject = store::subject(tx, name)?.ok_or_else(unknown)?;
    let limit = page.limit.unwrap_or(CHANGES);
    if !(1..=MAX_CHANGES).contains(&limit) {
        return Err(Fault::bad("bad_query", "limit", format!("needs 1 to {MAX_CHANGES}")));
    }
    if page.before.is_some_and(|before| before < 1) {
        return Err(Fault::bad("bad_query", "before", "needs the `next` of the answer before"));
    }
    let mut changes = store::changes_of(tx, &subject, page.before.unwrap_or(i64::MAX), limit + 1)?;
    let more = i64::try_from(changes.len()).unwrap_or(i64::MAX) > limit;
    changes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = changes.last().map(|(id, _)| *id).filter(|_| more);
    let drops: Vec<Value> = store::drops_of(tx, &subject, MAX_DROPS)?
        .into_iter()
        .map(|(install, cause, at)| json!({ "install": install, "cause": cause, "at": rfc3339(at) }))
        .collect();
    Ok(json!({
        "subject": subject.subject,
        "history": subject.numbering,
        "revision": subject.revision,
        "states": states(tx, &subject)?,
        "changes": changes.iter().map(|(_, operation)| change(operation)).collect::<Vec<_>>(),
        "next": next,
        "linked_dropped": drops,
    }))
}

/// All states of a subject. Each holds the `seen` that a page which shows the state has to send back with a choice.
pub fn states(tx: &Transaction<'_>, subject: &Subject) -> Result<Vec<Value>, Fault> {
    Ok(store::states_of(tx, subject)?.iter().map(|row| state(row, subject)).collect())
}

fn state(row: &StateRow, subject: &Subject) -> Value {
    let epoch = row.state.epoch;
    let answer = evidence::current_answer(row);
    json!({
        "purpose": row.purpose,
        "status": row.state.status,
        "epoch": epoch,
        "revision": row.revision,
        "op": row.state.op,
        "at": answer.install.map(|_| rfc3339(answer.at)),
        "seen": { "subject": subject.subject, "history": subject.numbering, "epoch": epoch, "mark": row.state.mark },
        "withdrawals": row.withdrawals,
    })
}

fn change(operation: &Operation) -> Value {
    let mut fields = Map::new();
    fields.insert("op".into(), json!(operation.op));
    fields.insert("kind".into(), json!(operation.kind));
    fields.insert("outcome".into(), json!(operation.outcome));
    fields.insert("reason".into(), json!(operation.reason));
    fields.insert("epoch".into(), json!(operation.epoch));
    fields.insert("received_at".into(), json!(rfc3339(operation.received_at)));
    if let Some(record) = evidence::read(&operation.record) {
        said(&mut fields, &record);
    }
    fields.insert("record".into(), json!(operation.record));
    Value::Object(fields)
}

fn said(fields: &mut Map<String, Value>, record: &Record) {
    fields.insert("install".into(), json!(record.install));
    fields.insert("seq".into(), json!(record.seq));
    fields.insert("at".into(), json!(record.at));
    match &record.body {
        Body::Choice(choice) => {
            fields.insert("purpose".into(), json!(choice.purpose));
            fields.insert("choice".into(), json!(choice.choice));
            fields.insert("method".into(), json!(word(choice.method)));
            fields.insert("actor".into(), json!(word(choice.actor)));
        }
        Body::Import(import) => {
            fields.insert("purpose".into(), json!(import.purpose));
            fields.insert("choice".into(), json!(import.choice));
            fields.insert("at".into(), json!(import.said_at));
        }
        _ => {}
    }
}
