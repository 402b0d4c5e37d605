//! A purpose: the one concept behind cookie categories, uses of the advertising id and marketing channels.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::json::FromJson;

use super::{GoogleConsentType, channel::Channel};

/// A text in every language the policy declares, by BCP 47 tag (`ko`, `en`).
pub type Text = BTreeMap<String, String>;

/// Why the processing is lawful.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, FromJson, uniffi::Enum)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The person agrees, and may refuse or withdraw. It is what counts where a purpose does not say.
    #[default]
    Consent,
    /// The contract with the person needs it. It is shown and cannot be switched off.
    Contract,
    /// A law requires it. It is shown and cannot be switched off.
    Law,
    /// The company has an interest of its own that outweighs the person's. It is allowed until the person objects.
    LegitimateInterest,
    /// A law leaves it to the person to say no, such as to the sale of data in the United States. It is allowed until the person objects.
    OptOut,
}

impl Basis {
    /// True where the person has a say: where something can be granted, refused or withdrawn.
    pub fn may_be_answered(self) -> bool {
        self == Self::Consent || self.silence_allows()
    }

    /// True where it is allowed as long as the person says nothing, once it is known that the person said nothing anywhere.
    pub fn silence_allows(self) -> bool {
        matches!(self, Self::LegitimateInterest | Self::OptOut)
    }
}

/// Whether a choice belongs to this installation or to the person who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, FromJson, uniffi::Enum)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The choice stays with this installation, as for cookies and the advertising id. It is what counts where a purpose does not say.
    #[default]
    Device,
    /// The choice follows the person's account, as for marketing messages.
    Person,
}

/// Something on the device that a purpose uses and the platform guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson, uniffi::Enum)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Uses {
    /// The advertising id (ADID, IDFA).
    AdvertisingId,
}

/// Who may be in front of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, FromJson, uniffi::Enum)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Grown-ups. A person of unknown age is treated as one. It is what counts where a policy does not say.
    #[default]
    Adult,
    /// Grown-ups and children. A person of unknown age is treated as a child, for whom a guardian consents.
    Mixed,
    /// Children. A person of unknown age is treated as one, for whom a guardian consents.
    Child,
}

/// Where a statement of the document comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Origin {
    /// A section of the company's published policy, by its number.
    Section(u32),
    /// Not in the published policy: added by the app, because a rule asks for it.
    Added,
    /// This document is itself the published policy. It is what counts where nothing is said.
    #[default]
    Own,
}

/// The consent notice: the four items of PIPA-1.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PurposeNotice {
    /// What the data is used for.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub purpose: Text,
    /// The items collected: ids of the document's `items`.
    #[serde(default)]
    pub items: Vec<String>,
    /// How long they are kept.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub retention: Text,
    /// The right to refuse, and what refusing costs.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub refusal: Text,
}

/// The number of the first edition, and of the first meaning of a notice.
pub(super) fn first() -> u32 {
    1
}

/// One thing the company may be allowed to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Stable name, dotted lower case: `marketing.email`.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "dotted-id")))]
    pub id: String,
    /// Where the purpose comes from.
    #[serde(default)]
    pub origin: Origin,
    /// Its name on the screen.
    pub title: Text,
    /// Why the processing is lawful.
    #[serde(default)]
    pub basis: Basis,
    /// Whether a choice belongs to the installation or to the person.
    #[serde(default)]
    pub scope: Scope,
    /// The marketing channel it allows, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// True for the separate consent to messages at night (KR-4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub night: bool,
    /// Names of the cookies it covers; a trailing `*` matches any ending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<String>,
    /// What it uses that the platform guards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<Uses>,
    /// True where data is shared with others for advertising, so that Global Privacy Control caps it.
    /// A purpose that uses the advertising id counts as sharing whatever stands here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sharing: bool,
    /// The consent types of Google Consent Mode that depend on this purpose. A type is granted only while every purpose that names it is
    /// allowed (GCM-4).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub google: Vec<GoogleConsentType>,
    /// Purposes that must be allowed before this one counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// Forms that ask for it: names from the document's `surfaces`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub surfaces: Vec<String>,
    /// A number that goes up whenever the meaning of the notice changes. A grant given under a lower number is asked for again (PIPA-1).
    #[serde(default = "first")]
    pub material: u32,
    /// The number of the last edition that changed the wording of what a person agrees to and not its meaning: a misprint, a clearer
    /// sentence. Only with it may such a text change while `material` stays, so that nobody is asked again for a letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub editorial: Option<u32>,
    /// Days after which a grant is asked for again. Absent where a grant counts until it is withdrawn (KR-14). An objection never runs out,
    /// and neither does its being taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_after_days: Option<u32>,
    /// What the person is told before answering: the four items of PIPA-1. Some laws ask for it where the basis is consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<PurposeNotice>,
    /// Third parties that receive the data for this purpose: ids of the document's `third_parties`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub third_parties: Vec<String>,
    /// Transfers abroad for this purpose: ids of the document's `transfers`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transfers: Vec<String>,
    /// Who else receives the data for this purpose: ids of the document's `vendors`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vendors: Vec<String>,
}

/// A purpose whose id begins so is marketing, whether or not it has a channel.
const MARKETING: &str = "marketing.";

impl Purpose {
    /// True where it is marketing.
    pub fn is_marketing(&self) -> bool {
        self.channel.is_some() || self.id.starts_with(MARKETING)
    }

    /// True where this purpose of edition `later` says that since edition `earlier` only its wording changed.
    pub(super) fn is_editorial(&self, earlier: u32, later: u32) -> bool {
        self.editorial.is_some_and(|edition| earlier < edition && edition <= later)
    }

    /// True where it uses the advertising id.
    pub fn uses_advertising_id(&self) -> bool {
        self.uses == Some(Uses::AdvertisingId)
    }

    /// True where a grant counts for longer than under an earlier edition of this purpose, so for longer than its giver was told.
    pub(super) fn lasts_longer_than(&self, earlier: &Self) -> bool {
        earlier.expires_after_days.is_some_and(|days| self.expires_after_days.is_none_or(|later| later > days))
    }

    /// True where it shares data for advertising: it says so itself, or it uses the advertising id, which is always shared.
    pub fn shares_for_advertising(&self) -> bool {
        self.sharing || self.uses_advertising_id()
    }
}
