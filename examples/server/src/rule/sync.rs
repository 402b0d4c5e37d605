//! `POST /v1/sync`: changes in, states out.

use consentkit::{
    ledger::{Body, rfc3339},
    sync::protocol::{Anchor, ChangeResult, MAX_CHANGES, PolicyRef, SyncResponse, WireState},
};
use rusqlite::Transaction;
use serde::Deserialize;
use serde_json::Value;

use super::{
    apply::apply,
    change::{self, Read},
    rights::{Rights, enter},
};
use crate::{
    http::{App, Fault},
    name,
    policies::Published,
    store::{self, StateRow, Subject},
};

/// Most states in one answer.
const MAX_STATES: i64 = 500;

/// Most bytes of records in one answer: with the rest it stays well under what a device reads.
const MAX_STATE_BYTES: usize = 512 * 1024;

/// Longest cursor that is looked at.
const MAX_CURSOR: usize = 128;

/// The request, its changes still unread: each is read alone, so that a bad one does not stop the others.
#[derive(Deserialize)]
pub struct Envelope {
    install: String,
    subject: String,
    #[serde(default)]
    cursor: Option<String>,
    policy: PolicyRef,
    #[serde(default)]
    acknowledged: Option<Anchor>,
    #[serde(default)]
    limit: Option<i64>,
    changes: Vec<Value>,
}

/// Does a sync request.
pub fn sync(app: &App, tx: &Transaction<'_>, bearer: &str, request: &Envelope, now: i64) -> Result<SyncResponse, Fault> {
    if !name::is_install(&request.install) {
        return Err(Fault::bad_install());
    }
    if request.changes.len() > MAX_CHANGES {
        return Err(Fault::bad("too_many_changes", "changes", format!("holds more than {MAX_CHANGES}")));
    }
    let (mut subject, rights) = enter(app, tx, bearer, &request.install, &request.subject)?;
    let changes: Vec<Result<Read, ChangeResult>> = request.changes.iter().map(change::read).collect();
    if rights == Rights::Withdraw && (changes.is_empty() || !changes.iter().flatten().all(lowers)) {
        return Err(Fault::forbidden("only_withdrawals", "this token may only withdraw for that subject"));
    }
    if let Some(acknowledged) = &request.acknowledged
        && store::renew_after_loss(tx, &request.install, subject.id, acknowledged)?
    {
        subject = store::subject(tx, &subject.subject)?.ok_or_else(Fault::damaged)?;
    }
    // A device that only pulled has no acknowledged place to name: its cursor alone shows that this database is older than what it heard.
    if rights == Rights::All && given(request.cursor.as_deref(), &subject).is_some_and(|revision| revision > subject.revision) {
        store::renew(tx, subject.id)?;
        subject = store::subject(tx, &subject.subject)?.ok_or_else(Fault::damaged)?;
    }
    let mut results = Vec::with_capacity(changes.len());
    for change in &changes {
        results.push(match change {
            Ok(change) => apply(tx, &mut subject, &request.install, change, now)?,
            Err(refused) => refused.clone(),
        });
    }
    let from = position(request.cursor.as_deref(), &subject);
    let (states, reached, more) = match rights {
        Rights::All => page(tx, &subject, from, request.limit)?,
        Rights::Withdraw => (Vec::new(), from, false),
    };
    Ok(SyncResponse {
        results,
        states,
        history: subject.history.clone(),
        cursor: format!("{}:{reached}", subject.history),
        more,
        anchor: store::anchor(tx, &request.install)?,
        policy: app.policies.newest(&request.policy.id).map(Published::reference),
        server_time: rfc3339(now),
    })
}

fn lowers(change: &Read) -> bool {
    match &change.record.body {
        Body::Choice(choice) => choice.choice.lowers(),
        Body::Import(import) => import.choice.lowers(),
        Body::Merge(merge) => !merge.answers.is_empty() && merge.answers.iter().all(|answer| answer.choice.lowers()),
        _ => false,
    }
}

/// The revision that a cursor of the present numbering names.
fn given(cursor: Option<&str>, subject: &Subject) -> Option<i64> {
    let (history, revision) = cursor.filter(|cursor| cursor.len() <= MAX_CURSOR)?.rsplit_once(':')?;
    revision.parse().ok().filter(|_| history == subject.history)
}

/// The revision that a cursor stands for; the beginning for a cursor of another numbering, and for one this server never gave.
fn position(cursor: Option<&str>, subject: &Subject) -> i64 {
    given(cursor, subject).filter(|revision| (0..=subject.revision).contains(revision)).unwrap_or(0)
}

fn page(tx: &Transaction<'_>, subject: &Subject, from: i64, limit: Option<i64>) -> Result<(Vec<WireState>, i64, bool), Fault> {
    let limit = limit.unwrap_or(MAX_STATES).clamp(1, MAX_STATES);
    let mut states = Vec::new();
    let mut bytes = 0;
    let mut reached = from;
    for row in store::states_after(tx, subject, from, limit + 1)? {
        bytes += row.record.as_ref().map_or(0, String::len);
        let full = i64::try_from(states.len()).unwrap_or(i64::MAX) == limit || bytes > MAX_STATE_BYTES;
        if full && !states.is_empty() {
            return Ok((states, reached, true));
        }
        reached = row.revision;
        states.push(wire(row, subject));
    }
    Ok((states, subject.revision, false))
}

fn wire(row: StateRow, subject: &Subject) -> WireState {
    WireState {
        purpose: row.purpose,
        status: row.standpoint.status,
        history: subject.history.clone(),
        epoch: row.standpoint.epoch(),
        revision: row.revision,
        withdrawals: row.standpoint.listed().to_vec(),
        op: row.standpoint.op,
        record: row.record,
    }
}
