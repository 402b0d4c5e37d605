//! What Google's own libraries may be told (GCM-1, GCM-4).

use super::{Context, decide};
use crate::policy::GoogleConsentType;

/// The four values of Google Consent Mode v2. All four are always there, because Google's libraries keep the last value of a type that is
/// left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, uniffi::Record)]
pub struct GoogleConsent {
    /// Storage for advertising.
    pub ad_storage: bool,
    /// Storage for analytics.
    pub analytics_storage: bool,
    /// Sending data about the person to Google for advertising.
    pub ad_user_data: bool,
    /// Personalised advertising.
    pub ad_personalization: bool,
}

/// The four values at `now` (Unix milliseconds). A type is granted where at least one purpose of the policy names it and every one that
/// does is allowed; so before any answer, and for a type that no purpose names, it is denied.
pub fn google_consent(context: &Context<'_>, now: i64) -> GoogleConsent {
    let granted = |kind: GoogleConsentType| {
        let mut named = context.policy.purposes.iter().filter(|purpose| purpose.google.contains(&kind)).peekable();
        named.peek().is_some() && named.all(|purpose| decide(&purpose.id, context, now).allowed)
    };
    GoogleConsent {
        ad_storage: granted(GoogleConsentType::AdStorage),
        analytics_storage: granted(GoogleConsentType::AnalyticsStorage),
        ad_user_data: granted(GoogleConsentType::AdUserData),
        ad_personalization: granted(GoogleConsentType::AdPersonalization),
    }
}
