//! How changes are announced, and the versions so far.

use chrono::NaiveDate;
use serde::Serialize;

use super::{Origin, Text};
use crate::json::FromJson;

/// Where a change is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AnnouncementWay {
    /// On the web site.
    Website,
    /// By e-mail.
    Email,
    /// In the app.
    MobileApp,
}

/// One version of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// Its number in the order of all versions, from 1.
    pub edition: u32,
    /// The label a person sees.
    pub version: String,
    /// First day it was announced, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced_on: Option<NaiveDate>,
    /// First day it was in force.
    pub effective_on: NaiveDate,
}

/// How changes are announced, and the versions so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Amendments {
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// The fewest days from the announcement of a change until it takes effect.
    #[serde(default)]
    pub notice_days: u32,
    /// The fewest days for a change that affects a person's rights or duties.
    #[serde(default)]
    pub material_notice_days: u32,
    /// Where changes are announced.
    #[serde(default)]
    pub ways: Vec<AnnouncementWay>,
    /// What is promised, in words.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub promise: Text,
    /// Every version, oldest first; the last is this document.
    #[serde(default)]
    pub versions: Vec<Version>,
}
