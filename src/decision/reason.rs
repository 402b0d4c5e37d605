//! Why something is not allowed, with a stable code for each reason.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::{ledger::AskAgain, signal::AdIdUnavailable};

/// Why a purpose is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Reason {
    /// The policy has no such purpose.
    UnknownPurpose,
    /// The store is closed or cannot be read.
    StoreUnavailable,
    /// The person is below the age of consent, or may be, and the guardian is not verified (PIPA-8).
    GuardianRequired,
    /// The person is below the age of consent, or may be. There is then no advertising id and no sharing for advertising, whatever the
    /// guardian says (AND-5, BA-1).
    Child,
    /// The person denied tracking in the system.
    OsDenied,
    /// The system forbids tracking and the person cannot change it.
    OsRestricted,
    /// The system has not asked about tracking yet.
    OsNotDetermined,
    /// The person limited or deleted the advertising id.
    AdIdLimited,
    /// The platform gave no advertising id.
    AdIdUnavailable {
        /// Why.
        kind: AdIdUnavailable,
    },
    /// Global Privacy Control is on.
    Gpc,
    /// A purpose this one requires is not allowed.
    Requires {
        /// That purpose.
        purpose: String,
    },
    /// It is allowed until the person objects, and it is not known yet whether the person objected elsewhere: since a sign-in, or since the
    /// file came from elsewhere, the server has not told all of it.
    NotPulled,
    /// The person was not asked, or has not answered.
    NotAnswered,
    /// The person said no.
    Refused,
    /// The person withdrew the consent.
    Withdrawn,
    /// There was a grant, and it must be asked for again.
    AskAgain {
        /// Why.
        cause: AskAgain,
    },
    /// It is night in the policy's zone and there is no separate consent (KR-4).
    Night,
    /// It is not known what time it is in the policy's zone, so it may be night, and there is no separate consent.
    ZoneUnknown,
}

const AD_ID_UNAVAILABLE: &str = "ad_id_unavailable:";
const REQUIRES: &str = "requires:";
const ASK_AGAIN: &str = "ask_again:";

/// The reasons whose code is one fixed word.
const PLAIN: [Reason; 15] = [
    Reason::UnknownPurpose,
    Reason::StoreUnavailable,
    Reason::GuardianRequired,
    Reason::Child,
    Reason::OsDenied,
    Reason::OsRestricted,
    Reason::OsNotDetermined,
    Reason::AdIdLimited,
    Reason::Gpc,
    Reason::NotPulled,
    Reason::NotAnswered,
    Reason::Refused,
    Reason::Withdrawn,
    Reason::Night,
    Reason::ZoneUnknown,
];

const CAUSES: [AskAgain; 10] = [
    AskAgain::PolicyChanged,
    AskAgain::Expired,
    AskAgain::StaleGrant,
    AskAgain::Restored,
    AskAgain::Undated,
    AskAgain::AdIdChanged,
    AskAgain::NotByGuardian,
    AskAgain::Rejected,
    AskAgain::Unproven,
    AskAgain::ImpossibleDate,
];

fn cause_code(cause: AskAgain) -> &'static str {
    match cause {
        AskAgain::PolicyChanged => "policy_changed",
        AskAgain::Expired => "expired",
        AskAgain::StaleGrant => "stale_grant",
        AskAgain::Restored => "restored",
        AskAgain::Undated => "undated",
        AskAgain::AdIdChanged => "ad_id_changed",
        AskAgain::NotByGuardian => "not_by_guardian",
        AskAgain::Rejected => "rejected",
        AskAgain::Unproven => "unproven",
        AskAgain::ImpossibleDate => "impossible_date",
    }
}

impl Reason {
    /// The stable code: `night`, `requires:marketing.data_use`, `ask_again:stale_grant`, `ad_id_unavailable:timed_out`.
    pub fn code(&self) -> String {
        let plain = match self {
            Self::UnknownPurpose => "unknown_purpose",
            Self::StoreUnavailable => "store_unavailable",
            Self::GuardianRequired => "guardian_required",
            Self::Child => "child",
            Self::OsDenied => "os_denied",
            Self::OsRestricted => "os_restricted",
            Self::OsNotDetermined => "os_not_determined",
            Self::AdIdLimited => "ad_id_limited",
            Self::AdIdUnavailable { kind } => return format!("{AD_ID_UNAVAILABLE}{}", kind.code()),
            Self::Gpc => "gpc",
            Self::Requires { purpose } => return format!("{REQUIRES}{purpose}"),
            Self::NotPulled => "not_pulled",
            Self::NotAnswered => "not_answered",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::AskAgain { cause } => return format!("{ASK_AGAIN}{}", cause_code(*cause)),
            Self::Night => "night",
            Self::ZoneUnknown => "zone_unknown",
        };
        plain.to_owned()
    }

    /// The reason with this code; `None` for a code that this version does not know.
    pub fn from_code(code: &str) -> Option<Self> {
        if let Some(purpose) = code.strip_prefix(REQUIRES) {
            return Some(Self::Requires { purpose: purpose.to_owned() });
        }
        if let Some(kind) = code.strip_prefix(AD_ID_UNAVAILABLE) {
            return AdIdUnavailable::from_code(kind).map(|kind| Self::AdIdUnavailable { kind });
        }
        if let Some(name) = code.strip_prefix(ASK_AGAIN) {
            return CAUSES.into_iter().find(|cause| cause_code(*cause) == name).map(|cause| Self::AskAgain { cause });
        }
        PLAIN.into_iter().find(|reason| reason.code() == code)
    }
}

/// In JSON a reason is its code.
impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.code())
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code).ok_or_else(|| D::Error::custom(format_args!("no reason has the code {code:?}")))
    }
}
