//! What a person may ask for, and how data is kept safe.

use serde::Serialize;

use super::{Origin, Text};
use crate::json::FromJson;

/// A right over one's own data (PIPA-9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, FromJson, uniffi::Enum)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RightKind {
    /// The right to see the data.
    Access,
    /// The right to have wrong data corrected.
    Correction,
    /// The right to have the data erased.
    Erasure,
    /// The right to have the use of the data stopped.
    Suspension,
}

/// One right, as the document words it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Right {
    /// Which right it is.
    pub kind: RightKind,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// Its name on the screen.
    pub title: Text,
    /// True where the data in question is neither used nor passed on until the request is settled.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hold: bool,
}

/// A way to make a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson, uniffi::Enum)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RequestWay {
    /// On the web site.
    Website,
    /// In the app.
    MobileApp,
    /// In writing.
    Writing,
    /// By telephone.
    Phone,
    /// By e-mail.
    Email,
    /// By fax.
    Fax,
}

/// Who may ask for somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Agents {
    /// Who may do so.
    pub who: Text,
    /// True where that person must hand in a power of attorney.
    #[serde(default)]
    pub power_of_attorney: bool,
}

/// What a person may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// The rights.
    #[serde(default)]
    pub kinds: Vec<Right>,
    /// The ways to make a request.
    #[serde(default)]
    pub ways: Vec<RequestWay>,
    /// How fast the company acts.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub answer: Text,
    /// What is held back until a request is settled, in words.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub hold: Text,
    /// Who may ask for somebody else (PIPA-10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agents: Option<Agents>,
}

/// A kind of safeguard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SafeguardKind {
    /// Measures of organisation: rules, training, who may do what.
    Managerial,
    /// Measures in the systems: access control, encryption.
    Technical,
    /// Measures at the buildings: locked rooms, who may enter.
    Physical,
}

/// How data is kept safe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Safeguard {
    /// Which kind of safeguard it is.
    pub kind: SafeguardKind,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// What is done.
    pub measures: Vec<Text>,
}
