//! A reason as a sentence, for a person or a privacy officer: in the policy's own words where it has some, or else in Korean, Japanese or
//! English.

use super::Reason;
use crate::{ledger::AskAgain, policy::Policy, signal::AdIdUnavailable};

/// Where a policy's own words for [`Reason::Requires`] name the purpose that is required.
const PURPOSE: &str = "{purpose}";

impl Reason {
    /// The languages that [`Reason::text`] has a sentence in.
    pub const LANGUAGES: [&'static str; 3] = ["ko", "en", "ja"];

    /// One sentence, in Korean for a `ko` language tag, in Japanese for `ja`, and in English for any other.
    pub fn text(&self, language: &str) -> String {
        let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        match primary.as_str() {
            "ko" => self.korean(),
            "ja" => self.japanese(),
            _ => self.english(),
        }
    }

    /// The same in the policy's own words, in its language nearest to the asked one, where it has words for this reason.
    pub fn text_by(&self, policy: &Policy, language: &str) -> String {
        let code = self.code();
        let family = code.split_once(':').map_or(code.as_str(), |(family, _)| family);
        let words = |code: &str| policy.reasons.iter().find(|own| own.code == code);
        let Some(own) = words(&code).or_else(|| words(family)) else { return self.text(language) };
        let language = policy.language(language);
        let text = policy.text(&own.text, language);
        match self {
            Self::Requires { purpose } => {
                let title = policy.purpose(purpose).map_or_else(|| purpose.clone(), |found| policy.text(&found.title, language));
                text.replace(PURPOSE, &title)
            }
            _ => text,
        }
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

    fn japanese(&self) -> String {
        let fixed = match self {
            Self::UnknownPurpose => "現在のプライバシーポリシーに、この利用目的はありません。",
            Self::StoreUnavailable => "同意の記録を現在読み取ることができません。",
            Self::GuardianRequired => {
                "ご本人だけで同意できる年齢に達していない、またはその可能性があり、保護者の同意が確認されていません。"
            }
            Self::Child => {
                "ご本人だけで同意できる年齢に達していない、またはその可能性があるため、保護者の同意があっても、広告識別子の利用と広告のための情報共有は行いません。"
            }
            Self::OsDenied => "端末の設定で、このアプリによるトラッキングが許可されていません。",
            Self::OsRestricted => "端末でトラッキングが制限されており、ご本人は変更できません（ペアレンタルコントロールなど）。",
            Self::OsNotDetermined => "トラッキングを許可するかどうかを、端末がまだご本人に確認していません。",
            Self::AdIdLimited => "端末の設定で、広告識別子が制限または削除されています。",
            Self::AdIdUnavailable { kind } => return format!("広告識別子を取得できません（{}）。", kind_japanese(*kind)),
            Self::Gpc => "グローバル・プライバシー・コントロール（GPC）により、広告のための情報共有が拒否されています。",
            Self::Requires { purpose } => return format!("先に許可が必要な別の利用目的が許可されていません：{purpose}。"),
            Self::NotPulled => "ご本人がほかの場所で拒否したかどうかを、この端末ではまだ確認できていません。",
            Self::NotAnswered => "まだ確認していないか、ご本人が回答していません。",
            Self::Refused => "ご本人が同意しませんでした。",
            Self::Withdrawn => "ご本人が同意を撤回しました。",
            Self::AskAgain { cause } => return format!("あらためて同意を得る必要があります（{}）。", cause_japanese(*cause)),
            Self::Night => "夜間の時間帯であり、夜間の広告メッセージについて別の同意がありません。",
            Self::ZoneUnknown => "夜間の時間帯を定める地域の現在時刻が分からず、夜間の広告メッセージについて別の同意がありません。",
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

fn kind_japanese(kind: AdIdUnavailable) -> &'static str {
    match kind {
        AdIdUnavailable::PermissionMissing => "アプリに必要な権限が含まれていません",
        AdIdUnavailable::NoPlayServices => "端末にGoogle Play開発者サービスがありません",
        AdIdUnavailable::PlayServicesRepairable => "Google Play開発者サービスの更新または有効化が必要です",
        AdIdUnavailable::NoProvider => "端末またはアプリに取得元がありません",
        AdIdUnavailable::MainThread => "システムが認めない方法でアプリが要求しました",
        AdIdUnavailable::TimedOut => "端末から時間内に応答がありませんでした",
        AdIdUnavailable::Failed => "端末から使用できる値が得られませんでした",
    }
}

fn cause_japanese(cause: AskAgain) -> &'static str {
    match cause {
        AskAgain::PolicyChanged => "同意のあとで内容が変わりました",
        AskAgain::Expired => "同意の有効期間が過ぎました",
        AskAgain::StaleGrant => "同意したときの画面に、それより前の撤回がまだ表示されていませんでした",
        AskAgain::Restored => "同意の記録がバックアップまたは別の端末から移されたものです",
        AskAgain::Undated => "同意した日付が分かりません",
        AskAgain::AdIdChanged => "広告識別子が新しいものに変わりました",
        AskAgain::NotByGuardian => "ご本人だけが同意しており、保護者の同意が必要です",
        AskAgain::Rejected => "会社のサーバーがこの同意を受け付けませんでした",
        AskAgain::Unproven => "会社のサーバーが同意の記録を示しませんでした",
        AskAgain::ImpossibleDate => "時計の設定が誤っていた場合のように、同意の日付がありえないものです",
    }
}
