//! Device, server and web together, over real sockets on loopback.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use consentkit::{
    client::{Consent, Options, SyncState},
    decision::Reason,
    ledger::AskAgain,
    signal::Platform,
    sync::reply::Trouble,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use serde_json::json;
use support::{
    Device, answer,
    loopback::{Host, LogIn, PlainTransport},
};

const MEMBER: &str = "acct_81";
const EMAIL: &str = "marketing.email";
const DATA_USE: &str = "marketing.data_use";

fn open(device: &Device, host: &Arc<Host>) -> Consent {
    Consent::open(Options {
        server: Some(host.url()),
        transport: Some(Arc::new(PlainTransport)),
        tokens: Some(Arc::new(LogIn(host.clone()))),
        ..device.options()
    })
    .unwrap()
}

#[test]
fn nothing_is_sent_before_a_first_answer() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host);
    assert_eq!(consent.sync(1_000).unwrap().state, SyncState::Quiet);
}

#[test]
fn choices_reach_the_server_and_the_web_reaches_the_device() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host);
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, EMAIL, "cookies.analytics"], &["marketing.sms"]).unwrap();
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.pending), (SyncState::UpToDate, 0), "{report:?}");
    assert_eq!(host.status(MEMBER, EMAIL), "granted");
    assert_eq!(host.status(MEMBER, "marketing.sms"), "refused");
    assert!(consent.allows(EMAIL) && consent.allows("cookies.analytics"));
    host.web(MEMBER, json!({ "purpose": EMAIL, "choice": "withdrawn", "method": "web", "actor": "self" }));
    assert!(consent.allows(EMAIL), "not heard of yet");
    consent.sync(10_000).unwrap();
    assert_eq!(consent.explain(EMAIL).reasons, [Reason::Withdrawn]);
    assert!(consent.verify().unwrap().ok, "{:?}", consent.verify());
}

#[test]
fn while_the_server_is_down_choices_are_saved_and_pending() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host);
    consent.sign_in(MEMBER).unwrap();
    host.down();
    answer(&consent, &[DATA_USE], &[]).unwrap();
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.pending), (SyncState::Waiting, 2));
    assert_eq!(report.troubles, [Trouble::Offline]);
    drop(consent);
    let consent = open(&device, &host);
    assert!(consent.allows(DATA_USE));
    host.up();
    consent.connectivity_restored().unwrap();
    assert_eq!(consent.sync(10_000).unwrap().pending, 0);
    assert_eq!(host.status(MEMBER, DATA_USE), "granted");
}

#[test]
fn a_second_device_that_could_not_see_a_withdrawal_is_asked_again() {
    let (first, second) = (Device::new(Platform::Desktop), Device::new(Platform::Desktop));
    let host = Host::start(first.clock.clone());
    let consent = open(&first, &host);
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, EMAIL], &[]).unwrap();
    consent.sync(10_000).unwrap();
    consent.withdraw(&[EMAIL]).unwrap();
    consent.sync(10_000).unwrap();
    let other = open(&second, &host);
    other.sign_in(MEMBER).unwrap();
    answer(&other, &[DATA_USE, EMAIL], &[]).unwrap();
    assert!(other.allows(EMAIL), "it knows of no withdrawal yet");
    other.sync(10_000).unwrap();
    assert_eq!(host.status(MEMBER, EMAIL), "withdrawn");
    assert_eq!(other.explain(EMAIL).reasons, [Reason::AskAgain { cause: AskAgain::StaleGrant }]);
    answer(&other, &[EMAIL], &[]).unwrap();
    assert_eq!(other.sync(10_000).unwrap().pending, 0);
    assert_eq!(host.status(MEMBER, EMAIL), "granted");
    assert!(other.allows(EMAIL));
    assert!(other.verify().unwrap().ok);
}

#[test]
fn what_nobody_in_particular_said_is_brought_into_the_account() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    host.web(MEMBER, json!({ "purpose": EMAIL, "choice": "refused", "method": "web", "actor": "self" }));
    let consent = open(&device, &host);
    answer(&consent, &[DATA_USE, EMAIL], &["marketing.sms"]).unwrap();
    consent.sync(10_000).unwrap();
    consent.sign_in(MEMBER).unwrap();
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.pending), (SyncState::UpToDate, 0), "{report:?}");
    assert_eq!(host.status(MEMBER, DATA_USE), "granted");
    assert_eq!(host.status(MEMBER, "marketing.sms"), "refused");
    assert_eq!(host.status(MEMBER, EMAIL), "refused", "a grant never overrides the account's own answer");
    assert!(consent.allows(DATA_USE) && !consent.allows(EMAIL));
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn a_withdrawal_made_before_signing_out_is_still_sent() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host);
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, EMAIL], &[]).unwrap();
    consent.sync(10_000).unwrap();
    consent.withdraw(&[EMAIL]).unwrap();
    consent.sign_out().unwrap();
    let report = consent.sync(10_000).unwrap();
    assert_eq!(report.pending, 0, "{report:?}");
    assert_eq!(host.status(MEMBER, EMAIL), "withdrawn");
}

#[test]
fn a_server_that_lost_what_it_acknowledged_is_sent_the_withdrawals_again() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host);
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, EMAIL], &[]).unwrap();
    consent.sync(10_000).unwrap();
    host.back_up();
    consent.withdraw(&[EMAIL]).unwrap();
    consent.sync(10_000).unwrap();
    assert_eq!(host.status(MEMBER, EMAIL), "withdrawn");
    host.restore();
    assert_eq!(host.status(MEMBER, EMAIL), "granted", "the backup is older than the withdrawal");
    let report = consent.sync(10_000).unwrap();
    assert!(report.server_lost_data, "{report:?}");
    assert_eq!((report.state, report.pending), (SyncState::UpToDate, 0), "{report:?}");
    assert_eq!(host.status(MEMBER, EMAIL), "withdrawn");
    assert!(!consent.allows(EMAIL));
    assert!(!consent.sync(10_000).unwrap().server_lost_data, "said once");
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn a_loss_is_noticed_although_a_new_choice_hides_it_from_the_anchor() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    host.back_up();
    let consent = open(&device, &host);
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, "cookies.analytics"], &[EMAIL]).unwrap();
    assert_eq!(consent.sync(10_000).unwrap().pending, 0);
    host.restore();
    // Both are newer than anything that the server lost, so the place that it holds is none behind what it acknowledged.
    answer(&consent, &["cookies.analytics"], &[]).unwrap();
    consent.withdraw(&[DATA_USE]).unwrap();
    let report = consent.sync(10_000).unwrap();
    assert!(report.server_lost_data, "{report:?}");
    assert_eq!((report.state, report.pending, report.stuck), (SyncState::UpToDate, 0, 0), "{report:?}");
    assert_eq!(host.status(MEMBER, DATA_USE), "withdrawn");
    assert_eq!(host.status(MEMBER, EMAIL), "refused", "what was acknowledged before the loss is sent again");
    assert!(!consent.sync(10_000).unwrap().server_lost_data, "said once");
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn a_server_that_forgot_only_who_a_reference_is_hears_it_again() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host);
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE], &[]).unwrap();
    consent.sync(10_000).unwrap();
    host.forget_references();
    device.clock.set(-support::NOON);
    consent.withdraw(&[DATA_USE]).unwrap();
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.pending, report.stuck), (SyncState::UpToDate, 0, 0), "{report:?}");
    assert_eq!(host.status(MEMBER, DATA_USE), "withdrawn");
}

/// Answers 422 to every change while it is told to.
struct Picky(AtomicBool);

impl Transport for Picky {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let carries = String::from_utf8_lossy(&request.body).contains("\"op\"");
        if carries && self.0.load(Ordering::SeqCst) {
            return Ok(HttpResponse { status: 422, headers: vec![], body: vec![] });
        }
        PlainTransport.send(request)
    }
}

#[test]
fn no_clock_stalls_a_change_that_was_set_aside() {
    const CENTURY_MS: i64 = 100 * 365 * 24 * 3_600_000;
    for (before, after) in [(0, -CENTURY_MS), (CENTURY_MS, 0), (CENTURY_MS, -CENTURY_MS), (-CENTURY_MS, -CENTURY_MS)] {
        let device = Device::new(Platform::Desktop);
        let host = Host::start(device.clock.clone());
        let picky = Arc::new(Picky(AtomicBool::new(false)));
        let consent = Consent::open(Options {
            server: Some(host.url()),
            transport: Some(picky.clone()),
            tokens: Some(Arc::new(LogIn(host.clone()))),
            ..device.options()
        })
        .unwrap();
        consent.sign_in(MEMBER).unwrap();
        answer(&consent, &[DATA_USE], &[]).unwrap();
        consent.sync(10_000).unwrap();
        device.clock.set(support::NOON + before);
        consent.withdraw(&[DATA_USE]).unwrap();
        picky.0.store(true, Ordering::SeqCst);
        assert_eq!(consent.sync(10_000).unwrap().stuck, 1);
        device.clock.set(support::NOON + after);
        if before == after {
            device.clock.advance(24 * 3_600_000 + 1);
        }
        picky.0.store(false, Ordering::SeqCst);
        assert_eq!(consent.sync(10_000).unwrap().pending, 0, "{before} {after}");
        assert_eq!(host.status(MEMBER, DATA_USE), "withdrawn");
    }
}

#[test]
fn a_copied_phone_becomes_an_installation_of_its_own() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let marker = |folder: &std::path::Path| Some(folder.join("marker"));
    let open = |device: &Device| {
        Consent::open(Options {
            marker: marker(device.folder.path()),
            server: Some(host.url()),
            transport: Some(Arc::new(PlainTransport)),
            tokens: Some(Arc::new(LogIn(host.clone()))),
            ..device.options()
        })
        .unwrap()
    };
    let consent = open(&device);
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, "cookies.analytics"], &["marketing.sms"]).unwrap();
    consent.shutdown().unwrap();
    let copy = Device::new(Platform::Desktop);
    std::fs::copy(device.folder.path().join("consent.db"), copy.folder.path().join("consent.db")).unwrap();
    let copied = open(&copy);
    assert_eq!(copied.explain("cookies.analytics").reasons, [Reason::AskAgain { cause: AskAgain::Restored }]);
    assert_eq!(copied.explain(DATA_USE).reasons, [Reason::AskAgain { cause: AskAgain::Restored }]);
    assert_eq!(copied.explain("marketing.sms").reasons, [Reason::Requires { purpose: DATA_USE.into() }, Reason::Refused]);
    copied.sync(10_000).unwrap();
    assert_eq!(host.status(MEMBER, DATA_USE), "not_answered", "a copied grant is never sent");
    assert_eq!(host.status(MEMBER, "marketing.sms"), "refused", "a copied refusal is");
    open(&device).sync(10_000).unwrap();
    assert_eq!(host.status(MEMBER, DATA_USE), "granted");
    copied.sync(10_000).unwrap();
    assert!(copied.allows(DATA_USE), "the pull brings the person's answer");
    assert!(copied.verify().unwrap().ok);
}

#[test]
fn a_copy_made_before_the_registration_is_found_out_by_its_records() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let marked = |device: &Device| {
        Consent::open(Options {
            marker: Some(device.folder.path().join("marker")),
            server: Some(host.url()),
            transport: Some(Arc::new(PlainTransport)),
            tokens: Some(Arc::new(LogIn(host.clone()))),
            ..device.options()
        })
        .unwrap()
    };
    let consent = marked(&device);
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, "cookies.analytics"], &["marketing.sms"]).unwrap();
    consent.shutdown().unwrap();
    let copy = Device::new(Platform::Desktop);
    // The marker is copied along, so nothing on the phone tells that it is a copy.
    for file in ["consent.db", "marker"] {
        std::fs::copy(device.folder.path().join(file), copy.folder.path().join(file)).unwrap();
    }
    let (original, copied) = (marked(&device), marked(&copy));
    copied.withdraw(&[EMAIL]).unwrap();
    original.withdraw(&["cookies.analytics"]).unwrap();
    assert_eq!(original.sync(10_000).unwrap().pending, 0);
    // Both have the installation's key, so both are let in. The place of the copy's next record is taken by another one.
    let report = copied.sync(10_000).unwrap();
    assert!(report.restored, "{report:?}");
    assert!(!copied.allows("cookies.analytics"), "what was said about the other device is not about this one");
    let report = copied.sync(10_000).unwrap();
    assert_eq!((report.state, report.pending, report.restored), (SyncState::UpToDate, 0, false), "{report:?}");
    assert_eq!(host.status(MEMBER, EMAIL), "withdrawn", "a copied withdrawal is sent");
    assert!(copied.allows(DATA_USE), "the pull brings the person's answer");
    assert!(copied.verify().unwrap().ok && original.verify().unwrap().ok);
    answer(&copied, &["cookies.analytics"], &[]).unwrap();
    copied.shutdown().unwrap();
    let copied = marked(&copy);
    assert!(copied.allows("cookies.analytics"), "it begins anew once, not at each start");
}

#[test]
fn signing_in_does_not_make_a_blind_grant_count() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let kept = consent.questions("settings").unwrap();
    answer(&consent, &[], &[DATA_USE]).unwrap();
    consent.record(&kept.shown, &[consentkit::client::Answer::grant(DATA_USE)]).unwrap();
    assert!(!consent.allows(DATA_USE), "the form was drawn before the refusal");
    consent.sign_in(MEMBER).unwrap();
    assert!(!consent.allows(DATA_USE), "{:?}", consent.explain(DATA_USE));
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn a_member_goes_on_after_the_server_lost_the_account_link() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host);
    consent.withdraw(&["cookies.analytics"]).unwrap();
    consent.sync(10_000).unwrap();
    host.back_up();
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, EMAIL], &[]).unwrap();
    assert_eq!(consent.sync(10_000).unwrap().pending, 0);
    host.restore();
    consent.withdraw(&[DATA_USE]).unwrap();
    let report = consent.sync(10_000).unwrap();
    assert!(report.server_lost_data, "{report:?}");
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.pending, report.stuck), (0, 0), "{report:?}");
    assert_eq!(host.status(MEMBER, DATA_USE), "withdrawn");
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn an_imported_refusal_does_not_hold_up_a_withdrawal_after_signing_out() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host);
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, EMAIL], &[]).unwrap();
    consent.sync(10_000).unwrap();
    let older = consentkit::client::ImportChoice {
        actor: None,
        purpose: "marketing.sms".into(),
        choice: consentkit::ledger::ChoiceKind::Refused,
        said_at: Some(support::NOON - 1_000),
        source: "old app".into(),
        text_version: None,
    };
    consent.import(&[older]).unwrap();
    consent.withdraw(&[EMAIL]).unwrap();
    consent.sign_out().unwrap();
    let report = consent.sync(10_000).unwrap();
    assert_eq!(report.pending, 0, "{report:?}");
    assert_eq!(host.status(MEMBER, EMAIL), "withdrawn");
    assert_eq!(host.status(MEMBER, "marketing.sms"), "refused");
}
