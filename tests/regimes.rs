//! Which law a policy is held to: `kr` asks for all that it always asked for, and a policy that names no law is asked for nothing but what
//! makes it a policy.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/edit.rs"]
mod edit;
mod support;

use consentkit::{
    client::Answer,
    error::Error,
    policy::{
        Basis, Fault,
        FaultCode::{self, *},
        Policy, regime,
    },
    signal::Platform,
};
use edit::{
    Edit::{Push, Remove, Set},
    edited, influential, remove,
};
use serde_json::{Value, json};
use support::{Device, edition::next_edition};

const MINIMAL: &str = include_str!("../examples/policies/minimal.json");

fn faults(document: &Value) -> Vec<Fault> {
    Policy::parse(&document.to_string()).err().unwrap_or_default()
}

fn places(faults: &[Fault]) -> Vec<(&str, FaultCode)> {
    faults.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect()
}

fn minimal() -> Value {
    serde_json::from_str(MINIMAL).unwrap()
}

#[test]
fn a_policy_of_25_lines_without_a_law_opens_asks_and_records() {
    assert!(MINIMAL.lines().count() <= 25);
    let device = Device::new(Platform::Android);
    let consent = consentkit::client::Consent::open(consentkit::client::Options { policy: MINIMAL.into(), ..device.options() }).unwrap();
    let form = consent.questions("any_name").unwrap();
    assert!(form.due, "a policy that names no form is asked by a form of any name");
    let [question] = form.questions.as_slice() else { panic!("{:?}", form.questions) };
    assert!(!question.notice.title.is_empty() && question.notice.items.is_empty(), "{:?}", question.notice);
    assert!(!consent.allows(&question.purpose), "nobody was asked yet");
    consent.record(&form.shown, &[Answer::grant(&question.purpose)]).unwrap();
    assert!(consent.allows(&question.purpose));
    let page = consent.policy();
    assert_eq!((page.controller.as_str(), page.effective_on.as_str(), page.edition), ("", "", 1));
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn what_makes_a_policy_is_asked_for_by_every_policy() {
    for field in ["id", "version", "languages", "purposes"] {
        let mut document = minimal();
        document.as_object_mut().unwrap().remove(field).unwrap();
        let found = faults(&document);
        assert!(found.iter().any(|fault| fault.pointer == format!("/{field}") && fault.code == MissingField), "{field}: {found:?}");
    }
    let mut document = minimal();
    remove(&mut document, "/purposes/0/title");
    assert_eq!(places(&faults(&document)), [("/purposes/0/title", MissingField)]);
}

/// One place for each part of a document that the law asks something of; a third party and a transfer are added, since there are none.
fn place_of(part: &str) -> &'static str {
    match part {
        "Policy" => "",
        "Purpose" => "/purposes/13",
        "PurposeNotice" => "/purposes/13/notice",
        "ThirdParty" => "/third_parties/0",
        "Transfer" => "/transfers/0",
        "Controller" => "/controller",
        "Night" => "/night",
        "Rights" => "/rights",
        "Agents" => "/rights/agents",
        "Statement" => "/statements/0",
        "Item" => "/items/0",
        "Collection" => "/collection/0",
        "Retention" => "/retention/0",
        "Dormancy" => "/dormancy",
        "Destruction" => "/destruction",
        "Processor" => "/processors/0",
        "Right" => "/rights/kinds/0",
        "Safeguard" => "/safeguards/0",
        "Officer" => "/officer",
        "Remedy" => "/remedies/0",
        "Amendments" => "/amendments",
        "CookieGuide" => "/cookies",
        "BrowserGuide" => "/cookies/refusal/0",
        "AdvertisingIdGuide" => "/advertising_id",
        "PlatformGuide" => "/advertising_id/refusal/0",
        other => panic!("no place for {other}"),
    }
}

fn with_recipients() -> Value {
    let text = json!({"ko": "가", "en": "a"});
    let contact = json!({"email": "privacy@example.com"});
    edited(&[
        Push(
            "/third_parties",
            json!({ "id": "partner", "origin": "added", "recipient": text, "purpose": text, "items": ["email"], "retention": text, "refusal": text }),
        ),
        Push(
            "/transfers",
            json!({ "id": "abroad", "origin": "added", "items": ["email"], "country": text, "when": text, "method": text, "recipient": text, "contact": contact, "purpose": text, "retention": text, "refusal": text }),
        ),
        Push("/processors", json!({ "id": "carrier", "origin": "added", "name": text, "task": text })),
    ])
}

#[test]
fn kr_asks_for_every_field_by_its_rule_and_nobody_else_does() {
    let whole = with_recipients();
    assert_eq!(places(&faults(&whole)), []);
    for demand in regime("kr").unwrap().demands {
        for field in demand.fields {
            let place = format!("{}/{field}", place_of(demand.part));
            let mut document = whole.clone();
            remove(&mut document, &place);
            let found = faults(&document);
            let fault = found.iter().find(|fault| fault.pointer == place).unwrap_or_else(|| panic!("{place}: {found:?}"));
            assert_eq!(fault.code, demand.code, "{place}");
            let field_of_every_policy = ["recipient"].contains(field);
            assert!(fault.what.contains(demand.rule), "{place}: {fault}");
            document["regimes"] = json!([]);
            let free = faults(&document);
            let owed = free.iter().any(|fault| fault.pointer == place && fault.code == MissingField);
            assert_eq!(owed, field_of_every_policy, "{place} without a law: {free:?}");
        }
    }
}

#[test]
fn a_field_that_is_null_is_as_missing_as_one_that_is_absent() {
    let found = faults(&edited(&[Set("/officer", json!(null))]));
    assert_eq!(places(&found), [("/officer", MissingField)]);
    assert_eq!(places(&faults(&edited(&[Set("/officer", json!(null)), Set("/regimes", json!([]))]))), []);
}

#[test]
fn kr_4_f_37_night_hours_laxer_than_the_law_are_a_fault() {
    let night =
        |from: &str, until: &str, offset: i32| json!({ "from": from, "until": until, "utc_offset_minutes": offset, "exempt": ["email"] });
    for (lax, what) in [
        (night("21:01", "08:00", 540), "it begins a minute late"),
        (night("21:00", "07:59", 540), "it ends a minute early"),
        (night("23:00", "06:00", 540), "both"),
        (night("08:00", "21:00", 540), "the day instead of the night"),
        (night("21:00", "08:00", 0), "the hours of London"),
        (night("21:00", "08:00", 480), "the hours of Taipei"),
        (night("21:00", "08:00", -840), "the hours of nowhere"),
    ] {
        let found = faults(&edited(&[Set("/night", lax.clone())]));
        assert!(found.iter().any(|fault| fault.code == BadNight && fault.what.contains("KR-4")), "{what}: {found:?}");
        let elsewhere = edited(&[Set("/night", lax), Set("/regimes", json!([]))]);
        assert_eq!(places(&faults(&elsewhere)), [], "{what}: nobody but Korean law minds");
    }
    for longer in [night("20:00", "09:00", 540), night("20:00", "09:00", 600), night("20:00", "08:00", 480)] {
        assert_eq!(places(&faults(&edited(&[Set("/night", longer.clone())]))), [], "{longer}");
    }
}

#[test]
fn kr_4_a_policy_that_writes_no_night_has_the_one_of_its_law_or_none() {
    let korean = Policy::parse(&edited(&[Remove("/night")]).to_string()).unwrap();
    assert!(korean.quiet_hours().unwrap().covers(1_795_273_200_000), "midnight in Seoul");
    let free = Policy::parse(MINIMAL).unwrap();
    assert!(free.quiet_hours().is_none());
    let orphan = faults(&edited(&[Remove("/night"), Set("/regimes", json!([]))]));
    assert_eq!(
        places(&orphan),
        [("/purposes/17/night", NightExempt), ("/purposes/18/night", NightExempt), ("/purposes/19/night", NightExempt)]
    );
}

#[test]
fn a_law_that_nobody_knows_is_a_fault_that_lists_those_that_are_known() {
    for (regimes, place, code) in [
        (json!(["atlantis"]), "/regimes/0", UnknownValue),
        (json!(["kr", "KR"]), "/regimes/1", UnknownValue),
        (json!(["kr", "kr"]), "/regimes/1", Duplicate),
        (json!("kr"), "/regimes", WrongType),
        (json!([82]), "/regimes/0", WrongType),
    ] {
        let found = faults(&edited(&[Set("/regimes", regimes.clone())]));
        assert!(places(&found).contains(&(place, code)), "{regimes}: {found:?}");
        if code == UnknownValue {
            assert!(found[0].fix.contains("\"kr\""), "{}", found[0]);
        }
    }
}

#[test]
fn a_number_of_the_law_may_be_raised_and_not_undercut() {
    for (field, least) in [("age_of_consent", 14), ("cool_down_days", 7)] {
        let with = |number: u32, regimes: Value| {
            let mut document = influential();
            document["regimes"] = regimes;
            document[field] = json!(number);
            faults(&document)
        };
        assert_eq!(places(&with(least, json!(["kr"]))), []);
        assert_eq!(places(&with(least + 1, json!(["kr"]))), []);
        let place = format!("/{field}");
        assert_eq!(places(&with(least - 1, json!(["kr"]))), [(place.as_str(), OutOfRange)], "{field}");
        assert_eq!(places(&with(least - 1, json!([]))), []);
    }
    let (korean, free) = (Policy::parse(&influential().to_string()).unwrap(), Policy::parse(MINIMAL).unwrap());
    assert_eq!((korean.age_of_consent(), korean.cool_down_days(), free.cool_down_days()), (14, 7, 0));
    assert_eq!((korean.notice_days(false), korean.notice_days(true), free.notice_days(true)), (7, 30, 0));
}

#[test]
fn kr_1_kr_19_a_law_refuses_a_basis_for_marketing_and_for_the_advertising_id() {
    let (korean, free) = (Policy::parse(&influential().to_string()).unwrap(), {
        let mut document = influential();
        document["regimes"] = json!([]);
        Policy::parse(&document.to_string()).unwrap()
    });
    for (purpose, rule) in [("marketing.email", Some("KR-1")), ("ad_id.measurement", Some("KR-19, BA-1")), ("cookies.analytics", None)] {
        let purpose = korean.purpose(purpose).unwrap();
        assert_eq!(korean.refuses_basis(purpose, Basis::Contract), rule, "{}", purpose.id);
        assert_eq!(korean.refuses_basis(purpose, Basis::Consent), None, "{}", purpose.id);
        assert_eq!(free.refuses_basis(purpose, Basis::Contract), None, "{}", purpose.id);
    }
}

fn edition(edit: impl FnOnce(&mut Value)) -> String {
    let mut document: Value = serde_json::from_str(&next_edition()).unwrap();
    edit(&mut document);
    document.to_string()
}

#[test]
fn a_delivered_edition_never_takes_a_law_away_and_may_add_one() {
    let device = Device::new(Platform::Android);
    let consent = device.open();
    for without in
        [edition(|document| drop(document.as_object_mut().unwrap().remove("regimes"))), edition(|document| document["regimes"] = json!([]))]
    {
        let Err(Error::PolicyRefused { faults }) = consent.adopt_policy(&without) else { panic!("it was taken over") };
        assert!(places(&faults).contains(&("/regimes", GuardWeakened)), "{faults:?}");
        assert!(faults.iter().any(|fault| fault.fix.contains("\"kr\"")), "{faults:?}");
    }
    consent.adopt_policy(&edition(|_| ())).unwrap();

    let free = Device::new(Platform::Android);
    let shipped = edited(&[Set("/regimes", json!([]))]).to_string();
    let consent = consentkit::client::Consent::open(consentkit::client::Options { policy: shipped, ..free.options() }).unwrap();
    consent.adopt_policy(&edition(|_| ())).unwrap();
    assert_eq!(consent.snapshot().policy.regimes, ["kr"]);
}

#[test]
fn an_edition_that_the_app_ships_may_leave_a_law_behind() {
    let device = Device::new(Platform::Android);
    device.open().shutdown().unwrap();
    let shipped = edition(|document| document["regimes"] = json!([]));
    let consent = consentkit::client::Consent::open(consentkit::client::Options { policy: shipped, ..device.options() }).unwrap();
    assert_eq!(consent.snapshot().policy.regimes, [""; 0]);
}

#[test]
fn gcm_6_sharing_for_advertising_rests_on_a_basis_that_a_person_can_say_no_to() {
    for (basis, scope, without_a_law, rule) in [
        ("consent", "device", true, None),
        ("consent", "person", true, None),
        ("opt_out", "device", true, None),
        ("legitimate_interest", "device", true, None),
        ("opt_out", "person", true, Some("BA-1")),
        ("legitimate_interest", "person", true, Some("PIPA-4")),
        ("contract", "device", false, Some("GCM-6")),
        ("law", "person", false, Some("GCM-6")),
    ] {
        let mut document = influential();
        let purpose = document["purposes"].as_array_mut().unwrap().iter_mut().find(|purpose| purpose["id"] == "cookies.analytics").unwrap();
        for field in ["google", "cookies", "requires"] {
            purpose.as_object_mut().unwrap().remove(field);
        }
        (purpose["basis"], purpose["scope"], purpose["sharing"]) = (json!(basis), json!(scope), json!(true));
        let found = faults(&document);
        assert!(found.iter().all(|fault| fault.code == SharingNeedsConsent), "{basis} {scope}: {found:?}");
        assert_eq!(found.first().is_some_and(|fault| rule.is_some_and(|rule| fault.what.contains(rule))), rule.is_some(), "{found:?}");
        document["regimes"] = json!([]);
        assert_eq!(faults(&document).is_empty(), without_a_law, "{basis} {scope}");
    }
}

#[test]
fn kr_4_a_letter_may_be_named_among_what_the_night_spares_since_it_has_none() {
    let with = |channel: &str, electronic: bool| {
        let mut document = influential();
        document["channels"] = json!([{ "id": "leaflet", "electronic": electronic }]);
        document["night"]["exempt"] = json!(["email", channel]);
        places(&faults(&document)).into_iter().map(|(place, code)| (place.to_owned(), code)).collect::<Vec<_>>()
    };
    assert_eq!(with("post", true), []);
    assert_eq!(with("leaflet", false), []);
    for (channel, electronic) in [("leaflet", true), ("sms", false), ("push", true)] {
        assert_eq!(with(channel, electronic), [("/night/exempt/1".to_owned(), BadNight)], "{channel}");
    }
}
