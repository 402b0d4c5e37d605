//! What was delivered over the network, and a day that was wrong, keep no app from opening with the policy that it ships.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{
    client::{Consent, Options},
    signal::Platform,
};
use serde_json::{Value, json};
use support::{Device, NOON, announced::edition_announced, answer};

const DAY: i64 = 86_400_000;

/// A policy with one purpose, as edition `number` with the meaning `material`, and what else it says.
fn small(number: u32, material: u32, more: &[(&str, Value)]) -> String {
    let mut policy = json!({
        "id": "notes", "version": format!("v{number}"), "edition": number, "languages": ["en"],
        "purposes": [{ "id": "x", "title": { "en": "Send reports" }, "material": material }],
    });
    for (name, value) in more {
        policy[name] = value.clone();
    }
    policy.to_string()
}

/// The same with a text that says what the purpose is for.
fn meaning(number: u32, material: u32, text: &str) -> String {
    let mut policy: Value = serde_json::from_str(&small(number, material, &[])).unwrap();
    policy["purposes"][0]["notice"] = json!({ "purpose": { "en": text } });
    policy.to_string()
}

fn opens(device: &Device, policy: &str) -> Consent {
    Consent::open(Options { policy: policy.into(), ..device.options() }).unwrap()
}

fn in_force(consent: &Consent) -> u32 {
    consent.snapshot().policy.edition
}

#[test]
fn f_10_a_delivered_number_of_meaning_does_not_keep_the_app_from_opening() {
    for material in [3, 100, 1_000_000, 1_000_002, i32::MAX as u32] {
        let device = Device::new(Platform::Desktop);
        let consent = opens(&device, &small(1, 1, &[]));
        // The highest of them are refused. Where one is taken, the app opens all the same.
        let taken = consent.adopt_policy(&small(2, material, &[])).is_ok();
        assert_eq!(taken, material <= 1_000_001, "{material}");
        drop(consent);
        let consent = opens(&device, &small(3, 2, &[]));
        assert_eq!(in_force(&consent), 3, "{material}");
        answer(&consent, &["x"], &[]).unwrap();
        assert!(consent.allows("x"), "{material}: a yes to the app's own text counts");
        drop(consent);
        let consent = opens(&device, &small(3, 2, &[]));
        assert!(consent.allows("x") && consent.verify().unwrap().ok, "{material}");
    }
}

#[test]
fn f_10_a_yes_to_a_delivered_meaning_does_not_count_for_the_apps_own() {
    for (delivered, later) in [(5, 2), (5, 5), (2, 2)] {
        let device = Device::new(Platform::Desktop);
        let consent = opens(&device, &meaning(1, 1, "Mending faults"));
        consent.adopt_policy(&meaning(2, delivered, "Nothing at all")).unwrap();
        answer(&consent, &["x"], &[]).unwrap();
        assert!(consent.allows("x"));
        drop(consent);
        let consent = opens(&device, &meaning(3, 2, "Selling it"));
        assert_eq!(in_force(&consent), 3);
        assert!(!consent.allows("x"), "{delivered}: nobody agreed to this text");
        assert_eq!(consent.explain("x").reasons[0].code(), "ask_again:policy_changed");
        drop(consent);
        let consent = opens(&device, &meaning(4, later, if later == 2 { "Selling it" } else { "Selling it twice" }));
        assert!(!consent.allows("x"), "{later}: nor does it count once the app's number has come as far");
        consent.sign_in("person-4711").unwrap();
        assert!(!consent.allows("x"), "a sign-in brings no such yes along");
        answer(&consent, &["x"], &[]).unwrap();
        assert!(consent.allows("x") && consent.verify().unwrap().ok);
    }
}

#[test]
fn f_10_a_yes_to_the_apps_own_text_and_every_no_stand_when_the_app_takes_over() {
    for yes in [true, false] {
        let device = Device::new(Platform::Desktop);
        let consent = opens(&device, &small(1, 1, &[]));
        if yes {
            answer(&consent, &["x"], &[]).unwrap();
        }
        consent.adopt_policy(&small(2, 5, &[])).unwrap();
        if !yes {
            answer(&consent, &[], &["x"]).unwrap();
        }
        assert!(!consent.allows("x"));
        drop(consent);
        let consent = opens(&device, &small(3, 1, &[]));
        assert_eq!((in_force(&consent), consent.allows("x")), (3, yes));
        assert_eq!(consent.explain("x").reasons.first().map(|reason| reason.code()), (!yes).then(|| "refused".into()));
    }
}

#[test]
fn f_10_an_announced_edition_of_the_app_takes_over_on_its_day_without_a_call() {
    let device = Device::new(Platform::Desktop);
    let consent = opens(&device, &meaning(1, 1, "Mending faults"));
    consent.adopt_policy(&meaning(2, 5, "Nothing at all")).unwrap();
    answer(&consent, &["x"], &[]).unwrap();
    drop(consent);
    let mut next: Value = serde_json::from_str(&meaning(3, 2, "Selling it")).unwrap();
    next["effective_on"] = json!("2026-12-20");
    let consent = opens(&device, &next.to_string());
    assert!(in_force(&consent) == 2 && consent.allows("x"));
    device.clock.set(NOON + 60 * DAY);
    assert!(in_force(&consent) == 3 && !consent.allows("x"), "at its first moment");
    consent.withdraw(&["x"]).unwrap();
    answer(&consent, &["x"], &[]).unwrap();
    assert!(consent.allows("x") && consent.verify().unwrap().ok);
}

#[test]
fn f_10_a_delivered_edition_under_the_apps_next_number_does_not_keep_it_from_opening() {
    let changes = [("cool_down_days", json!(3)), ("version", json!("other")), ("age_of_consent", json!(20)), ("audience", json!("child"))];
    for change in changes {
        let device = Device::new(Platform::Desktop);
        let consent = opens(&device, &small(1, 1, &[]));
        consent.adopt_policy(&small(2, 1, std::slice::from_ref(&change))).unwrap();
        drop(consent);
        for _ in 0..2 {
            let consent = opens(&device, &small(2, 1, &[]));
            assert_eq!(consent.policy().version, if change.0 == "version" { "other" } else { "v2" });
        }
        let consent = opens(&device, &small(3, 2, &[]));
        assert_eq!(in_force(&consent), 3, "its next number takes the place of what was delivered");
        assert!(consent.verify().unwrap().ok);
    }
}

#[test]
fn f_10_what_a_delivered_edition_says_of_a_purpose_that_the_app_left_out_does_not_keep_it_from_opening() {
    let device = Device::new(Platform::Desktop);
    let with = |number: u32, material: u32| {
        let mut policy: Value = serde_json::from_str(&small(number, 1, &[])).unwrap();
        let more = json!({ "id": "y", "title": { "en": "More" }, "material": material });
        policy["purposes"].as_array_mut().unwrap().push(more);
        policy.to_string()
    };
    let consent = opens(&device, &small(1, 1, &[]));
    consent.adopt_policy(&with(2, 9)).unwrap();
    answer(&consent, &["y"], &[]).unwrap();
    drop(consent);
    drop(opens(&device, &small(3, 1, &[])));
    let consent = opens(&device, &with(4, 1));
    assert_eq!((in_force(&consent), consent.allows("y")), (4, false));
    answer(&consent, &["y"], &[]).unwrap();
    assert!(consent.allows("y"));
}

#[test]
fn f_10_delivered_days_of_notice_do_not_keep_the_app_from_opening() {
    for days in [400, 3_660, 3_661, 700_000, i32::MAX] {
        let device = Device::new(Platform::Desktop);
        let consent = device.open();
        let promise = [("/amendments/notice_days", json!(days)), ("/amendments/material_notice_days", json!(days))];
        let taken = consent.adopt_policy(&edition_announced(5, ("1920-01-01", "2020-12-02"), &promise)).is_ok();
        assert_eq!(taken, days <= 3_660, "{days}");
        drop(consent);
        let consent = opens(&device, &edition_announced(6, ("2026-01-01", "2026-11-01"), &[]));
        assert_eq!(in_force(&consent), 6, "{days}");
    }
}

#[test]
fn f_10_what_the_app_ships_still_has_to_follow_what_it_shipped_itself() {
    let device = Device::new(Platform::Desktop);
    let consent = opens(&device, &meaning(1, 3, "Mending faults"));
    consent.adopt_policy(&meaning(2, 5, "Nothing at all")).unwrap();
    drop(consent);
    for wrong in [meaning(3, 3, "Selling it"), meaning(3, 2, "Selling it")] {
        assert!(Consent::open(Options { policy: wrong.clone(), ..device.options() }).is_err(), "{wrong}");
    }
    assert_eq!(in_force(&opens(&device, &meaning(3, 4, "Selling it"))), 3);
}

/// The policy that an edition of the app says has its first day on `day`.
fn on(number: u32, day: &str) -> String {
    small(number, 1, &[("effective_on", json!(day))])
}

#[test]
fn f_35_a_slip_in_the_first_day_does_not_keep_the_corrected_edition_from_opening() {
    for slip in ["2100-01-01", "2027-12-20", "2026-11-23"] {
        for (corrected, at_once) in [("2026-11-01", true), ("2026-11-22", true), ("2026-12-20", false), ("2020-02-29", true)] {
            let device = Device::new(Platform::Desktop);
            let consent = opens(&device, &on(4, slip));
            answer(&consent, &["x"], &[]).unwrap();
            drop(consent);
            let consent = opens(&device, &on(5, corrected));
            assert_eq!(in_force(&consent) == 5, at_once, "{slip} {corrected}");
            device.clock.set(NOON + 60 * DAY);
            assert!(in_force(&consent) == 5 && consent.allows("x"), "{slip} {corrected}");
            drop(consent);
            let consent = opens(&device, &on(5, corrected));
            assert!(in_force(&consent) == 5 && consent.verify().unwrap().ok);
        }
    }
}

#[test]
fn f_35_a_clock_that_was_wrong_once_does_not_keep_the_next_edition_from_opening() {
    for (opened_at, day, at_once) in
        [(0, "2027-01-15", false), (90, "2027-01-15", true), (200, "2027-01-15", true), (0, "2026-11-01", true)]
    {
        let device = Device::new(Platform::Desktop);
        drop(opens(&device, &on(3, "2026-10-01")));
        drop(opens(&device, &on(4, "2027-03-01")));
        device.clock.set(NOON + 400 * DAY);
        assert_eq!(in_force(&opens(&device, &on(4, "2027-03-01"))), 4, "the clock is ahead");
        device.clock.set(NOON + opened_at * DAY);
        let consent = opens(&device, &on(5, day));
        assert_eq!(in_force(&consent) == 5, at_once, "{opened_at} {day}");
        device.clock.set(NOON + 201 * DAY);
        assert!(in_force(&consent) == 5 && consent.verify().unwrap().ok);
    }
}

#[test]
fn f_35_a_corrected_day_brings_no_permission() {
    let device = Device::new(Platform::Desktop);
    let with = |number: u32, material: u32, text: &str, day: &str| {
        let mut policy: Value = serde_json::from_str(&meaning(number, material, text)).unwrap();
        policy["effective_on"] = json!(day);
        policy.to_string()
    };
    let consent = opens(&device, &with(4, 1, "Mending faults", "2100-01-01"));
    answer(&consent, &["x"], &[]).unwrap();
    drop(consent);
    let unasked = Options { policy: with(5, 1, "Selling it", "2026-11-01"), ..device.options() };
    assert!(Consent::open(unasked).is_err(), "the meaning still needs a number of its own");
    let consent = opens(&device, &with(5, 2, "Selling it", "2026-11-01"));
    assert!(in_force(&consent) == 5 && !consent.allows("x"));
    assert!(consent.adopt_policy(&with(6, 2, "Selling it", "2026-10-01")).is_err(), "what is delivered goes back no more than before");
}
