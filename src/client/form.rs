//! The form: drawn from the questions and from what is known of each purpose, and what a person answered to it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    history::MAX_HISTORY, last_form::LastForm, open_ledger::OpenLedger, pending::MAX_LISTED, questions::questions, receipt::Receipt,
    record::record, writing::kept_editions::stored_policy,
};
use crate::{
    error::Result,
    form::{FormDraft, FormEnd, FormFacts, FormKind, PastAnswer, Sheet, Standing, form_view, past_sheet},
    ledger::{Body, Status},
    policy::view,
};

/// Which form is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRequest {
    /// The name of the form in the policy.
    pub surface: String,
    /// Which form it is.
    pub kind: FormKind,
    /// The purposes that are asked for; empty for all that the form has. Its token names these and no other.
    pub only: Vec<String>,
    /// The draft that was kept while the app was not on the screen.
    pub draft: Option<String>,
}

impl FormRequest {
    /// The form of that name, whole and untouched.
    pub fn new(surface: impl Into<String>, kind: FormKind) -> Self {
        Self { surface: surface.into(), kind, only: vec![], draft: None }
    }

    /// One question at the moment at which its answer is needed.
    pub fn one(surface: impl Into<String>, purpose: impl Into<String>) -> Self {
        Self { only: vec![purpose.into()], ..Self::new(surface, FormKind::OnePurpose) }
    }
}

/// The form as it stands: see `Consent::form`.
pub fn form(ledger: &OpenLedger, request: &FormRequest) -> Result<FormDraft> {
    let only = Some(request.only.as_slice()).filter(|only| !only.is_empty());
    let asked = questions(ledger, &request.surface, only)?;
    let options = &ledger.options;
    let now = options.clock.now();
    let policy = ledger.policy_at(now);
    let waiting = ledger.read(|transaction, _| transaction.waiting(false, MAX_LISTED))?;
    let waiting: BTreeSet<String> = waiting.into_iter().map(|row| row.purpose).collect();
    let snapshot = ledger.present.load();
    let of_one = |purpose: &String| Standing {
        at: snapshot.answers.get(purpose).map(|answer| answer.at).unwrap_or_default(),
        waiting: options.server.is_some() && waiting.contains(purpose),
        reasons: snapshot.decide(purpose, now).reasons,
    };
    let standing: BTreeMap<String, Standing> =
        asked.questions.iter().map(|question| (question.purpose.clone(), of_one(&question.purpose))).collect();
    let shown = view(&policy, &options.language, options.platform, &options.os_version);
    let system_path = shown.refusal_guide.map(|guide| guide.path).unwrap_or_default();
    let view = form_view(&FormFacts {
        policy: &policy,
        questions: &asked,
        kind: request.kind,
        standing: &standing,
        utc_offset: options.clock.utc_offset(),
        system_path: &system_path,
    });
    Ok(match &request.draft {
        Some(text) => FormDraft::restored(view, text),
        None => FormDraft::new(view),
    })
}

/// Records how a form ended: see `Consent::finish`.
pub fn finish(ledger: &OpenLedger, last_form: &LastForm, shown: &str, end: &FormEnd) -> Result<Option<Receipt>> {
    match end {
        FormEnd::Close => super::closed::closed(ledger, last_form, shown).map(|()| None),
        FormEnd::Save { answers } if answers.is_empty() => Ok(None),
        FormEnd::Save { answers } => record(ledger, last_form, shown, answers).map(Some),
    }
}

/// One answer as it was recorded.
struct Said {
    purpose: String,
    status: Status,
    at: i64,
    utc_offset: i32,
    language: String,
    edition: u32,
}

/// Every answer of the past with the text of then: see `Consent::agreed`.
pub fn agreed(ledger: &OpenLedger) -> Result<Sheet> {
    let policy = ledger.policy_now();
    ledger.read(|transaction, _| {
        let mut said: Vec<Said> = vec![];
        transaction.records(1, |record| {
            let (at, utc_offset) = (record.at_ms(), record.offset);
            let answer = match &record.body {
                Body::Choice(choice) => Some((&choice.purpose, choice.choice, choice.language.clone(), choice.policy.edition, at)),
                Body::Import(import) => {
                    let at = import.said_at_ms().unwrap_or(at);
                    Some((&import.purpose, import.choice, String::new(), import.policy.edition, at))
                }
                _ => None,
            };
            said.extend(answer.map(|(purpose, choice, language, edition, at)| Said {
                purpose: purpose.clone(),
                status: choice.into(),
                at,
                utc_offset,
                language,
                edition,
            }));
            Ok(true)
        })?;
        // A page has an end. What was said before is in `history`, which gives all of it.
        let most = usize::try_from(MAX_HISTORY).unwrap_or(usize::MAX);
        said.drain(..said.len().saturating_sub(most));
        let numbers: BTreeSet<u32> = said.iter().map(|one| one.edition).collect();
        let editions: BTreeMap<u32, _> =
            numbers.into_iter().filter_map(|edition| stored_policy(transaction, edition).ok().map(|policy| (edition, policy))).collect();
        let answers: Vec<PastAnswer<'_>> = said
            .iter()
            .map(|one| PastAnswer {
                purpose: &one.purpose,
                status: one.status,
                at: one.at,
                utc_offset: one.utc_offset,
                language: &one.language,
                edition: editions.get(&one.edition),
            })
            .collect();
        Ok(past_sheet(&policy, &ledger.options.language, &answers))
    })
}
