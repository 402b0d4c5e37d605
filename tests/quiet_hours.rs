//! Quiet hours in a named zone follow its daylight saving by what the host tells of it, and last all day where nobody tells.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/decision.rs"]
mod decision;
#[path = "support/edit.rs"]
mod edit;
mod support;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chrono::DateTime;
use consentkit::{
    client::{Consent, Options, TimeZones},
    error::Error,
    ledger::Status,
    policy::{FaultCode, Night, OffsetChange, Policy, ZoneOffsets},
    signal::Platform,
};
use decision::{Scene, purpose, purposes};
use edit::{
    Edit::{self, Remove, Set},
    edited,
};
use serde_json::{Value, json};
use support::{Device, answer, edition::next_edition};

fn at(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
}

/// Berlin in the years 2025 to 2027.
fn berlin() -> ZoneOffsets {
    let change = |from: &str, utc_offset_minutes| OffsetChange { from: at(from), utc_offset_minutes };
    ZoneOffsets {
        changes: vec![
            change("2025-01-01T00:00:00Z", 60),
            change("2025-03-30T01:00:00Z", 120),
            change("2025-10-26T01:00:00Z", 60),
            change("2026-03-29T01:00:00Z", 120),
            change("2026-10-25T01:00:00Z", 60),
            change("2027-03-28T01:00:00Z", 120),
        ],
        until: at("2027-06-01T00:00:00Z"),
    }
}

fn night(zone: &str) -> Value {
    json!({ "from": "22:00", "until": "07:00", "zone": zone, "exempt": ["email"] })
}

/// Everything granted but the consents for the night, under no law, with the quiet hours of Berlin.
fn scene(zone: Option<ZoneOffsets>) -> Scene {
    let mut scene = Scene::with(purposes()).grant_all().say(Status::Refused, &["marketing.push.night", "marketing.sms.night"]);
    scene.policy.regimes = vec![];
    scene.policy.night = serde_json::from_value::<Option<Night>>(night("Europe/Berlin")).unwrap();
    scene.zone = zone;
    scene
}

const PUSH: &str = "marketing.push";

#[test]
fn quiet_hours_in_a_zone_follow_its_daylight_saving() {
    let scene = scene(Some(berlin()));
    for (time, quiet) in [
        ("2026-01-15T21:59:59.999+01:00", false),
        ("2026-01-15T22:00:00+01:00", true),
        ("2026-01-16T06:59:59.999+01:00", true),
        ("2026-01-16T07:00:00+01:00", false),
        ("2026-07-15T21:59:59.999+02:00", false),
        ("2026-07-15T22:00:00+02:00", true),
        ("2026-07-16T06:59:59.999+02:00", true),
        ("2026-07-16T07:00:00+02:00", false),
        // The night in which the clocks go forward, and the one in which they go back.
        ("2026-03-28T22:00:00+01:00", true),
        ("2026-03-29T03:00:00+02:00", true),
        ("2026-03-29T07:00:00+02:00", false),
        ("2026-10-24T22:00:00+02:00", true),
        ("2026-10-25T02:30:00+01:00", true),
        ("2026-10-25T06:30:00+01:00", true),
        ("2026-10-25T07:00:00+01:00", false),
    ] {
        let expected: Vec<&str> = quiet.then_some("night").into_iter().collect();
        assert_eq!(scene.codes(PUSH, at(time)), expected, "{time}");
        assert_eq!(scene.codes("marketing.email", at(time)), [""; 0], "{time}: e-mail is exempt here too");
    }
}

#[test]
fn where_nobody_tells_of_the_zone_it_is_quiet_all_day() {
    let unknown = scene(None);
    let known = scene(Some(berlin()));
    for time in ["2026-01-15T12:00:00Z", "2026-07-15T23:00:00Z"] {
        assert_eq!(unknown.codes(PUSH, at(time)), ["zone_unknown"], "{time}");
        assert_eq!(unknown.codes("marketing.email", at(time)), [""; 0], "{time}");
        assert_eq!(
            unknown.clone().grant(&["marketing.push.night"]).codes(PUSH, at(time)),
            [""; 0],
            "{time}: the consent for the night holds"
        );
    }
    for time in ["2024-12-31T12:00:00Z", "2027-06-01T12:00:00Z"] {
        assert_eq!(known.codes(PUSH, at(time)), ["zone_unknown"], "{time}: nothing is known of that time");
    }
}

#[test]
fn a_decision_holds_until_the_hour_changes_also_over_a_change_of_the_clocks() {
    let scene = scene(Some(berlin()));
    let until = |time: &str| {
        consentkit::decision::valid_until(PUSH, &scene.context(), at(time))
            .map(|end| DateTime::from_timestamp_millis(end).unwrap().to_rfc3339())
    };
    for (now, end) in [
        ("2026-01-15T12:00:00Z", "2026-01-15T21:00:00+00:00"),
        ("2026-03-28T21:00:00Z", "2026-03-29T05:00:00+00:00"),
        ("2026-10-24T20:00:00Z", "2026-10-25T06:00:00+00:00"),
        ("2024-06-01T00:00:00Z", "2025-01-01T00:00:00+00:00"),
        ("2027-05-31T21:00:00Z", "2027-06-01T00:00:00+00:00"),
    ] {
        assert_eq!(until(now).as_deref(), Some(end), "{now}");
    }
    assert_eq!(until("2028-01-01T00:00:00Z"), None);
}

#[test]
fn seoul_needs_nobody_to_tell() {
    let mut scene = scene(None);
    scene.policy.night = serde_json::from_value::<Option<Night>>(night("Asia/Seoul")).unwrap();
    assert_eq!(scene.codes(PUSH, at("2026-07-15T21:59:59+09:00")), [""; 0]);
    assert_eq!(scene.codes(PUSH, at("2026-07-15T22:00:00+09:00")), ["night"]);
}

fn codes(edits: &[Edit]) -> Vec<(String, FaultCode)> {
    let faults = Policy::parse(&edited(edits).to_string()).err().unwrap_or_default();
    faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
}

#[test]
fn a_zone_that_nobody_can_know_is_a_fault_and_so_is_a_time_told_twice_or_not_at_all() {
    let free = || Set("/regimes", json!([]));
    let with = |field: &str, value: Value| {
        let mut night = night("Europe/Berlin");
        night[field] = value;
        Set("/night", night)
    };
    for zone in ["Mars/Olympus", "Berlin", "CEST", "+01:00", "", "Europe/", "europe/berlin"] {
        assert_eq!(codes(&[free(), with("zone", json!(zone))]), [("/night/zone".to_owned(), FaultCode::BadNight)], "{zone}");
    }
    assert_eq!(codes(&[free(), with("utc_offset_minutes", json!(60))]), [("/night/utc_offset_minutes".to_owned(), FaultCode::BadNight)]);
    let untold = edited(&[free(), with("zone", json!(null))]);
    let faults = Policy::parse(&untold.to_string()).unwrap_err();
    assert_eq!((faults[0].pointer.as_str(), faults[0].code), ("/night/utc_offset_minutes", FaultCode::MissingField));
    assert!(faults[0].fix.contains("zone"), "{}", faults[0]);
    assert_eq!(codes(&[free(), with("guard_minutes", json!(1))]), []);
}

#[test]
fn kr_4_korean_law_takes_its_own_zone_by_name_and_no_other() {
    let mut korean = night("Asia/Seoul");
    (korean["from"], korean["until"]) = (json!("21:00"), json!("08:00"));
    assert_eq!(codes(&[Set("/night", korean.clone())]), []);
    korean["zone"] = json!("Europe/Berlin");
    assert_eq!(codes(&[Set("/night", korean)]), [("/night/zone".to_owned(), FaultCode::BadNight)]);
}

/// A system that knows Berlin, and counts how often it is asked.
#[derive(Default)]
struct System(AtomicUsize);

impl TimeZones for System {
    fn offsets(&self, zone: &str, from: i64, until: i64) -> Option<ZoneOffsets> {
        self.0.fetch_add(1, Ordering::Relaxed);
        assert!(from < at("2009-01-01T00:00:00Z") && until > at("2030-01-01T00:00:00Z"));
        // A year of summer time, far into the future: the phone of these tests shows 2026.
        let changes = vec![OffsetChange { from, utc_offset_minutes: 120 }];
        (zone == "Europe/Berlin").then_some(ZoneOffsets { changes, until })
    }
}

fn shipped(zone: &str) -> String {
    edited(&[Set("/regimes", json!([])), Set("/night", night(zone))]).to_string()
}

#[test]
fn the_host_is_asked_once_and_only_for_a_zone_that_changes_its_clocks() {
    for (zone, asked) in [("Europe/Berlin", 1), ("Europe/Nowhere", 1), ("Asia/Seoul", 0)] {
        let (device, system) = (Device::new(Platform::Android), Arc::new(System::default()));
        let options = Options { policy: shipped(zone), zones: Some(system.clone()), ..device.options() };
        let consent = Consent::open(options).unwrap();
        answer(&consent, &["marketing.data_use", PUSH], &[]).unwrap();
        device.clock.set(at("2026-11-25T12:00:00Z"));
        for _ in 0..3 {
            consent.refresh().unwrap();
            assert_eq!(consent.allows(PUSH), zone != "Europe/Nowhere", "{zone}");
            assert_eq!(consent.explain(PUSH).allowed, consent.allows(PUSH), "{zone}");
        }
        assert_eq!(system.0.load(Ordering::Relaxed), asked, "{zone}");
        device.clock.set(at("2026-11-25T20:00:00Z"));
        assert!(!consent.allows(PUSH), "{zone}: 22:00 in Berlin by that system, 05:00 in Seoul");
    }
}

#[test]
fn an_edition_that_brings_a_zone_is_in_force_by_that_zone_at_once() {
    let (device, system) = (Device::new(Platform::Android), Arc::new(System::default()));
    let free = edited(&[
        Set("/regimes", json!([])),
        Remove("/night"),
        Set("/purposes/17/night", json!(false)),
        Set("/purposes/18/night", json!(false)),
        Set("/purposes/19/night", json!(false)),
    ]);
    let consent = Consent::open(Options { policy: free.to_string(), zones: Some(system.clone()), ..device.options() }).unwrap();
    answer(&consent, &["marketing.data_use", PUSH], &[]).unwrap();
    device.clock.set(at("2026-11-25T23:00:00Z"));
    assert!(consent.allows(PUSH), "no quiet hours at all");
    let mut next: Value = serde_json::from_str(&next_edition()).unwrap();
    next["regimes"] = json!([]);
    next["night"] = night("Europe/Berlin");
    for at in 17..20 {
        next["purposes"][at]["night"] = json!(false);
    }
    consent.adopt_policy(&next.to_string()).unwrap();
    assert!(!consent.allows(PUSH), "a delivered edition may add quiet hours");
    assert_eq!(consent.explain(PUSH).reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>(), ["night"]);
    device.clock.set(at("2026-11-26T12:00:00Z"));
    assert!(consent.allows(PUSH));
}

#[test]
fn a_delivered_edition_cannot_move_the_quiet_hours_to_another_zone() {
    let device = Device::new(Platform::Android);
    let consent = Consent::open(Options { policy: shipped("Europe/Berlin"), ..device.options() }).unwrap();
    let mut next: Value = serde_json::from_str(&next_edition()).unwrap();
    next["regimes"] = json!([]);
    let shorter = json!({ "from": "23:00", "until": "07:00", "zone": "Europe/Berlin", "exempt": ["email"] });
    let none = json!(null);
    for offered in [night("America/New_York"), night("Asia/Seoul"), shorter, none] {
        next["night"] = offered.clone();
        if offered.is_null() {
            for at in 17..20 {
                next["purposes"][at]["night"] = json!(false);
            }
        }
        assert!(matches!(consent.adopt_policy(&next.to_string()), Err(Error::PolicyRefused { .. })), "{offered}");
    }
    let mut next: Value = serde_json::from_str(&next_edition()).unwrap();
    next["regimes"] = json!([]);
    next["night"] = json!({ "from": "21:00", "until": "08:00", "zone": "Europe/Berlin", "exempt": ["email"] });
    consent.adopt_policy(&next.to_string()).unwrap();
}

#[test]
fn a_night_consent_for_a_policy_with_hours_of_its_own_needs_no_law() {
    let mut scene = Scene::with(vec![purpose("news", json!({"channel": "push", "scope": "person"}))]).grant(&["news"]);
    scene.policy.regimes = vec![];
    assert_eq!(scene.codes("news", at("2026-01-15T23:00:00+09:00")), [""; 0], "no law and no quiet hours");
}

#[test]
fn kr_4_a_night_purpose_on_another_basis_than_consent_is_a_fault_under_no_law_too() {
    for (basis, faulty) in [("consent", false), ("opt_out", true), ("legitimate_interest", true), ("contract", true), ("law", true)] {
        let title = json!({ "en": "News" });
        let policy = json!({
            "id": "app", "version": "1", "edition": 1, "languages": ["en"], "night": night("Europe/Berlin"),
            "purposes": [
                { "id": "push", "title": title, "basis": basis, "scope": "person", "channel": "push" },
                { "id": "push.night", "title": title, "basis": basis, "scope": "person", "channel": "push", "night": true, "requires": ["push"] },
            ],
        });
        let faults = consentkit::policy::Policy::parse(&policy.to_string()).err().unwrap_or_default();
        let found: Vec<_> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
        let expected = [("/purposes/1/basis", consentkit::policy::FaultCode::MarketingNeedsConsent)];
        assert_eq!(found, if faulty { expected.to_vec() } else { vec![] }, "{basis}");
    }
}
