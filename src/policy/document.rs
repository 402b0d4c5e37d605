//! The policy document as a type: everything that a company may ask for, and everything that it has to show before it asks.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    AdvertisingIdGuide, Amendments, Audience, ChannelDefinition, Collection, Controller, CookieGuide, Destruction, Dormancy, Item, Night,
    Officer, Origin, Processor, Purpose, ReasonText, Remedy, Retention, Rights, Safeguard, Text, ThirdParty, Transfer, Vendor,
    language::nearest, purpose::first,
};
use crate::json::FromJson;

/// One policy document: everything that may be asked and must be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Which laws the document is held to: `kr` for Korea. What none of them asks for, and the document does not say, is not demanded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(extend("items" = { "type": "string", "format": "regime" })))]
    pub regimes: Vec<String>,
    /// Stable name of the policy: `influential`.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "dotted-id")))]
    pub id: String,
    /// The label a person sees: `2020-05-27`.
    pub version: String,
    /// Counts up by one with each publication; orders the versions. 1 where nothing is said.
    #[serde(default = "first")]
    pub edition: u32,
    /// First day it was announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced_on: Option<NaiveDate>,
    /// First day it is in force. Absent where it is in force as soon as the app has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_on: Option<NaiveDate>,
    /// The languages of all texts, as BCP 47 tags. The first is used where a text in the asked language is missing.
    pub languages: Vec<String>,
    /// Names of the forms that ask: `first_run`, `settings`. Where none is named, a form of any name asks for every purpose.
    #[serde(default)]
    pub surfaces: Vec<String>,
    /// Who may be in front of the screen.
    #[serde(default)]
    pub audience: Audience,
    /// From which age a person consents alone, in years; 14 where nothing is said (PIPA-8). Below it the guardian consents. A law of
    /// `regimes` may not be undercut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_of_consent: Option<u32>,
    /// How many days a form stays away that was closed or refused. Where nothing is said, it is what the laws of `regimes` ask for at
    /// least, or else none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cool_down_days: Option<u32>,
    /// The company that answers for all the processing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controller: Option<Controller>,
    /// When messages need the separate consent. Where nothing is said, it is the night of the laws of `regimes` (KR-4), or else none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub night: Option<Night>,
    /// The channels that purposes use beside the known ones, `email`, `sms`, `push`, `kakao`, `phone` and `post`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<ChannelDefinition>,
    /// The recipients that purposes name, each once. At most 2,000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vendors: Vec<Vendor>,
    /// The company's own words for why something is not allowed. Korean, Japanese and English are built in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<ReasonText>,
    /// Sentences about the document as a whole, for example what the company's published text lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Statement>,
    /// The kinds of data. The other parts of the document name them by id.
    #[serde(default)]
    pub items: Vec<Item>,
    /// What the company may be allowed to do.
    pub purposes: Vec<Purpose>,
    /// What is collected in which situation, and how.
    #[serde(default)]
    pub collection: Vec<Collection>,
    /// How long what is kept, and why.
    #[serde(default)]
    pub retention: Vec<Retention>,
    /// What is done with accounts nobody uses, where the company declares it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dormancy: Option<Dormancy>,
    /// How data is destroyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destruction: Option<Destruction>,
    /// Who receives data for purposes of their own (PIPA-2); an empty list says: nobody.
    #[serde(default)]
    pub third_parties: Vec<ThirdParty>,
    /// What leaves the country (PIPA-3); an empty list says: nothing.
    #[serde(default)]
    pub transfers: Vec<Transfer>,
    /// Who works on the company's behalf; an empty list says: nobody.
    #[serde(default)]
    pub processors: Vec<Processor>,
    /// What a person may ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<Rights>,
    /// Cookies and how to refuse them. Some laws ask for it where a purpose covers cookies (PIPA-12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cookies: Option<CookieGuide>,
    /// The advertising id and how to refuse it. Some laws ask for it where a purpose uses it (PIPA-12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advertising_id: Option<AdvertisingIdGuide>,
    /// How data is kept safe.
    #[serde(default)]
    pub safeguards: Vec<Safeguard>,
    /// Who answers for personal data inside the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer: Option<Officer>,
    /// Where a person finds help outside the company.
    #[serde(default)]
    pub remedies: Vec<Remedy>,
    /// How changes are announced, and the versions so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amendments: Option<Amendments>,
}

impl Policy {
    /// The purpose with this id.
    pub fn purpose(&self, id: &str) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.id == id)
    }

    /// The declared language nearest to an asked one: the same tag, or else the same language in the same script, or else the same language,
    /// or else the first. `zh-TW` and `zh-HK` mean traditional characters.
    pub fn language<'a>(&'a self, asked: &'a str) -> &'a str {
        nearest(&self.languages, asked).map_or(asked, String::as_str)
    }

    /// A text in a language, in the first language where that is missing, empty where both are.
    pub fn text(&self, text: &Text, language: &str) -> String {
        let first = || self.languages.first().and_then(|tag| text.get(tag));
        text.get(language).or_else(first).cloned().unwrap_or_default()
    }
}

/// A sentence about the document as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Stable name, dotted lower case.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "dotted-id")))]
    pub id: String,
    /// Where the sentence comes from.
    #[serde(default)]
    pub origin: Origin,
    /// The number of the section that the sentence is about.
    #[serde(default)]
    pub section: u32,
    /// The rule that asks for it, where one does: `PIPA-13`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The sentence.
    pub text: Text,
}
