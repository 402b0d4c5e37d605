//! Why something is not allowed: stable codes, and a sentence in each language.

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

    /// One sentence for a person or a privacy officer, in Korean for a `ko` language tag and in English for any other.
    pub fn text(&self, language: &str) -> String {
        let primary = language.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("ko") { self.korean() } else { self.english() }
    }

    fn english(&self) -> String {
        let fixed = match self {
            Self::UnknownPurpose => "The privacy policy in force has no such purpose.",
            Self::StoreUnavailable => "The record of what was agreed to cannot be read at the moment.",
            Self::GuardianRequired => {
                "The person is below the age of consent, or may be, and a parent or guardian has not been confirmed to agree."
            }
            Self::Child => {
                "The person is below the age of consent, or may be, so there is no advertising id and no sharing for advertising, even with a guardian's consent."
            }
            Self::OsDenied => "The person has turned off tracking for this app in the device settings.",
            Self::OsRestricted => "The device does not permit tracking, and the person cannot change that (for example parental controls).",
            Self::OsNotDetermined => "The device has not yet asked the person whether this app may track them.",
            Self::AdIdLimited => "The person has limited or deleted the advertising id in the device settings.",
            Self::AdIdUnavailable { kind } => return format!("The advertising id cannot be had: {}.", kind_english(*kind)),
            Self::Gpc => "The person's Global Privacy Control is on: it objects to sharing data for advertising.",
            Self::Requires { purpose } => return format!("Another purpose that this one depends on is not allowed: {purpose}."),
            Self::NotPulled => "It is not known on this device yet whether the person has objected elsewhere.",
            Self::NotAnswered => "The person has not been asked or has not answered.",
            Self::Refused => "The person refused when asked.",
            Self::Withdrawn => "The person has withdrawn the consent.",
            Self::AskAgain { cause } => return format!("The person has to be asked again: {}.", cause_english(*cause)),
            Self::Night => "It is night, and the person has not agreed separately to advertising messages at night.",
            Self::ZoneUnknown => {
                "It is not known what time it is where the policy's quiet hours count, and the person has not agreed separately to advertising messages in them."
            }
        };
        fixed.to_owned()
    }

    fn korean(&self) -> String {
        let fixed = match self {
            Self::UnknownPurpose => "시행 중인 개인정보 처리방침에 없는 이용 목적입니다.",
            Self::StoreUnavailable => "지금은 동의 기록을 읽을 수 없습니다.",
            Self::GuardianRequired => {
                "혼자 동의할 수 있는 나이(따로 정하지 않으면 만 14세)에 이르지 않았거나 그럴 수 있는 이용자인데 법정대리인의 동의가 확인되지 않았습니다."
            }
            Self::Child => {
                "혼자 동의할 수 있는 나이(따로 정하지 않으면 만 14세)에 이르지 않았거나 그럴 수 있는 이용자이므로 법정대리인이 동의해도 광고 식별자를 쓰거나 광고 목적으로 정보를 공유하지 않습니다."
            }
            Self::OsDenied => "이용자가 기기 설정에서 이 앱의 추적을 허용하지 않았습니다.",
            Self::OsRestricted => "기기에서 추적이 제한되어 있으며 이용자가 직접 바꿀 수 없습니다(예: 자녀 보호 설정).",
            Self::OsNotDetermined => "기기가 아직 이용자에게 추적 허용 여부를 묻지 않았습니다.",
            Self::AdIdLimited => "이용자가 기기 설정에서 광고 식별자를 제한하거나 삭제했습니다.",
            Self::AdIdUnavailable { kind } => return format!("광고 식별자를 얻을 수 없습니다: {}.", kind_korean(*kind)),
            Self::Gpc => "이용자가 글로벌 개인정보 보호 제어(GPC)를 켜서 광고 목적의 정보 공유를 거부했습니다.",
            Self::Requires { purpose } => return format!("먼저 허용되어야 하는 다른 목적이 허용되지 않았습니다: {purpose}."),
            Self::NotPulled => "이용자가 다른 곳에서 거부했는지 이 기기에서 아직 확인하지 못했습니다.",
            Self::NotAnswered => "이용자에게 아직 묻지 않았거나 이용자가 답하지 않았습니다.",
            Self::Refused => "이용자가 동의를 거부했습니다.",
            Self::Withdrawn => "이용자가 동의를 철회했습니다.",
            Self::AskAgain { cause } => return format!("이용자에게 다시 동의를 받아야 합니다: {}.", cause_korean(*cause)),
            Self::Night => "야간 시간대이며 야간 광고 수신에 대한 별도 동의가 없습니다.",
            Self::ZoneUnknown => "야간 시간을 정하는 지역의 현재 시각을 알 수 없으며 야간 광고 수신에 대한 별도 동의가 없습니다.",
        };
        fixed.to_owned()
    }
}

fn kind_english(kind: AdIdUnavailable) -> &'static str {
    match kind {
        AdIdUnavailable::PermissionMissing => "the app was built without the permission for it",
        AdIdUnavailable::NoPlayServices => "the device has no Google Play services",
        AdIdUnavailable::PlayServicesRepairable => "Google Play services have to be updated or turned on",
        AdIdUnavailable::NoProvider => "the device or the app has no source for one",
        AdIdUnavailable::MainThread => "the app asked for it in a way that the system does not permit",
        AdIdUnavailable::TimedOut => "the device did not answer in time",
        AdIdUnavailable::Failed => "the device gave no usable answer",
    }
}

fn kind_korean(kind: AdIdUnavailable) -> &'static str {
    match kind {
        AdIdUnavailable::PermissionMissing => "앱에 필요한 권한이 포함되어 있지 않습니다",
        AdIdUnavailable::NoPlayServices => "기기에 Google Play 서비스가 없습니다",
        AdIdUnavailable::PlayServicesRepairable => "Google Play 서비스를 업데이트하거나 켜야 합니다",
        AdIdUnavailable::NoProvider => "기기나 앱에 광고 식별자를 제공하는 곳이 없습니다",
        AdIdUnavailable::MainThread => "앱이 시스템에서 허용하지 않는 방식으로 요청했습니다",
        AdIdUnavailable::TimedOut => "기기가 제시간에 응답하지 않았습니다",
        AdIdUnavailable::Failed => "기기에서 사용할 수 있는 값을 받지 못했습니다",
    }
}

fn cause_english(cause: AskAgain) -> &'static str {
    match cause {
        AskAgain::PolicyChanged => "the terms have changed since the consent was given",
        AskAgain::Expired => "the consent has run out",
        AskAgain::StaleGrant => "the consent was given on a form that did not show a withdrawal yet",
        AskAgain::Restored => "the record came from a backup or another phone",
        AskAgain::Undated => "it is not known when the consent was given",
        AskAgain::AdIdChanged => "the advertising id has been replaced by a new one",
        AskAgain::NotByGuardian => "the person agreed alone, and a parent or guardian has to agree",
        AskAgain::Rejected => "the company's server has not accepted the consent",
        AskAgain::Unproven => "the company's server has not shown the record of the consent",
        AskAgain::ImpossibleDate => "the consent bears a date that cannot be, as from a clock that was set wrong",
    }
}

fn cause_korean(cause: AskAgain) -> &'static str {
    match cause {
        AskAgain::PolicyChanged => "동의한 뒤에 동의 내용이 바뀌었습니다",
        AskAgain::Expired => "동의의 유효 기간이 지났습니다",
        AskAgain::StaleGrant => "동의할 때의 화면에 앞선 철회가 아직 반영되어 있지 않았습니다",
        AskAgain::Restored => "동의 기록이 백업이나 다른 휴대전화에서 옮겨진 것입니다",
        AskAgain::Undated => "동의한 날짜를 알 수 없습니다",
        AskAgain::AdIdChanged => "광고 식별자가 새것으로 바뀌었습니다",
        AskAgain::NotByGuardian => "이용자가 혼자 동의했으며 보호자의 동의가 필요합니다",
        AskAgain::Rejected => "회사의 서버가 이 동의를 받아들이지 않았습니다",
        AskAgain::Unproven => "회사의 서버가 동의 기록을 보여 주지 않았습니다",
        AskAgain::ImpossibleDate => "시계가 잘못 맞춰졌던 경우처럼 동의 날짜가 있을 수 없는 날짜입니다",
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
