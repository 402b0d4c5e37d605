//! What a person is shown before an answer, and what the host shows of the whole document.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/edit.rs"]
mod edit;

use consentkit::{
    policy::{Basis, Notice, PeriodUnit, Policy, RequestWay, RightKind, notice, view},
    signal::Platform,
};
use edit::{
    Edit::{self, Push, Set},
    edited,
};
use serde_json::json;

fn policy(edits: &[Edit]) -> Policy {
    Policy::parse(&edited(edits).to_string()).unwrap()
}

fn shown(edits: &[Edit], purpose: &str, language: &str) -> Notice {
    let policy = policy(edits);
    notice(&policy, policy.purpose(purpose).unwrap(), language)
}

#[test]
fn pipa_1_a_notice_has_the_four_items() {
    let notice = shown(&[], "marketing.email", "ko");
    assert_eq!(notice.purpose, "marketing.email");
    assert_eq!(notice.used_for, "이메일로 혜택과 소식을 알리는 데 씁니다.");
    assert_eq!(notice.items, ["이메일 주소"]);
    assert!(notice.retention.contains("3년"), "{}", notice.retention);
    assert!(notice.refusal.starts_with("거부해도"), "{}", notice.refusal);
    assert!(notice.optional);
    assert_eq!(notice.requires, ["marketing.data_use"]);
    assert_eq!((notice.third_parties.len(), notice.transfers.len()), (0, 0));
}

#[test]
fn pipa_6_every_purpose_that_asks_says_it_is_optional_and_no_other_does() {
    let policy = policy(&[]);
    for purpose in &policy.purposes {
        for language in ["ko", "en"] {
            let notice = notice(&policy, purpose, language);
            assert_eq!(notice.optional, purpose.basis == Basis::Consent, "{}", purpose.id);
            assert!(!notice.title.is_empty() && !notice.used_for.is_empty() && !notice.items.is_empty(), "{}", purpose.id);
            assert!(!notice.retention.is_empty() && !notice.refusal.is_empty(), "{}", purpose.id);
        }
    }
}

#[test]
fn pipa_2_and_3_recipients_and_transfers_are_part_of_the_notice() {
    let text = |text: &str| json!({"ko": format!("{text} 한국어"), "en": text});
    let edits = [
        Push(
            "/third_parties",
            json!({
                "id": "partner", "origin": "added", "recipient": text("who"), "purpose": text("why"), "items": ["email", "name"],
                "retention": text("how long"), "refusal": text("how to refuse")
            }),
        ),
        Push(
            "/transfers",
            json!({
                "id": "abroad", "origin": "added", "items": ["email"], "country": text("where"), "when": text("when"), "method": text("how"),
                "recipient": text("whom"), "contact": {"email": "privacy@example.com", "url": "https://example.com"},
                "purpose": text("why"), "retention": text("how long"), "refusal": text("how to refuse")
            }),
        ),
        Set("/purposes/13/third_parties", json!(["partner"])),
        Set("/purposes/13/transfers", json!(["abroad"])),
    ];
    let notice = shown(&edits, "marketing.email", "en");
    let party = &notice.third_parties[0];
    assert_eq!([&party.recipient, &party.used_for, &party.retention, &party.refusal], ["who", "why", "how long", "how to refuse"]);
    assert_eq!(party.items, ["E-mail address", "Name"]);
    let abroad = &notice.transfers[0];
    assert_eq!([&abroad.country, &abroad.when, &abroad.method, &abroad.recipient], ["where", "when", "how", "whom"]);
    assert_eq!([&abroad.used_for, &abroad.retention, &abroad.refusal], ["why", "how long", "how to refuse"]);
    assert_eq!(abroad.contact, ["privacy@example.com", "https://example.com"]);
    assert_eq!(shown(&edits, "marketing.sms", "en").third_parties, [], "another purpose names nobody");
}

#[test]
fn the_nearest_declared_language_is_used_and_named() {
    for (asked, used) in [("ko", "ko"), ("en", "en"), ("en-GB", "en"), ("KO_kr", "ko"), ("fr", "ko"), ("", "ko"), ("\0", "ko")] {
        assert_eq!(shown(&[], "marketing.email", asked).language, used, "{asked:?}");
    }
}

#[test]
fn the_text_hash_changes_with_anything_a_person_reads_and_with_nothing_else() {
    let plain = shown(&[], "marketing.email", "ko").text_hash();
    assert_eq!(plain.len(), 64);
    assert_eq!(plain, shown(&[], "marketing.email", "ko").text_hash());
    assert_eq!(plain, shown(&[Set("/officer/role/ko", json!("다른 직책"))], "marketing.email", "ko").text_hash());
    assert_eq!(plain, shown(&[Set("/purposes/13/notice/purpose/en", json!("Other."))], "marketing.email", "ko").text_hash());
    assert_ne!(plain, shown(&[], "marketing.email", "en").text_hash());
    for seen in [
        Set("/purposes/13/title/ko", json!("제목")),
        Set("/purposes/13/notice/purpose/ko", json!("목적")),
        Set("/purposes/13/notice/retention/ko", json!("기간")),
        Set("/purposes/13/notice/refusal/ko", json!("거부")),
        Push("/purposes/13/notice/items", json!("name")),
        Set("/items/1/label/ko", json!("전자우편")),
        Push("/purposes/13/requires", json!("marketing.sms")),
    ] {
        assert_ne!(plain, shown(std::slice::from_ref(&seen), "marketing.email", "ko").text_hash(), "{seen:?}");
    }
}

/// Records hold this hash: were it to change with a release, every old record would name a text nobody has.
#[test]
fn the_text_hash_is_the_same_in_every_release() {
    assert_eq!(shown(&[], "marketing.email", "ko").text_hash(), "d3819b32e480738da7a3755bf35ee3d107fc882c8cd160091391a92284898e90");
}

#[test]
fn the_refusal_guide_fits_the_version_of_the_system() {
    let policy = policy(&[]);
    let path = |platform, version: &str| view(&policy, "ko", platform, version).refusal_guide.map(|guide| guide.path);
    for (platform, version, part) in [
        (Platform::Ios, "13.7", "광고 추적 제한"),
        (Platform::Ios, "14.4.2", "광고 추적 제한"),
        (Platform::Ios, "14.5", "추적을 요청하도록 허용"),
        (Platform::Ios, "14.10", "추적을 요청하도록 허용"),
        (Platform::Ios, "26.1", "추적을 요청하도록 허용"),
        (Platform::Ios, "", "추적을 요청하도록 허용"),
        (Platform::Ios, "iOS 13", "추적을 요청하도록 허용"),
        (Platform::Android, "9", "광고 맞춤설정"),
        (Platform::Android, "11.0.0", "광고 맞춤설정"),
        (Platform::Android, "12", "광고 ID 삭제"),
        (Platform::Android, "16", "광고 ID 삭제"),
        (Platform::FireOs, "8", "관심사 기반 광고"),
    ] {
        let found = path(platform, version);
        assert!(found.as_deref().is_some_and(|path| path.contains(part)), "{platform:?} {version}: {found:?}");
    }
    assert_eq!(path(Platform::Desktop, "1"), None);
}

#[test]
fn the_host_sees_the_whole_document_in_one_language() {
    let policy = policy(&[]);
    let view = view(&policy, "en-US", Platform::Android, "15");
    assert_eq!(view.language, "en");
    assert_eq!((view.version.as_str(), view.edition), ("2020-05-27", 3));
    assert_eq!((view.announced_on.as_str(), view.effective_on.as_str()), ("2020-05-20", "2020-05-27"));
    assert_eq!(view.sender_name, "Influential");
    assert_eq!(view.officer.role, "Head of the service team (privacy officer)");
    assert_eq!(view.officer.contact.phone.as_deref(), Some("02-6206-3257"));
    assert_eq!(view.purposes.len(), policy.purposes.len());
    assert_eq!(view.processors.len(), 3);
    assert_eq!(view.remedies.iter().map(|remedy| remedy.without_area_code).collect::<Vec<_>>(), [true, false, true, true]);
    assert_eq!(
        view.rights.kinds.iter().filter(|right| right.hold).map(|right| right.kind).collect::<Vec<_>>(),
        [RightKind::Correction, RightKind::Erasure]
    );
    assert!(view.rights.power_of_attorney && view.rights.ways.contains(&RequestWay::Fax));
    let payments = view.retention.iter().find(|entry| entry.title == "Records of payments").unwrap();
    assert_eq!((payments.count, payments.unit, payments.statute.is_some()), (5, PeriodUnit::Years, true));
    assert_eq!(view.cookie_guides[0].title, "Internet Explorer");
    assert_eq!(view.versions.len(), 3);
    assert_eq!(view.dormancy.len(), 2);
    assert_eq!((view.safeguards.len(), view.destruction.len(), view.advertising_id.len()), (7, 5, 3));
}
