//! What the server could not or would not take: told by its own reason, and never hidden behind a report that all is well.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use consentkit::client::{SyncReport, SyncState};
use support::{
    faulty::Faulty,
    loopback::{Host, PlainTransport},
    story::{ANALYTICS, DATA_USE, EMAIL, HOUR, Phone, member_and_server, phone_and_server_by},
};

#[track_caller]
fn waits_and_says_why(report: &SyncReport) {
    assert_eq!(report.state, SyncState::Waiting, "{report:?}");
    assert!(!report.troubles.is_empty(), "waiting has a reason: {report:?}");
}

/// A member whose yes to e-mail the server refused with this status.
fn member_with_a_stuck_yes(status: i32) -> (Phone, Arc<Host>, Arc<Faulty>) {
    let way = Arc::new(Faulty::default());
    let (phone, server) = member_and_server(way.clone());
    way.refuse(EMAIL, status);
    phone.says_yes(&[EMAIL]);
    let report = phone.syncs();
    assert_eq!(report.stuck, 1, "{status}: {report:?}");
    waits_and_says_why(&report);
    (phone, server, way)
}

#[test]
fn f_14_a_grant_that_the_server_cannot_read_is_told_as_rejected() {
    for status in [400, 413, 422] {
        let (phone, _server, _way) = member_with_a_stuck_yes(status);
        assert_eq!(phone.codes(EMAIL), ["ask_again:rejected"], "{status}");
        let reason = &phone.reasons(EMAIL)[0];
        assert!(!reason.text("en").contains("withdrawal") && !reason.text("ko").contains("철회"), "{status}");
    }
}

#[test]
fn f_14_while_a_grant_is_stuck_each_report_says_that_it_waits_and_why() {
    for status in [400, 413, 422] {
        let (phone, _server, _way) = member_with_a_stuck_yes(status);
        waits_and_says_why(&phone.syncs());
    }
}

#[test]
fn f_14_a_grant_that_the_server_takes_the_next_day_counts_again() {
    for status in [400, 413, 422] {
        let (phone, _server, way) = member_with_a_stuck_yes(status);
        way.refuse_nothing();
        phone.waits(25 * HOUR);
        phone.sends_everything();
        assert_eq!(phone.codes(EMAIL), [""; 0]);
    }
}

#[test]
fn f_14_a_stuck_withdrawal_still_denies_and_the_report_says_that_it_waits() {
    let way = Arc::new(Faulty::default());
    let (phone, _server) = phone_and_server_by(way.clone());
    phone.says_yes(&[ANALYTICS]);
    phone.syncs();
    way.refuse("withdrawn", 422);
    phone.withdraws(ANALYTICS);
    let report = phone.syncs();
    assert_eq!(phone.codes(ANALYTICS), ["withdrawn"]);
    assert_eq!(report.stuck, 1, "{report:?}");
    waits_and_says_why(&report);
}

#[test]
fn f_14_waiting_always_has_a_reason() {
    let (phone, server) = member_and_server(Arc::new(PlainTransport));
    server.down();
    phone.withdraws(DATA_USE);
    for _ in 0..3 {
        waits_and_says_why(&phone.syncs());
    }
}

/// A yes that the server could not read does not hold back the no that takes it back: by then somebody may have said yes elsewhere.
#[test]
fn f_7_a_withdrawal_lands_although_a_yes_for_the_same_purpose_is_stuck() {
    let noes: [fn(&Phone); 2] = [|phone| phone.withdraws(EMAIL), |phone| phone.says_no(&[EMAIL])];
    for says_no in noes {
        let (phone, server, way) = member_with_a_stuck_yes(422);
        way.refuse_nothing();
        server.hears_on_the_web(EMAIL, "granted");
        server.holds(EMAIL, "granted");
        says_no(&phone);
        phone.syncs();
        server.holds(EMAIL, "withdrawn");
        // The yes that is still stuck comes the next day, and changes nothing.
        phone.waits(25 * HOUR);
        phone.sends_everything();
        server.holds(EMAIL, "withdrawn");
        assert!(!phone.allows(EMAIL));
    }
}

/// What a request holds that makes the account's reference known.
const LINK: &str = "\"kind\":\"link\"";

/// A phone whose sign-in the server could not take, and with it a first yes.
fn phone_with_a_stuck_sign_in() -> (Phone, Arc<Host>, Arc<Faulty>) {
    let way = Arc::new(Faulty::default());
    let (phone, server) = phone_and_server_by(way.clone());
    way.refuse(LINK, 400);
    phone.signs_in();
    phone.says_yes(&[DATA_USE]);
    let report = phone.syncs();
    assert_eq!(report.stuck, 2, "{report:?}");
    server.holds(DATA_USE, "not_answered");
    (phone, server, way)
}

#[test]
fn f_14_a_stuck_sign_in_is_sent_again_once_a_change_turns_out_to_need_it() {
    let (phone, server, way) = phone_with_a_stuck_sign_in();
    way.refuse_nothing();
    phone.says_yes(&[EMAIL]);
    phone.sends_everything();
    for purpose in [EMAIL, DATA_USE] {
        server.holds(purpose, "granted");
        assert!(phone.allows(purpose));
    }
}

#[test]
fn f_14_a_sign_in_that_stays_stuck_is_tried_once_for_each_new_change_and_then_waits_its_day() {
    let (phone, server, way) = phone_with_a_stuck_sign_in();
    phone.says_yes(&[EMAIL]);
    for _ in 0..3 {
        let report = phone.syncs();
        assert_eq!(report.stuck, 3, "{report:?}");
        waits_and_says_why(&report);
    }
    way.refuse_nothing();
    let report = phone.syncs();
    assert_eq!(report.stuck, 3, "nothing new was said: {report:?}");
    phone.waits(25 * HOUR);
    phone.sends_everything();
    server.holds(EMAIL, "granted");
}

#[test]
fn f_14_what_waited_for_the_reference_goes_once_a_later_sign_in_makes_it_known() {
    let (phone, server, way) = phone_with_a_stuck_sign_in();
    way.refuse_nothing();
    phone.signs_out();
    phone.signs_in();
    phone.sends_everything();
    server.holds(DATA_USE, "granted");
}
