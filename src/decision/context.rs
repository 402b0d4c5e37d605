//! What a decision is made of.

use std::collections::BTreeMap;

use crate::{
    ledger::CurrentAnswer,
    policy::{Hours, Policy, ZoneOffsets},
    signal::{Platform, Signals},
};

/// Everything a decision is made of, except the purpose and the time.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The policy in force.
    pub policy: &'a Policy,
    /// The current answer to each purpose. A purpose that has none was not answered; where such a purpose is allowed until the person
    /// objects, it is not known whether the person did, and it is not allowed.
    pub answers: &'a BTreeMap<String, CurrentAnswer>,
    /// What the platform and the host said last.
    pub signals: &'a Signals,
    /// The platform that the app runs on.
    pub platform: Platform,
    /// False where the store is closed or cannot be read.
    pub available: bool,
    /// What the host knows of the zone of the policy's night; needed only where that is one that changes its clocks.
    pub zone: Option<&'a ZoneOffsets>,
}

impl<'a> Context<'a> {
    /// The hours of the policy's night; `None` where it has none.
    pub(super) fn hours(&self) -> Option<Hours<'a>> {
        self.policy.quiet_hours().map(|night| night.hours(self.zone))
    }
}
