//! A policy brings channels and vendors of its own; the known channels keep what they are, and a letter has no night (KR-4).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/decision.rs"]
mod decision;
#[path = "support/edit.rs"]
mod edit;
mod support;

use std::time::Instant;

use consentkit::{
    client::{Consent, Options},
    error::Error,
    policy::{
        Fault,
        FaultCode::{self, *},
        MAX_VENDORS, Policy, notice,
    },
    signal::Platform,
};
use decision::{Scene, purpose, seoul};
use edit::{
    Edit::{self, Push, Remove, Set},
    edited,
};
use serde_json::{Value, json};
use support::{Device, edition::next_edition};

fn codes(edits: &[Edit]) -> Vec<(String, FaultCode)> {
    let faults = Policy::parse(&edited(edits).to_string()).err().unwrap_or_default();
    faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
}

fn scene(channels: Value, regimes: Value) -> Scene {
    let mut scene = Scene::with(vec![
        purpose("by.post", json!({"channel": "post", "scope": "person"})),
        purpose("by.game", json!({"channel": "in-game", "scope": "person"})),
        purpose("by.push", json!({"channel": "push", "scope": "person"})),
    ]);
    scene.policy.channels = serde_json::from_value(channels).unwrap();
    scene.policy.regimes = serde_json::from_value(regimes).unwrap();
    scene.grant(&["by.post", "by.game", "by.push"])
}

#[test]
fn kr_4_f_37_a_letter_has_no_night() {
    let scene = scene(json!([]), json!(["kr"]));
    assert_eq!(scene.codes("by.post", seoul(23, 0, 0)), [""; 0]);
    assert_eq!(scene.codes("by.push", seoul(23, 0, 0)), ["night"]);
    assert_eq!(scene.codes("by.game", seoul(23, 0, 0)), ["night"], "in doubt a channel is electronic");
    let night_of_letters = codes(&[Set("/purposes/17/channel", json!("post")), Set("/purposes/14/channel", json!("post"))]);
    assert!(night_of_letters.contains(&("/purposes/17/night".into(), NightExempt)), "{night_of_letters:?}");
}

#[test]
fn a_channel_of_the_policys_own_is_what_it_says_it_is() {
    let night = |electronic: bool, night: bool| json!([{ "id": "in-game", "electronic": electronic, "night": night }]);
    for (channels, regimes, expected) in [
        (night(true, true), json!(["kr"]), vec!["night"]),
        (night(false, true), json!(["kr"]), vec![]),
        // A law's night holds back every electronic channel, whatever a policy says.
        (night(true, false), json!(["kr"]), vec!["night"]),
    ] {
        assert_eq!(scene(channels.clone(), regimes).codes("by.game", seoul(23, 0, 0)), expected, "{channels}");
    }
    let mut free = scene(night(true, false), json!([]));
    free.policy.night = Some(consentkit::policy::Night::default());
    assert_eq!(free.codes("by.game", seoul(23, 0, 0)), [""; 0]);
    assert_eq!(free.codes("by.push", seoul(23, 0, 0)), ["night"]);
}

#[test]
fn a_channel_that_is_neither_known_nor_defined_is_a_fault_that_lists_the_known_ones() {
    let defined = Push("/channels", json!({ "id": "telegram" }));
    let with_list = |edits: &[Edit]| [&[Set("/channels", json!([]))], edits].concat();
    let names = Set("/purposes/13/channel", json!("telegram"));
    assert_eq!(codes(&with_list(&[defined.clone(), names.clone()])), []);
    let undefined = Policy::parse(&edited(&[names]).to_string()).unwrap_err();
    assert_eq!((undefined[0].pointer.as_str(), undefined[0].code), ("/purposes/13/channel", UnknownValue));
    assert!(undefined[0].fix.contains("\"kakao\"") && undefined[0].fix.contains("channels"), "{}", undefined[0]);
    for (channel, place, code) in [
        (json!({ "id": "push", "night": false }), "/channels/0/id", Duplicate),
        (json!({ "id": "Telegram" }), "/channels/0/id", BadId),
        (json!({ "id": "telegram", "night": false }), "/channels/0/night", BadNight),
        (json!({ "id": "telegram", "electronic": "yes" }), "/channels/0/electronic", WrongType),
        (json!({ "electronic": true }), "/channels/0/id", MissingField),
    ] {
        let found = codes(&with_list(&[Push("/channels", channel.clone())]));
        assert!(found.contains(&(place.to_owned(), code)), "{channel}: {found:?}");
    }
    assert_eq!(codes(&with_list(&[defined.clone(), defined])), [("/channels/1/id".to_owned(), Duplicate)]);
}

#[test]
fn a_delivered_edition_cannot_take_the_night_from_a_channel() {
    let with = |mut document: Value, channel: Value| {
        document["channels"] = json!([channel]);
        document["purposes"][13]["channel"] = json!("in-game");
        document.to_string()
    };
    let device = Device::new(Platform::Android);
    let consent = Consent::open(Options { policy: with(edited(&[]), json!({ "id": "in-game" })), ..device.options() }).unwrap();
    let next: Value = serde_json::from_str(&next_edition()).unwrap();
    let loosened = with(next.clone(), json!({ "id": "in-game", "electronic": false }));
    assert!(matches!(consent.adopt_policy(&loosened), Err(Error::PolicyRefused { .. })));
    consent.adopt_policy(&with(next, json!({ "id": "in-game" }))).unwrap();
}

fn vendors(count: usize) -> Vec<Value> {
    (0..count)
        .map(|number| json!({ "id": format!("vendor-{number}"), "name": format!("Vendor No. {number}"), "url": "https://example.com" }))
        .collect()
}

#[test]
fn vendors_are_named_once_and_referred_to_and_the_notice_names_them() {
    let document = edited(&[Set("/vendors", json!(vendors(3))), Set("/purposes/8/vendors", json!(["vendor-2", "vendor-0"]))]);
    let policy = Policy::parse(&document.to_string()).unwrap();
    assert_eq!(notice(&policy, &policy.purposes[8], "en").vendors, ["Vendor No. 0", "Vendor No. 2"]);
    let (with, without) = (notice(&policy, &policy.purposes[8], "en"), notice(&policy, &policy.purposes[7], "en"));
    assert!(
        serde_json::to_string(&without).is_ok_and(|text| !text.contains("vendors")),
        "the text of every notice without any stays what it was"
    );
    assert_ne!(with.text_hash(), consentkit::policy::Notice { vendors: vec![], ..with.clone() }.text_hash());
    for (edit, place, code) in [
        (Set("/purposes/8/vendors", json!(["vendor-9"])), "/purposes/8/vendors/0", UnknownReference),
        (Set("/purposes/8/vendors", json!(["vendor-1", "vendor-1"])), "/purposes/8/vendors/1", Duplicate),
        (Set("/vendors/1/id", json!("vendor-0")), "/vendors/1/id", Duplicate),
        (Remove("/vendors/1/name"), "/vendors/1/name", MissingField),
        (Set("/vendors/1/url", json!("ftp://example.com")), "/vendors/1/url", BadContact),
    ] {
        let mut document = document.clone();
        edit::apply(&mut document, &edit);
        let found: Vec<Fault> = Policy::parse(&document.to_string()).unwrap_err();
        assert!(found.iter().any(|fault| fault.pointer == place && fault.code == code && !fault.fix.is_empty()), "{place}: {found:?}");
    }
}

#[test]
fn a_vendor_more_asks_again() {
    let with = |mut document: Value, named: Value| {
        document["vendors"] = json!(vendors(3));
        document["purposes"][8]["vendors"] = named;
        document.to_string()
    };
    let device = Device::new(Platform::Android);
    let consent = Consent::open(Options { policy: with(edited(&[]), json!(["vendor-0"])), ..device.options() }).unwrap();
    let next: Value = serde_json::from_str(&next_edition()).unwrap();
    let Err(Error::PolicyRefused { faults }) = consent.adopt_policy(&with(next.clone(), json!(["vendor-0", "vendor-1"]))) else {
        panic!("it was taken over")
    };
    assert!(faults.iter().any(|fault| fault.code == MaterialNotRaised && fault.pointer == "/purposes/8/material"), "{faults:?}");
    let mut raised = next;
    raised["purposes"][8]["material"] = json!(9);
    consent.adopt_policy(&with(raised, json!(["vendor-0", "vendor-1"]))).unwrap();
}

#[test]
fn two_thousand_vendors_are_taken_and_not_one_more() {
    let all: Vec<String> = (0..MAX_VENDORS).map(|number| format!("vendor-{number}")).collect();
    let mut document = edited(&[Set("/vendors", json!(vendors(MAX_VENDORS)))]);
    for purpose in [7, 8, 9] {
        document["purposes"][purpose]["vendors"] = json!(all);
    }
    let begun = Instant::now();
    Policy::parse(&document.to_string()).unwrap();
    assert!(begun.elapsed().as_millis() < 3_000, "{:?} in a debug build", begun.elapsed());
    document["vendors"] = json!(vendors(MAX_VENDORS + 1));
    let found = Policy::parse(&document.to_string()).unwrap_err();
    assert!(found.iter().any(|fault| fault.pointer == "/vendors" && fault.code == TooWide), "{found:?}");
}
