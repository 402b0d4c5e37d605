//! Dates of consents: the time of the tap, and dates that cannot be.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use consentkit::{
    client::{Consent, ImportChoice, Options},
    ledger::{ChoiceKind, Status},
    signal::Platform,
};
use support::{
    Device, INFLUENTIAL, NOON, answer,
    loopback::{Host, LogIn, PlainTransport},
};

const DATA_USE: &str = "marketing.data_use";
const EMAIL: &str = "marketing.email";
const DAY: i64 = 86_400_000;

/// The company's policy, where consents to these purposes hold for so many days.
fn expiring(days: u32, purposes: &[&str]) -> String {
    let mut policy: serde_json::Value = serde_json::from_str(INFLUENTIAL).unwrap();
    for purpose in policy["purposes"].as_array_mut().unwrap() {
        if purposes.contains(&purpose["id"].as_str().unwrap()) {
            purpose["expires_after_days"] = days.into();
        }
    }
    policy.to_string()
}

fn codes(consent: &Consent, purpose: &str) -> Vec<String> {
    consent.explain(purpose).reasons.iter().map(|reason| reason.code()).collect()
}

#[test]
fn f_15_a_grant_brought_along_by_a_sign_in_keeps_the_time_of_the_tap() {
    let policy = expiring(730, &[DATA_USE, EMAIL]);
    for synchronised in [false, true] {
        let device = Device::new(Platform::Desktop);
        let host = Host::start(device.clock.clone());
        let tokens = Some(Arc::new(LogIn(host.clone())) as _);
        let consent = Consent::open(Options {
            policy: policy.clone(),
            server: Some(host.url()),
            transport: Some(Arc::new(PlainTransport)),
            tokens,
            ..device.options()
        })
        .unwrap();
        answer(&consent, &[DATA_USE, EMAIL], &[]).unwrap();
        device.clock.advance(700 * DAY);
        consent.sign_in("acct_81").unwrap();
        if synchronised {
            consent.sync(10_000).unwrap();
        }
        assert!(consent.allows(EMAIL));
        assert_eq!(consent.snapshot().standings[EMAIL].at, NOON, "synchronised: {synchronised}");
        device.clock.advance(30 * DAY);
        assert!(!consent.allows(EMAIL), "synchronised: {synchronised}");
        assert!(codes(&consent, EMAIL).contains(&"ask_again:expired".to_owned()), "{:?}", codes(&consent, EMAIL));
        consent.sync(10_000).unwrap();
        assert!(!consent.allows(EMAIL), "pulled");
    }
}

#[test]
fn f_15_an_import_without_a_date_stays_without_one_through_a_sign_in() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let undated = |purpose: &str| ImportChoice {
        purpose: purpose.into(),
        choice: ChoiceKind::Granted,
        said_at: None,
        source: "old".into(),
        text_version: None,
        actor: None,
    };
    consent.import(&[undated(DATA_USE)]).unwrap();
    consent.sign_in("acct_81").unwrap();
    assert_eq!(codes(&consent, DATA_USE), ["ask_again:undated"]);
    assert_eq!(consent.snapshot().standings[DATA_USE].status, Status::Granted);
}
