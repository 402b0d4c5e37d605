//! What is kept of the record behind an answer that a server tells: who wrote it, when it was said, and what it answers.

use serde::Serialize;

use super::Actor;
use crate::json::FromJson;

/// What the record behind a state shows. The record itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Evidence {
    /// The installation that wrote the record.
    pub install: String,
    /// The record's position in that installation's ledger.
    pub seq: i64,
    /// When the answer was given (RFC 3339); for an answer without a date, when it was recorded.
    pub at: String,
    /// Material number of the notice that it answers.
    pub material: u32,
    /// True for an import of which the older store did not keep the date.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undated: bool,
    /// True for an answer brought from an older store.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub imported: bool,
    /// By whom it was said; absent for the person.
    #[serde(default, skip_serializing_if = "Actor::is_person")]
    pub actor: Actor,
    /// True where the record bears the name of this installation and is not in this device's ledger. Then a copy of the phone that was not
    /// found out yet wrote it, and the record's position is one in the copy's ledger.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_copy: bool,
}

impl Evidence {
    /// True where the record is in this device's own ledger, so that its position can be compared with others there.
    pub fn is_written_here(&self, install: &str) -> bool {
        self.install == install && !self.by_copy
    }
}
