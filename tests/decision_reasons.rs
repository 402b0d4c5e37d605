//! The reasons' codes, which other programs keep, and their sentences, which people read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/decision.rs"]
mod support;

use std::collections::BTreeSet;

use consentkit::{decision::Reason, ledger::AskAgain, signal::AdIdUnavailable};
use proptest::prelude::*;
use serde_json::json;
use support::{Scene, noon};

/// Every code there is. They are stored and sent: none may change.
const CODES: [&str; 29] = [
    "unknown_purpose",
    "store_unavailable",
    "guardian_required",
    "child",
    "os_denied",
    "os_restricted",
    "os_not_determined",
    "ad_id_limited",
    "ad_id_unavailable:permission_missing",
    "ad_id_unavailable:no_play_services",
    "ad_id_unavailable:play_services_repairable",
    "ad_id_unavailable:no_provider",
    "ad_id_unavailable:main_thread",
    "ad_id_unavailable:timed_out",
    "ad_id_unavailable:failed",
    "gpc",
    "requires:marketing.data_use",
    "not_pulled",
    "not_answered",
    "refused",
    "withdrawn",
    "ask_again:policy_changed",
    "ask_again:expired",
    "ask_again:stale_grant",
    "ask_again:restored",
    "ask_again:undated",
    "ask_again:ad_id_changed",
    "night",
    "zone_unknown",
];

fn reasons() -> Vec<Reason> {
    CODES.iter().map(|code| Reason::from_code(code).unwrap_or_else(|| panic!("{code} is unknown"))).collect()
}

#[test]
fn every_code_leads_to_its_reason_and_back() {
    for (code, reason) in CODES.iter().zip(reasons()) {
        assert_eq!(reason.code(), *code);
    }
    let distinct: BTreeSet<String> = reasons().iter().map(|reason| format!("{reason:?}")).collect();
    assert_eq!(distinct.len(), CODES.len());
    assert_eq!(Reason::from_code("requires:a.b").unwrap(), Reason::Requires { purpose: "a.b".to_owned() });
    assert_eq!(Reason::from_code("ask_again:stale_grant").unwrap(), Reason::AskAgain { cause: AskAgain::StaleGrant });
    let kind = AdIdUnavailable::NoPlayServices;
    assert_eq!(Reason::from_code("ad_id_unavailable:no_play_services").unwrap(), Reason::AdIdUnavailable { kind });
}

#[test]
fn a_code_of_another_version_is_no_reason() {
    for code in ["", "Night", "night ", "ask_again", "ask_again:", "ask_again:bored", "ad_id_unavailable:", "dormant", "processing_hold"] {
        assert_eq!(Reason::from_code(code), None, "{code}");
    }
}

#[test]
fn the_parts_of_a_code_are_the_names_that_the_ledger_and_the_signals_write() {
    for reason in reasons() {
        let (name, code) = match &reason {
            Reason::AskAgain { cause } => (serde_json::to_value(cause).unwrap(), reason.code()),
            Reason::AdIdUnavailable { kind } => (serde_json::to_value(kind).unwrap(), reason.code()),
            _ => continue,
        };
        assert_eq!(name.as_str(), code.split_once(':').map(|(_, part)| part));
    }
}

#[test]
fn in_json_a_reason_is_its_code() {
    let decision = Scene::new().decide("marketing.push", noon());
    let expected = json!({
        "purpose": "marketing.push", "allowed": false,
        "reasons": ["requires:marketing.data_use", "not_answered"], "os_blocked": false
    });
    assert_eq!(serde_json::to_value(&decision).unwrap(), expected);
    let read: Vec<Reason> = serde_json::from_value(expected["reasons"].clone()).unwrap();
    assert_eq!(read, decision.reasons);
    let error = serde_json::from_value::<Reason>(json!("bored")).unwrap_err().to_string();
    assert!(error.contains("bored"), "{error}");
}

#[test]
fn every_reason_is_a_sentence_of_its_own_in_korean_in_japanese_and_in_english() {
    let is_kana = |letter: char| ('ぁ'..='ヿ').contains(&letter);
    let is_hangul = |letter: char| ('가'..='힣').contains(&letter);
    let mut seen = BTreeSet::new();
    for reason in reasons() {
        let (korean, english) = (reason.text("ko"), reason.text("en"));
        assert!(korean.ends_with('.') && korean.chars().any(is_hangul), "{korean}");
        assert!(english.ends_with('.') && !english.chars().any(is_hangul), "{english}");
        let japanese = reason.text("ja");
        assert!(japanese.ends_with('。') && japanese.chars().any(is_kana) && !japanese.chars().any(is_hangul), "{japanese}");
        for text in [korean, english, japanese] {
            assert!(!text.contains('_') || matches!(reason, Reason::Requires { .. }), "a code is no sentence: {text}");
            assert!(seen.insert(text.clone()), "said twice: {text}");
        }
    }
}

#[test]
fn any_korean_tag_reads_korean_any_japanese_one_japanese_and_any_other_english() {
    let (korean, english) = (Reason::Night.text("ko"), Reason::Night.text("en"));
    for tag in ["ko-KR", "KO", "ko_KR", "ko-Kore-KR"] {
        assert_eq!(Reason::Night.text(tag), korean, "{tag}");
    }
    for tag in ["ja-JP", "JA", "ja_JP", "ja-Jpan"] {
        assert_eq!(Reason::Night.text(tag), Reason::Night.text("ja"), "{tag}");
    }
    for tag in ["", "en-US", "fr", "kok", "한국어", "\0"] {
        assert_eq!(Reason::Night.text(tag), english, "{tag}");
    }
}

#[test]
fn a_policy_says_reasons_in_words_of_its_own() {
    let mut document: serde_json::Value = serde_json::from_str(include_str!("../examples/influential/policy.json")).unwrap();
    document["reasons"] = serde_json::json!([
        { "code": "requires", "text": { "ko": "먼저 {purpose}에 동의해 주세요.", "en": "Please agree to {purpose} first." } },
        { "code": "ask_again", "text": { "ko": "다시 확인해 주세요.", "en": "Please look at it again." } },
        { "code": "ask_again:expired", "text": { "ko": "기간이 지났어요.", "en": "It ran out." } }
    ]);
    let policy = consentkit::policy::Policy::parse(&document.to_string()).unwrap();
    let title = policy.text(&policy.purpose("marketing.data_use").unwrap().title, "en");
    for (reason, language, expected) in [
        (Reason::Requires { purpose: "marketing.data_use".into() }, "en-GB", format!("Please agree to {title} first.")),
        (Reason::Requires { purpose: "gone".into() }, "en", "Please agree to gone first.".into()),
        (Reason::AskAgain { cause: AskAgain::Expired }, "en", "It ran out.".into()),
        (Reason::AskAgain { cause: AskAgain::Restored }, "ko-KR", "다시 확인해 주세요.".into()),
        (Reason::Night, "ja", Reason::Night.text("ja")),
    ] {
        assert_eq!(reason.text_by(&policy, language), expected, "{reason:?}");
    }
    for (code, fault) in [
        ("bored", "unknown_value"),
        ("requires:marketing.email", "unknown_value"),
        ("ask_again", "duplicate"),
        ("night:x", "unknown_value"),
    ] {
        document["reasons"][2]["code"] = serde_json::json!(code);
        let found = consentkit::policy::Policy::parse(&document.to_string()).unwrap_err();
        assert!(found.iter().any(|found| found.pointer == "/reasons/2/code" && found.code.code() == fault), "{code}: {found:?}");
    }
}

#[test]
fn a_policy_can_have_words_for_every_reason() {
    let families: BTreeSet<String> =
        reasons().iter().map(|reason| reason.code().split(':').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(families, consentkit::policy::REASONS.into_iter().map(str::to_owned).collect());
}

#[test]
fn a_required_purpose_is_named_in_the_sentence() {
    let reason = Reason::Requires { purpose: "marketing.data_use".to_owned() };
    assert!(reason.text("ko").contains("marketing.data_use"));
    assert!(reason.text("en").contains("marketing.data_use"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_read_as_a_reason_writes_the_same_code(code in ".{0,40}", purpose in any::<String>()) {
        if let Some(reason) = Reason::from_code(&code) {
            prop_assert_eq!(reason.code(), code);
        }
        let reason = Reason::Requires { purpose };
        prop_assert_eq!(Reason::from_code(&reason.code()), Some(reason));
    }
}
