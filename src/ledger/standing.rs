//! Where a purpose stands with a person: what the decision reads.

use serde::Serialize;

use super::{Actor, Status};

/// Why an answer that was given must be asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum AskAgain {
    /// The notice changed in meaning since (PIPA-1).
    PolicyChanged,
    /// The grant's time is over.
    Expired,
    /// A withdrawal was made elsewhere that the giver of the grant could not see.
    StaleGrant,
    /// The file came from a backup or another phone.
    Restored,
    /// An imported consent without a date.
    Undated,
    /// The advertising id was replaced: the new one is a stranger's (AND-4).
    AdIdChanged,
    /// The person gave it, and is below the age of consent or may be: the guardian has to answer (PIPA-8).
    NotByGuardian,
}

crate::json::words!(AskAgain { PolicyChanged, Expired, StaleGrant, Restored, Undated, AdIdChanged, NotByGuardian });

/// Where one purpose stands with the person, after the conflict rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Where it stands.
    pub status: Status,
    /// Set where a grant must be asked for again and does not count until then.
    /// A changed policy, an expiry and a missing guardian are not found here but by the decision.
    pub ask_again: Option<AskAgain>,
    /// When it was said, Unix milliseconds; 0 where nothing was said.
    pub at: i64,
    /// Material number of the notice it answers.
    pub material: u32,
    /// Position in this device's ledger of the record that made it so, where there is one.
    pub seq: Option<i64>,
    /// By whom it was said. For a person below the age of consent only the guardian's grant counts (PIPA-8).
    pub actor: Actor,
}
