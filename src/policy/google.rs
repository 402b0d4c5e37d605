//! The consent types of Google Consent Mode.

use serde::Serialize;

use crate::json::FromJson;

/// A consent type of Google Consent Mode v2 (GCM-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, FromJson)]
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

impl GoogleConsentType {
    /// True where Google receives data of the person for advertising.
    pub(super) fn shares_for_advertising(self) -> bool {
        matches!(self, Self::AdUserData | Self::AdPersonalization)
    }
}
