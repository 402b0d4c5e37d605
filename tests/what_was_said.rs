//! What was said and what it amounts to: the last thing said anywhere that the device knows of, and of a yes that does not count, why.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/member.rs"]
mod member;
mod support;

use std::sync::Arc;

use consentkit::signal::Platform;
use member::{DATA_USE, EMAIL, Faulty, HOUR, MEMBER, codes, open, open_with, phone_of_a_member};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::json;
use support::{
    Device, answer,
    loopback::{Host, PlainTransport},
};

fn on_the_web(host: &Host, purpose: &str, choice: &str) {
    host.web(MEMBER, json!({ "purpose": purpose, "choice": choice, "method": "web", "actor": "self" }));
}

#[test]
fn f_5_the_newer_no_stands_after_a_stale_grant() {
    let (device, host, consent) = phone_of_a_member(Arc::new(PlainTransport));
    on_the_web(&host, EMAIL, "withdrawn");
    device.clock.advance(HOUR);
    answer(&consent, &[EMAIL], &[]).unwrap();
    consent.sync(10_000).unwrap();
    assert_eq!(codes(&consent, EMAIL), ["ask_again:stale_grant"], "the no is older than the yes: asked again");
    device.clock.advance(HOUR);
    on_the_web(&host, EMAIL, "withdrawn");
    consent.sync(10_000).unwrap();
    assert_eq!(codes(&consent, EMAIL), ["withdrawn"], "who has said no is not asked");
    assert!(
        !consent
            .questions("settings")
            .unwrap()
            .questions
            .iter()
            .any(|question| { question.purpose == EMAIL && question.why != consentkit::client::Why::Answered })
    );
}

#[test]
fn f_5_a_newer_no_that_comes_with_the_stale_outcome_stands_by_its_date() {
    let (device, host, consent) = phone_of_a_member(Arc::new(PlainTransport));
    on_the_web(&host, EMAIL, "withdrawn");
    device.clock.advance(HOUR);
    answer(&consent, &[EMAIL], &[]).unwrap();
    device.clock.advance(HOUR);
    on_the_web(&host, EMAIL, "withdrawn");
    consent.sync(10_000).unwrap();
    assert_eq!(codes(&consent, EMAIL), ["withdrawn"]);
}

#[test]
fn f_5_a_newer_no_stands_while_the_blind_grant_is_not_sent_yet() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let faulty = Arc::new(Faulty::default());
    let consent = open_with(&device, &host, faulty.clone());
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, EMAIL], &[]).unwrap();
    device.clock.advance(HOUR);
    on_the_web(&host, EMAIL, "withdrawn");
    faulty.refuse(EMAIL, 400);
    consent.sync(10_000).unwrap();
    assert_eq!(codes(&consent, EMAIL), ["withdrawn"]);
}

#[test]
fn f_5_a_second_phones_no_stands_after_a_stale_grant() {
    let (device, host, consent) = phone_of_a_member(Arc::new(PlainTransport));
    on_the_web(&host, EMAIL, "withdrawn");
    device.clock.advance(HOUR);
    answer(&consent, &[EMAIL], &[]).unwrap();
    consent.sync(10_000).unwrap();
    let second = Device::new(Platform::Desktop);
    second.clock.advance(2 * HOUR);
    let other = open(&second, &host);
    other.sign_in(MEMBER).unwrap();
    answer(&other, &[], &[EMAIL]).unwrap();
    other.sync(10_000).unwrap();
    consent.sync(10_000).unwrap();
    assert!(["refused", "withdrawn"].contains(&codes(&consent, EMAIL)[0].as_str()), "{:?}", codes(&consent, EMAIL));
}

#[test]
fn f_5_a_merged_refusal_that_was_acknowledged_shows_as_refused() {
    let (device, host, consent) = phone_of_a_member(Arc::new(PlainTransport));
    on_the_web(&host, EMAIL, "withdrawn");
    device.clock.advance(HOUR);
    answer(&consent, &[EMAIL], &[]).unwrap();
    consent.sync(10_000).unwrap();
    assert_eq!(codes(&consent, EMAIL), ["ask_again:stale_grant"]);
    consent.sign_out().unwrap();
    answer(&consent, &[], &[EMAIL]).unwrap();
    consent.sign_in(MEMBER).unwrap();
    assert_eq!(codes(&consent, EMAIL), ["refused"]);
    consent.sync(10_000).unwrap();
    assert_eq!(codes(&consent, EMAIL), ["refused"], "acknowledged");
}

/// What may happen to one purpose of a member with two phones, a web page, and a log-out in between.
#[derive(Debug, Clone, Copy)]
enum Happens {
    Granted,
    Withdrawn,
    WithdrawnOnTheWeb,
    RefusedOnAnotherPhone,
    RefusedWhileSignedOut,
    Synchronised,
}

fn any_event() -> impl Strategy<Value = Happens> {
    use Happens::{Granted, RefusedOnAnotherPhone, RefusedWhileSignedOut, Synchronised, Withdrawn, WithdrawnOnTheWeb};
    select(vec![Granted, Granted, Withdrawn, WithdrawnOnTheWeb, RefusedOnAnotherPhone, RefusedWhileSignedOut, Synchronised])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn f_5_whatever_the_order_a_no_that_was_said_last_is_what_stands(events in vec(any_event(), 1..8)) {
        let (device, host, consent) = phone_of_a_member(Arc::new(PlainTransport));
        let other = Device { clock: device.clock.clone(), ..Device::new(Platform::Desktop) };
        let second = open(&other, &host);
        second.sign_in(MEMBER).unwrap();
        let mut no_was_last = None;
        for event in &events {
            device.clock.advance(HOUR);
            match event {
                Happens::Granted => answer(&consent, &[EMAIL], &[]).unwrap(),
                Happens::Withdrawn => consent.withdraw(&[EMAIL]).map(drop).unwrap(),
                Happens::WithdrawnOnTheWeb => on_the_web(&host, EMAIL, "withdrawn"),
                Happens::RefusedOnAnotherPhone => {
                    second.withdraw(&[EMAIL]).unwrap();
                    second.sync(10_000).unwrap();
                }
                Happens::RefusedWhileSignedOut => {
                    consent.sign_out().unwrap();
                    answer(&consent, &[], &[EMAIL]).unwrap();
                    consent.sign_in(MEMBER).unwrap();
                }
                Happens::Synchronised => {
                    consent.sync(10_000).unwrap();
                }
            }
            no_was_last = match event {
                Happens::Synchronised => no_was_last,
                Happens::Granted => Some(false),
                _ => Some(true),
            };
        }
        for round in ["first", "second"] {
            let report = consent.sync(10_000).unwrap();
            prop_assert_eq!(report.pending, 0, "{:?}: {:?}", events, report);
            let told = codes(&consent, EMAIL);
            let is_no = told == ["withdrawn"] || told == ["refused"];
            match no_was_last {
                Some(true) => prop_assert!(is_no, "{:?}, {} round: {:?}", events, round, told),
                Some(false) => prop_assert!(told.is_empty() || told == ["ask_again:stale_grant"], "{:?}: {:?}", events, told),
                None => prop_assert_eq!(told, ["not_answered"]),
            }
        }
    }
}
