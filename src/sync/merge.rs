//! The device's half of the conflict rule: what a purpose comes to, from what was said here and what the server told.
//!
//! The server's half is [`Standpoint`](super::standpoint::Standpoint). Clocks play no part.

use std::collections::BTreeMap;

use super::coverage::counts;
use crate::{
    ledger::{AskAgain, Key, Standing, State, Status},
    policy::{Policy, Scope, Uses},
};

/// Where a purpose stands on a device, after the conflict rule.
pub fn standing(key: &Key, subject: &str, install: &str) -> Standing {
    let informed = key.pending.as_ref().is_none_or(|pending| counts(key, pending, subject));
    key.standing(install, informed)
}

/// The subject a purpose's choices belong to.
pub fn subject_of(state: &State, scope: Scope) -> &str {
    match scope {
        Scope::Device => &state.device,
        Scope::Person => &state.person,
    }
}

/// Where every purpose of the policy stands for the device and the person in front of it.
pub fn standings(state: &State, policy: &Policy) -> BTreeMap<String, Standing> {
    let mut standings = BTreeMap::new();
    for purpose in &policy.purposes {
        let subject = subject_of(state, purpose.scope);
        let Some(key) = state.key(subject, &purpose.id) else { continue };
        let mut standing = standing(key, subject, &state.install);
        let stranger = purpose.uses == Some(Uses::AdvertisingId)
            && standing.seq.zip(state.ad_id_changed).is_some_and(|(said, changed)| said < changed);
        if stranger && standing.status == Status::Granted && standing.ask_again.is_none() {
            standing.ask_again = Some(AskAgain::AdIdChanged);
        }
        standings.insert(purpose.id.clone(), standing);
    }
    standings
}
