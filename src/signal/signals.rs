//! The signals of one device, as data. A signal can take a permission away; none can ever give one.

use serde::Serialize;

use crate::json::FromJson;

/// The platform the app runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson, uniffi::Enum)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// iOS and iPadOS. Tracking needs the authorisation of App Tracking Transparency.
    Ios,
    /// Android with Google Play services.
    Android,
    /// Android with Huawei Mobile Services.
    Harmony,
    /// Amazon Fire OS.
    FireOs,
    /// A desktop or a server. There is no advertising id.
    Desktop,
}

/// App Tracking Transparency status (APL-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum Tracking {
    /// The system has not asked yet.
    NotDetermined,
    /// A profile or parental control forbids it; the person cannot change it.
    Restricted,
    /// The person said no.
    Denied,
    /// The person said yes.
    Authorized,
}

/// Why the advertising id cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, FromJson, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum AdIdUnavailable {
    /// The merged manifest lacks the AD_ID permission (AND-3).
    PermissionMissing,
    /// No Google Play services on this device.
    NoPlayServices,
    /// Google Play services need an update or are disabled.
    PlayServicesRepairable,
    /// The platform has no advertising id, or no provider was given.
    NoProvider,
    /// The provider was asked on the main thread, where it may not block.
    MainThread,
    /// The provider did not answer in time.
    TimedOut,
    /// The provider failed.
    Failed,
}

/// What the advertising-id provider said last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum AdIdSignal {
    /// There is an advertising id, and the person has not limited it.
    Available,
    /// The person limited or deleted the id: the limit flag is set, or the id is all zeros.
    Limited,
    /// There is no id to be had.
    Unavailable {
        /// Why.
        kind: AdIdUnavailable,
    },
}

/// Whether the person has reached the policy's age of consent (14 where it says nothing). A birth date is never taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum AgeBand {
    /// Not known, or no longer known. Where the policy expects children, the person is treated as one.
    Unknown,
    /// Below the age of consent, so that the guardian consents (PIPA-8).
    // Records from before a policy could name another age hold this word.
    #[serde(alias = "under14")]
    Below,
    /// Of the age of consent, or older.
    #[serde(alias = "over14")]
    Above,
}

/// State of the guardian's consent for a person below the age of consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, FromJson, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum Guardian {
    /// No guardian was verified.
    #[default]
    NotVerified,
    /// A guardian consents, and was verified by one of the means of PIPA-8.
    Verified,
}

/// The system's permission to show notifications. It is not the consent to marketing messages (KR-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum PushPermission {
    /// Not asked yet.
    NotDetermined,
    /// Denied.
    Denied,
    /// Granted.
    Granted,
}

/// What the platform and the host said last of each signal. A signal of which nothing was said is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, FromJson, uniffi::Record)]
pub struct Signals {
    /// App Tracking Transparency; only iOS has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub tracking: Option<Tracking>,
    /// The advertising-id provider's last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub ad_id: Option<AdIdSignal>,
    /// Global Privacy Control, where the host knows it (GCM-6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub gpc: Option<bool>,
    /// The age band of the person in front of the screen. It ends with the person: report it again after each sign-in and sign-out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub age: Option<AgeBand>,
    /// The guardian's state, for a person below the age of consent. It ends with the person, as the age band does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub guardian: Option<Guardian>,
    /// Notifications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub push: Option<PushPermission>,
}

impl Signals {
    /// These signals with what was reported over them; a field that was left out keeps its value.
    #[must_use]
    pub fn with(self, reported: Self) -> Self {
        Self {
            tracking: reported.tracking.or(self.tracking),
            ad_id: reported.ad_id.or(self.ad_id),
            gpc: reported.gpc.or(self.gpc),
            age: reported.age.or(self.age),
            guardian: reported.guardian.or(self.guardian),
            push: reported.push.or(self.push),
        }
    }

    /// These signals with some that deny over them. An age that is not known is milder than one below the age of consent where the policy
    /// expects adults, so it does not stand in for it.
    #[must_use]
    pub fn denied_by(self, denials: Self) -> Self {
        let age = denials.age.filter(|age| (*age, self.age) != (AgeBand::Unknown, Some(AgeBand::Below)));
        self.with(Self { age, ..denials })
    }

    /// The signals that may take a permission away, each in a value of its own. A signal that can only give one back is left out, and so is
    /// the permission to show notifications, which is no consent (KR-6).
    pub fn denials(self) -> Vec<Self> {
        let none = Self::default();
        let tracking = self.tracking.filter(|tracking| match tracking {
            Tracking::NotDetermined | Tracking::Restricted | Tracking::Denied => true,
            Tracking::Authorized => false,
        });
        let ad_id = self.ad_id.filter(|ad_id| match ad_id {
            AdIdSignal::Limited | AdIdSignal::Unavailable { .. } => true,
            AdIdSignal::Available => false,
        });
        let gpc = self.gpc.filter(|on| *on);
        let age = self.age.filter(|age| match age {
            AgeBand::Below | AgeBand::Unknown => true,
            AgeBand::Above => false,
        });
        let guardian = self.guardian.filter(|guardian| match guardian {
            Guardian::NotVerified => true,
            Guardian::Verified => false,
        });
        let fields =
            [Self { tracking, ..none }, Self { ad_id, ..none }, Self { gpc, ..none }, Self { age, ..none }, Self { guardian, ..none }];
        fields.into_iter().filter(|field| *field != none).collect()
    }
}
