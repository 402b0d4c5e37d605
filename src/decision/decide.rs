//! The decision itself.
use std::collections::BTreeMap;

use super::Reason;
use crate::{
    ledger::Standing,
    policy::Policy,
    signal::{Platform, Signals},
};

/// Everything a decision is made of, except the purpose and the time.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The policy in force.
    pub policy: &'a Policy,
    /// Standings by purpose; a missing one was not answered.
    pub standings: &'a BTreeMap<String, Standing>,
    /// What the platform says.
    pub signals: &'a Signals,
    /// The platform.
    pub platform: Platform,
    /// False where the store is closed or cannot be read.
    pub available: bool,
}

/// The answer, with every reason against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The purpose asked about.
    pub purpose: String,
    /// True where nothing blocks.
    pub allowed: bool,
    /// All that blocks, in the documented order.
    pub reasons: Vec<Reason>,
}

/// Decides one purpose at `now` (Unix milliseconds).
pub fn decide(purpose: &str, context: &Context<'_>, now: i64) -> Decision {
    let _ = (context, now);
    Decision { purpose: purpose.into(), allowed: false, reasons: vec![Reason::UnknownPurpose] }
}
