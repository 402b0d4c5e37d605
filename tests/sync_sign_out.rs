//! What was said before a sign-out, and an account that the server never saw this installation signed in to.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use consentkit::{
    client::{Consent, Options, SyncState, TokenProvider},
    signal::Platform,
    sync::{protocol::ChangeKind, reply::Trouble},
};
use serde_json::json;
use support::{
    Device, answer,
    loopback::{Host, LogIn, PlainTransport},
};

const MEMBER: &str = "acct_81";
const EMAIL: &str = "marketing.email";
const DATA_USE: &str = "marketing.data_use";

/// An app whose log-in gives tokens only while it is open.
struct Session {
    log_in: LogIn,
    open: AtomicBool,
}

impl TokenProvider for Session {
    fn token(&self, subject: &str, refresh: bool) -> Option<String> {
        self.open.load(Ordering::SeqCst).then(|| self.log_in.token(subject, refresh)).flatten()
    }
}

struct Phone {
    consent: Consent,
    session: Arc<Session>,
    host: Arc<Host>,
    _device: Device,
}

fn phone() -> Phone {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let session = Arc::new(Session { log_in: LogIn(host.clone()), open: AtomicBool::new(true) });
    let consent = Consent::open(Options {
        server: Some(host.url()),
        transport: Some(Arc::new(PlainTransport)),
        tokens: Some(session.clone()),
        ..device.options()
    })
    .unwrap();
    Phone { consent, session, host, _device: device }
}

impl Phone {
    fn log_out(&self) {
        self.consent.sign_out().unwrap();
        self.session.open.store(false, Ordering::SeqCst);
    }

    fn log_in(&self) {
        self.session.open.store(true, Ordering::SeqCst);
        self.consent.sign_in(MEMBER).unwrap();
    }
}

#[test]
fn a_refusal_brought_along_is_sent_after_signing_out_where_the_app_still_has_a_token() {
    let phone = phone();
    answer(&phone.consent, &[DATA_USE], &[EMAIL]).unwrap();
    phone.consent.sign_in(MEMBER).unwrap();
    phone.consent.sign_out().unwrap();
    let report = phone.consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.troubles.len()), (SyncState::UpToDate, 0), "{report:?}");
    assert_eq!(phone.host.status(MEMBER, EMAIL), "refused");
    assert_eq!(phone.host.status(MEMBER, DATA_USE), "not_answered", "a grant of somebody who signed out waits");
    let waits = phone.consent.pending().unwrap();
    assert_eq!(waits.iter().map(|change| (change.kind, change.lowers)).collect::<Vec<_>>(), [(ChangeKind::Merge, false)]);
    phone.log_in();
    let report = phone.consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.pending), (SyncState::UpToDate, 0), "{report:?}");
    assert_eq!(phone.host.status(MEMBER, DATA_USE), "granted");
    assert!(phone.consent.verify().unwrap().ok);
}

#[test]
fn what_an_account_is_told_while_it_is_signed_out_counts_when_it_signs_in_again() {
    let phone = phone();
    phone.host.web(MEMBER, json!({ "purpose": DATA_USE, "choice": "withdrawn", "method": "web", "actor": "self" }));
    answer(&phone.consent, &[DATA_USE], &[EMAIL]).unwrap();
    phone.consent.sign_in(MEMBER).unwrap();
    phone.consent.sign_out().unwrap();
    phone.consent.sync(10_000).unwrap();
    phone.log_in();
    assert!(!phone.consent.allows(DATA_USE), "the server told of a withdrawal that the grant did not see");
    assert_eq!(phone.consent.sync(10_000).unwrap().pending, 0);
    assert!(!phone.consent.allows(DATA_USE));
}

#[test]
fn a_refusal_that_needs_the_account_is_told_to_wait_and_sent_with_the_next_sign_in() {
    let phone = phone();
    answer(&phone.consent, &[], &[EMAIL]).unwrap();
    phone.consent.sign_in(MEMBER).unwrap();
    phone.log_out();
    for _ in 0..2 {
        let report = phone.consent.sync(10_000).unwrap();
        assert_eq!((report.state, report.pending), (SyncState::Waiting, 2), "{report:?}");
        assert_eq!(report.troubles, [Trouble::Unauthorised]);
    }
    phone.log_in();
    let report = phone.consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.pending), (SyncState::UpToDate, 0), "{report:?}");
    assert_eq!(phone.host.status(MEMBER, EMAIL), "refused");
}

#[test]
fn an_installation_that_was_signed_in_before_brings_a_refusal_along_by_its_own_token() {
    let phone = phone();
    phone.consent.sign_in(MEMBER).unwrap();
    phone.consent.sync(10_000).unwrap();
    phone.consent.sign_out().unwrap();
    answer(&phone.consent, &[DATA_USE], &[EMAIL]).unwrap();
    phone.consent.sign_in(MEMBER).unwrap();
    phone.log_out();
    let report = phone.consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.troubles.len()), (SyncState::UpToDate, 0), "{report:?}");
    assert_eq!(phone.host.status(MEMBER, EMAIL), "refused");
    assert_eq!(phone.host.status(MEMBER, DATA_USE), "not_answered");
    assert!(phone.consent.pending().unwrap().iter().all(|change| !change.lowers));
}

#[test]
fn a_merge_lands_beside_what_the_account_said_itself() {
    let phone = phone();
    phone.host.web(MEMBER, json!({ "purpose": EMAIL, "choice": "granted", "method": "web", "actor": "self" }));
    answer(&phone.consent, &[DATA_USE], &[EMAIL]).unwrap();
    phone.consent.sign_in(MEMBER).unwrap();
    let report = phone.consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.pending), (SyncState::UpToDate, 0), "{report:?}");
    assert_eq!((phone.host.status(MEMBER, EMAIL), phone.host.status(MEMBER, DATA_USE)), ("refused".into(), "granted".into()));
}

/// Signs out after the server lost what the account refused, and syncs.
fn signs_out_after_the_loss(phone: &Phone) {
    phone.host.restore();
    phone.consent.sign_out().unwrap();
    let report = phone.consent.sync(10_000).unwrap();
    assert!(report.server_lost_data, "{report:?}");
    assert_eq!(phone.host.status(MEMBER, EMAIL), "refused", "what was refused for the account is held again");
    let report = phone.consent.sync(10_000).unwrap();
    assert!(!report.server_lost_data, "said once: {report:?}");
    assert!(phone.consent.verify().unwrap().ok);
}

#[test]
fn f_43_a_newer_record_in_the_same_request_does_not_hide_that_a_signed_out_accounts_no_was_lost() {
    let phone = phone();
    phone.host.back_up();
    answer(&phone.consent, &[DATA_USE], &[EMAIL]).unwrap();
    phone.consent.sync(10_000).unwrap();
    phone.consent.sign_in(MEMBER).unwrap();
    phone.consent.sync(10_000).unwrap();
    assert_eq!(phone.host.status(MEMBER, EMAIL), "refused");
    // The device's own answer goes first, and takes a place beyond all that was acknowledged.
    answer(&phone.consent, &["cookies.analytics"], &[]).unwrap();
    signs_out_after_the_loss(&phone);
}

#[test]
fn f_43_a_record_of_a_lower_place_that_came_later_and_was_lost_is_missed_too() {
    let phone = phone();
    phone.consent.sign_in(MEMBER).unwrap();
    phone.consent.sync(10_000).unwrap();
    phone.session.open.store(false, Ordering::SeqCst);
    answer(&phone.consent, &[], &[EMAIL]).unwrap();
    answer(&phone.consent, &["cookies.analytics"], &[]).unwrap();
    phone.consent.sync(10_000).unwrap();
    assert_eq!(phone.host.status(MEMBER, EMAIL), "not_answered", "the account's token is missing");
    // The server holds the device's later record, and then the account's earlier one comes.
    phone.host.back_up();
    phone.session.open.store(true, Ordering::SeqCst);
    phone.consent.sync(10_000).unwrap();
    assert_eq!(phone.host.status(MEMBER, EMAIL), "refused");
    signs_out_after_the_loss(&phone);
}
