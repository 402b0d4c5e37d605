//! The editions that are announced, as the open ledger keeps them: each with its document, and with what silence will be worth under it.

use std::{collections::BTreeMap, sync::Arc};

use super::writing::{
    kept_editions::{former_policies, stored_policy},
    shipped_line::set_aside,
};
use crate::{
    error::Result,
    ledger::{CurrentAnswer, EditionAhead, SetAside, Silence, State},
    policy::{Policy, Scope, revision},
    store::Transaction,
};

/// An edition that comes into force later.
pub struct Ahead {
    /// How the ledger names it.
    pub named: EditionAhead,
    pub policy: Arc<Policy>,
    /// What silence is worth under it.
    pub silence: NewSilence,
    /// The answers that it sets aside. The record of its coming into force says the same.
    pub sets_aside: Vec<SetAside>,
}

/// What an edition takes from the worth of silence. The record of its coming into force says the same; until that is written, the edition
/// counts already.
#[derive(Clone, Default)]
pub struct NewSilence {
    /// Purposes that it allows until the person objects and that an earlier edition asked consent to.
    asked_before: Vec<String>,
    /// True where it brings a purpose of persons that is allowed until they object.
    pull_first: bool,
}

/// The editions that the file says come into force later, the next one first.
pub fn read(transaction: &Transaction<'_>, state: &State) -> Result<Vec<Ahead>> {
    let Some(adopted) = state.policy.as_ref().filter(|_| !state.announced.is_empty()) else { return Ok(vec![]) };
    let mut before = Arc::new(stored_policy(transaction, adopted.edition)?);
    let mut former = former_policies(transaction, state, &before)?;
    let (mut silence, mut sets_aside) = (NewSilence::default(), vec![]);
    let mut announced = vec![];
    for named in &state.announced {
        let policy = Arc::new(stored_policy(transaction, named.edition)?);
        silence.asked_before.extend(revision::asked_before(&before, &former, &policy));
        silence.pull_first |= revision::brings_silence(&before, &policy);
        if named.shipped {
            sets_aside.extend(set_aside(transaction, state, (&before, &former), &policy)?);
        }
        announced.push(Ahead { named: named.clone(), policy: policy.clone(), silence: silence.clone(), sets_aside: sets_aside.clone() });
        former.insert(0, before.as_ref().clone());
        before = policy;
    }
    Ok(announced)
}

impl Ahead {
    /// Takes from the worth of what was said, and of silence, what this edition takes.
    pub fn lay_over(&self, answers: &mut BTreeMap<String, CurrentAnswer>, state: &State) {
        self.silence.lay_over(answers, &self.policy, state);
        for (purpose, answer) in answers {
            self.sets_aside.iter().for_each(|aside| aside.lay_over(purpose, answer));
        }
    }
}

impl NewSilence {
    /// Takes from the worth of silence what this edition takes.
    fn lay_over(&self, answers: &mut BTreeMap<String, CurrentAnswer>, policy: &Policy, state: &State) {
        let person = state.subjects.get(&state.person);
        let told = person.is_some_and(|person| person.keys.values().any(|key| key.remote.is_some()));
        let unknown = self.pull_first && (state.signed_in || told);
        for (purpose, answer) in answers.iter_mut().filter(|(_, answer)| answer.silence == Silence::Allows) {
            if unknown && policy.purpose(purpose).is_some_and(|purpose| purpose.scope == Scope::Person) {
                answer.silence = Silence::NotPulled;
            } else if self.asked_before.contains(purpose) {
                answer.silence = Silence::NeedsAnswer;
            }
        }
    }
}
