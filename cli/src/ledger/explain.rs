//! `ledger explain`: whether a purpose was allowed at a time, why, and which records made it so.

use std::{fmt::Write as _, path::Path};

use consentkit::{
    client::{Counted, counted_at},
    decision::{Context, Decision, decide},
    ledger::{CurrentAnswer, Record, State, Status},
    policy::Policy,
    signal::Platform,
};
use serde_json::{Value, json};

use super::{
    copy::Copy,
    of_file,
    show::{by, is_about, stands, told},
};
use crate::{
    args::OnPlatform,
    outcome::{Found, Outcome, Stop},
    print, time,
};

/// What is asked.
pub struct Asked {
    pub purpose: Option<String>,
    pub at: Option<i64>,
    pub platform: OnPlatform,
    pub language: String,
}

/// What a ledger held at a time.
struct Past {
    state: State,
    counted: Option<Counted>,
    records: Vec<Record>,
    /// Whether records of the file are missing.
    missing: Found,
}

impl Past {
    /// How far ahead of UTC the phone's clock was when it wrote the last of the records, minutes.
    fn utc_offset(&self) -> i32 {
        self.records.last().map_or(0, |record| record.offset)
    }
}

pub fn run(file: &Path, asked: &Asked, json: bool) -> Outcome {
    let at = asked.at.unwrap_or_else(time::now);
    let past = past(file, at)?;
    let Some(Counted { policy, answers }) = &past.counted else {
        return Err(Stop::usage(format!("--at lies before the first policy of {}; give a later time", file.display())));
    };
    if let Some(purpose) = asked.purpose.as_ref().filter(|purpose| policy.purpose(purpose).is_none()) {
        let known: Vec<&str> = policy.purposes.iter().map(|purpose| purpose.id.as_str()).collect();
        return Err(Stop::usage(format!("`{purpose}` is no purpose of the policy of that time; it has {}", known.join(", "))));
    }
    let signals = past.state.present_signals(policy.age_of_consent());
    // What a host knows of a named time zone is not in the file: a night by such a zone is explained as one whose zone is not known.
    let platform = platform(asked.platform);
    let context = Context { policy, answers, signals: &signals, platform, available: true, zone: None };
    let purposes = policy.purposes.iter().filter(|purpose| asked.purpose.as_ref().is_none_or(|asked| *asked == purpose.id));
    let explained: Vec<Explained> = purposes
        .map(|purpose| Explained {
            decision: decide(&purpose.id, &context, at),
            answer: answers.get(&purpose.id),
            records: past.records.iter().filter(|record| is_about(record, &purpose.id)).collect(),
            utc_offset: past.utc_offset(),
        })
        .collect();
    if json {
        let purposes: Vec<Value> = explained.iter().map(|explained| explained.json(policy, &asked.language)).collect();
        print::json(&json!({ "at": at, "policy_version": policy.version, "purposes": purposes }));
    } else {
        let mut text = format!("At {} by policy {}:\n", time::shown(at, past.utc_offset()), policy.version);
        text.push_str("(Times are those of the phone's clock, each with how far it was ahead of UTC.)\n");
        explained.iter().for_each(|explained| explained.tell(&mut text, policy, &asked.language));
        print::text(&text);
    }
    Ok(past.missing)
}

/// Folds the records up to a time. The past ends with the last record that bears a time up to then, since a clock may have been set back.
fn past(file: &Path, at: i64) -> Outcome<Past> {
    let copy = Copy::of(file)?;
    let store = copy.open(file)?;
    let missing = copy.missing(file, &store)?;
    let read = store.read(|transaction, _| {
        let (mut state, mut records, mut open) = (State::default(), vec![], vec![]);
        transaction.records(1, |record| {
            let reached = record.at_ms() <= at;
            open.push(record);
            if reached {
                for record in open.drain(..) {
                    state.apply(&record);
                    records.push(record);
                }
            }
            Ok(true)
        })?;
        let counted = counted_at(transaction, &state, at)?;
        Ok(Past { state, counted, records, missing })
    });
    read.map_err(|error| of_file(file, &error))
}

/// One purpose at that time.
struct Explained<'a> {
    decision: Decision,
    answer: Option<&'a CurrentAnswer>,
    records: Vec<&'a Record>,
    /// How far ahead of UTC the times of its answer are told, minutes.
    utc_offset: i32,
}

impl Explained<'_> {
    fn json(&self, policy: &Policy, language: &str) -> Value {
        let reasons = self.decision.reasons.iter().map(|reason| json!({ "code": reason.code(), "text": reason.text_by(policy, language) }));
        let answer = self.answer.map(|answer| json!({ "status": stands(answer.status), "at": answer.at, "seq": answer.seq }));
        json!({
            "purpose": self.decision.purpose,
            "allowed": self.decision.allowed,
            "reasons": reasons.collect::<Vec<_>>(),
            "answer": answer,
            "records": self.records.iter().map(|record| record.seq).collect::<Vec<_>>(),
        })
    }

    fn tell(&self, text: &mut String, policy: &Policy, language: &str) {
        let word = if self.decision.allowed { "allowed" } else { "not allowed" };
        let _ = writeln!(text, "\n{}: {word}", self.decision.purpose);
        for reason in &self.decision.reasons {
            let _ = writeln!(text, "    {}: {}", reason.code(), reason.text_by(policy, language));
        }
        if let Some(answer) = self.answer.filter(|answer| answer.status != Status::NotAnswered) {
            let place = answer.seq.map_or_else(|| "no record of this device".to_owned(), |seq| format!("record {seq}"));
            let _ = writeln!(
                text,
                "    it stands {} by {} since {} ({place})",
                stands(answer.status),
                by(answer.actor),
                time::shown(answer.at, self.utc_offset)
            );
        }
        for record in &self.records {
            let _ = writeln!(text, "    {:>6}  {}  {}", record.seq, time::shown(record.at_ms(), record.offset), told(record));
        }
    }
}

fn platform(platform: OnPlatform) -> Platform {
    match platform {
        OnPlatform::Android => Platform::Android,
        OnPlatform::Ios => Platform::Ios,
        OnPlatform::FireOs => Platform::FireOs,
        OnPlatform::Harmony => Platform::Harmony,
        OnPlatform::Desktop => Platform::Desktop,
    }
}
