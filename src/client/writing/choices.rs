//! Records of choices and imports: what they bear, and what they change of the answer that stands.

use std::collections::BTreeMap;

use super::{asked::Asked, writer::LedgerWriter};
use crate::{
    client::shown_token::ShownItem,
    error::{Error, Result},
    ledger::{Actor, Body, Choice, ChoiceKind, CurrentAnswer, Import, Kept, KeptRow, Key, Method, SaidElsewhere, State, Status, TextRef},
    policy::{Audience, Policy},
    sync::device_rule::current_answer,
};

/// What a withdrawal outside any form bears as its surface.
const NO_SURFACE: &str = "none";

/// Below the age of consent only the guardian may grant, and where children are expected so may nobody else until an age is known (PIPA-8).
pub fn check_guardian(policy: &Policy, state: &State, actor: Actor, field: impl FnOnce() -> String) -> Result<()> {
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

/// The status of a purpose before its answer is recorded.
pub fn status_before(state: &State, subject: &str, purpose: &str) -> Status {
    state.key(subject, purpose).map(|key| current_answer(key, subject, &state.install).status).unwrap_or_default()
}

/// What is recorded of a no: where there was a yes it is a withdrawal.
pub fn as_recorded(choice: ChoiceKind, before: Status) -> ChoiceKind {
    if choice == ChoiceKind::Refused && before == Status::Granted { ChoiceKind::Withdrawn } else { choice }
}

/// The record of the person's own choice by a switch. The caller fills in what it knows better, such as the language of its form.
pub fn choice_of(subject: String, purpose: &str, about: Asked, choice: ChoiceKind, item: Option<&ShownItem>) -> Choice {
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

/// The import as it is recorded; `None` where the answer that stands does not give way to it, where the row was brought before, and where it
/// is a yes that could not be remembered as brought.
pub fn fitted(state: &State, import: Import) -> Option<Import> {
    if state.was_brought(&import) || (!import.choice.lowers() && state.places_for(&import) == 0) {
        return None;
    }
    let key = state.key(&import.subject, &import.purpose);
    let said = key.map(|key| said_there(key, current_answer(key, &import.subject, &state.install), &state.install)).unwrap_or_default();
    let said = said.gives_way_to(&SaidElsewhere::of(&import)).then_some(said)?;
    // A yes of the store passed the no that the store said before, and so does the next.
    let passed = key.and_then(|key| key.own_withdrawal.as_ref()).filter(|_| said.counts()).map(|own| own.op.clone());
    Some(Import { replaces: passed.or(said.op).filter(|_| said.imported), ..import })
}

/// The answer that stands; one of an older store with the date that it bore there. A clock that was wrong since makes no row of it a later one.
fn said_there(key: &Key, said: CurrentAnswer, install: &str) -> CurrentAnswer {
    let written = key.current_answer_as_written(install, true);
    if said.imported && written.op == said.op { CurrentAnswer { at: written.at, ..said } } else { said }
}

/// Records which rows of an older store were brought, where they changed nothing and are not remembered yet.
pub fn remember_brought(writer: &mut LedgerWriter<'_>, imports: &[Import]) -> Result<()> {
    let mut kept: BTreeMap<&str, Kept> = BTreeMap::new();
    for import in imports {
        if writer.head.state.was_brought(import) {
            continue;
        }
        let of_subject = Kept { subject: import.subject.clone(), noes: vec![], yeses: vec![] };
        let kept = kept.entry(&import.subject).or_insert(of_subject);
        let rows = if import.choice.lowers() { &mut kept.noes } else { &mut kept.yeses };
        let row = KeptRow { purpose: import.purpose.clone(), row: import.row() };
        let taken = rows.iter().filter(|other| other.purpose == row.purpose).count();
        if !rows.contains(&row) && taken < writer.head.state.places_for(import) {
            rows.push(row);
        }
    }
    let install = writer.head.state.install.clone();
    for kept in kept.into_values().filter(|kept| !kept.noes.is_empty() || !kept.yeses.is_empty()) {
        writer.append(&install, Body::Kept(kept))?;
    }
    Ok(())
}
