//! The policy document.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Audience, Night, Purpose};

/// One policy document: everything that may be asked and must be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Stable name of the policy: `influential`.
    pub id: String,
    /// The label a person sees: `2020-05-27`.
    pub version: String,
    /// Counts up by one with each publication; orders the versions.
    pub edition: u32,
    /// First day it was announced.
    pub announced_on: NaiveDate,
    /// First day it is in force.
    pub effective_on: NaiveDate,
    /// BCP 47 tags; the first is used where a text in the asked language is missing.
    pub languages: Vec<String>,
    /// Names of the forms that ask: `first_run`, `settings`.
    pub surfaces: Vec<String>,
    /// Who may be in front of the screen.
    pub audience: Audience,
    /// Hours that need a separate consent.
    #[serde(default)]
    pub night: Night,
    /// What the company may be allowed to do.
    pub purposes: Vec<Purpose>,
}

impl Policy {
    /// The purpose with this id.
    pub fn purpose(&self, id: &str) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.id == id)
    }
}
