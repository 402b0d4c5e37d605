//! The editions of the policy beside the one in force: those that are announced, and those that people were asked by before.

use super::{open_ledger::OpenLedger, writing::kept_editions::stored_policy};
use crate::{
    error::{Error, Result},
    policy::{PolicyChange, PolicyView, days_left, diff, view},
};

/// An edition of the policy that is announced: it is known, and comes into force on its day. Until then the one before it counts.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AnnouncedEdition {
    /// Its place in the order of versions.
    pub edition: i64,
    /// The label of the version.
    pub version: String,
    /// When it comes into force, Unix milliseconds.
    pub from: i64,
    /// How many days are left until then. A day that has begun counts as a whole one.
    pub days_left: i64,
    /// What changes from the edition before it, field by field.
    pub changes: Vec<PolicyChange>,
    /// The purposes that whoever granted them is asked about again.
    pub asks_again: Vec<String>,
    /// The purposes that nobody was asked about before.
    pub asks_first: Vec<String>,
    /// The whole document in the person's language, for a page that shows what comes.
    pub policy: PolicyView,
}

/// The editions that are announced: see `Consent::announced`.
pub fn announced(ledger: &OpenLedger) -> Vec<AnnouncedEdition> {
    let now = ledger.options.clock.now();
    let options = &ledger.options;
    let mut before = ledger.policy_at(now);
    let mut editions = vec![];
    for (from, policy) in ledger.present.load().announced(now) {
        let changed = diff(&before, &policy);
        editions.push(AnnouncedEdition {
            edition: i64::from(policy.edition),
            version: policy.version.clone(),
            from,
            days_left: days_left(from, now),
            changes: changed.changes,
            asks_again: changed.asks_again,
            asks_first: changed.asks_first,
            policy: view(&policy, &options.language, options.platform, &options.os_version),
        });
        before = policy;
    }
    editions
}

/// An edition that was, is or will be in force here: see `Consent::edition`.
pub fn edition(ledger: &OpenLedger, edition: i64) -> Result<PolicyView> {
    let unknown =
        || Error::invalid("edition", "is no edition that is or was in force or announced here; take one from history() or policy()");
    let number = u32::try_from(edition).map_err(|_| unknown())?;
    let options = &ledger.options;
    ledger.read(|transaction, head| {
        if transaction.policy(number)?.is_none() || head.state.dropped_editions.contains(&number) {
            return Err(unknown());
        }
        let policy = stored_policy(transaction, number)?;
        Ok(view(&policy, &options.language, options.platform, &options.os_version))
    })
}
