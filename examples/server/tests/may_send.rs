//! May a message be sent? The examples of the Korean rules, asked over the wire.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use consentkit::{
    ledger::{Body, ChoiceKind, SignalRecord},
    signal::{AgeBand, Guardian, Signals},
    sync::protocol::ChangeKind,
};
use serde_json::json;
use support::{Home, Phone, start};

const DAY: &str = "2026-11-22T12:00:00+09:00";
const NIGHT: &str = "2026-11-22T23:00:00+09:00";

fn grant(home: &Home, purposes: &[&str]) {
    for purpose in purposes {
        let result = home.web("acct_1", json!({ "purpose": purpose, "choice": "granted" }));
        assert_eq!(result["outcome"], "applied", "{purpose}: {result}");
    }
}

#[test]
fn push_by_day_needs_no_night_consent_and_by_night_does() {
    let home = start();
    grant(&home, &["marketing.data_use", "marketing.push"]);
    let examples = [
        ("2026-11-22T20:59:59+09:00", true),
        ("2026-11-22T21:00:00+09:00", false),
        ("2026-11-23T07:59:59+09:00", false),
        ("2026-11-23T08:00:00+09:00", true),
        // The same instants, named from elsewhere: the law's place counts, not the caller's.
        ("2026-11-22T11:59:59Z", true),
        ("2026-11-22T04:00:00-08:00", false),
    ];
    for (at, allowed) in examples {
        let answer = home.may_send("acct_1", "push", at);
        assert_eq!(answer["allowed"], allowed, "{at}: {answer}");
        assert_eq!(answer["reasons"], if allowed { json!([]) } else { json!(["night"]) }, "{at}");
    }
    grant(&home, &["marketing.push.night"]);
    assert_eq!(home.may_send("acct_1", "push", NIGHT)["allowed"], true);
    home.web("acct_1", json!({ "purpose": "marketing.push", "choice": "withdrawn" }));
    assert_eq!(home.may_send("acct_1", "push", DAY)["reasons"], json!(["withdrawn"]));
    assert_eq!(home.may_send("acct_1", "push", NIGHT)["allowed"], false);
}

#[test]
fn email_at_night_needs_no_separate_consent() {
    let home = start();
    grant(&home, &["marketing.data_use", "marketing.email"]);
    assert_eq!(home.may_send("acct_1", "email", NIGHT)["allowed"], true);
    assert_eq!(home.may_send("acct_1", "push", DAY)["reasons"], json!(["not_answered"]));
}

#[test]
fn every_channel_requires_the_use_of_data_for_marketing() {
    let home = start();
    grant(&home, &["marketing.email"]);
    let answer = home.may_send("acct_1", "email", DAY);
    assert_eq!(answer["reasons"], json!(["requires:marketing.data_use"]));
    let text = &answer["texts"]["requires:marketing.data_use"];
    for (language, word) in [("ko", "다른 목적"), ("en", "Another purpose"), ("ja", "目的")] {
        assert!(text[language].as_str().unwrap().contains(word), "{text}");
    }
}

#[test]
fn nothing_is_known_of_a_stranger_and_a_service_message_needs_no_consent() {
    let home = start();
    let answer = home.may_send("acct_9", "email", DAY);
    assert_eq!(answer["allowed"], false);
    assert!(answer["reasons"].as_array().unwrap().contains(&json!("not_answered")));
    let service = home.get("/v1/subjects/acct_9/may-send?channel=sms&kind=service").body;
    assert_eq!((&service["allowed"], &service["at"]), (&json!(true), &json!("2026-11-22T03:00:00.000Z")));
}

#[test]
fn a_channel_that_the_policy_does_not_ask_for_is_never_allowed() {
    let home = start();
    assert_eq!(home.may_send("acct_1", "post", DAY)["reasons"], json!(["unknown_purpose"]));
}

#[test]
fn every_answer_has_its_own_decision_id() {
    let home = start();
    let (one, two) = (home.may_send("acct_1", "email", DAY), home.may_send("acct_1", "email", DAY));
    assert!(one["decision_id"].as_str().unwrap().len() == 36);
    assert_ne!(one["decision_id"], two["decision_id"]);
}

#[test]
fn a_grant_from_a_phone_counts_and_an_import_without_a_date_is_asked_again() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let changes = [
        phone.link(),
        phone.choice("marketing.data_use", ChoiceKind::Granted, None),
        phone.choice("marketing.email", ChoiceKind::Granted, None),
        phone.import("marketing.sms", ChoiceKind::Granted, None),
    ];
    phone.push(&home, "acct_1", &changes);
    assert_eq!(home.may_send("acct_1", "email", DAY)["allowed"], true);
    assert_eq!(home.may_send("acct_1", "sms", DAY)["reasons"], json!(["ask_again:undated"]));
}

#[test]
fn f_11_a_child_needs_the_guardian_and_its_own_grants_do_not_count_under_one() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let changes = [
        phone.link(),
        phone.choice("marketing.data_use", ChoiceKind::Granted, None),
        phone.choice("marketing.email", ChoiceKind::Granted, None),
    ];
    phone.push(&home, "acct_1", &changes);
    let mut say = |guardian| {
        let signals = Signals { age: Some(AgeBand::Below), guardian, ..Signals::default() };
        let body = Body::Signal(SignalRecord {
            subject: phone.device.clone(),
            signals,
            age_of_consent: None,
            platform: None,
            ad_id_changed: false,
        });
        let change = phone.write(ChangeKind::Signal, body);
        let answer = phone.sync(&home, &phone.device_subject(), &phone.token, None, &[change]);
        assert_eq!(answer.body["results"][0]["outcome"], "applied", "{}", answer.body);
    };
    say(None);
    assert_eq!(home.may_send("acct_1", "email", DAY)["reasons"][0], "guardian_required");
    say(Some(Guardian::Verified));
    let answer = home.may_send("acct_1", "email", DAY);
    assert_eq!(answer["reasons"], json!(["requires:marketing.data_use", "ask_again:not_by_guardian"]), "the child's own");
    for purpose in ["marketing.data_use", "marketing.email"] {
        home.web("acct_1", json!({ "purpose": purpose, "choice": "granted", "actor": "guardian" }));
    }
    assert_eq!(home.may_send("acct_1", "email", DAY)["allowed"], true, "the guardian's");
}

#[test]
fn a_question_that_cannot_be_read_is_refused() {
    let home = start();
    let bad = [
        ("", "query"),
        ("?channel=fax&kind=ad", "channel"),
        ("?channel=fax&kind=service", "channel"),
        ("?channel=email&kind=spam", "query"),
        ("?channel=email", "query"),
        ("?channel=email&kind=ad&at=tomorrow", "at"),
        ("?channel=email&kind=ad&at=", "at"),
        ("?channel=email&kind=ad&at=2026-11-22T20:59:59", "at"),
        ("?channel=email&kind=ad&colour=red", "query"),
    ];
    for (query, field) in bad {
        let answer = home.get(&format!("/v1/subjects/acct_1/may-send{query}"));
        assert_eq!((answer.status, &answer.body["error"]["field"]), (400, &json!(field)), "{query}");
    }
    let plain_plus = home.get("/v1/subjects/acct_1/may-send?channel=email&kind=ad&at=2026-11-22T20:59:59+09:00");
    assert_eq!((plain_plus.status, &plain_plus.body["at"]), (200, &json!("2026-11-22T11:59:59.000Z")));
}

#[test]
fn a_reason_is_told_in_the_policys_own_words_and_in_each_of_its_languages() {
    let mut policy: serde_json::Value = serde_json::from_str(support::POLICY).unwrap();
    policy["reasons"] =
        json!([{ "code": "requires", "text": { "ko": "{purpose}에 먼저 동의해 주세요.", "en": "Please agree to {purpose} first." } }]);
    let home = support::start_with(vec![policy.to_string()]);
    grant(&home, &["marketing.email"]);
    let texts = &home.may_send("acct_1", "email", DAY)["texts"]["requires:marketing.data_use"];
    let english = texts["en"].as_str().unwrap();
    assert!(english.starts_with("Please agree to ") && !english.contains("{purpose}"), "{texts}");
    assert!(texts["ko"].as_str().unwrap().contains("먼저 동의해 주세요") && texts["ja"].as_str().unwrap().contains("目的"), "{texts}");
}
