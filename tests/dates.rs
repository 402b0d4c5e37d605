//! Dates of consents: the time of the tap, and dates that cannot be.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use consentkit::{
    client::{Consent, ImportChoice, Options},
    ledger::{ChoiceKind, EARLIEST_DATE, Status},
    signal::Platform,
};
use proptest::{collection::vec, prelude::*, sample::select};
use support::{
    Device, FakeClock, INFLUENTIAL, NOON, answer,
    loopback::{Host, LogIn, PlainTransport},
};

const DATA_USE: &str = "marketing.data_use";
const EMAIL: &str = "marketing.email";
const COOKIES: &str = "cookies.analytics";
const SECOND: i64 = 1000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 86_400_000;
const YEAR: i64 = 365 * DAY;

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

fn open(device: &Device, policy: &str) -> Consent {
    Consent::open(Options { policy: policy.to_owned(), ..device.options() }).unwrap()
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
        assert_eq!(consent.snapshot().answers[EMAIL].at, NOON, "synchronised: {synchronised}");
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
    assert_eq!(consent.snapshot().answers[DATA_USE].status, Status::Granted);
}

#[test]
fn f_16_a_grant_dated_after_the_present_clock_does_not_count_until_it_is_noticed_and_then_from_there() {
    let policy = expiring(30, &[COOKIES]);
    for ahead in [2 * HOUR, 2 * DAY, 31 * DAY, YEAR, 50 * YEAR, 100 * YEAR] {
        for noticed_by in ["an open", "a write"] {
            let device = Device::new(Platform::Desktop);
            device.clock.set(NOON + ahead);
            let consent = open(&device, &policy);
            answer(&consent, &[COOKIES], &[]).unwrap();
            assert!(consent.allows(COOKIES));
            device.clock.set(NOON);
            assert!(!consent.allows(COOKIES), "{ahead}: a date that cannot be");
            assert_eq!(codes(&consent, COOKIES), ["ask_again:impossible_date"], "{ahead}");
            let consent = if noticed_by == "a write" {
                consent.withdraw(&["cookies.marketing"]).unwrap();
                consent
            } else {
                drop(consent);
                open(&device, &policy)
            };
            assert!(consent.allows(COOKIES), "{ahead}, {noticed_by}: it counts from the noticing");
            device.clock.set(NOON + 30 * DAY - SECOND);
            assert!(consent.allows(COOKIES), "{ahead}, {noticed_by}");
            device.clock.set(NOON + 30 * DAY);
            assert_eq!(codes(&consent, COOKIES), ["ask_again:expired"], "{ahead}, {noticed_by}");
            assert!(consent.verify().unwrap().ok);
        }
    }
}

#[test]
fn f_16_a_small_step_of_the_clock_is_no_date_that_cannot_be() {
    let policy = expiring(30, &[COOKIES]);
    for step in [-SECOND, SECOND, -60 * SECOND, 60 * SECOND] {
        let device = Device::new(Platform::Desktop);
        let consent = open(&device, &policy);
        answer(&consent, &[COOKIES], &[]).unwrap();
        device.clock.set(NOON + step);
        assert!(consent.allows(COOKIES), "{step}");
    }
}

#[test]
fn f_16_a_grant_without_an_expiry_counts_whatever_its_date() {
    for step in [-100 * YEAR, -YEAR, 0, YEAR, 100 * YEAR] {
        let device = Device::new(Platform::Desktop);
        device.clock.set(NOON + step);
        let consent = device.open();
        answer(&consent, &[COOKIES], &[]).unwrap();
        device.clock.set(NOON);
        assert!(consent.allows(COOKIES), "{step}");
    }
}

#[test]
fn f_16_a_time_outside_the_calendar_is_noticed_and_does_not_end_a_grant_at_once() {
    let policy = expiring(30, &[COOKIES]);
    for wrong in [i64::MAX, i64::MAX / 2, 300_000 * YEAR, -5_000 * YEAR, -300_000 * YEAR, i64::MIN / 2, i64::MIN, 0, -1] {
        let device = Device::new(Platform::Desktop);
        device.clock.set(wrong);
        let consent = open(&device, &policy);
        answer(&consent, &[COOKIES], &[]).unwrap();
        device.clock.set(NOON);
        assert!(!consent.allows(COOKIES), "{wrong}: until it is noticed");
        assert_eq!(codes(&consent, COOKIES), ["ask_again:impossible_date"], "{wrong}");
        drop(consent);
        let consent = open(&device, &policy);
        assert!(consent.allows(COOKIES), "{wrong}: {:?}", codes(&consent, COOKIES));
        device.clock.set(NOON + 30 * DAY);
        assert_eq!(codes(&consent, COOKIES), ["ask_again:expired"], "{wrong}");
        assert!(consent.verify().unwrap().ok, "{wrong}");
    }
}

#[test]
fn f_16_phone_and_server_agree_on_a_grant_given_while_the_phones_clock_was_years_ahead() {
    let policy = expiring(30, &[DATA_USE, EMAIL]);
    let device = Device::new(Platform::Desktop);
    let host = Host::start_with(FakeClock::at(NOON), &policy);
    let open = || {
        let tokens = Some(Arc::new(LogIn(host.clone())) as _);
        let (server, transport) = (Some(host.url()), Some(Arc::new(PlainTransport) as _));
        Consent::open(Options { policy: policy.clone(), server, transport, tokens, ..device.options() }).unwrap()
    };
    device.clock.set(NOON + 50 * YEAR);
    let consent = open();
    consent.sign_in("acct_81").unwrap();
    answer(&consent, &[DATA_USE, EMAIL], &[]).unwrap();
    assert_eq!(consent.sync(10_000).unwrap().pending, 0);
    drop(consent);
    device.clock.set(NOON);
    let consent = open();
    let may_send = |day: &str| {
        let path = format!("/v1/subjects/acct_81/may-send?channel=email&kind=ad&at={day}T03:00:00Z");
        host.operate("GET", &path, None).1["allowed"].as_bool().unwrap()
    };
    assert!(consent.allows(EMAIL) && may_send("2026-11-22"), "both count from now");
    device.clock.set(NOON + 30 * DAY);
    assert!(!consent.allows(EMAIL) && !may_send("2026-12-22"), "for thirty days");
}

/// How a person's device is used between two jumps of its clock.
#[derive(Debug, Clone, Copy)]
enum Use {
    Opened,
    Written,
    SignedIn,
}

#[test]
fn f_16_a_clock_that_dips_before_there_were_apps_buys_no_time() {
    let policy = expiring(30, &[COOKIES]);
    let dips = [0, DAY, 20 * DAY, EARLIEST_DATE - 1, -YEAR, -5_000 * YEAR];
    for given in [DAY, NOON, NOON + 50 * YEAR, NOON + 100 * YEAR, i64::MAX, i64::MIN] {
        for dip in dips {
            let device = Device::new(Platform::Desktop);
            device.clock.set(given);
            let consent = open(&device, &policy);
            answer(&consent, &[COOKIES], &[]).unwrap();
            drop(consent);
            device.clock.set(NOON);
            assert!(open(&device, &policy).allows(COOKIES), "{given}, {dip}: noticed");
            device.clock.set(dip);
            drop(open(&device, &policy));
            device.clock.set(NOON + 30 * DAY - SECOND);
            assert!(open(&device, &policy).allows(COOKIES), "{given}, {dip}: to the end of its days");
            for after in [30 * DAY, 31 * DAY, 62 * DAY, YEAR] {
                device.clock.set(dip);
                drop(open(&device, &policy));
                device.clock.set(NOON + after);
                let consent = open(&device, &policy);
                assert_eq!(codes(&consent, COOKIES), ["ask_again:expired"], "{given}, {dip}, {after}");
                assert!(consent.verify().unwrap().ok);
            }
        }
    }
}

#[test]
fn f_16_a_clock_that_stood_too_early_once_is_not_forgotten_by_a_dip() {
    let policy = expiring(30, &[COOKIES]);
    let device = Device::new(Platform::Desktop);
    let consent = open(&device, &policy);
    answer(&consent, &[COOKIES], &[]).unwrap();
    drop(consent);
    for clock in [NOON - 6 * YEAR, DAY, NOON + DAY] {
        device.clock.set(clock);
        drop(open(&device, &policy));
    }
    assert_eq!(codes(&open(&device, &policy), COOKIES), ["ask_again:expired"], "it was noticed six years ago");
}

#[test]
fn f_16_a_sign_in_during_a_dip_buys_no_time() {
    let policy = expiring(30, &[DATA_USE]);
    for given in [DAY, NOON, NOON + 50 * YEAR] {
        for dip in [0, 2 * DAY, -YEAR] {
            let device = Device::new(Platform::Desktop);
            let host = Host::start_with(FakeClock::at(NOON), &policy);
            let open = || {
                let tokens = Some(Arc::new(LogIn(host.clone())) as _);
                let (server, transport) = (Some(host.url()), Some(Arc::new(PlainTransport) as _));
                Consent::open(Options { policy: policy.clone(), server, transport, tokens, ..device.options() }).unwrap()
            };
            device.clock.set(given);
            let consent = open();
            answer(&consent, &[DATA_USE], &[]).unwrap();
            drop(consent);
            device.clock.set(NOON);
            drop(open());
            device.clock.set(dip);
            let consent = open();
            consent.sign_in("acct_81").unwrap();
            drop(consent);
            device.clock.set(NOON + 10 * DAY);
            let consent = open();
            assert!(consent.allows(DATA_USE), "{given}, {dip}");
            consent.sync(10_000).unwrap();
            assert!(consent.allows(DATA_USE), "{given}, {dip}, pulled: {:?}", codes(&consent, DATA_USE));
            drop(consent);
            device.clock.set(NOON + 30 * DAY);
            assert_eq!(codes(&open(), DATA_USE), ["ask_again:expired"], "{given}, {dip}");
        }
    }
}

#[test]
fn f_16_what_was_noticed_of_an_anonymous_answer_is_still_known_after_its_account_was_synchronised() {
    let policy = expiring(30, &[DATA_USE]);
    let device = Device::new(Platform::Desktop);
    let host = Host::start_with(FakeClock::at(NOON), &policy);
    let open = || {
        let tokens = Some(Arc::new(LogIn(host.clone())) as _);
        let (server, transport) = (Some(host.url()), Some(Arc::new(PlainTransport) as _));
        Consent::open(Options { policy: policy.clone(), server, transport, tokens, ..device.options() }).unwrap()
    };
    device.clock.set(DAY);
    let consent = open();
    answer(&consent, &[DATA_USE], &[]).unwrap();
    consent.sign_in("acct_81").unwrap();
    drop(consent);
    device.clock.set(NOON);
    let consent = open();
    assert!(consent.allows(DATA_USE), "noticed");
    device.clock.set(NOON + 20 * DAY);
    consent.sync(10_000).unwrap();
    assert!(consent.allows(DATA_USE), "{:?}", codes(&consent, DATA_USE));
    drop(consent);
    device.clock.set(NOON + 30 * DAY);
    assert_eq!(codes(&open(), DATA_USE), ["ask_again:expired"]);
}

fn any_jump() -> impl Strategy<Value = i64> {
    let far = select(vec![SECOND, 60 * SECOND, HOUR, 2 * HOUR, DAY, 29 * DAY, 31 * DAY, YEAR, 18 * YEAR, 19 * YEAR, 50 * YEAR, 100 * YEAR]);
    (far, any::<bool>()).prop_map(|(far, back)| if back { -far } else { far })
}

fn any_clock() -> impl Strategy<Value = i64> {
    let near = select(vec![NOON, 0, NOON - 6 * YEAR, NOON + 50 * YEAR]);
    let apart = select(vec![0, HOUR / 2, 2 * HOUR, DAY, 10 * DAY, 29 * DAY, 30 * DAY, 31 * DAY, 62 * DAY, YEAR]);
    (near, apart).prop_map(|(near, apart)| near + apart)
}

fn any_use() -> impl Strategy<Value = Use> {
    select(vec![Use::Opened, Use::Opened, Use::Written, Use::SignedIn])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn f_16_no_jump_of_the_clock_lends_a_grant_more_than_its_days_nor_leaves_its_date_unnoticed(jumps in vec(any_jump(), 1..6)) {
        let policy = expiring(30, &[COOKIES]);
        let device = Device::new(Platform::Desktop);
        let consent = open(&device, &policy);
        answer(&consent, &[COOKIES], &[]).unwrap();
        drop(consent);
        let mut now = NOON;
        for jump in &jumps {
            now += jump;
            device.clock.set(now);
            let consent = open(&device, &policy);
            let told = codes(&consent, COOKIES);
            prop_assert!(told.is_empty() || told == ["ask_again:expired"], "{:?}: {:?}", jumps, told);
            prop_assert!(consent.verify().unwrap().ok);
            // Left running from here on, it ends within its days.
            device.clock.set(now + 30 * DAY + HOUR + SECOND);
            prop_assert!(!consent.allows(COOKIES), "{:?}", jumps);
            device.clock.set(now);
        }
    }

    #[test]
    fn f_16_on_no_walk_of_the_clock_does_a_grant_count_past_its_days_after_the_first_noticing(
        given in any_clock(),
        walk in vec((any_clock(), any_use()), 1..9),
    ) {
        let policy = expiring(30, &[DATA_USE]);
        let device = Device::new(Platform::Desktop);
        device.clock.set(given);
        let consent = open(&device, &policy);
        answer(&consent, &[DATA_USE], &[]).unwrap();
        drop(consent);
        // A clock that stands before any app could ask tells nothing of the time, so its days are counted by themselves.
        let is_sound = |clock: i64| clock >= EARLIEST_DATE;
        let mut clocks = vec![given];
        for (now, used) in &walk {
            device.clock.set(*now);
            let consent = open(&device, &policy);
            match used {
                Use::Opened => {}
                Use::Written => { consent.withdraw(&["cookies.marketing"]).unwrap(); }
                Use::SignedIn => { consent.sign_in("acct_81").unwrap(); }
            }
            drop(consent);
            let consent = open(&device, &policy);
            clocks.push(*now);
            let first = clocks.iter().filter(|clock| is_sound(**clock) == is_sound(*now)).min().unwrap();
            let told = codes(&consent, DATA_USE);
            if *now >= first + 30 * DAY {
                prop_assert_eq!(&told, &["ask_again:expired"], "{} {:?}", given, walk);
            }
            prop_assert!(told.is_empty() || told == ["ask_again:expired"], "{} {:?}: {:?}", given, walk, told);
            prop_assert!(consent.verify().unwrap().ok);
        }
    }
}
