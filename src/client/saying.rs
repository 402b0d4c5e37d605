//! Saying: choices recorded and withdrawn.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Consent,
    commit::{Appended, Pen},
    denial::{Denial, Denied},
    former::{Asked, asked, withdrawable},
    options::check_text,
    shown::{Form, Shown, ShownItem},
};
use crate::{
    error::{Error, Result},
    ledger::{Actor, Body, Choice, ChoiceKind, Method, State, Status, TextRef, chain},
    policy::{Audience, MAX_ID_CHARS, Policy},
    store::settings::SHOWN_KEY,
    sync::device_rule::{current_answer, subject_of},
};

/// Most answers in one call: a form has far fewer questions.
pub const MAX_ANSWERS: usize = 200;

/// Most changes that may wait; past it a grant is refused with an error that says so, and a withdrawal is never refused.
pub const MAX_PENDING: i64 = 100_000;

/// What a withdrawal outside any form bears as its surface.
const NO_SURFACE: &str = "none";

/// One answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Answer {
    /// The purpose.
    pub purpose: String,
    /// What was said.
    pub choice: ChoiceKind,
    /// How.
    pub method: Method,
    /// By whom; below the age of consent only the guardian may grant (PIPA-8).
    pub actor: Actor,
}

impl Answer {
    /// The person's own yes, by a switch.
    pub fn grant(purpose: impl Into<String>) -> Self {
        Self { purpose: purpose.into(), choice: ChoiceKind::Granted, method: Method::Toggle, actor: Actor::Person }
    }

    /// The person's own no, by a switch.
    pub fn refuse(purpose: impl Into<String>) -> Self {
        Self { choice: ChoiceKind::Refused, ..Self::grant(purpose) }
    }
}

/// One record that a call wrote.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReceiptItem {
    /// The purpose.
    pub purpose: String,
    /// What was recorded: a no where there was a yes is a withdrawal.
    pub choice: ChoiceKind,
    /// Name of the operation; the server's answer will name it.
    pub op: String,
    /// Position in the ledger, from 1.
    pub seq: i64,
    /// Hash of the record in the chain, hex.
    pub hash: String,
}

/// Proof that a call's choices are on disk.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Receipt {
    /// One a choice, in the order given.
    pub items: Vec<ReceiptItem>,
    /// When, Unix milliseconds on this device's clock.
    pub at: i64,
    /// Changes that now wait to be sent: saved on this phone, not yet sent.
    pub pending: i64,
}

impl Consent {
    /// Records the answers to a form: one record a purpose, never one for all (PIPA-4).
    ///
    /// `shown` is the token of the `questions` that were answered. All answers are written, or none. Returns when they are on
    /// disk. Fails where the token does not fit, a grant's notice was not shown, a purpose comes twice or needs no consent.
    ///
    /// A no counts from the call on, also where the file cannot be written: see `unrecorded`.
    pub fn record(&self, shown: &str, answers: &[Answer]) -> Result<Receipt> {
        check_count("answers", answers.len())?;
        let policy = self.checked(|policy| check_answers(policy, answers))?;
        self.meet_news();
        let form = self.known_form(shown);
        let noes = self.noes_of_form(&policy, form.as_deref(), answers)?;
        // A form that does not fit answers nothing, so nothing of it counts while the file is waited for.
        let held: Vec<Denial> = if form.is_some() { noes.iter().flatten().cloned().collect() } else { vec![] };
        self.write(&held, |pen| {
            let policy = self.policy.load_full();
            let form = self.form(pen, shown)?;
            let form = &form.shown;
            check_form(form, &policy, &pen.head.state.install, &pen.head.state.person)?;
            let grants = answers.iter().any(|answer| !answer.choice.lowers());
            if grants && pen.head.pending + i64::try_from(answers.len()).unwrap_or(i64::MAX) > MAX_PENDING {
                return Err(Error::TooManyPending { limit: MAX_PENDING });
            }
            let mut items = vec![];
            for (index, (answer, no)) in answers.iter().zip(&noes).enumerate() {
                let purpose = Self::consent_purpose(&policy, &answer.purpose, "answers")?;
                let item = form.items.iter().find(|item| item.purpose == answer.purpose);
                if !answer.choice.lowers() {
                    if item.is_none() {
                        return Err(Error::NoticeNotShown { purpose: answer.purpose.clone() });
                    }
                    check_guardian(&policy, &pen.head.state, answer.actor, || format!("answers[{index}].actor"))?;
                }
                let subject = subject_of(&pen.head.state, purpose.scope).to_owned();
                let stood = stood(&pen.head.state, &subject, &purpose.id);
                let choice =
                    if answer.choice == ChoiceKind::Refused && stood == Status::Granted { ChoiceKind::Withdrawn } else { answer.choice };
                let body = Body::Choice(Choice {
                    language: form.language.clone(),
                    surface: form.surface.clone(),
                    method: answer.method,
                    actor: answer.actor,
                    ..choice_of(subject, &purpose.id, Asked::of(&policy, purpose), choice, item)
                });
                let appended = pen.send_no(no.as_ref(), body)?;
                items.push(receipt(&answer.purpose, choice, appended));
            }
            Ok(Receipt { items, at: pen.stamp.now, pending: pen.head.pending })
        })
    }

    /// The noes among the answers to a form, each in the place of its answer.
    fn noes_of_form(&self, policy: &Policy, form: Option<&Form>, answers: &[Answer]) -> Result<Vec<Option<Denial>>> {
        let (stamp, person) = (self.stamp(), self.present.load().person.clone());
        let no = |answer: &Answer| {
            let purpose = Self::consent_purpose(policy, &answer.purpose, "answers")?;
            let item = form.and_then(|form| form.shown.items.iter().find(|item| item.purpose == answer.purpose));
            let choice = Choice {
                language: form.map(|form| form.shown.language.clone()).unwrap_or_default(),
                surface: form.map(|form| form.shown.surface.clone()).unwrap_or_default(),
                method: answer.method,
                actor: answer.actor,
                ..choice_of(person.clone(), &purpose.id, Asked::of(policy, purpose), answer.choice, item)
            };
            self.denial(&stamp, Denied::No(choice))
        };
        answers.iter().map(|answer| answer.choice.lowers().then(|| no(answer)).transpose()).collect()
    }

    /// What a token says, where that is known without reading the file, and it fits the present state.
    fn known_form(&self, token: &str) -> Option<Arc<Form>> {
        let (install, key) = self.present.shown_key();
        let form = self.form_by(token, &install, || Ok(key)).ok()?;
        check_form(&form.shown, &self.policy.load(), &install, &self.present.load().person).is_ok().then_some(form)
    }

    /// What a token says.
    fn form(&self, pen: &Pen<'_>, token: &str) -> Result<Arc<Form>> {
        self.form_by(token, &pen.head.state.install, || Ok(pen.transaction.setting(SHOWN_KEY)?.unwrap_or_default()))
    }

    /// A form is answered tap by tap, so the last one is kept.
    fn form_by(&self, token: &str, install: &str, key: impl FnOnce() -> Result<Vec<u8>>) -> Result<Arc<Form>> {
        if let Some(form) = self.form.load_full().filter(|form| form.is(token, install)) {
            return Ok(form);
        }
        let form = Arc::new(Form::read(token, &key()?)?);
        self.form.store(Some(form.clone()));
        Ok(form)
    }

    /// The policy that a call's arguments fit. Where they do not fit the one in memory, another process may have brought a later
    /// edition into force meanwhile: then the file's own is asked.
    pub(super) fn checked(&self, check: impl Fn(&Policy) -> Result<()>) -> Result<Arc<Policy>> {
        let policy = self.policy.load_full();
        let Err(fault) = check(&policy) else { return Ok(policy) };
        // Where the file cannot be read the fault is still one by all that is known.
        let newer = self.refresh().ok().map(|()| self.policy.load_full()).filter(|newer| newer.edition != policy.edition).ok_or(fault)?;
        check(&newer)?;
        Ok(newer)
    }

    /// Withdraws. Needs no form, no network and no sign-in, and always works (KR-17) for every purpose that the policy in force asks for
    /// or that an earlier edition asked for here. All are written, or none. Returns when it is on disk; each counts from the call on, also
    /// where the file cannot be written: see `unrecorded`.
    pub fn withdraw(&self, purposes: &[&str]) -> Result<Receipt> {
        check_count("purposes", purposes.len())?;
        let mut seen = BTreeSet::new();
        for (index, purpose) in purposes.iter().enumerate() {
            check_text(&field(index), purpose, MAX_ID_CHARS)?;
            if !seen.insert(*purpose) {
                return Err(Error::invalid(field(index), "is named twice in one call"));
            }
        }
        fn field(index: usize) -> String {
            format!("purposes[{index}]")
        }
        self.meet_news();
        let (stamp, person) = (self.stamp(), self.present.load().person.clone());
        let mut noes = vec![];
        for (index, id) in purposes.iter().enumerate() {
            let about = self.known_withdrawable(id, || field(index))?;
            let no = |about| self.denial(&stamp, Denied::No(self.withdrawal(person.clone(), id, about)));
            noes.push(about.map(no).transpose()?);
        }
        let held: Vec<Denial> = noes.iter().flatten().cloned().collect();
        self.write(&held, |pen| {
            let policy = self.policy.load_full();
            let about = |(index, id): (usize, &&str)| withdrawable(pen.transaction, &pen.head.state, &policy, id, || field(index));
            let about: Vec<Asked> = purposes.iter().enumerate().map(about).collect::<Result<_>>()?;
            let mut items = vec![];
            for ((id, about), no) in purposes.iter().zip(about).zip(&noes) {
                let subject = subject_of(&pen.head.state, about.scope).to_owned();
                let body = Body::Choice(self.withdrawal(subject, id, about));
                items.push(receipt(id, ChoiceKind::Withdrawn, pen.send_no(no.as_ref(), body)?));
            }
            Ok(Receipt { items, at: pen.stamp.now, pending: pen.head.pending })
        })
    }

    fn withdrawal(&self, subject: String, id: &str, about: Asked) -> Choice {
        Choice { language: self.options.language.clone(), ..choice_of(subject, id, about, ChoiceKind::Withdrawn, None) }
    }

    /// What a withdrawal is about, by the policy in memory, and by the file for what that does not ask about. `None` where the file
    /// cannot be read: what the policy in force does not have is not allowed either.
    fn known_withdrawable(&self, id: &str, field: impl FnOnce() -> String) -> Result<Option<Asked>> {
        if let Some(about) = asked(&self.policy.load(), id) {
            return Ok(Some(about));
        }
        match self.read(|transaction, head| withdrawable(transaction, &head.state, &self.policy.load(), id, field)) {
            Err(fault) if !fault.is_of_the_file() => Err(fault),
            found => Ok(found.ok()),
        }
    }
}

fn check_answers(policy: &Policy, answers: &[Answer]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for (index, answer) in answers.iter().enumerate() {
        let field = format!("answers[{index}].purpose");
        Consent::consent_purpose(policy, &answer.purpose, &field)?;
        if !seen.insert(answer.purpose.as_str()) {
            return Err(Error::invalid(field, "is answered twice in one call"));
        }
    }
    Ok(())
}

/// Below the age of consent only the guardian may grant, and where children are expected so may nobody else until an age is known (PIPA-8).
pub(super) fn check_guardian(policy: &Policy, state: &State, actor: Actor, field: impl FnOnce() -> String) -> Result<()> {
    let children_expected = policy.audience != Audience::Adult;
    let signals = state.present_signals(policy.age_of_consent());
    if actor == Actor::Guardian || !signals.may_be_child(children_expected) {
        return Ok(());
    }
    let reason = match signals.age {
        Some(_) => "must be the guardian: the person is below the age of consent (PIPA-8)",
        None => {
            "must be the guardian while no age is known and the policy expects children (PIPA-8): report the person's age band with \
             report_signals"
        }
    };
    Err(Error::invalid(field(), reason))
}

/// Where a purpose stands before its answer is recorded.
pub(super) fn stood(state: &State, subject: &str, purpose: &str) -> Status {
    state.key(subject, purpose).map(|key| current_answer(key, subject, &state.install).status).unwrap_or_default()
}

pub(super) fn check_count(field: &str, count: usize) -> Result<()> {
    match count {
        0 => Err(Error::invalid(field, "is empty; give at least one entry")),
        1..=MAX_ANSWERS => Ok(()),
        _ => Err(Error::invalid(field, format!("has {count} entries; at most {MAX_ANSWERS}"))),
    }
}

fn check_form(form: &Shown, policy: &Policy, install: &str, person: &str) -> Result<()> {
    let refuse = |reason: &str| Err(Error::Shown { reason: reason.into() });
    if form.install != install {
        return refuse("it was made by another installation; ask again");
    }
    if form.policy != policy.id || form.edition != policy.edition {
        return refuse("it was made for another version of the policy; ask again");
    }
    if form.person != person {
        return refuse("somebody signed in or out since; ask again");
    }
    Ok(())
}

/// The person's own choice by a switch; the caller fills in what its form knows better.
fn choice_of(subject: String, purpose: &str, about: Asked, choice: ChoiceKind, item: Option<&ShownItem>) -> Choice {
    Choice {
        subject,
        scope: about.scope,
        purpose: purpose.to_owned(),
        choice,
        policy: TextRef { text: item.map(|item| item.text.clone()), ..about.text },
        language: String::new(),
        surface: NO_SURFACE.into(),
        method: Method::Toggle,
        actor: Actor::Person,
        seen: item.and_then(|item| item.seen.clone()).filter(|_| !choice.lowers()),
        after: item.map(|item| item.after.clone()).filter(|_| !choice.lowers()).unwrap_or_default(),
    }
}

pub(super) fn receipt(purpose: &str, choice: ChoiceKind, appended: Appended) -> ReceiptItem {
    ReceiptItem { purpose: purpose.to_owned(), choice, op: appended.op, seq: appended.seq, hash: chain::hex(&appended.hash) }
}
