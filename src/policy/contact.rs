//! Who stands behind the document, and where they are reached.

use serde::Serialize;

use super::{Origin, Text};
use crate::json::FromJson;

/// Where somebody is reached. At least one way must be given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, FromJson, uniffi::Record)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("format" = "email")))]
    pub email: Option<String>,
    /// Telephone number: digits and hyphens, a leading `+` allowed. Short numbers are dialled without an area code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("format" = "phone")))]
    pub phone: Option<String>,
    /// Web address, `https://` or `http://`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("format" = "uri")))]
    pub url: Option<String>,
}

/// The company that answers for the processing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// Its full name.
    pub name: Text,
    /// The name that messages and result notices are signed with (KR-8).
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub sender_name: Text,
    /// Its web site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("format" = "uri")))]
    pub website: Option<String>,
    /// Where it is reached.
    #[serde(default)]
    pub contact: Contact,
}

/// Who answers for personal data inside the company. It names a role and never a person, since the document is kept for longer than
/// somebody holds a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// The post this person holds.
    pub role: Text,
    /// What they answer for.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub duties: Text,
    /// Where they are reached.
    #[serde(default)]
    pub contact: Contact,
}

/// A body outside the company that helps a person whose rights were violated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// Stable name, dotted lower case.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "dotted-id")))]
    pub id: String,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// Its name.
    pub name: Text,
    /// Where it is reached.
    pub contact: Contact,
    /// True where the number is dialled without an area code.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_area_code: bool,
}
