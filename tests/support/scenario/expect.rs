//! Compares what was expected with what came.

use std::fmt::Debug;

use consentkit::{
    client::{HistoryEntry, Questions, SyncState},
    decision::Reason,
    ffi::{ConsentCore, ConsentError, reason_code},
    ledger::AskAgain,
    policy::Fault,
};
use serde_json::{Map, Value, json};

use super::{
    format::millis,
    phone::Phone,
    told::{Entry, History, Past, Told},
    world::Played,
};
use crate::support::loopback::Host;

/// Most ledger entries that are read at once.
const HISTORY: i64 = 1000;

/// All that differs in one step: a report names everything, not the first.
#[derive(Default)]
pub struct Differences(Vec<String>);

impl Differences {
    pub fn add(&mut self, difference: String) {
        self.0.push(difference);
    }

    pub fn compare<T: PartialEq + Debug>(&mut self, what: &str, expected: &T, got: &T) {
        if expected != got {
            self.add(format!("{what}: expected {expected:?}, got {got:?}"));
        }
    }

    pub fn maybe<T: PartialEq + Debug>(&mut self, what: &str, expected: Option<&T>, got: &T) {
        if let Some(expected) = expected {
            self.compare(what, expected, got);
        }
    }

    pub fn into_result(self) -> Result<(), String> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0.join("; ")) }
    }
}

pub fn codes(reasons: &[Reason]) -> Vec<String> {
    reasons.iter().map(reason_code).collect()
}

pub fn ask_again_code(cause: AskAgain) -> String {
    reason_code(&Reason::AskAgain { cause })
}

pub fn sync_state_code(state: SyncState) -> &'static str {
    match state {
        SyncState::Quiet => "quiet",
        SyncState::UpToDate => "up_to_date",
        SyncState::Waiting => "waiting",
    }
}

pub fn purposes_of(questions: &Questions) -> Vec<String> {
    questions.questions.iter().map(|question| question.purpose.clone()).collect()
}

/// An error's code, and the place it names.
pub fn code(error: &ConsentError) -> (&'static str, Option<String>) {
    let first = |faults: &[Fault]| faults.first().map(|fault| fault.pointer.clone());
    match error {
        ConsentError::Invalid { field, .. } => ("invalid", Some(field.clone())),
        ConsentError::NoticeNotShown { purpose } => ("notice_not_shown", Some(purpose.clone())),
        ConsentError::ShownRefused { .. } => ("shown_refused", None),
        ConsentError::PolicyInvalid { faults } => ("policy_invalid", first(faults)),
        ConsentError::PolicyRefused { faults } => ("policy_refused", first(faults)),
        ConsentError::NotADatabase => ("not_a_database", None),
        ConsentError::NewerStore { .. } => ("newer_store", None),
        ConsentError::Damaged { .. } => ("damaged", None),
        ConsentError::StoreUnavailable { .. } => ("store_unavailable", None),
        ConsentError::ShutDown => ("shut_down", None),
        ConsentError::AlreadySyncing => ("already_syncing", None),
        ConsentError::NoServer => ("no_server", None),
        ConsentError::TooManyPending { .. } => ("too_many_pending", None),
    }
}

fn decided(differences: &mut Differences, expected: &Told, core: &ConsentCore) {
    for (purpose, allowed) in &expected.allows {
        differences.compare(&format!("allows {purpose}"), allowed, &core.explain(purpose).allowed);
    }
    for (purpose, reasons) in &expected.reasons {
        let decision = core.explain(purpose);
        differences.compare(&format!("reasons {purpose}"), reasons, &codes(&decision.reasons));
        differences.compare(&format!("allows {purpose}"), &reasons.is_empty(), &decision.allowed);
    }
    for purpose in expected.allows.keys().chain(expected.reasons.keys()) {
        differences.compare(&format!("allows and explain of {purpose}"), &core.explain(purpose).allowed, &core.allows(purpose));
    }
    for (purpose, blocked) in &expected.os_blocked {
        differences.compare(&format!("os_blocked {purpose}"), blocked, &core.explain(purpose).os_blocked);
    }
}

/// Compares an `expect` step.
pub fn told(phone: &Phone, host: Option<&Host>, expected: &Told) -> Result<(), String> {
    if expected.is_empty() {
        return Err("expects nothing".into());
    }
    let mut differences = Differences::default();
    let core = phone.core()?;
    decided(&mut differences, expected, core);
    let snapshot = core.snapshot();
    let answer = |purpose: &str| snapshot.answers.iter().find(|answer| answer.purpose == purpose);
    for (purpose, status) in &expected.status {
        differences.compare(&format!("status {purpose}"), &Some(*status), &answer(purpose).map(|answer| answer.status));
    }
    for (purpose, until) in &expected.valid_until {
        let until = until.as_deref().map(millis).transpose()?;
        differences.compare(&format!("valid_until {purpose}"), &Some(until), &answer(purpose).map(|answer| answer.valid_until));
    }
    differences.maybe("pending", expected.pending.as_ref(), &snapshot.pending);
    differences.maybe("signed_in", expected.signed_in.as_ref(), &snapshot.signed_in);
    differences.maybe("push_blocked", expected.push_blocked.as_ref(), &snapshot.push_blocked);
    differences.maybe("policy_version", expected.policy_version.as_ref(), &snapshot.policy_version);
    let announced = core.announced().into_iter().map(|ahead| (ahead.version, ahead.days_left)).collect();
    differences.maybe("announced", expected.announced.as_ref(), &announced);
    differences.maybe("requests", expected.requests.as_ref(), &phone.requests());
    if let Some(stuck) = expected.stuck {
        let waiting = core.stuck().map_err(|error| error.to_string())?;
        differences.compare("stuck", &usize::try_from(stuck).unwrap_or(usize::MAX), &waiting.len());
    }
    if let Some(expected) = &expected.history {
        history(&mut differences, expected, &core.history(0, HISTORY).map_err(|error| error.to_string())?)?;
    }
    if let Some(expected) = expected.verify {
        let verified = core.verify().map_err(|error| error.to_string())?;
        if verified.ok != expected {
            differences.add(format!("verify: expected {expected}, got {:?}", verified.fault));
        }
    }
    on_server(&mut differences, host, expected)?;
    differences.into_result()
}

/// Compares a `state_at` step.
pub fn told_at(phone: &Phone, at: i64, expected: &Past) -> Played {
    let past = match phone.core()?.state_at(at) {
        Ok(past) => past,
        Err(error) => return Ok(Err(error)),
    };
    let mut differences = Differences::default();
    differences.compare("policy_version", &expected.policy_version, &past.policy_version.unwrap_or_default());
    for (purpose, reasons) in &expected.reasons {
        let decision = past.decisions.iter().find(|decision| decision.purpose == *purpose);
        differences.compare(&format!("reasons {purpose}"), &Some(reasons), &decision.map(|decision| codes(&decision.reasons)).as_ref());
    }
    differences.into_result().map(Ok)
}

fn history(differences: &mut Differences, expected: &History, entries: &[HistoryEntry]) -> Result<(), String> {
    let entries: Vec<&HistoryEntry> = entries.iter().filter(|entry| expected.kinds.contains(&entry.kind)).collect();
    differences.compare("history entries", &expected.entries.len(), &entries.len());
    for (at, (expected, got)) in expected.entries.iter().zip(entries).enumerate() {
        entry(differences, &format!("history[{at}]"), expected, got)?;
    }
    Ok(())
}

fn entry(differences: &mut Differences, place: &str, expected: &Entry, got: &HistoryEntry) -> Result<(), String> {
    let mut text = |name: &str, expected: Option<&String>, got: Option<String>| {
        differences.maybe(&format!("{place}.{name}"), expected.map(|text| Some(text.clone())).as_ref(), &got);
    };
    let word = |value: Option<Value>| value.and_then(|value| value.as_str().map(str::to_owned));
    text("kind", expected.kind.as_ref(), Some(got.kind.clone()));
    text("purpose", expected.purpose.as_ref(), got.purpose.clone());
    text("actor", expected.actor.as_ref(), word(got.actor.map(|actor| json!(actor))));
    text("method", expected.method.as_ref(), word(got.method.map(|method| json!(method))));
    text("policy_version", expected.policy_version.as_ref(), got.policy_version.clone());
    text("language", expected.language.as_ref(), got.language.clone());
    differences.maybe(&format!("{place}.status"), expected.status.map(Some).as_ref(), &got.status);
    let at = expected.at.as_deref().map(millis).transpose()?;
    differences.maybe(&format!("{place}.at"), at.as_ref(), &got.at);
    Ok(())
}

fn on_server(differences: &mut Differences, host: Option<&Host>, expected: &Told) -> Result<(), String> {
    if expected.server.is_empty() && expected.server_history.is_empty() {
        return Ok(());
    }
    let host = host.ok_or("the scenario has no server; say \"server\": true")?;
    for (subject, purposes) in &expected.server {
        for (purpose, status) in purposes {
            let place = format!("server {subject} {purpose}");
            differences.compare(&place, &json!(status), &json!(host.status(subject, purpose)));
        }
    }
    for (subject, expected) in &expected.server_history {
        let (_, body) = host.operate("GET", &format!("/v1/subjects/{subject}"), None);
        let changes = body["changes"].as_array().cloned().unwrap_or_default();
        for (at, fields) in expected.iter().enumerate() {
            let got = changes.get(at).cloned().unwrap_or_default();
            fields_of(differences, &format!("server history of {subject}[{at}]"), fields, &got);
        }
    }
    Ok(())
}

/// Compares the fields that were given; a time by its instant, not by how it is written.
fn fields_of(differences: &mut Differences, place: &str, expected: &Map<String, Value>, got: &Value) {
    for (name, expected) in expected {
        let instant = |value: &Value| value.as_str().and_then(|text| millis(text).ok());
        let same_instant = name == "at" && instant(expected).is_some() && instant(expected) == instant(&got[name]);
        if !same_instant {
            differences.compare(&format!("{place}.{name}"), expected, &got[name]);
        }
    }
}
