//! The device's half of the conflict rule: what a purpose comes to, from what was said here and what the server told.
//!
//! The server's half is [`Standpoint`](super::standpoint::Standpoint). Clocks play no part.

use std::collections::BTreeMap;

use super::coverage::counts;
use crate::{
    ledger::{AskAgain, CurrentAnswer, Key, State, Status},
    policy::{Policy, Scope, Uses},
};

/// Where a purpose stands on a device, after the conflict rule.
pub fn current_answer(key: &Key, subject: &str, install: &str) -> CurrentAnswer {
    let informed = key.pending.as_ref().is_none_or(|pending| counts(key, pending, subject));
    key.current_answer(install, informed)
}

/// The subject a purpose's choices belong to.
pub fn subject_of(state: &State, scope: Scope) -> &str {
    match scope {
        Scope::Device => &state.device,
        Scope::Person => &state.person,
    }
}

/// Where every purpose of the policy stands for the device and the person in front of it.
pub fn current_answers(state: &State, policy: &Policy) -> BTreeMap<String, CurrentAnswer> {
    let mut answers = BTreeMap::new();
    for purpose in &policy.purposes {
        let subject = subject_of(state, purpose.scope);
        let Some(key) = state.key(subject, &purpose.id) else { continue };
        let mut answer = current_answer(key, subject, &state.install);
        let stranger =
            purpose.uses == Some(Uses::AdvertisingId) && answer.seq.zip(state.ad_id_changed).is_some_and(|(said, changed)| said < changed);
        if stranger && answer.status == Status::Granted && answer.ask_again.is_none() {
            answer.ask_again = Some(AskAgain::AdIdChanged);
        }
        answers.insert(purpose.id.clone(), answer);
    }
    answers
}
