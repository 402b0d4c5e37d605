//! Who else receives data: third parties, recipients abroad, and processors that work for the company.

use serde::Serialize;

use super::{Contact, Origin, Text};
use crate::json::FromJson;

/// Somebody who receives data for purposes of their own: the five items of PIPA-2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ThirdParty {
    /// Stable name, dotted lower case.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "dotted-id")))]
    pub id: String,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// Who receives it.
    pub recipient: Text,
    /// What they use it for.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub purpose: Text,
    /// What they receive: ids of the document's `items`.
    #[serde(default)]
    pub items: Vec<String>,
    /// How long they keep it.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub retention: Text,
    /// The right to refuse, and what refusing costs.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub refusal: Text,
}

/// Data that leaves the country: the five items of PIPA-3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// Stable name, dotted lower case.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "dotted-id")))]
    pub id: String,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// What leaves: ids of the document's `items`.
    #[serde(default)]
    pub items: Vec<String>,
    /// The country it goes to.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub country: Text,
    /// When the data is sent there.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub when: Text,
    /// How the data is sent there.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub method: Text,
    /// Who receives it.
    pub recipient: Text,
    /// Where they are reached.
    #[serde(default)]
    pub contact: Contact,
    /// What they use it for.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub purpose: Text,
    /// How long they keep it.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub retention: Text,
    /// How to refuse, and what refusing costs.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub refusal: Text,
}

/// A recipient whom several purposes name: an advertising network, a measurement company. Where a law asks for more of a recipient, it is
/// a third party, a transfer or a processor as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Vendor {
    /// Stable name, by which purposes name it.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "dotted-id")))]
    pub id: String,
    /// Its name, the same in every language.
    pub name: String,
    /// Where it says what it does with the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("format" = "uri")))]
    pub url: Option<String>,
}

/// A company that processes data on this company's behalf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Processor {
    /// Stable name, dotted lower case.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "dotted-id")))]
    pub id: String,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// Its name.
    pub name: Text,
    /// What it does.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub task: Text,
}
