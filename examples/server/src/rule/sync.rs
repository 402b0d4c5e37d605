//! `POST /v1/sync`: takes the changes that a device sends, and answers with the states that changed.

use consentkit::{
    json::MAX_INTEGER,
    ledger::rfc3339,
    sync::{
        numbering::Cursor,
        protocol::{Anchor, ChangeResult, MAX_CHANGES, PolicyRef, SyncResponse, WireState},
    },
};
use rusqlite::Transaction;
use serde::Deserialize;
use serde_json::Value;

use super::{
    apply::{Sender, apply, apply_noes},
    change::{self, Read},
    rights::{Caller, Rights, enter},
};
use crate::{
    app::App,
    http::Fault,
    name,
    policies::Published,
    store::{self, StateRow, Subject},
};

/// Most states in one answer.
const MAX_STATES: i64 = 500;

/// Most bytes of records in one answer. With all else that is in it, the answer stays well under the size that a device reads.
const MAX_STATE_BYTES: usize = 512 * 1024;

/// Longest cursor that is read. The server itself never writes one as long.
const MAX_CURSOR: usize = 128;

/// The request. Its changes are not read yet: each is read by itself, so that a faulty one does not stop the others.
#[derive(Deserialize)]
pub struct Envelope {
    install: String,
    subject: String,
    #[serde(default)]
    proof: Option<String>,
    #[serde(default)]
    cursor: Option<String>,
    policy: PolicyRef,
    #[serde(default)]
    acknowledged: Option<Value>,
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
    if request.limit.is_some_and(|limit| !(1..=MAX_INTEGER).contains(&limit)) {
        return Err(Fault::bad("bad_number", "limit", format!("needs 1 to {MAX_INTEGER}; at most {MAX_STATES} states are sent at once")));
    }
    let brings = || request.changes.iter().flat_map(change::read).collect();
    let caller = enter(app, tx, bearer, &request.install, &request.subject, request.proof.as_deref(), brings)?;
    let Caller { mut subject, rights, proved, older } = caller;
    let changes: Vec<Result<Read, ChangeResult>> = request.changes.iter().map(change::read).collect();
    if rights == Rights::Withdraw && (changes.is_empty() || !changes.iter().flatten().all(Read::lowers)) {
        return Err(Fault::forbidden("only_withdrawals", "this token may only withdraw for that subject"));
    }
    let place = match (rights, given(request.cursor.as_deref())) {
        (Rights::All, Some(cursor)) => place(tx, &subject, &cursor)?,
        _ => Place::Start,
    };
    // Only a phone that proved which one it is is believed. Otherwise anybody with the account's token could make every open form of the
    // account stale by a made-up cursor.
    if place == Place::Lost && proved {
        subject.numbering = store::renew(tx, subject.id)?;
    }
    let from = if let Place::Known(revision) = place { revision } else { 0 };
    // This is found out before the changes are applied, because what this request brings could hide what is missing.
    let lost = proved && lost(tx, request)?;
    let sender = Sender { install: &request.install, proved, older };
    let mut results = Vec::with_capacity(changes.len());
    for change in &changes {
        results.push(match change {
            Ok(change) if rights == Rights::Refuse => apply_noes(tx, &mut subject, &sender, change, now)?,
            Ok(change) => apply(tx, &mut subject, &sender, change, now)?,
            Err(refused) => refused.clone(),
        });
    }
    let (states, reached, more) = match rights {
        Rights::All => page(tx, &subject, from, request.limit)?,
        Rights::Withdraw | Rights::Refuse => (Vec::new(), from, false),
    };
    let head = store::head(tx, &subject, reached)?;
    Ok(SyncResponse {
        results,
        states,
        numbering: subject.numbering.clone(),
        cursor: Cursor { numbering: subject.numbering, revision: reached, head }.to_string(),
        more,
        anchor: anchor(tx, request, proved, older)?,
        last_arrived: if proved { store::last_arrived(tx, &request.install)? } else { None },
        lost,
        policy: app.policies.in_force(&request.policy.id, now).map(Published::reference),
        announced: app.policies.announced(&request.policy.id, now).map(Published::reference),
        server_time: rfc3339(now),
    })
}

/// How far the server holds the installation's ledger. It is told only to the installation itself. But a phone with an older version sends
/// no proof, takes a missing anchor for a loss, and would send its noes again for ever. So it is told the record that it says was
/// acknowledged, if the server holds that. Whoever sends this knows it already.
fn anchor(tx: &Transaction<'_>, request: &Envelope, proved: bool, older: bool) -> Result<Option<Anchor>, Fault> {
    if proved {
        return store::anchor(tx, &request.install);
    }
    match acknowledged(request).filter(|_| older) {
        Some(named) if store::is_held(tx, &request.install, &named)? => Ok(Some(named)),
        _ => Ok(None),
    }
}

/// True where the installation was told that a record of it had arrived, and the server does not hold that record: this database was put
/// back from before that time. A cursor shows such a loss only for the subject of the request. This shows it for all, also for subjects for
/// which the phone asks nothing any more.
fn lost(tx: &Transaction<'_>, request: &Envelope) -> Result<bool, Fault> {
    acknowledged(request).map_or(Ok(false), |named| Ok(!store::is_held(tx, &request.install, &named)?))
}

fn acknowledged(request: &Envelope) -> Option<Anchor> {
    request.acknowledged.clone().and_then(|named| serde_json::from_value(named).ok())
}

/// What a cursor points to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A revision that the server holds, and with the same changes up to it.
    Known(i64),
    /// The beginning. The cursor names another numbering, or it was not written by a server of this version.
    Start,
    /// A revision of the present numbering that the server does not hold, or holds with other changes: this database was put back from
    /// before that revision, and may have changed since.
    Lost,
}

/// Reads a cursor, unless it is longer than any that the server writes.
fn given(cursor: Option<&str>) -> Option<Cursor> {
    Cursor::read(cursor.filter(|cursor| cursor.len() <= MAX_CURSOR)?)
}

fn place(tx: &Transaction<'_>, subject: &Subject, cursor: &Cursor) -> Result<Place, Fault> {
    let Some(heard) = cursor.head.filter(|_| cursor.numbering == subject.numbering) else { return Ok(Place::Start) };
    let held = if cursor.revision > subject.revision { None } else { store::head(tx, subject, cursor.revision)? };
    Ok(if held == Some(heard) { Place::Known(cursor.revision) } else { Place::Lost })
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
        status: row.state.status,
        numbering: subject.numbering.clone(),
        epoch: row.state.epoch,
        revision: row.revision,
        withdrawals: row.withdrawals,
        base: row.base,
        op: row.state.op,
        record: row.record,
    }
}
