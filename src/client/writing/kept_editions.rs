//! The editions of the policy that the file keeps: those that are or were in force here, and those that are announced.

use crate::{
    error::{Error, Result},
    ledger::State,
    policy::Policy,
    store::{Transaction, settings::SHIPPED_EDITION},
};

/// The editions that were in force before this one, newest first.
pub fn former_policies(transaction: &Transaction<'_>, state: &State, in_force: &Policy) -> Result<Vec<Policy>> {
    former_editions(transaction, state, in_force.edition)?.into_iter().map(|edition| stored_policy(transaction, edition)).collect()
}

/// The editions that were in force before this one, newest first. One that was announced and never came into force asked nobody anything.
pub fn former_editions(transaction: &Transaction<'_>, state: &State, edition: u32) -> Result<Vec<u32>> {
    let kept = transaction.editions_before(edition)?;
    Ok(kept.into_iter().filter(|edition| !state.dropped_editions.contains(edition)).collect())
}

/// The highest edition that an app shipped, 0 where none did.
pub fn shipped_edition(transaction: &Transaction<'_>) -> Result<u32> {
    let stored = transaction.setting(SHIPPED_EDITION)?;
    Ok(stored.and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes))
}

/// A policy that was in force here or is announced.
pub fn stored_policy(transaction: &Transaction<'_>, edition: u32) -> Result<Policy> {
    let stored = transaction.policy(edition)?.and_then(|stored| Policy::read_kept(&stored));
    let mut policy = stored.ok_or_else(|| Error::Damaged { reason: "a policy that was in force is gone".into() })?;
    if policy.regimes.is_empty() {
        policy.regimes = transaction.assumed_regimes(edition)?;
    }
    Ok(policy)
}
