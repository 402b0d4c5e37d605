//! `POST /v1/subjects/{id}/changes`: what a person said on a web page, by an unsubscribe link or to the call centre. It becomes the same
//! kind of record as a phone writes, and the same rule applies to it.

use consentkit::{
    json::MAX_INTEGER,
    ledger::{Actor, Body, Choice, ChoiceKind, FORMAT, Method, Record, Seen, TextRef, chain, millis, rfc3339},
    policy::Scope,
    sync::{
        protocol::{ChangeKind, ChangeResult, MAX_AFTER, MAX_CHANGES, WireOutcome},
        server_rule::Incoming,
    },
};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    apply::{choose, repeated},
    change::rejected,
    view,
};
use crate::{
    app::App,
    http::{Fault, body},
    key,
    name::{self, SERVER_INSTALL, SubjectName},
    store::{self, Operation, Subject, word},
};

/// Bytes of a leaf's salt.
const SALT_BYTES: usize = 32;

/// The members of a change.
const CHANGE_FIELDS: [&str; 11] = ["op", "purpose", "choice", "language", "surface", "method", "actor", "at", "seen", "after", "text"];

/// The members of its `seen`.
const SEEN_FIELDS: [&str; 4] = ["subject", "history", "epoch", "mark"];

/// The request. Its changes are not read yet: each is read by itself, so that a faulty one does not stop the others.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebRequest {
    changes: Vec<Value>,
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WebMethod {
    #[default]
    Web,
    Call,
}

fn person() -> Actor {
    Actor::Person
}

/// One change.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WebChange {
    /// The caller's own name for the change. A change that is sent twice under one name takes effect once.
    #[serde(default)]
    op: Option<String>,
    purpose: String,
    choice: ChoiceKind,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    surface: Option<String>,
    #[serde(default)]
    method: WebMethod,
    #[serde(default = "person")]
    actor: Actor,
    /// When it was said, RFC 3339; now if absent.
    #[serde(default)]
    at: Option<String>,
    /// What the page showed: the `seen` of the subject's state when the page was drawn.
    #[serde(default)]
    seen: Option<Seen>,
    #[serde(default)]
    after: Vec<String>,
    /// SHA-256 (hex) of the notice as shown.
    #[serde(default)]
    text: Option<String>,
}

/// Does the request. The answer holds a result for each change, and the states of the subject after them.
pub fn web(app: &App, tx: &Transaction<'_>, name: &str, request: &WebRequest, now: i64) -> Result<Value, Fault> {
    if request.changes.is_empty() || request.changes.len() > MAX_CHANGES {
        return Err(Fault::bad("bad_changes", "changes", format!("needs 1 to {MAX_CHANGES}")));
    }
    let mut subject = match store::subject(tx, name)? {
        Some(subject) => subject,
        None if SubjectName::stored(name).reference().is_none() => store::create_subject(tx, name, None)?,
        None => return Err(Fault::not_found("unknown_subject", "id", "no installation has used this subject")),
    };
    let mut results = Vec::with_capacity(request.changes.len());
    for change in &request.changes {
        let mut result = json!(one(app, tx, &mut subject, change, now)?);
        if let Some(field) = unknown_field(change) {
            result["field"] = json!(field);
        }
        results.push(result);
    }
    Ok(json!({ "results": results, "history": subject.numbering, "states": view::states(tx, &subject)? }))
}

fn one(app: &App, tx: &Transaction<'_>, subject: &mut Subject, value: &Value, now: i64) -> Result<ChangeResult, Fault> {
    let given = value.get("op").and_then(Value::as_str).unwrap_or("");
    let change: WebChange = match serde_json::from_value(value.clone()) {
        Ok(change) if unknown_field(value).is_none() => change,
        _ => return Ok(rejected(given, "bad_change")),
    };
    if let Some(reason) = fault(&change) {
        return Ok(rejected(given, reason));
    }
    let fingerprint = chain::hash(&serde_json::to_vec(&change).map_err(|_| Fault::damaged())?);
    let op = match &change.op {
        Some(op) => op.clone(),
        None => key::operation_name(now)?,
    };
    if let Some(known) = store::operation(tx, subject.id, &op)? {
        return Ok(repeated(&known, known.fingerprint == fingerprint));
    }
    let policy = match text_ref(app, subject, &change, now)? {
        Ok((policy, scope)) => (policy, scope),
        Err(reason) => return Ok(rejected(&op, reason)),
    };
    let incoming = Incoming { op: &op, choice: change.choice, seen: change.seen.as_ref(), after: &change.after, may_grant: true };
    let done = choose(tx, subject, &change.purpose, incoming)?;
    let reason = done.reason.map(str::to_owned);
    let record = record(tx, subject, &change, &op, policy, now)?;
    let operation = Operation {
        fingerprint: fingerprint.to_vec(),
        outcome: done.outcome,
        reason: reason.clone(),
        epoch: done.epoch,
        received_at: now,
        ..record
    };
    store::take_up(tx, &operation)?;
    Ok(ChangeResult { op, outcome: done.outcome, first: None, epoch: done.epoch, reason })
}

/// The place of a member that a change cannot have. It is refused, because what its sender meant by it would otherwise be ignored.
fn unknown_field(change: &Value) -> Option<String> {
    let seen = || body::unknown_member(change.get("seen")?, &SEEN_FIELDS).map(|field| format!("/seen{field}"));
    body::unknown_member(change, &CHANGE_FIELDS).or_else(seen)
}

fn fault(change: &WebChange) -> Option<&'static str> {
    if change.op.as_ref().is_some_and(|op| !name::is_id(op)) {
        return Some("bad_op");
    }
    if !name::is_purpose(&change.purpose) {
        return Some("bad_purpose");
    }
    if change.at.as_ref().is_some_and(|at| millis(at).is_none()) {
        return Some("bad_time");
    }
    // A withdrawal is accepted whatever it says its giver saw, so its `seen` is not checked.
    if !change.choice.lowers() && change.seen.as_ref().is_some_and(|seen| !(0..=MAX_INTEGER).contains(&seen.epoch)) {
        return Some("bad_seen");
    }
    let labels = [change.language.as_ref(), change.surface.as_ref()];
    if !labels.into_iter().flatten().all(|label| name::is_label(label)) {
        return Some("bad_label");
    }
    if change.text.as_ref().is_some_and(|text| chain::unhex(text).is_none_or(|hash| hash.len() != chain::GENESIS.len())) {
        return Some("bad_text");
    }
    (change.after.len() > MAX_AFTER || !change.after.iter().all(|op| name::is_id(op))).then_some("bad_after")
}

type Answered = Result<(TextRef, Scope), &'static str>;

/// The text that the choice answers. A withdrawal is accepted also for a purpose that no policy has any more.
fn text_ref(app: &App, subject: &Subject, change: &WebChange, now: i64) -> Result<Answered, Fault> {
    let device = matches!(SubjectName::stored(&subject.subject), SubjectName::Device(_));
    let own = if device { Scope::Device } else { Scope::Person };
    let found = app.policies.with_purpose(&change.purpose, now);
    let (published, material) = match found {
        Some((_, purpose)) if !purpose.basis.may_be_answered() => return Ok(Err("no_consent_needed")),
        Some((_, purpose)) if purpose.scope != own => return Ok(Err("wrong_scope")),
        Some((published, purpose)) => (published, purpose.material),
        None if !change.choice.lowers() => return Ok(Err("unknown_purpose")),
        None => (app.policies.first(now).ok_or_else(Fault::damaged)?, 0),
    };
    let policy = &published.policy;
    let text =
        TextRef { id: policy.id.clone(), version: policy.version.clone(), edition: policy.edition, material, text: change.text.clone() };
    Ok(Ok((text, own)))
}

/// Writes the record into the server's own ledger.
fn record(
    tx: &Transaction<'_>,
    subject: &Subject,
    change: &WebChange,
    op: &str,
    (policy, scope): (TextRef, Scope),
    now: i64,
) -> Result<Operation, Fault> {
    let (last, prev) = match store::anchor(tx, SERVER_INSTALL)? {
        Some(anchor) => (anchor.seq, chain::unhex(&anchor.hash).and_then(|hash| hash.try_into().ok()).ok_or_else(Fault::damaged)?),
        None => (0, chain::GENESIS),
    };
    let seq = last + 1;
    let at = change.at.as_deref().and_then(millis).unwrap_or(now);
    let record = Record {
        format: FORMAT,
        install: SERVER_INSTALL.to_owned(),
        seq,
        op: op.to_owned(),
        at: rfc3339(at),
        offset: 0,
        app: env!("CARGO_PKG_NAME").to_owned(),
        sdk: env!("CARGO_PKG_VERSION").to_owned(),
        body: Body::Choice(Choice {
            subject: subject.reference.clone(),
            scope,
            purpose: change.purpose.clone(),
            choice: change.choice,
            language: change.language.clone().unwrap_or_default(),
            surface: change.surface.clone().unwrap_or_default(),
            method: match change.method {
                WebMethod::Web => Method::Web,
                WebMethod::Call => Method::Call,
            },
            actor: change.actor,
            seen: change.seen.clone(),
            after: change.after.clone(),
            policy,
        }),
    };
    let bytes = serde_json::to_string(&record).map_err(|_| Fault::damaged())?;
    let salt: [u8; SALT_BYTES] = key::random()?;
    let hash = chain::link(SERVER_INSTALL, seq, &prev, &chain::leaf(&salt, bytes.as_bytes()));
    Ok(Operation {
        op: op.to_owned(),
        fingerprint: Vec::new(),
        subject: subject.id,
        sender: SERVER_INSTALL.to_owned(),
        install: SERVER_INSTALL.to_owned(),
        seq,
        placed: true,
        salt: salt.to_vec(),
        prev: prev.to_vec(),
        hash: hash.to_vec(),
        kind: word(ChangeKind::Choice),
        record: bytes,
        outcome: WireOutcome::Rejected,
        reason: None,
        epoch: None,
        received_at: now,
    })
}
