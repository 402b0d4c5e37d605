//! `POST /v1/sync`: changes in, states out.

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
    // Only a phone that proves itself can have heard what it names; anybody else could make every open form of the account stale.
    if place == Place::Lost && proved {
        subject.numbering = store::renew(tx, subject.id)?;
    }
    let from = if let Place::Known(revision) = place { revision } else { 0 };
    // What this very request brings must not hide what is missing.
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
        policy: app.policies.newest(&request.policy.id).map(Published::reference),
        server_time: rfc3339(now),
    })
}

/// How far the installation's ledger is held: told to itself alone. A phone of before there were proofs takes silence for a loss and sends
/// its noes again for ever, so it is told what it says was acknowledged, where that is held: that is no news to whoever sends it.
fn anchor(tx: &Transaction<'_>, request: &Envelope, proved: bool, older: bool) -> Result<Option<Anchor>, Fault> {
    if proved {
        return store::anchor(tx, &request.install);
    }
    match acknowledged(request).filter(|_| older) {
        Some(named) if store::is_held(tx, &request.install, &named)? => Ok(Some(named)),
        _ => Ok(None),
    }
}

/// True where an installation was told that a record of it arrived, and no such record is held here: this database is older than what was
/// said. A cursor shows that of one subject alone; this shows it also where the subject is not asked for any more.
fn lost(tx: &Transaction<'_>, request: &Envelope) -> Result<bool, Fault> {
    acknowledged(request).map_or(Ok(false), |named| Ok(!store::is_held(tx, &request.install, &named)?))
}

fn acknowledged(request: &Envelope) -> Option<Anchor> {
    request.acknowledged.clone().and_then(|named| serde_json::from_value(named).ok())
}

/// Where a cursor points in what is held here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At a revision that is held, with the changes that were heard.
    Known(i64),
    /// To the beginning: another numbering, or no cursor that a server of today wrote.
    Start,
    /// At a revision of the present numbering that is not held here, or not with those changes: this database is older than what was
    /// heard, and went another way since.
    Lost,
}

/// Reads a cursor, unless it is longer than any that was written.
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
