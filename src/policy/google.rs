//! The consent types of Google Consent Mode, and which purposes may answer for them.

use serde::Serialize;

use super::{Basis, FaultCode, Purpose, fault::Faults};

/// A consent type of Google Consent Mode v2 (GCM-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum GoogleConsentType {
    /// Storage for advertising.
    AdStorage,
    /// Storage for analytics.
    AnalyticsStorage,
    /// Sending data about the person to Google for advertising.
    AdUserData,
    /// Personalised advertising.
    AdPersonalization,
}

crate::json::words!(GoogleConsentType { AdStorage, AnalyticsStorage, AdUserData, AdPersonalization });

impl GoogleConsentType {
    /// True where Google receives data of the person for advertising.
    fn shares_for_advertising(self) -> bool {
        matches!(self, Self::AdUserData | Self::AdPersonalization)
    }
}

/// Adds what is wrong with the types that a purpose answers for.
pub(super) fn check(faults: &mut Faults, place: &str, purpose: &Purpose) {
    let place = format!("{place}/google");
    if !purpose.google.is_empty() && purpose.basis != Basis::Consent {
        let what = "a purpose without consent would tell Google that consent was given (GCM-1)";
        faults.push(&place, FaultCode::GoogleNeedsConsent, what, "remove google, or ask for consent");
    }
    for (at, kind) in purpose.google.iter().enumerate() {
        let place = format!("{place}/{at}");
        if purpose.google[..at].contains(kind) {
            faults.push(&place, FaultCode::Duplicate, "the type stands here twice", "remove one");
        }
        if kind.shares_for_advertising() && !purpose.shares_for_advertising() {
            let what = "Google receives data for advertising, and Global Privacy Control would not hold it back";
            faults.push(&place, FaultCode::GoogleNeedsSharing, what, "add sharing: true");
        }
    }
}
