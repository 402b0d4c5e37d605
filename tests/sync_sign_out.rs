//! What was said before a sign-out, and an account that the server never saw this installation signed in to.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use consentkit::{
    client::{Options, SyncState, TokenProvider},
    sync::{protocol::ChangeKind, reply::Trouble},
};
use support::{
    loopback::Host,
    story::{ANALYTICS, Backup, DATA_USE, EMAIL, Phone, phone_and_server_set_up},
};

/// An app whose log-in gives tokens only while it is open.
struct Session {
    log_in: Mutex<Option<Arc<dyn TokenProvider>>>,
    open: AtomicBool,
}

impl TokenProvider for Session {
    fn token(&self, subject: &str, refresh: bool) -> Option<String> {
        let log_in = self.log_in.lock().unwrap().clone()?;
        self.open.load(Ordering::SeqCst).then(|| log_in.token(subject, refresh)).flatten()
    }
}

/// A phone whose app has a token for the account only while somebody is logged in to it.
struct Member {
    phone: Phone,
    session: Arc<Session>,
}

fn member() -> (Member, Arc<Host>) {
    let session = Arc::new(Session { log_in: Mutex::default(), open: AtomicBool::new(true) });
    let tokens = session.clone();
    let (phone, server) = phone_and_server_set_up(move |_, options| {
        let plain = options.tokens.clone();
        *tokens.log_in.lock().unwrap() = plain;
        Options { tokens: Some(tokens.clone()), ..options }
    });
    (Member { phone, session }, server)
}

impl Member {
    /// Signs out, and the app forgets the account's token.
    fn logs_out(&self) {
        self.phone.signs_out();
        self.session.open.store(false, Ordering::SeqCst);
    }

    fn logs_in(&self) {
        self.session.open.store(true, Ordering::SeqCst);
        self.phone.signs_in();
    }
}

#[test]
fn a_refusal_brought_along_is_sent_after_signing_out_where_the_app_still_has_a_token() {
    let (member, server) = member();
    let phone = &member.phone;
    phone.answers(&[DATA_USE], &[EMAIL]);
    phone.signs_in();
    phone.signs_out();
    let report = phone.syncs();
    assert_eq!((report.state, report.troubles.len()), (SyncState::UpToDate, 0), "{report:?}");
    server.holds(EMAIL, "refused");
    // A grant of somebody who signed out waits.
    server.holds(DATA_USE, "not_answered");
    let waits = phone.app().pending().unwrap();
    assert_eq!(waits.iter().map(|change| (change.kind, change.lowers)).collect::<Vec<_>>(), [(ChangeKind::Merge, false)]);
}

#[test]
fn a_grant_that_waited_through_a_sign_out_is_sent_with_the_next_sign_in() {
    let (member, server) = member();
    let phone = &member.phone;
    phone.answers(&[DATA_USE], &[EMAIL]);
    phone.signs_in();
    phone.signs_out();
    phone.syncs();
    member.logs_in();
    phone.sends_everything();
    server.holds(DATA_USE, "granted");
    phone.ledger_is_whole();
}

#[test]
fn what_an_account_is_told_while_it_is_signed_out_counts_when_it_signs_in_again() {
    let (member, server) = member();
    let phone = &member.phone;
    server.hears_on_the_web(DATA_USE, "withdrawn");
    phone.answers(&[DATA_USE], &[EMAIL]);
    phone.signs_in();
    phone.signs_out();
    phone.syncs();
    member.logs_in();
    assert!(!phone.allows(DATA_USE), "the server told of a withdrawal that the grant did not see");
    assert_eq!(phone.syncs().pending, 0);
    assert!(!phone.allows(DATA_USE));
}

#[test]
fn a_refusal_that_needs_the_account_is_told_to_wait_and_sent_with_the_next_sign_in() {
    let (member, server) = member();
    let phone = &member.phone;
    phone.says_no(&[EMAIL]);
    phone.signs_in();
    member.logs_out();
    for _ in 0..2 {
        let report = phone.syncs();
        assert_eq!((report.state, report.pending), (SyncState::Waiting, 2), "{report:?}");
        assert_eq!(report.troubles, [Trouble::Unauthorised]);
    }
    member.logs_in();
    phone.sends_everything();
    server.holds(EMAIL, "refused");
}

#[test]
fn an_installation_that_was_signed_in_before_brings_a_refusal_along_by_its_own_token() {
    let (member, server) = member();
    let phone = &member.phone;
    phone.signs_in();
    phone.syncs();
    phone.signs_out();
    phone.answers(&[DATA_USE], &[EMAIL]);
    phone.signs_in();
    member.logs_out();
    let report = phone.syncs();
    assert_eq!((report.state, report.troubles.len()), (SyncState::UpToDate, 0), "{report:?}");
    server.holds(EMAIL, "refused");
    server.holds(DATA_USE, "not_answered");
    assert!(phone.app().pending().unwrap().iter().all(|change| !change.lowers));
}

#[test]
fn a_merge_lands_beside_what_the_account_said_itself() {
    let (member, server) = member();
    let phone = &member.phone;
    server.hears_on_the_web(EMAIL, "granted");
    phone.answers(&[DATA_USE], &[EMAIL]);
    phone.signs_in();
    phone.sends_everything();
    server.holds(EMAIL, "refused");
    server.holds(DATA_USE, "granted");
}

/// The server loses what the account refused since the backup, and the person signs out. The next sync brings the no back.
fn a_loss_is_missed_after_signing_out(phone: &Phone, server: &Host, backup: Backup) {
    server.restores(backup);
    phone.signs_out();
    let report = phone.syncs();
    assert!(report.server_lost_data, "{report:?}");
    // What was refused for the account is held again.
    server.holds(EMAIL, "refused");
    let report = phone.syncs();
    assert!(!report.server_lost_data, "said once: {report:?}");
    phone.ledger_is_whole();
}

#[test]
fn f_43_a_newer_record_in_the_same_request_does_not_hide_that_a_signed_out_accounts_no_was_lost() {
    let (member, server) = member();
    let phone = &member.phone;
    let backup = server.backs_up();
    phone.answers(&[DATA_USE], &[EMAIL]);
    phone.syncs();
    phone.signs_in();
    phone.syncs();
    server.holds(EMAIL, "refused");
    // The device's own answer goes first, and takes a place beyond all that was acknowledged.
    phone.says_yes(&[ANALYTICS]);
    a_loss_is_missed_after_signing_out(phone, &server, backup);
}

#[test]
fn f_43_a_record_of_a_lower_place_that_came_later_and_was_lost_is_missed_too() {
    let (member, server) = member();
    let phone = &member.phone;
    phone.signs_in();
    phone.syncs();
    member.session.open.store(false, Ordering::SeqCst);
    phone.says_no(&[EMAIL]);
    phone.says_yes(&[ANALYTICS]);
    phone.syncs();
    // The account's token is missing.
    server.holds(EMAIL, "not_answered");
    // The server holds the device's later record, and then the account's earlier one comes.
    let backup = server.backs_up();
    member.session.open.store(true, Ordering::SeqCst);
    phone.syncs();
    server.holds(EMAIL, "refused");
    a_loss_is_missed_after_signing_out(phone, &server, backup);
}
