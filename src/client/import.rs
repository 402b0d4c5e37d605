//! Brings consents from an older store of the app.

use std::collections::BTreeMap;

use super::{
    arguments::{answerable_purpose, check_count, check_text},
    denial::{Denial, Denied},
    open_ledger::OpenLedger,
    receipt::{ReceiptItem, receipt},
    sync::states::recall,
    writing::{
        asked::Asked,
        choices::{check_guardian, fitted, remember_brought},
        writer::LedgerWriter,
    },
};
use crate::{
    error::{Error, Result},
    ledger::{Actor, Body, ChoiceKind, EARLIEST_DATE, Import, SaidElsewhere, is_in_years, rfc3339},
    policy::{Policy, Purpose},
    store::Patience,
    sync::device_rule::subject_of,
};

/// Longest name of an older store or of a text's version there, in characters.
const MAX_SOURCE_CHARS: usize = 128;

/// How far ahead of this device's clock an older grant may be dated: a day covers time zones and slow clocks.
const IMPORT_SLACK_MS: i64 = 24 * 60 * 60 * 1000;

/// One consent in an older store of the app.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ImportChoice {
    /// The purpose it answers here.
    pub purpose: String,
    /// What was said.
    pub choice: ChoiceKind,
    /// When, Unix milliseconds; `None` where the older store did not keep it: such a grant is asked again.
    pub said_at: Option<i64>,
    /// Name of the older store.
    pub source: String,
    /// Version of the text that was shown there; `None` where unknown.
    pub text_version: Option<String>,
    /// By whom; `None` for the person. Below the age of consent only the guardian's grant is taken (PIPA-8).
    #[uniffi(default = None)]
    pub actor: Option<Actor>,
}

/// What became of an import.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ImportReceipt {
    /// Choices that were taken over.
    pub imported: Vec<ReceiptItem>,
    /// Purposes whose answer stands as it was: they were answered here already, or the row was brought before (for anybody, by this file).
    pub kept: Vec<String>,
}

/// Brings consents from an older store of the app: see `Consent::import`.
pub fn import(ledger: &OpenLedger, choices: &[ImportChoice]) -> Result<ImportReceipt> {
    check_count("choices", choices.len())?;
    let now = ledger.options.clock.now();
    let policy = ledger.fitting_policy(|policy| check_imported(policy, choices, now))?;
    ledger.meet_news();
    let person = ledger.present.load().person.clone();
    let import_of = |subject: String, purpose: &Purpose, choice: &ImportChoice| Import {
        subject,
        scope: purpose.scope,
        purpose: purpose.id.clone(),
        choice: choice.choice,
        source: choice.source.clone(),
        said_at: choice.said_at.map(rfc3339),
        outside_years: choice.said_at.filter(|at| !is_in_years(*at)),
        actor: choice.actor.unwrap_or_default(),
        policy: Asked::of(&policy, purpose).text,
        text_version: choice.text_version.clone(),
        replaces: None,
    };
    let stamp = ledger.stamp();
    let no = |choice: &ImportChoice| {
        let purpose = answerable_purpose(&policy, &choice.purpose, "choices")?;
        ledger.denial(&stamp, Denied::Import(import_of(person.clone(), purpose, choice)))
    };
    let latest = latest(choices);
    let noes = latest.iter().map(|(_, choice)| choice.choice.lowers().then(|| no(choice)).transpose()).collect::<Result<Vec<_>>>()?;
    let held: Vec<Denial> = noes.iter().flatten().cloned().collect();
    let work = |writer: &mut LedgerWriter<'_>| {
        for (index, choice) in latest.iter().filter(|(_, choice)| !choice.choice.lowers()) {
            let actor = choice.actor.unwrap_or_default();
            check_guardian(&policy, &writer.head.state, actor, || format!("choices[{index}].actor"))?;
        }
        let mut outcome = ImportReceipt { imported: vec![], kept: vec![] };
        for ((_, choice), no) in latest.iter().zip(&noes) {
            let purpose = answerable_purpose(&policy, &choice.purpose, "choices")?;
            let subject = subject_of(&writer.head.state, purpose.scope).to_owned();
            if !choice.choice.lowers() {
                recall(writer, &subject, &purpose.id)?;
            }
            match fitted(&writer.head.state, import_of(subject, purpose, choice)) {
                Some(import) => {
                    let appended = writer.send_no(no.as_ref(), Body::Import(import))?;
                    outcome.imported.push(receipt(&choice.purpose, choice.choice, appended));
                }
                None => outcome.kept.push(choice.purpose.clone()),
            }
        }
        let mut brought = vec![];
        for choice in choices {
            let purpose = answerable_purpose(&policy, &choice.purpose, "choices")?;
            brought.push(import_of(subject_of(&writer.head.state, purpose.scope).to_owned(), purpose, choice));
        }
        remember_brought(writer, &brought)?;
        Ok(outcome)
    };
    let refuses_all = latest.iter().all(|(_, choice)| choice.choice.lowers());
    if refuses_all { ledger.write_no(Patience::Waits, &held, work) } else { ledger.write(&held, work) }
}
/// The latest answer to each purpose, with its place in the call, in the order in which the purposes come first.
fn latest(choices: &[ImportChoice]) -> Vec<(usize, &ImportChoice)> {
    let elsewhere = |choice: &ImportChoice| SaidElsewhere { choice: choice.choice, at: choice.said_at };
    let mut places = BTreeMap::new();
    let mut latest: Vec<(usize, &ImportChoice)> = vec![];
    for (index, choice) in choices.iter().enumerate() {
        let place = *places.entry(choice.purpose.as_str()).or_insert(latest.len());
        match latest.get_mut(place) {
            None => latest.push((index, choice)),
            Some(known) if elsewhere(choice).is_after(&elsewhere(known.1)) => *known = (index, choice),
            Some(_) => {}
        }
    }
    latest
}

/// Refuses a choice that cannot be imported. A no is taken whatever its date. A grant that seems to lie in the future is taken as well while
/// this device's clock stands before 2008, since then the clock is wrong.
fn check_imported(policy: &Policy, choices: &[ImportChoice], now: i64) -> Result<()> {
    let latest = if now < EARLIEST_DATE { i64::MAX } else { now.saturating_add(IMPORT_SLACK_MS) };
    for (index, choice) in choices.iter().enumerate() {
        let field = |name: &str| format!("choices[{index}].{name}");
        answerable_purpose(policy, &choice.purpose, &field("purpose"))?;
        check_text(&field("source"), &choice.source, MAX_SOURCE_CHARS)?;
        if let Some(version) = &choice.text_version {
            check_text(&field("text_version"), version, MAX_SOURCE_CHARS)?;
        }
        if !choice.choice.lowers() && choice.said_at.is_some_and(|at| at < EARLIEST_DATE || at > latest) {
            return Err(Error::invalid(field("said_at"), "is before 2008 or in the future; give Unix milliseconds, or none where unknown"));
        }
    }
    Ok(())
}
