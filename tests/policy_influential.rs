//! The Influential policy holds every fact of the company's published one, and what was added says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/edit.rs"]
mod edit;
#[path = "support/facts.rs"]
mod facts;

use consentkit::policy::{Basis, Channel, Origin, Policy, Scope};
use edit::{DOCUMENT, influential, remove, set};
use facts::{FACTS, Row};
use serde_json::{Value, json};

fn policy() -> Policy {
    Policy::parse(DOCUMENT).unwrap_or_else(|faults| panic!("{}", faults.iter().map(|fault| format!("{fault}\n")).collect::<String>()))
}

fn wrong(document: &Value) -> Vec<&'static Row> {
    let holds = |(_, _, pointer, value): &Row| document.pointer(pointer) == Some(&serde_json::from_str(value).unwrap());
    FACTS.iter().filter(|row| !holds(row)).collect()
}

#[test]
fn the_document_has_no_fault() {
    policy();
}

#[test]
fn the_document_holds_every_fact_of_every_section() {
    assert_eq!(wrong(&influential()), Vec::<&Row>::new());
    assert!(FACTS.len() >= 60, "{}", FACTS.len());
    for section in 1..=13 {
        assert!(FACTS.iter().any(|row| row.0 == section), "no fact of section {section}");
    }
}

#[test]
fn no_fact_can_be_changed_or_deleted_unseen() {
    for (section, fact, pointer, value) in FACTS {
        let mut changed = influential();
        let other = match serde_json::from_str(value).unwrap() {
            Value::String(text) => json!(format!("{text}.")),
            Value::Number(number) => json!(number.as_i64().unwrap() + 1),
            Value::Bool(flag) => json!(!flag),
            Value::Array(mut list) => {
                list.push(json!("another"));
                Value::Array(list)
            }
            _ => json!({"another": 1}),
        };
        set(&mut changed, pointer, other);
        assert!(wrong(&changed).iter().any(|row| row.2 == *pointer), "changed unseen: {section} {fact}");

        let mut deleted = influential();
        remove(&mut deleted, pointer);
        assert!(wrong(&deleted).iter().any(|row| row.2 == *pointer), "deleted unseen: {section} {fact}");
    }
}

#[test]
fn each_text_is_there_in_korean_and_in_english() {
    fn look(value: &Value, texts: &mut usize) {
        if let Some(object) = value.as_object() {
            if let (Some(korean), Some(english)) = (object.get("ko"), object.get("en")) {
                *texts += 1;
                assert!(!korean.as_str().unwrap().is_empty() && !english.as_str().unwrap().is_empty());
            }
            assert_eq!(object.contains_key("ko"), object.contains_key("en"), "{value}");
        }
        let inner: Box<dyn Iterator<Item = &Value>> = match value {
            Value::Object(object) => Box::new(object.values()),
            Value::Array(list) => Box::new(list.iter()),
            _ => return,
        };
        inner.for_each(|value| look(value, texts));
    }
    let mut texts = 0;
    look(&influential(), &mut texts);
    assert!(texts > 200, "{texts}");
}

#[test]
fn what_asks_for_consent_was_added_and_says_so() {
    let policy = policy();
    for purpose in &policy.purposes {
        if purpose.basis == Basis::Consent {
            assert_eq!(purpose.origin, Origin::Added, "{}", purpose.id);
        }
    }
    let expected = [
        "cookies.analytics",
        "cookies.marketing",
        "ad_id.measurement",
        "ad_id.personalised_ads",
        "ad_id.link_account",
        "marketing.data_use",
        "marketing.email",
        "marketing.sms",
        "marketing.push",
        "marketing.kakao",
        "marketing.sms.night",
        "marketing.push.night",
        "marketing.kakao.night",
    ];
    let asked: Vec<_> =
        policy.purposes.iter().filter(|purpose| purpose.basis == Basis::Consent).map(|purpose| purpose.id.as_str()).collect();
    assert_eq!(asked, expected);
}

#[test]
fn marketing_follows_the_person_and_cookies_and_ids_the_device() {
    for purpose in policy().purposes.iter().filter(|purpose| purpose.basis == Basis::Consent) {
        let expected = if purpose.id.starts_with("marketing.") { Scope::Person } else { Scope::Device };
        assert_eq!(purpose.scope, expected, "{}", purpose.id);
    }
}

#[test]
fn kr_4_each_channel_but_email_has_its_night() {
    let policy = policy();
    for (channel, nights) in [(Channel::Email, 0), (Channel::Sms, 1), (Channel::Push, 1), (Channel::Kakao, 1)] {
        let found =
            |night| policy.purposes.iter().filter(|purpose| purpose.channel == Some(channel.clone()) && purpose.night == night).count();
        assert_eq!((found(false), found(true)), (1, nights), "{channel:?}");
    }
}

#[test]
fn ba_1_linking_the_id_to_an_account_is_a_consent_of_its_own() {
    assert_eq!(policy().purpose("ad_id.link_account").unwrap().requires, ["ad_id.measurement"]);
}

#[test]
fn a_written_policy_reads_as_the_same_policy() {
    let policy = policy();
    let written = serde_json::to_string(&policy).unwrap();
    assert_eq!(Policy::parse(&written).unwrap(), policy);
}
