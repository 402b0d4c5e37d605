//! What people were asked about a purpose, as a record of their answer names it. A purpose that the policy in force asks for no longer is
//! found in an earlier edition, so that what was granted can still be withdrawn.

use super::kept_editions::{former_editions, stored_policy};
use crate::{
    client::arguments::meant,
    error::{Error, Result},
    ledger::{State, TextRef},
    policy::{Policy, Purpose, Scope},
    store::Transaction,
};

/// Which purpose of which edition an answer is about.
pub struct Asked {
    pub scope: Scope,
    pub text: TextRef,
}

impl Asked {
    /// What people are asked about a purpose of this edition.
    pub fn of(policy: &Policy, purpose: &Purpose) -> Self {
        let text = TextRef {
            id: policy.id.clone(),
            version: policy.version.clone(),
            edition: policy.edition,
            material: purpose.material,
            text: None,
        };
        Self { scope: purpose.scope, text }
    }
}

/// What people are asked about a purpose in this edition, where they have a say about it.
pub fn asked(policy: &Policy, id: &str) -> Option<Asked> {
    policy.purpose(id).filter(|purpose| purpose.basis.may_be_answered()).map(|purpose| Asked::of(policy, purpose))
}

/// What a withdrawal of this purpose is about: what the policy in force asks, else what the last edition asked that did ask. Where no edition
/// here ever did, an answer to it that came from the server can be withdrawn too. Any other name is an error.
pub fn withdrawable(
    transaction: &Transaction<'_>,
    state: &State,
    policy: &Policy,
    id: &str,
    field: impl FnOnce() -> String,
) -> Result<Asked> {
    if let Some(asked) = asked(policy, id) {
        return Ok(asked);
    }
    for edition in former_editions(transaction, state, policy.edition)? {
        if let Some(asked) = asked(&stored_policy(transaction, edition)?, id) {
            return Ok(asked);
        }
    }
    if let Some(scope) = answered(state, id) {
        let text = TextRef { id: policy.id.clone(), version: policy.version.clone(), edition: policy.edition, material: 0, text: None };
        return Ok(Asked { scope, text });
    }
    let known = policy.purpose(id).is_some();
    let reason = if known {
        "never needed consent; leave it out, since there is none to withdraw".to_owned()
    } else {
        format!("is no purpose that anybody was asked about here; {} or had", meant(policy, id))
    };
    Err(Error::invalid(field(), reason))
}

/// The scope of a purpose that no policy here ever had, where an answer to it came from the server.
fn answered(state: &State, id: &str) -> Option<Scope> {
    let scopes = [(&state.person, Scope::Person), (&state.device, Scope::Device)];
    scopes.into_iter().find_map(|(subject, scope)| state.key(subject, id).map(|_| scope))
}
