//! What the server could not or would not take: told by its own reason, and never hidden behind a report that all is well.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/member.rs"]
mod member;
mod support;

use std::sync::Arc;

use consentkit::{client::SyncState, signal::Platform};
use member::{DATA_USE, EMAIL, Faulty, HOUR, MEMBER, codes, open_with, phone_of_a_member};
use support::{
    Device, answer,
    loopback::{Host, PlainTransport},
};

#[test]
fn f_14_a_grant_that_the_server_cannot_read_is_told_as_rejected_and_the_report_says_so() {
    for status in [400, 413, 422] {
        let faulty = Arc::new(Faulty::default());
        let (device, _host, consent) = phone_of_a_member(faulty.clone());
        faulty.refuse(EMAIL, status);
        answer(&consent, &[EMAIL], &[]).unwrap();
        let report = consent.sync(10_000).unwrap();
        assert_eq!(codes(&consent, EMAIL), ["ask_again:rejected"], "{status}");
        let reason = &consent.explain(EMAIL).reasons[0];
        assert!(!reason.text("en").contains("withdrawal") && !reason.text("ko").contains("철회"), "{status}");
        assert_eq!((report.stuck, report.state), (1, SyncState::Waiting), "{status}: {report:?}");
        assert!(!report.troubles.is_empty(), "waiting has a reason: {report:?}");
        let again = consent.sync(10_000).unwrap();
        assert_eq!(again.state, SyncState::Waiting, "{status}: {again:?}");
        assert!(!again.troubles.is_empty(), "waiting has a reason: {again:?}");
        // The next day the server takes it.
        faulty.refuse_nothing();
        device.clock.advance(25 * HOUR);
        let report = consent.sync(10_000).unwrap();
        assert_eq!((report.stuck, report.state), (0, SyncState::UpToDate), "{report:?}");
        assert_eq!(codes(&consent, EMAIL), [""; 0]);
    }
}

#[test]
fn f_14_a_stuck_withdrawal_still_denies_and_the_report_says_that_it_waits() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let faulty = Arc::new(Faulty::default());
    let consent = open_with(&device, &host, faulty.clone());
    answer(&consent, &["cookies.analytics"], &[]).unwrap();
    consent.sync(10_000).unwrap();
    faulty.refuse("withdrawn", 422);
    consent.withdraw(&["cookies.analytics"]).unwrap();
    let report = consent.sync(10_000).unwrap();
    assert_eq!(codes(&consent, "cookies.analytics"), ["withdrawn"]);
    assert_eq!((report.stuck, report.state), (1, SyncState::Waiting), "{report:?}");
    assert!(!report.troubles.is_empty(), "{report:?}");
}

#[test]
fn f_14_waiting_always_has_a_reason() {
    let (device, host, consent) = phone_of_a_member(Arc::new(PlainTransport));
    host.down();
    consent.withdraw(&[DATA_USE]).unwrap();
    for _ in 0..3 {
        let report = consent.sync(10_000).unwrap();
        assert_eq!(report.state, SyncState::Waiting);
        assert!(!report.troubles.is_empty(), "{report:?}");
    }
    drop(device);
}

/// A yes that the server could not read does not hold back the no that takes it back: by then somebody may have said yes elsewhere.
#[test]
fn f_7_a_withdrawal_lands_although_a_yes_for_the_same_purpose_is_stuck() {
    for rejected in [true, false] {
        let faulty = Arc::new(Faulty::default());
        let (device, host, consent) = phone_of_a_member(faulty.clone());
        faulty.refuse(EMAIL, 422);
        answer(&consent, &[EMAIL], &[]).unwrap();
        assert_eq!(consent.sync(10_000).unwrap().stuck, 1);
        faulty.refuse_nothing();
        host.web(MEMBER, serde_json::json!({ "purpose": EMAIL, "choice": "granted" }));
        assert_eq!(host.status(MEMBER, EMAIL), "granted");
        if rejected {
            consent.withdraw(&[EMAIL]).unwrap();
        } else {
            answer(&consent, &[], &[EMAIL]).unwrap();
        }
        let report = consent.sync(10_000).unwrap();
        assert_eq!(host.status(MEMBER, EMAIL), "withdrawn", "{report:?}");
        // The yes that is still stuck comes the next day, and changes nothing.
        device.clock.advance(25 * HOUR);
        let report = consent.sync(10_000).unwrap();
        assert_eq!((report.state, report.pending), (SyncState::UpToDate, 0), "{report:?}");
        assert_eq!((host.status(MEMBER, EMAIL).as_str(), consent.allows(EMAIL)), ("withdrawn", false));
    }
}
