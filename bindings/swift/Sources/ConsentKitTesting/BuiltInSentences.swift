/// The sentences that the library has built in for each reason, by the reason's code.
enum BuiltInSentences {
    /// What stands for the id of the purpose that is required, and in a policy's own words for its title.
    static let purpose = "{purpose}"

    /// Korean for a `ko` language tag, Japanese for `ja`, English for any other.
    static func inLanguage(_ tag: String) -> [String: String] {
        let primary = tag.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }.first.map { String($0) } ?? ""
        switch primary.lowercased() {
        case "ko": return korean
        case "ja": return japanese
        default: return english
        }
    }

    private static let english = [
        "unknown_purpose": "The privacy policy in force has no such purpose.",
        "store_unavailable": "The record of what was agreed to cannot be read at the moment.",
        "guardian_required": "The person is below the age of consent, or may be, and a parent or guardian has not been confirmed to agree.",
        "child":
            "The person is below the age of consent, or may be, so there is no advertising id and no sharing for advertising, even with a guardian's consent.",
        "os_denied": "The person has turned off tracking for this app in the device settings.",
        "os_restricted": "The device does not permit tracking, and the person cannot change that (for example parental controls).",
        "os_not_determined": "The device has not yet asked the person whether this app may track them.",
        "ad_id_limited": "The person has limited or deleted the advertising id in the device settings.",
        "gpc": "The person's Global Privacy Control is on: it objects to sharing data for advertising.",
        "not_pulled": "It is not known on this device yet whether the person has objected elsewhere.",
        "not_answered": "The person has not been asked or has not answered.",
        "refused": "The person refused when asked.",
        "withdrawn": "The person has withdrawn the consent.",
        "night": "It is night, and the person has not agreed separately to advertising messages at night.",
        "zone_unknown":
            "It is not known what time it is where the policy's quiet hours count, and the person has not agreed separately to advertising messages in them.",
        "requires": "Another purpose that this one depends on is not allowed: {purpose}.",
        "ad_id_unavailable:permission_missing": "The advertising id cannot be had: the app was built without the permission for it.",
        "ad_id_unavailable:no_play_services": "The advertising id cannot be had: the device has no Google Play services.",
        "ad_id_unavailable:play_services_repairable":
            "The advertising id cannot be had: Google Play services have to be updated or turned on.",
        "ad_id_unavailable:no_provider": "The advertising id cannot be had: the device or the app has no source for one.",
        "ad_id_unavailable:main_thread": "The advertising id cannot be had: the app asked for it in a way that the system does not permit.",
        "ad_id_unavailable:timed_out": "The advertising id cannot be had: the device did not answer in time.",
        "ad_id_unavailable:failed": "The advertising id cannot be had: the device gave no usable answer.",
        "ask_again:policy_changed": "The person has to be asked again: the terms have changed since the consent was given.",
        "ask_again:expired": "The person has to be asked again: the consent has run out.",
        "ask_again:stale_grant": "The person has to be asked again: the consent was given on a form that did not show a withdrawal yet.",
        "ask_again:restored": "The person has to be asked again: the record came from a backup or another phone.",
        "ask_again:undated": "The person has to be asked again: it is not known when the consent was given.",
        "ask_again:ad_id_changed": "The person has to be asked again: the advertising id has been replaced by a new one.",
        "ask_again:not_by_guardian": "The person has to be asked again: the person agreed alone, and a parent or guardian has to agree.",
        "ask_again:rejected": "The person has to be asked again: the company's server has not accepted the consent.",
        "ask_again:unproven": "The person has to be asked again: the company's server has not shown the record of the consent.",
        "ask_again:impossible_date":
            "The person has to be asked again: the consent bears a date that cannot be, as from a clock that was set wrong.",
    ]

    private static let korean = [
        "unknown_purpose": "시행 중인 개인정보 처리방침에 없는 이용 목적입니다.",
        "store_unavailable": "지금은 동의 기록을 읽을 수 없습니다.",
        "guardian_required": "혼자 동의할 수 있는 나이(따로 정하지 않으면 만 14세)에 이르지 않았거나 그럴 수 있는 이용자인데 법정대리인의 동의가 확인되지 않았습니다.",
        "child": "혼자 동의할 수 있는 나이(따로 정하지 않으면 만 14세)에 이르지 않았거나 그럴 수 있는 이용자이므로 법정대리인이 동의해도 광고 식별자를 쓰거나 광고 목적으로 정보를 공유하지 않습니다.",
        "os_denied": "이용자가 기기 설정에서 이 앱의 추적을 허용하지 않았습니다.",
        "os_restricted": "기기에서 추적이 제한되어 있으며 이용자가 직접 바꿀 수 없습니다(예: 자녀 보호 설정).",
        "os_not_determined": "기기가 아직 이용자에게 추적 허용 여부를 묻지 않았습니다.",
        "ad_id_limited": "이용자가 기기 설정에서 광고 식별자를 제한하거나 삭제했습니다.",
        "gpc": "이용자가 글로벌 개인정보 보호 제어(GPC)를 켜서 광고 목적의 정보 공유를 거부했습니다.",
        "not_pulled": "이용자가 다른 곳에서 거부했는지 이 기기에서 아직 확인하지 못했습니다.",
        "not_answered": "이용자에게 아직 묻지 않았거나 이용자가 답하지 않았습니다.",
        "refused": "이용자가 동의를 거부했습니다.",
        "withdrawn": "이용자가 동의를 철회했습니다.",
        "night": "야간 시간대이며 야간 광고 수신에 대한 별도 동의가 없습니다.",
        "zone_unknown": "야간 시간을 정하는 지역의 현재 시각을 알 수 없으며 야간 광고 수신에 대한 별도 동의가 없습니다.",
        "requires": "먼저 허용되어야 하는 다른 목적이 허용되지 않았습니다: {purpose}.",
        "ad_id_unavailable:permission_missing": "광고 식별자를 얻을 수 없습니다: 앱에 필요한 권한이 포함되어 있지 않습니다.",
        "ad_id_unavailable:no_play_services": "광고 식별자를 얻을 수 없습니다: 기기에 Google Play 서비스가 없습니다.",
        "ad_id_unavailable:play_services_repairable": "광고 식별자를 얻을 수 없습니다: Google Play 서비스를 업데이트하거나 켜야 합니다.",
        "ad_id_unavailable:no_provider": "광고 식별자를 얻을 수 없습니다: 기기나 앱에 광고 식별자를 제공하는 곳이 없습니다.",
        "ad_id_unavailable:main_thread": "광고 식별자를 얻을 수 없습니다: 앱이 시스템에서 허용하지 않는 방식으로 요청했습니다.",
        "ad_id_unavailable:timed_out": "광고 식별자를 얻을 수 없습니다: 기기가 제시간에 응답하지 않았습니다.",
        "ad_id_unavailable:failed": "광고 식별자를 얻을 수 없습니다: 기기에서 사용할 수 있는 값을 받지 못했습니다.",
        "ask_again:policy_changed": "이용자에게 다시 동의를 받아야 합니다: 동의한 뒤에 동의 내용이 바뀌었습니다.",
        "ask_again:expired": "이용자에게 다시 동의를 받아야 합니다: 동의의 유효 기간이 지났습니다.",
        "ask_again:stale_grant": "이용자에게 다시 동의를 받아야 합니다: 동의할 때의 화면에 앞선 철회가 아직 반영되어 있지 않았습니다.",
        "ask_again:restored": "이용자에게 다시 동의를 받아야 합니다: 동의 기록이 백업이나 다른 휴대전화에서 옮겨진 것입니다.",
        "ask_again:undated": "이용자에게 다시 동의를 받아야 합니다: 동의한 날짜를 알 수 없습니다.",
        "ask_again:ad_id_changed": "이용자에게 다시 동의를 받아야 합니다: 광고 식별자가 새것으로 바뀌었습니다.",
        "ask_again:not_by_guardian": "이용자에게 다시 동의를 받아야 합니다: 이용자가 혼자 동의했으며 보호자의 동의가 필요합니다.",
        "ask_again:rejected": "이용자에게 다시 동의를 받아야 합니다: 회사의 서버가 이 동의를 받아들이지 않았습니다.",
        "ask_again:unproven": "이용자에게 다시 동의를 받아야 합니다: 회사의 서버가 동의 기록을 보여 주지 않았습니다.",
        "ask_again:impossible_date": "이용자에게 다시 동의를 받아야 합니다: 시계가 잘못 맞춰졌던 경우처럼 동의 날짜가 있을 수 없는 날짜입니다.",
    ]

    private static let japanese = [
        "unknown_purpose": "現在のプライバシーポリシーに、この利用目的はありません。",
        "store_unavailable": "同意の記録を現在読み取ることができません。",
        "guardian_required": "ご本人だけで同意できる年齢に達していない、またはその可能性があり、保護者の同意が確認されていません。",
        "child": "ご本人だけで同意できる年齢に達していない、またはその可能性があるため、保護者の同意があっても、広告識別子の利用と広告のための情報共有は行いません。",
        "os_denied": "端末の設定で、このアプリによるトラッキングが許可されていません。",
        "os_restricted": "端末でトラッキングが制限されており、ご本人は変更できません（ペアレンタルコントロールなど）。",
        "os_not_determined": "トラッキングを許可するかどうかを、端末がまだご本人に確認していません。",
        "ad_id_limited": "端末の設定で、広告識別子が制限または削除されています。",
        "gpc": "グローバル・プライバシー・コントロール（GPC）により、広告のための情報共有が拒否されています。",
        "not_pulled": "ご本人がほかの場所で拒否したかどうかを、この端末ではまだ確認できていません。",
        "not_answered": "まだ確認していないか、ご本人が回答していません。",
        "refused": "ご本人が同意しませんでした。",
        "withdrawn": "ご本人が同意を撤回しました。",
        "night": "夜間の時間帯であり、夜間の広告メッセージについて別の同意がありません。",
        "zone_unknown": "夜間の時間帯を定める地域の現在時刻が分からず、夜間の広告メッセージについて別の同意がありません。",
        "requires": "先に許可が必要な別の利用目的が許可されていません：{purpose}。",
        "ad_id_unavailable:permission_missing": "広告識別子を取得できません（アプリに必要な権限が含まれていません）。",
        "ad_id_unavailable:no_play_services": "広告識別子を取得できません（端末にGoogle Play開発者サービスがありません）。",
        "ad_id_unavailable:play_services_repairable": "広告識別子を取得できません（Google Play開発者サービスの更新または有効化が必要です）。",
        "ad_id_unavailable:no_provider": "広告識別子を取得できません（端末またはアプリに取得元がありません）。",
        "ad_id_unavailable:main_thread": "広告識別子を取得できません（システムが認めない方法でアプリが要求しました）。",
        "ad_id_unavailable:timed_out": "広告識別子を取得できません（端末から時間内に応答がありませんでした）。",
        "ad_id_unavailable:failed": "広告識別子を取得できません（端末から使用できる値が得られませんでした）。",
        "ask_again:policy_changed": "あらためて同意を得る必要があります（同意のあとで内容が変わりました）。",
        "ask_again:expired": "あらためて同意を得る必要があります（同意の有効期間が過ぎました）。",
        "ask_again:stale_grant": "あらためて同意を得る必要があります（同意したときの画面に、それより前の撤回がまだ表示されていませんでした）。",
        "ask_again:restored": "あらためて同意を得る必要があります（同意の記録がバックアップまたは別の端末から移されたものです）。",
        "ask_again:undated": "あらためて同意を得る必要があります（同意した日付が分かりません）。",
        "ask_again:ad_id_changed": "あらためて同意を得る必要があります（広告識別子が新しいものに変わりました）。",
        "ask_again:not_by_guardian": "あらためて同意を得る必要があります（ご本人だけが同意しており、保護者の同意が必要です）。",
        "ask_again:rejected": "あらためて同意を得る必要があります（会社のサーバーがこの同意を受け付けませんでした）。",
        "ask_again:unproven": "あらためて同意を得る必要があります（会社のサーバーが同意の記録を示しませんでした）。",
        "ask_again:impossible_date": "あらためて同意を得る必要があります（時計の設定が誤っていた場合のように、同意の日付がありえないものです）。",
    ]
}
