//! `GET /v1/subjects/{id}/may-send`: may this message be sent? Whoever sends messages asks it, and the decision that the devices use
//! answers.

use consentkit::{
    decision::{Context, Reason, decide},
    ledger::{millis, rfc3339},
    policy::{Channel, Policy},
    signal::Platform,
};
use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::facts::{Facts, facts};
use crate::{
    app::App,
    http::Fault,
    key,
    policies::Published,
    store::{self, word},
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
    if !app.policies.knows(&question.channel, at) {
        return Err(Fault::bad(
            "bad_query",
            "channel",
            "is none of email, sms, push, kakao, phone and post, nor of those that the policy defines",
        ));
    }
    let subject = store::subject(tx, name)?;
    // The edition that is in force when the message is to be sent.
    let found = app.policies.with_channel(&question.channel, at);
    let published = found.map(|(published, _)| published).or(app.policies.first(at)).ok_or_else(Fault::damaged)?;
    let purpose = found.map(|(_, purpose)| purpose.id.as_str());
    let facts = subject.as_ref().map_or_else(|| Ok(Facts::unheard(&published.policy)), |subject| facts(tx, subject, &published.policy))?;
    let reasons = match (question.kind, purpose) {
        (MessageKind::Service, _) => Vec::new(),
        (MessageKind::Ad, None) => vec![Reason::UnknownPurpose],
        (MessageKind::Ad, Some(purpose)) => ask(published, purpose, &facts, at),
    };
    let codes: Vec<String> = reasons.iter().map(Reason::code).collect();
    let op = purpose.and_then(|purpose| facts.answers.get(purpose)).and_then(|answer| answer.op.as_deref());
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
            question.channel.word(),
            word(question.kind),
            at,
            now,
            reasons.is_empty(),
            codes.join(" "),
            op,
        ],
    )?;
    let texts: Map<String, Value> = reasons.iter().map(|reason| (reason.code(), texts(&published.policy, reason))).collect();
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

/// A reason in every language that somebody may read it in: the policy's own, in its own words where it has some, and those that are built in.
fn texts(policy: &Policy, reason: &Reason) -> Value {
    let built_in = Reason::LANGUAGES.iter().map(|language| ((*language).to_owned(), json!(reason.text(language))));
    let own = policy.languages.iter().map(|language| (language.clone(), json!(reason.text_by(policy, language))));
    Value::Object(built_in.chain(own).collect())
}

fn ask(published: &Published, purpose: &str, facts: &Facts, at: i64) -> Vec<Reason> {
    // Where no device said where it runs, there is no advertising id either, as on a desktop.
    let platform = facts.platform.unwrap_or(Platform::Desktop);
    let (policy, answers, signals) = (&published.policy, &facts.answers, &facts.signals);
    let zone = published.zone.as_ref();
    decide(purpose, &Context { policy, answers, signals, platform, available: true, zone }, at).reasons
}
