//! The form before a person touches it: the questions in groups, each with its notice, and what depends on what.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    date::date,
    question::{Question, Questions, Why},
    rows::rows,
    view::{FormElement, FormKind, FormLink, FormSwitch, FormView, LinkTarget, Sheet},
    words::{Words, naming},
};
use crate::{
    decision::Reason,
    ledger::Status,
    policy::{Policy, Purpose},
};

/// What is known of one purpose beside its question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// When the last answer was given, Unix milliseconds; 0 where that is not known.
    pub at: i64,
    /// True while the last answer waits to be sent.
    pub waiting: bool,
    /// Every reason for which it is not allowed now.
    pub reasons: Vec<Reason>,
}

/// What a form is made of.
pub struct FormFacts<'a> {
    /// The policy in force.
    pub policy: &'a Policy,
    /// The questions, with the token that names their texts.
    pub questions: &'a Questions,
    /// Which form it is.
    pub kind: FormKind,
    /// What is known of each purpose.
    pub standing: &'a BTreeMap<String, Standing>,
    /// How many minutes local time is ahead of UTC.
    pub utc_offset: i32,
    /// The way through the system's menus to what caps the advertising id; empty where the policy has none.
    pub system_path: &'a str,
}

/// Groups of purposes, each below its heading.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Cookies,
    AdvertisingId,
    Marketing,
    Other,
}

impl Group {
    fn of(purpose: &Purpose) -> Self {
        // A policy may cover cookies and uses of the advertising id by the name of a purpose alone, as the first user's does.
        if !purpose.cookies.is_empty() || purpose.id.starts_with("cookies.") {
            Self::Cookies
        } else if purpose.uses_advertising_id() || purpose.id.starts_with("ad_id.") {
            Self::AdvertisingId
        } else if purpose.is_marketing() {
            Self::Marketing
        } else {
            Self::Other
        }
    }

    fn heading(self, words: &Words) -> &'static str {
        match self {
            Self::Cookies => words.cookies,
            Self::AdvertisingId => words.advertising_id,
            Self::Marketing => words.marketing,
            Self::Other => words.other,
        }
    }
}

/// The form before a person touches it. Nothing is on but what counts as a yes already.
pub fn form_view(facts: &FormFacts<'_>) -> FormView {
    let (policy, questions) = (facts.policy, facts.questions);
    let words = Words::of(&questions.language);
    let switches: Vec<(Group, FormSwitch)> = questions.questions.iter().map(|question| switch(facts, words, question)).collect();
    let mut groups: Vec<Group> = vec![];
    for (group, _) in &switches {
        if !groups.contains(group) {
            groups.push(*group);
        }
    }
    let mut elements = vec![];
    for group in &groups {
        if groups.len() > 1 {
            elements.push(FormElement::Heading { text: group.heading(words).into() });
        }
        let own = switches.iter().filter(|(other, _)| other == group).map(|(_, switch)| Box::new(switch.clone()));
        elements.extend(own.map(|switch| FormElement::Switch { switch }));
    }
    elements.extend(together(words, facts.kind, switches.len()));
    let link = |text: &str, target| FormElement::Link { link: FormLink { text: text.into(), target } };
    elements.push(link(words.read_policy, LinkTarget::Policy));
    if facts.kind == FormKind::Settings {
        elements.push(link(words.read_history, LinkTarget::History));
    }
    let opening = words.opening(facts.kind);
    let company = policy.controller.as_ref().map(|company| policy.text(&company.name, &questions.language));
    FormView {
        kind: facts.kind,
        shown: questions.shown.clone(),
        surface: questions.surface.clone(),
        due: false,
        sheet: Sheet {
            language: questions.language.clone(),
            words: words.language.into(),
            company: company.unwrap_or_default(),
            title: opening.title.into(),
            text: opening.text.into(),
            elements,
        },
        save: (facts.kind != FormKind::OnePurpose).then(String::new),
        close: words.close.into(),
        said: String::new(),
    }
    .opened(questions)
}

/// The pair of buttons after the last notice: for one question its two answers, and for several all of them at once.
fn together(words: &Words, kind: FormKind, count: usize) -> Option<FormElement> {
    let (refuse, accept) = match (kind, count) {
        (_, 0) => return None,
        (FormKind::OnePurpose, 1) => (words.refuse_one, words.accept_one),
        (FormKind::OnePurpose, _) => (words.refuse_all, words.accept_all),
        // One switch needs no second way to be answered.
        (_, 1) => return None,
        _ => (words.refuse_all, words.accept_all),
    };
    Some(FormElement::Together { title: String::new(), refuse: refuse.into(), accept: accept.into() })
}

fn switch(facts: &FormFacts<'_>, words: &Words, question: &Question) -> (Group, FormSwitch) {
    let purpose = facts.policy.purpose(&question.purpose);
    let known = facts.standing.get(&question.purpose).cloned().unwrap_or_default();
    let granted = question.is_granted();
    let again = match question.why {
        Why::AskAgain { cause } => Some(Reason::AskAgain { cause }.text_by(facts.policy, &question.notice.language)),
        _ => None,
    };
    let switch = FormSwitch {
        purpose: question.purpose.clone(),
        title: question.notice.title.clone(),
        optional: words.optional.into(),
        label: if question.why == Why::MayObject { words.allow } else { words.agree }.into(),
        on: question.starts_on(),
        started_on: question.starts_on(),
        visible: true,
        why: question.why,
        standing: standing(facts, words, question, known.at),
        waiting: known.waiting.then(|| words.waiting.into()),
        again,
        held_back: if granted { held_back(facts, words, question, &known.reasons) } else { vec![] },
        rows: rows(words, facts.policy, &question.notice),
        folded: granted.then(|| words.read_agreed.into()),
        requires: requires(facts, question),
    };
    (purpose.map_or(Group::Other, Group::of), switch)
}

/// What was said last and when. A form that asks for the first time has nothing to tell but what counts already.
fn standing(facts: &FormFacts<'_>, words: &Words, question: &Question, at: i64) -> Option<String> {
    let sentence = match question.status {
        Status::NotAnswered if question.why == Why::MayObject => words.may_object,
        Status::NotAnswered => return (facts.kind == FormKind::Settings).then(|| words.not_answered.into()),
        Status::Granted => words.agreed_on,
        Status::Refused => words.refused_on,
        Status::Withdrawn => words.withdrawn_on,
    };
    let day = if at == 0 { String::new() } else { date(words, at, facts.utc_offset) };
    if sentence == words.may_object { Some(sentence.into()) } else { (!day.is_empty()).then(|| naming(sentence, &day)) }
}

/// What takes a yes away that the person gave. That the system has not asked yet is no trouble: it does so after the form.
fn held_back(facts: &FormFacts<'_>, words: &Words, question: &Question, reasons: &[Reason]) -> Vec<String> {
    let by_system = |reason: &&Reason| {
        matches!(
            reason,
            Reason::OsDenied | Reason::OsRestricted | Reason::AdIdLimited | Reason::AdIdUnavailable { .. } | Reason::Gpc | Reason::Child
        )
    };
    let told: Vec<String> = reasons.iter().filter(by_system).map(|one| one.text_by(facts.policy, &question.notice.language)).collect();
    if told.is_empty() {
        return told;
    }
    let path = matches!(reasons.iter().find(by_system), Some(Reason::OsDenied | Reason::AdIdLimited)) && !facts.system_path.is_empty();
    let way = path.then(|| naming(words.where_to_change, facts.system_path));
    [words.held_back.to_owned()].into_iter().chain(told).chain(way).collect()
}

/// The purposes of this form on which a question depends, also through others. A yes that counts is never hidden: where what it requires is
/// off already, it stands on the screen all the same, so that it can be withdrawn (KR-17).
fn requires(facts: &FormFacts<'_>, question: &Question) -> Vec<String> {
    let asked: BTreeMap<&str, &Question> = facts.questions.questions.iter().map(|one| (one.purpose.as_str(), one)).collect();
    let (mut all, mut left) = (BTreeSet::new(), question.notice.requires.clone());
    while let Some(id) = left.pop() {
        if all.insert(id.clone()) {
            left.extend(facts.policy.purpose(&id).into_iter().flat_map(|purpose| purpose.requires.iter().cloned()));
        }
    }
    all.retain(|id| asked.contains_key(id.as_str()) && *id != question.purpose);
    if question.starts_on() && all.iter().any(|id| asked.get(id.as_str()).is_some_and(|parent| !parent.starts_on())) {
        return vec![];
    }
    all.into_iter().collect()
}
