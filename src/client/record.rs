//! Records the answers to a form.

use std::collections::BTreeSet;

use super::{
    arguments::{answerable_purpose, check_count},
    denial::{Denial, Denied},
    last_form::{LastForm, check_form},
    open_ledger::OpenLedger,
    receipt::{Receipt, receipt},
    shown_token::Form,
    sync::states::recall,
    writing::{
        asked::Asked,
        choices::{as_recorded, check_guardian, choice_of, status_before},
        writer::LedgerWriter,
    },
};
use crate::{
    error::{Error, Result},
    form::Answer,
    ledger::{Body, Choice},
    policy::Policy,
    store::Patience,
    sync::device_rule::subject_of,
};

/// Most changes that may wait; past it a grant is refused with an error that says so, and a withdrawal is never refused.
pub const MAX_PENDING: i64 = 100_000;

/// Records the answers to a form: see `Consent::record`.
pub fn record(ledger: &OpenLedger, last_form: &LastForm, shown: &str, answers: &[Answer]) -> Result<Receipt> {
    check_count("answers", answers.len())?;
    let policy = ledger.fitting_policy(|policy| check_answers(policy, answers))?;
    ledger.meet_news();
    let form = last_form.known(ledger, shown);
    let noes = noes_of_form(ledger, &policy, form.as_deref(), answers)?;
    // A form that does not fit answers nothing, so nothing of it counts while the file is waited for.
    let held: Vec<Denial> = if form.is_some() { noes.iter().flatten().cloned().collect() } else { vec![] };
    let work = |writer: &mut LedgerWriter<'_>| {
        let policy = ledger.policy.load_full();
        let form = last_form.read(writer, shown)?;
        let form = &form.shown;
        check_form(form, &policy, &writer.head.state.install, &writer.head.state.person)?;
        let grants = answers.iter().any(|answer| !answer.choice.lowers());
        if grants && writer.head.pending + i64::try_from(answers.len()).unwrap_or(i64::MAX) > MAX_PENDING {
            return Err(Error::TooManyPending { limit: MAX_PENDING });
        }
        let mut items = vec![];
        for (index, (answer, no)) in answers.iter().zip(&noes).enumerate() {
            let purpose = answerable_purpose(&policy, &answer.purpose, "answers")?;
            let item = form.items.iter().find(|item| item.purpose == answer.purpose);
            if !answer.choice.lowers() {
                if item.is_none() {
                    return Err(Error::NoticeNotShown { purpose: answer.purpose.clone() });
                }
                check_guardian(&policy, &writer.head.state, answer.actor, || format!("answers[{index}].actor"))?;
            }
            let subject = subject_of(&writer.head.state, purpose.scope).to_owned();
            if !answer.choice.lowers() {
                recall(writer, &subject, &purpose.id)?;
            }
            let choice = as_recorded(answer.choice, status_before(&writer.head.state, &subject, &purpose.id));
            let body = Body::Choice(Choice {
                language: form.language.clone(),
                surface: form.surface.clone(),
                method: answer.method,
                actor: answer.actor,
                ..choice_of(subject, &purpose.id, Asked::of(&policy, purpose), choice, item)
            });
            let appended = writer.send_no(no.as_ref(), body)?;
            items.push(receipt(&answer.purpose, choice, appended));
        }
        Ok(Receipt { items, at: writer.stamp.now, pending: writer.head.pending })
    };
    let refuses_all = answers.iter().all(|answer| answer.choice.lowers());
    if refuses_all { ledger.write_no(Patience::Waits, &held, work) } else { ledger.write(&held, work) }
}

/// The noes among the answers to a form. Each stands at the index of its answer, and a yes leaves its place empty.
fn noes_of_form(ledger: &OpenLedger, policy: &Policy, form: Option<&Form>, answers: &[Answer]) -> Result<Vec<Option<Denial>>> {
    let (stamp, person) = (ledger.stamp(), ledger.present.load().person.clone());
    let no = |answer: &Answer| {
        let purpose = answerable_purpose(policy, &answer.purpose, "answers")?;
        let item = form.and_then(|form| form.shown.items.iter().find(|item| item.purpose == answer.purpose));
        let choice = Choice {
            language: form.map(|form| form.shown.language.clone()).unwrap_or_default(),
            surface: form.map(|form| form.shown.surface.clone()).unwrap_or_default(),
            method: answer.method,
            actor: answer.actor,
            ..choice_of(person.clone(), &purpose.id, Asked::of(policy, purpose), answer.choice, item)
        };
        ledger.denial(&stamp, Denied::No(choice))
    };
    answers.iter().map(|answer| answer.choice.lowers().then(|| no(answer)).transpose()).collect()
}

/// Refuses an answer about a purpose that needs no consent, and two answers about one.
fn check_answers(policy: &Policy, answers: &[Answer]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for (index, answer) in answers.iter().enumerate() {
        let field = format!("answers[{index}].purpose");
        answerable_purpose(policy, &answer.purpose, &field)?;
        if !seen.insert(answer.purpose.as_str()) {
            return Err(Error::invalid(field, "is answered twice in one call; answer it once"));
        }
    }
    Ok(())
}
