//! What was said and what it amounts to: the last thing said anywhere that the device knows of, and of a yes that does not count, why.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use consentkit::client::Why;
use proptest::{collection::vec, prelude::*, sample::select};
use support::{
    faulty::Faulty,
    loopback::{Host, PlainTransport},
    story::{DATA_USE, EMAIL, HOUR, Phone, member_and_server, phone_and_server_by},
};

/// A member who said yes to e-mail on the phone, an hour after they had said no on the web, where the phone had not heard of it.
fn member_with_a_blind_yes() -> (Phone, Arc<Host>) {
    let (phone, server) = member_and_server(Arc::new(PlainTransport));
    server.hears_on_the_web(EMAIL, "withdrawn");
    phone.waits(HOUR);
    phone.says_yes(&[EMAIL]);
    (phone, server)
}

#[test]
fn f_5_after_an_older_no_a_blind_yes_is_asked_again() {
    let (phone, _server) = member_with_a_blind_yes();
    phone.syncs();
    assert_eq!(phone.codes(EMAIL), ["ask_again:stale_grant"]);
}

#[test]
fn f_5_the_newer_no_stands_after_a_stale_grant() {
    let (phone, server) = member_with_a_blind_yes();
    phone.syncs();
    phone.waits(HOUR);
    server.hears_on_the_web(EMAIL, "withdrawn");
    phone.syncs();
    assert_eq!(phone.codes(EMAIL), ["withdrawn"], "who has said no is not asked");
    let asked = phone.app().questions("settings").unwrap().questions;
    assert!(!asked.iter().any(|question| question.purpose == EMAIL && question.why != Why::Answered));
}

#[test]
fn f_5_a_newer_no_that_comes_with_the_stale_outcome_stands_by_its_date() {
    let (phone, server) = member_with_a_blind_yes();
    phone.waits(HOUR);
    server.hears_on_the_web(EMAIL, "withdrawn");
    phone.syncs();
    assert_eq!(phone.codes(EMAIL), ["withdrawn"]);
}

#[test]
fn f_5_a_newer_no_stands_while_the_blind_grant_is_not_sent_yet() {
    let way = Arc::new(Faulty::default());
    let (phone, server) = phone_and_server_by(way.clone());
    phone.signs_in();
    phone.says_yes(&[DATA_USE, EMAIL]);
    phone.waits(HOUR);
    server.hears_on_the_web(EMAIL, "withdrawn");
    way.refuse(EMAIL, 400);
    phone.syncs();
    assert_eq!(phone.codes(EMAIL), ["withdrawn"]);
}

#[test]
fn f_5_a_second_phones_no_stands_after_a_stale_grant() {
    let (phone, server) = member_with_a_blind_yes();
    phone.syncs();
    let second = Phone::another(&server);
    second.waits(2 * HOUR);
    second.signs_in();
    second.says_no(&[EMAIL]);
    second.syncs();
    phone.syncs();
    let told = phone.codes(EMAIL);
    assert!(["refused", "withdrawn"].contains(&told[0].as_str()), "{told:?}");
}

#[test]
fn f_5_a_merged_refusal_shows_as_refused_before_and_after_it_is_acknowledged() {
    let (phone, _server) = member_with_a_blind_yes();
    phone.syncs();
    phone.signs_out();
    phone.says_no(&[EMAIL]);
    phone.signs_in();
    assert_eq!(phone.codes(EMAIL), ["refused"]);
    phone.syncs();
    assert_eq!(phone.codes(EMAIL), ["refused"], "acknowledged");
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
        let (phone, server) = member_and_server(Arc::new(PlainTransport));
        let second = phone.another_with_its_clock();
        second.signs_in();
        let mut no_was_last = None;
        for event in &events {
            phone.waits(HOUR);
            match event {
                Happens::Granted => phone.says_yes(&[EMAIL]),
                Happens::Withdrawn => phone.withdraws(EMAIL),
                Happens::WithdrawnOnTheWeb => server.hears_on_the_web(EMAIL, "withdrawn"),
                Happens::RefusedOnAnotherPhone => {
                    second.withdraws(EMAIL);
                    second.syncs();
                }
                Happens::RefusedWhileSignedOut => {
                    phone.signs_out();
                    phone.says_no(&[EMAIL]);
                    phone.signs_in();
                }
                Happens::Synchronised => drop(phone.syncs()),
            }
            no_was_last = match event {
                Happens::Synchronised => no_was_last,
                Happens::Granted => Some(false),
                _ => Some(true),
            };
        }
        for round in ["first", "second"] {
            let report = phone.syncs();
            prop_assert_eq!(report.pending, 0, "{:?}: {:?}", events, report);
            let told = phone.codes(EMAIL);
            let is_no = told == ["withdrawn"] || told == ["refused"];
            match no_was_last {
                Some(true) => prop_assert!(is_no, "{:?}, {} round: {:?}", events, round, told),
                Some(false) => prop_assert!(told.is_empty() || told == ["ask_again:stale_grant"], "{:?}: {:?}", events, told),
                None => prop_assert_eq!(told, ["not_answered"]),
            }
        }
    }
}
