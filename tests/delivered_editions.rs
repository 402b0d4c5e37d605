//! How much a delivered edition of the policy may do: less than one that the app ships, in however many steps.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{
    client::{Consent, Options},
    error::Error,
    policy::FaultCode,
    signal::Platform,
};
use serde_json::{Value, json};
use support::{Device, INFLUENTIAL};

/// The highest number that an edition may have.
const LAST: u32 = 2_147_483_647;

/// The policy under a later edition.
fn next(mut policy: Value, edition: u32) -> String {
    let dates = json!({ "edition": edition, "version": "later", "announced_on": "2020-11-01", "effective_on": "2021-01-01" });
    for name in ["edition", "version", "announced_on", "effective_on"] {
        policy[name] = dates[name].clone();
    }
    policy["amendments"]["versions"].as_array_mut().unwrap().push(dates);
    policy.to_string()
}

#[test]
fn f_10_two_delivered_editions_loosen_no_more_than_one_may() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let cookies = |edition: u32, at: usize, change: fn(&mut Vec<Value>)| {
        let mut policy: Value = serde_json::from_str(INFLUENTIAL).unwrap();
        policy["purposes"][8]["cookies"] = json!(["_fbc", "_gcl_*"]);
        change(policy["purposes"][at]["cookies"].as_array_mut().unwrap());
        next(policy, edition)
    };
    consent.adopt_policy(&cookies(4, 8, |_| ())).unwrap();
    let Err(Error::PolicyRefused { faults }) = consent.adopt_policy(&cookies(5, 6, |names| names.push(json!("_fbp")))) else {
        panic!("a cookie left consent in two steps")
    };
    assert_eq!(faults[0].code, FaultCode::ConsentTakenAway, "{faults:?}");
}

#[test]
fn f_20_a_delivered_edition_far_ahead_of_the_apps_own_does_not_take_the_policy_from_the_app() {
    let edition = |number: u32| next(serde_json::from_str(INFLUENTIAL).unwrap(), number);
    for (shipped, furthest) in [(3, 1_000_003), (4, 1_000_004), (LAST - 1, LAST)] {
        let device = Device::new(Platform::Desktop);
        let ships = |number: u32| Options { policy: if number == 3 { INFLUENTIAL.into() } else { edition(number) }, ..device.options() };
        let consent = Consent::open(ships(shipped)).unwrap();
        for beyond in (furthest..LAST).take(1).map(|number| number + 1).chain([20_261_127, LAST]).filter(|beyond| *beyond > furthest) {
            let Err(Error::PolicyRefused { faults }) = consent.adopt_policy(&edition(beyond)) else {
                panic!("{shipped}: {beyond} was taken")
            };
            assert_eq!((faults.len(), faults[0].pointer.as_str(), faults[0].code), (1, "/edition", FaultCode::OutOfRange), "{faults:?}");
            assert_eq!(consent.snapshot().policy.edition, shipped);
        }
        consent.adopt_policy(&edition(furthest)).unwrap();
        drop(consent);
        let consent = Consent::open(ships(furthest)).unwrap();
        assert_eq!(consent.snapshot().policy.edition, furthest, "an app still has numbers above it");
    }
}

#[test]
fn f_20_the_distance_is_counted_from_what_an_app_shipped_and_not_from_what_was_delivered() {
    let edition = |number: u32| next(serde_json::from_str(INFLUENTIAL).unwrap(), number);
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    for (number, taken) in [(900, true), (1_000_003, true), (1_000_004, false), (1_900_000, false)] {
        assert_eq!(consent.adopt_policy(&edition(number)).is_ok(), taken, "{number}");
    }
    drop(consent);
    let consent = Consent::open(Options { policy: edition(1_000_004), ..device.options() }).unwrap();
    assert_eq!(consent.snapshot().policy.edition, 1_000_004, "what the app ships is taken wherever it lies");
    consent.adopt_policy(&edition(2_000_004)).unwrap();
    assert!(consent.adopt_policy(&edition(2_000_005)).is_err());
}

#[test]
fn f_20_editions_that_are_numbered_by_dates_may_follow_each_other_for_years() {
    let edition = |number: u32| next(serde_json::from_str(INFLUENTIAL).unwrap(), number);
    let device = Device::new(Platform::Desktop);
    let consent = Consent::open(Options { policy: edition(20_261_127), ..device.options() }).unwrap();
    for delivered in [20_261_201, 20_270_101, 20_991_231] {
        consent.adopt_policy(&edition(delivered)).unwrap();
    }
}
