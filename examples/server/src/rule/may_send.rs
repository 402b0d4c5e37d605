//! `GET /v1/subjects/{id}/may-send`: asked by whoever sends, answered by the decision that the devices use.

use std::collections::BTreeMap;

use consentkit::{
    decision::{Context, Reason, decide},
    ledger::{Standing, millis, rfc3339},
    policy::Channel,
    signal::{AgeBand, Guardian, Platform, Signals},
};
use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::evidence;
use crate::{
    http::{App, Fault},
    key,
    policies::Published,
    store::{self, StateRow, Subject, word},
};

/// What is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Advertising: needs consent, and a separate one at night (KR-1, KR-4).
    Ad,
    /// What the contract or the law has the company say, a result notice among it (KR-11): needs no marketing consent.
    Service,
}

/// The question.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    channel: Channel,
    kind: MessageKind,
    /// When it is to be sent, RFC 3339; now if absent.
    #[serde(default)]
    at: Option<String>,
}

/// Answers, and keeps the answer under its `decision_id`.
pub fn may_send(app: &App, tx: &Transaction<'_>, name: &str, question: &Question, now: i64) -> Result<Value, Fault> {
    let at = match &question.at {
        // In a query a plus sign reads as a space, and every offset east of Greenwich has one.
        Some(text) => millis(&text.replace(' ', "+"))
            .ok_or_else(|| Fault::bad("bad_time", "at", "is not a time such as 2026-11-22T20:59:59+09:00"))?,
        None => now,
    };
    let subject = store::subject(tx, name)?;
    let rows = subject.as_ref().map_or_else(|| Ok(Vec::new()), |subject| store::standing_rows(tx, subject))?;
    let signals = subject.as_ref().map_or_else(|| Ok(Signals::default()), |subject| child_signals(tx, subject))?;
    let found = app.policies.with_channel(question.channel);
    let published = found.map(|(published, _)| published).or(app.policies.first()).ok_or_else(Fault::damaged)?;
    let purpose = found.map(|(_, purpose)| purpose.id.as_str());
    let reasons = match (question.kind, purpose) {
        (MessageKind::Service, _) => Vec::new(),
        (MessageKind::Ad, None) => vec![Reason::UnknownPurpose],
        (MessageKind::Ad, Some(purpose)) => ask(published, purpose, &rows, &signals, at),
    };
    let codes: Vec<String> = reasons.iter().map(Reason::code).collect();
    let op = rows.iter().find(|row| Some(row.purpose.as_str()) == purpose).and_then(|row| row.standpoint.op.as_deref());
    let decision_id = key::random_name()?;
    tx.execute(
        "INSERT INTO decision (decision_id, subject, policy, version, edition, channel, kind, at, asked_at, allowed, reasons, op)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            decision_id,
            name,
            published.policy.id,
            published.policy.version,
            published.policy.edition,
            word(question.channel),
            word(question.kind),
            at,
            now,
            reasons.is_empty(),
            codes.join(" "),
            op,
        ],
    )?;
    let texts: Map<String, Value> =
        reasons.iter().map(|reason| (reason.code(), json!({ "ko": reason.text("ko"), "en": reason.text("en") }))).collect();
    Ok(json!({
        "allowed": reasons.is_empty(),
        "reasons": codes,
        "texts": texts,
        "purpose": purpose,
        "decision_id": decision_id,
        "at": rfc3339(at),
        "policy": published.reference(),
    }))
}

fn ask(published: &Published, purpose: &str, rows: &[StateRow], signals: &Signals, at: i64) -> Vec<Reason> {
    let standings: BTreeMap<String, Standing> = rows.iter().map(|row| (row.purpose.clone(), evidence::standing(row))).collect();
    let context = Context { policy: &published.policy, standings: &standings, signals, platform: Platform::Desktop, available: true };
    decide(purpose, &context, at).reasons
}

/// What the person's devices say about age. Their other signals are caps on that device alone and stop no message.
/// One device that says "child" makes the person a child; the guardian counts if every such device has verified one.
fn child_signals(tx: &Transaction<'_>, subject: &Subject) -> Result<Signals, Fault> {
    let said = store::signals_of_linked(tx, subject.id)?;
    let children: Vec<&Signals> = said.iter().filter(|signals| signals.age == Some(AgeBand::Under14)).collect();
    if children.is_empty() {
        let age = said.iter().find_map(|signals| signals.age);
        return Ok(Signals { age, ..Signals::default() });
    }
    let verified = children.iter().all(|signals| signals.guardian == Some(Guardian::Verified));
    let guardian = if verified { Guardian::Verified } else { Guardian::NotVerified };
    Ok(Signals { age: Some(AgeBand::Under14), guardian: Some(guardian), ..Signals::default() })
}
