//! What data is collected, how long it is kept and how it is destroyed.

use chrono::NaiveDate;
use serde::Serialize;

use super::{Origin, Text};
use crate::json::FromJson;

/// A kind of data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Stable name, dotted lower case: `phone`.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "dotted-id")))]
    pub id: String,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// Its name on the screen.
    pub label: Text,
}

/// A way by which data is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The web site.
    Website,
    /// The mobile app.
    MobileApp,
    /// Automatically, while the person uses the web site or the app.
    Automatic,
}

/// What is collected in one situation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Collection {
    /// Stable name, dotted lower case: `service.payer`.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "dotted-id")))]
    pub id: String,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// The situation, as the person knows it.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub title: Text,
    /// The purpose it serves: the id of one of the document's `purposes`.
    pub purpose: String,
    /// Items without which the purpose cannot be served: ids of the document's `items`.
    #[serde(default)]
    pub required: Vec<String>,
    /// Items a person may leave out: ids of the document's `items`.
    #[serde(default)]
    pub optional: Vec<String>,
    /// How they are collected.
    #[serde(default)]
    pub ways: Vec<Way>,
}

/// Why something is kept for a time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RetentionBasis {
    /// A statute, by its name.
    Statute(Text),
    /// The company's own rule. It is what counts where nothing is said.
    #[default]
    CompanyRule,
}

/// How long something is kept, counted from its `after`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Period {
    /// It is deleted at that moment.
    AtOnce,
    /// Calendar days.
    Days(u32),
    /// Calendar months.
    Months(u32),
    /// Calendar years.
    Years(u32),
}

/// How long one kind of record is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Stable name, dotted lower case: `records.payment`.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "dotted-id")))]
    pub id: String,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// What is kept.
    pub title: Text,
    /// The purpose it was collected for, where it serves one alone: an id of the document's `purposes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Why it is kept.
    #[serde(default)]
    pub basis: RetentionBasis,
    /// The event that the period is counted from.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub after: Text,
    /// How long it is kept.
    pub period: Period,
    /// What makes it last longer, and until when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Text>,
    /// The day on which the statute behind it ended, where it did; the company should then drop the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapsed_on: Option<NaiveDate>,
    /// What a reader should know about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// What the company declares about accounts that nobody uses. The library shows it and does nothing by it, since the law behind it was
/// repealed (PIPA-13).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dormancy {
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// Time without use after which an account counts as dormant.
    pub unused_for: Period,
    /// Days before it becomes dormant on which the person is told.
    pub notice_days: u32,
    /// How the person is told.
    pub notice_way: Text,
    /// What is done with the data.
    pub handling: Text,
    /// What is not done with the data.
    pub limits: Text,
    /// The day on which the statute behind it ended, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapsed_on: Option<NaiveDate>,
    /// What a reader should know about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// What data is written on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// Electronic files.
    Electronic,
    /// Paper.
    Paper,
}

/// How data on one medium is destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DestructionMethod {
    /// The medium.
    pub medium: Medium,
    /// How it is destroyed.
    pub how: Text,
}

/// How data is destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Destruction {
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// When data is destroyed.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub when: Text,
    /// What happens to data that another law keeps (PIPA-11).
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub kept_apart: Text,
    /// The steps, and who approves them.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub procedure: Text,
    /// How data on each medium is destroyed.
    #[serde(default)]
    pub methods: Vec<DestructionMethod>,
}
