//! What the table of one law holds.

use crate::policy::{FaultCode, Night};

/// Something that a law asks for and that depends on what else a document says, so that a list of fields cannot tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matter {
    /// Who is asked for a consent is told what for, of which items, for how long, and what refusing costs.
    ConsentNotice,
    /// Whoever gives data to a third party tells which items.
    ThirdPartyItems,
    /// Whoever sends data abroad tells which items.
    TransferItems,
    /// Marketing rests on nothing but consent.
    MarketingOnConsent,
    /// The use of the advertising id rests on nothing but consent.
    AdvertisingIdOnConsent,
    /// What is known of a person is shared for advertising on nothing but consent. What is known of a device alone is another matter.
    SharingOfPersonOnConsent,
    /// A channel is used only with the consent to use data for marketing, where the document has that consent.
    MarketingDataUse,
    /// The document tells how to refuse what is collected automatically.
    RefusalGuides,
    /// The parts of the document say something: where somebody is reached, how data is destroyed, which rights there are.
    WholeDocument,
}

/// What one law says of one matter.
#[derive(Debug, Clone, Copy)]
pub struct Says {
    /// The matter.
    pub matter: Matter,
    /// The rule's number, or the numbers of several.
    pub rule: &'static str,
}

/// Fields that a law asks for in one part of the document.
#[derive(Debug, Clone, Copy)]
pub struct Demand {
    /// The part, by the name of its type: `Transfer`.
    pub part: &'static str,
    /// The fields that must be there.
    pub fields: &'static [&'static str],
    /// The fault where one is missing.
    pub code: FaultCode,
    /// The rule's number.
    pub rule: &'static str,
}

/// What a law sets, with the rule that sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruled<T> {
    /// What it sets.
    pub value: T,
    /// The rule's number.
    pub rule: &'static str,
}

/// One law: what it asks for, each with its rule.
#[derive(Debug)]
pub struct Regime {
    /// The word for it in a document: `kr`.
    pub name: &'static str,
    /// By how many minutes the time of its country is ahead of UTC: its days begin then.
    pub utc_offset_minutes: i32,
    /// The fields that must be there.
    pub demands: &'static [Demand],
    /// What it says of matters that depend on what else a document says.
    pub says: &'static [Says],
    /// The age from which a person consents alone, years.
    pub age_of_consent: Option<Ruled<u32>>,
    /// The hours that need a separate consent.
    pub quiet_hours: Option<Ruled<Night>>,
    /// The fewest days from the announcement of any change until it is in force.
    pub notice_days: Option<Ruled<u32>>,
    /// The fewest days for a change that a person is asked about again.
    pub material_notice_days: Option<Ruled<u32>>,
    /// The fewest days that a form stays away after it was closed or refused.
    pub cool_down_days: Option<Ruled<u32>>,
}
