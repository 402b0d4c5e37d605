//! The device's half of the conflict rule: the current answer to a purpose, from what was said on this device and what the server told.
//!
//! The server's half is [`ServerState`](super::server_rule::ServerState). Clocks play no part in either.

use std::collections::BTreeMap;

use super::coverage::saw_every_withdrawal;
use crate::{
    ledger::{AskAgain, CurrentAnswer, Key, State, Status},
    policy::{Policy, Scope, Uses},
};

/// The current answer to one purpose on this device, by the conflict rule: a grant that still waits to be sent counts only if its giver
/// could see every withdrawal that is known here.
pub fn current_answer(key: &Key, subject: &str, install: &str) -> CurrentAnswer {
    let informed = key.pending.as_ref().is_none_or(|pending| saw_every_withdrawal(key, pending, subject));
    key.current_answer(install, informed)
}

/// The subject a purpose's choices belong to.
pub fn subject_of(state: &State, scope: Scope) -> &str {
    match scope {
        Scope::Device => &state.device,
        Scope::Person => &state.person,
    }
}

/// The current answers to the purposes of the policy, those of the device and those of the person in front of it. A purpose of which nothing
/// is known is left out, unless it is allowed until the person objects: then the answer says what that silence is worth. A grant for the
/// advertising id does not count once the id has changed since it was given.
pub fn current_answers(state: &State, policy: &Policy) -> BTreeMap<String, CurrentAnswer> {
    let mut answers = BTreeMap::new();
    for purpose in &policy.purposes {
        let subject = subject_of(state, purpose.scope);
        let mut answer = match state.key(subject, &purpose.id) {
            Some(key) => current_answer(key, subject, &state.install),
            None if purpose.basis.silence_allows() => CurrentAnswer::default(),
            None => continue,
        };
        if purpose.basis.silence_allows() {
            answer.silence = state.silence(subject, &purpose.id);
        }
        let stranger =
            purpose.uses == Some(Uses::AdvertisingId) && answer.seq.zip(state.ad_id_changed).is_some_and(|(said, changed)| said < changed);
        if stranger && answer.status == Status::Granted && answer.ask_again.is_none() {
            answer.ask_again = Some(AskAgain::AdIdChanged);
        }
        state.lay_set_aside_over(&purpose.id, &mut answer);
        answers.insert(purpose.id.clone(), answer);
    }
    answers
}
