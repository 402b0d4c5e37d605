//! `ledger show`: what happened, a line for each record.

use std::{collections::BTreeSet, fmt::Write as _, path::Path};

use consentkit::{
    ledger::{Actor, Body, ChoiceKind, Record, Status},
    policy::{Policy, nearest},
    store::Store,
};
use serde_json::{Value, json};

use super::{copy::Copy, of_file};
use crate::{
    outcome::{Outcome, Stop},
    print, time,
};

/// Which records are wanted.
pub struct Wanted {
    pub after: i64,
    pub limit: i64,
    pub purpose: Option<String>,
}

pub fn run(file: &Path, wanted: &Wanted, json: bool) -> Outcome {
    let copy = Copy::of(file)?;
    let store = copy.open(file)?;
    if let Some(purpose) = &wanted.purpose {
        is_known(file, &store, purpose)?;
    }
    let mut records: Vec<Record> = vec![];
    let read = store.read(|transaction, _| {
        transaction.records(wanted.after.max(0).saturating_add(1), |record| {
            if wanted.purpose.as_ref().is_none_or(|purpose| is_about(&record, purpose)) {
                records.push(record);
            }
            Ok(i64::try_from(records.len()).is_ok_and(|taken| taken < wanted.limit))
        })
    });
    read.map_err(|error| of_file(file, &error))?;
    if json {
        let records = records.iter().map(|record| serde_json::to_value(record).unwrap_or(Value::Null)).collect::<Vec<_>>();
        print::json(&json!({ "records": records }));
    } else {
        let mut text = String::new();
        for record in &records {
            let _ = writeln!(text, "{:>6}  {}  {}", record.seq, time::shown(record.at_ms(), record.offset), told(record));
        }
        if records.is_empty() {
            text.push_str("No record of that kind.\n");
        }
        print::text(&text);
    }
    copy.missing(file, &store)
}

/// Refuses the name of a purpose that neither a record nor a policy of the file has. A list without a line would say that nothing happened.
fn is_known(file: &Path, store: &Store, purpose: &str) -> Outcome<()> {
    let read = store.read(|transaction, _| {
        let mut is_recorded = false;
        let mut known: BTreeSet<String> = BTreeSet::new();
        transaction.records(1, |record| {
            is_recorded = is_about(&record, purpose);
            let edition = match &record.body {
                Body::Policy(adopted) => Some(adopted.edition),
                Body::Announced(announced) => Some(announced.policy.edition),
                _ => None,
            };
            if let Some(document) = edition.filter(|_| !is_recorded).and_then(|edition| transaction.policy(edition).ok()?) {
                known.extend(Policy::parse(&document).into_iter().flat_map(|policy| policy.purposes).map(|purpose| purpose.id));
            }
            Ok(!is_recorded)
        })?;
        Ok((is_recorded || known.contains(purpose), known))
    });
    let (is_known, known) = read.map_err(|error| of_file(file, &error))?;
    if is_known {
        return Ok(());
    }
    let near = nearest(purpose, known.iter().map(String::as_str)).map(|near| format!("; perhaps `{near}` is meant")).unwrap_or_default();
    let known = known.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    Err(Stop::usage(format!("--purpose {purpose}: no policy and no record of {} has it{near}; there are {known}", file.display())))
}

/// True where the record is about this purpose.
pub fn is_about(record: &Record, purpose: &str) -> bool {
    match &record.body {
        Body::Choice(choice) => choice.purpose == purpose,
        Body::Import(import) => import.purpose == purpose,
        Body::Merge(merge) => merge.answers.iter().any(|answer| answer.purpose == purpose),
        Body::Remote(remote) => remote.states.iter().any(|state| state.purpose == purpose),
        Body::Redated(redated) => redated.answers.iter().any(|answer| answer.purpose == purpose),
        Body::CookiesRemoved(removed) => removed.purposes.iter().any(|of| of.purpose == purpose),
        Body::Kept(kept) => kept.noes.iter().chain(&kept.yeses).any(|row| row.purpose == purpose),
        Body::Closed(closed) => closed.questions.iter().any(|question| question.purpose == purpose),
        _ => false,
    }
}

/// What a record says, in a line. It bears references and no account names.
pub fn told(record: &Record) -> String {
    match &record.body {
        Body::Install(_) => "the ledger begins".into(),
        Body::Choice(choice) => {
            let form = if choice.surface == "none" { "outside any form".to_owned() } else { format!("on the form {}", choice.surface) };
            format!("{} {} by {}, {form}, policy {}", choice.purpose, said(choice.choice), by(choice.actor), choice.policy.version)
        }
        Body::Import(import) => {
            let when = import.said_at.as_deref().map_or_else(|| "at an unknown time".to_owned(), |at| format!("at {at}"));
            format!("{} {} by {} in {} {when}, brought from there", import.purpose, said(import.choice), by(import.actor), import.source)
        }
        Body::Signal(_) => "what the platform says, or the app of a person, changed".into(),
        Body::Policy(policy) => format!("policy {} (edition {}) came into force", policy.version, policy.edition),
        Body::Link(link) if link.account => "an account signed in".into(),
        Body::Link(_) => "the account signed out".into(),
        Body::Merge(merge) => {
            let answers: Vec<String> = merge.answers.iter().map(|answer| format!("{} {}", answer.purpose, said(answer.choice))).collect();
            format!("brought into the account: {}", answers.join(", "))
        }
        Body::Remote(remote) => {
            let states: Vec<String> = remote.states.iter().map(|state| format!("{} {}", state.purpose, stands(state.status))).collect();
            format!("the server told: {}", states.join(", "))
        }
        Body::Outcome(outcome) => format!("the server took up {} changes", outcome.results.len()),
        Body::Restore(_) => "the file was copied from another device: a new installation begins".into(),
        Body::Redated(redated) => {
            let purposes: Vec<&str> = redated.answers.iter().map(|answer| answer.purpose.as_str()).collect();
            format!("a date that cannot be was noticed: {} counts from now", purposes.join(", "))
        }
        Body::Announced(announced) => {
            format!("policy edition {} was announced, to come into force later", announced.policy.edition)
        }
        Body::Closed(closed) => format!("the form {} was closed with {} questions open", closed.surface, closed.questions.len()),
        Body::CookiesRemoved(removed) => {
            let counts = removed.purposes.iter().map(|of| format!("{} of {} ({} left)", of.removed, of.purpose, of.left));
            format!("cookies went out of {}: {}", removed.store, counts.collect::<Vec<_>>().join(", "))
        }
        Body::Erased(erased) => format!("what people said up to record {} was erased", erased.until),
        Body::Pulled(_) => "the server has told all that it holds of a subject".into(),
        Body::Kept(kept) => format!("{} rows of an older store were brought and changed nothing", kept.noes.len() + kept.yeses.len()),
    }
}

/// What was said, as a word.
pub fn said(choice: ChoiceKind) -> &'static str {
    match choice {
        ChoiceKind::Granted => "granted",
        ChoiceKind::Refused => "refused",
        ChoiceKind::Withdrawn => "withdrawn",
    }
}

/// Where a purpose stands, as a word.
pub fn stands(status: Status) -> &'static str {
    match status {
        Status::NotAnswered => "not_answered",
        Status::Granted => "granted",
        Status::Refused => "refused",
        Status::Withdrawn => "withdrawn",
    }
}

/// By whom, as a word.
pub fn by(actor: Actor) -> &'static str {
    match actor {
        Actor::Person => "the person",
        Actor::Guardian => "the guardian",
        Actor::Agent => "an agent",
        Actor::Operator => "the company",
    }
}
