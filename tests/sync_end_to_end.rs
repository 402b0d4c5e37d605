//! Device, server and web together, over real sockets on loopback.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use consentkit::{
    client::SyncState,
    decision::Reason,
    ledger::AskAgain,
    sync::reply::Trouble,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use support::{
    NOON,
    loopback::{Host, PlainTransport},
    story::{ANALYTICS, DATA_USE, EMAIL, Phone, SMS, marked_phone_and_server, phone_and_server, phone_and_server_by},
};

const DAY_MS: i64 = 24 * 3_600_000;
const CENTURY_MS: i64 = 100 * 365 * DAY_MS;

fn asked_again(cause: AskAgain) -> Vec<Reason> {
    vec![Reason::AskAgain { cause }]
}

#[test]
fn nothing_is_sent_before_a_first_answer() {
    let (phone, _server) = phone_and_server();
    assert_eq!(phone.syncs().state, SyncState::Quiet);
}

#[test]
fn choices_reach_the_server() {
    let (phone, server) = phone_and_server();
    phone.signs_in();
    phone.answers(&[DATA_USE, EMAIL, ANALYTICS], &[SMS]);
    phone.sends_everything();
    server.holds(EMAIL, "granted");
    server.holds(SMS, "refused");
    assert!(phone.allows(EMAIL) && phone.allows(ANALYTICS));
    phone.ledger_is_whole();
}

#[test]
fn what_is_said_on_the_web_reaches_the_device_with_its_next_sync() {
    let (phone, server) = phone_and_server();
    phone.signs_in();
    phone.answers(&[DATA_USE, EMAIL, ANALYTICS], &[SMS]);
    phone.sends_everything();
    server.hears_on_the_web(EMAIL, "withdrawn");
    assert!(phone.allows(EMAIL), "not heard of yet");
    phone.syncs();
    assert_eq!(phone.reasons(EMAIL), [Reason::Withdrawn]);
    phone.ledger_is_whole();
}

#[test]
fn while_the_server_is_down_choices_are_saved_and_pending() {
    let (mut phone, server) = phone_and_server();
    phone.signs_in();
    server.down();
    phone.says_yes(&[DATA_USE]);
    let report = phone.syncs();
    assert_eq!((report.state, report.pending), (SyncState::Waiting, 2));
    assert_eq!(report.troubles, [Trouble::Offline]);
    phone.is_killed_and_starts_again();
    assert!(phone.allows(DATA_USE));
    server.up();
    phone.is_online_again();
    phone.sends_everything();
    server.holds(DATA_USE, "granted");
}

#[test]
fn what_was_on_its_way_when_the_server_went_down_waits_and_is_sent_again() {
    let (phone, server) = phone_and_server();
    phone.signs_in();
    phone.sends_everything();
    server.down();
    phone.answers(&[DATA_USE], &[EMAIL]);
    for _ in 0..2 {
        let report = phone.syncs();
        assert_eq!((report.state, report.pending, report.stuck), (SyncState::Waiting, 2, 0), "{report:?}");
        phone.is_online_again();
    }
    server.up();
    phone.sends_everything();
    server.holds(DATA_USE, "granted");
    server.holds(EMAIL, "refused");
}

/// A first phone said yes and then no. A second one, which heard of neither, said yes and sent it.
fn a_second_phone_that_could_not_see_the_no() -> (Phone, Phone, Arc<Host>) {
    let (first, server) = phone_and_server();
    first.signs_in();
    first.says_yes(&[DATA_USE, EMAIL]);
    first.syncs();
    first.withdraws(EMAIL);
    first.syncs();
    let second = Phone::another(&server);
    second.signs_in();
    second.says_yes(&[DATA_USE, EMAIL]);
    assert!(second.allows(EMAIL), "it knows of no withdrawal yet");
    second.syncs();
    (first, second, server)
}

#[test]
fn a_second_device_that_could_not_see_a_withdrawal_is_asked_again() {
    let (_first, second, server) = a_second_phone_that_could_not_see_the_no();
    server.holds(EMAIL, "withdrawn");
    assert_eq!(second.reasons(EMAIL), asked_again(AskAgain::StaleGrant));
}

#[test]
fn the_answer_to_being_asked_again_counts() {
    let (_first, second, server) = a_second_phone_that_could_not_see_the_no();
    second.says_yes(&[EMAIL]);
    second.sends_everything();
    server.holds(EMAIL, "granted");
    assert!(second.allows(EMAIL));
    second.ledger_is_whole();
}

#[test]
fn what_nobody_in_particular_said_is_brought_into_the_account() {
    let (phone, server) = phone_and_server();
    server.hears_on_the_web(EMAIL, "refused");
    phone.answers(&[DATA_USE, EMAIL], &[SMS]);
    phone.syncs();
    phone.signs_in();
    phone.sends_everything();
    server.holds(DATA_USE, "granted");
    server.holds(SMS, "refused");
    // A grant that is brought along never overrides the account's own answer.
    server.holds(EMAIL, "refused");
    assert!(phone.allows(DATA_USE) && !phone.allows(EMAIL));
    phone.ledger_is_whole();
}

#[test]
fn a_withdrawal_made_before_signing_out_is_still_sent() {
    let (phone, server) = phone_and_server();
    phone.signs_in();
    phone.says_yes(&[DATA_USE, EMAIL]);
    phone.syncs();
    phone.withdraws(EMAIL);
    phone.signs_out();
    phone.sends_everything();
    server.holds(EMAIL, "withdrawn");
}

#[test]
fn a_server_that_lost_what_it_acknowledged_is_sent_the_withdrawals_again() {
    let (phone, server) = phone_and_server();
    phone.signs_in();
    phone.says_yes(&[DATA_USE, EMAIL]);
    phone.syncs();
    let backup = server.backs_up();
    phone.withdraws(EMAIL);
    phone.syncs();
    server.holds(EMAIL, "withdrawn");
    server.restores(backup);
    // The backup is older than the withdrawal.
    server.holds(EMAIL, "granted");
    assert!(phone.sends_everything().server_lost_data);
    server.holds(EMAIL, "withdrawn");
    assert!(!phone.allows(EMAIL));
    assert!(!phone.syncs().server_lost_data, "said once");
    phone.ledger_is_whole();
}

#[test]
fn a_loss_is_noticed_although_a_new_choice_hides_it_from_the_anchor() {
    let (phone, server) = phone_and_server();
    let backup = server.backs_up();
    phone.signs_in();
    phone.answers(&[DATA_USE, ANALYTICS], &[EMAIL]);
    phone.sends_everything();
    server.restores(backup);
    // Both are newer than anything that the server lost, so the place that it holds is none behind what it acknowledged.
    phone.says_yes(&[ANALYTICS]);
    phone.withdraws(DATA_USE);
    assert!(phone.sends_everything().server_lost_data);
    server.holds(DATA_USE, "withdrawn");
    // What was acknowledged before the loss is sent again.
    server.holds(EMAIL, "refused");
    assert!(!phone.syncs().server_lost_data, "said once");
    phone.ledger_is_whole();
}

#[test]
fn a_server_that_forgot_only_who_a_reference_is_hears_it_again() {
    let (phone, server) = phone_and_server();
    phone.signs_in();
    phone.says_yes(&[DATA_USE]);
    phone.syncs();
    server.forget_references();
    phone.clock_is_put_to(-NOON);
    phone.withdraws(DATA_USE);
    phone.sends_everything();
    server.holds(DATA_USE, "withdrawn");
}

/// Answers 422 to every change while it is told to.
struct Picky(AtomicBool);

impl Picky {
    fn refuses(&self, every_change: bool) {
        self.0.store(every_change, Ordering::SeqCst);
    }
}

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
    for (before, after) in [(0, -CENTURY_MS), (CENTURY_MS, 0), (CENTURY_MS, -CENTURY_MS), (-CENTURY_MS, -CENTURY_MS)] {
        let picky = Arc::new(Picky(AtomicBool::new(false)));
        let (phone, server) = phone_and_server_by(picky.clone());
        phone.signs_in();
        phone.says_yes(&[DATA_USE]);
        phone.syncs();
        phone.clock_is_put_to(NOON + before);
        phone.withdraws(DATA_USE);
        picky.refuses(true);
        assert_eq!(phone.syncs().stuck, 1);
        phone.clock_is_put_to(NOON + after);
        if before == after {
            phone.waits(DAY_MS + 1);
        }
        picky.refuses(false);
        assert_eq!(phone.syncs().pending, 0, "{before} {after}");
        server.holds(DATA_USE, "withdrawn");
    }
}

/// A phone with answers that were never sent, and one that was set up from its backup. The marker is in no backup.
fn a_phone_and_its_copy() -> (Phone, Phone, Arc<Host>) {
    let (mut phone, server) = marked_phone_and_server();
    phone.signs_in();
    phone.answers(&[DATA_USE, ANALYTICS], &[SMS]);
    phone.stops();
    let copy = phone.is_copied(&["consent.db"]);
    (phone, copy, server)
}

#[test]
fn a_copied_phone_asks_again_for_what_was_granted_and_keeps_what_was_refused() {
    let (_phone, copy, _server) = a_phone_and_its_copy();
    assert_eq!(copy.reasons(ANALYTICS), asked_again(AskAgain::Restored));
    assert_eq!(copy.reasons(DATA_USE), asked_again(AskAgain::Restored));
    assert_eq!(copy.reasons(SMS), [Reason::Requires { purpose: DATA_USE.into() }, Reason::Refused]);
}

#[test]
fn a_copied_refusal_is_sent_and_a_copied_grant_never() {
    let (_phone, copy, server) = a_phone_and_its_copy();
    copy.syncs();
    server.holds(DATA_USE, "not_answered");
    server.holds(SMS, "refused");
}

#[test]
fn a_copied_phone_becomes_an_installation_of_its_own_that_hears_what_the_person_said_on_the_other() {
    let (mut phone, copy, server) = a_phone_and_its_copy();
    copy.syncs();
    phone.starts();
    phone.syncs();
    server.holds(DATA_USE, "granted");
    copy.syncs();
    assert!(copy.allows(DATA_USE), "the pull brings the person's answer");
    copy.ledger_is_whole();
}

/// A phone and its copy that begins anew, found out by its records: the marker is copied along, so nothing on the phone tells that it is one.
fn a_copy_that_was_found_out() -> (Phone, Phone, Arc<Host>) {
    let (mut phone, server) = marked_phone_and_server();
    phone.signs_in();
    phone.answers(&[DATA_USE, ANALYTICS], &[SMS]);
    phone.stops();
    let copy = phone.is_copied(&["consent.db", "marker"]);
    phone.starts();
    copy.withdraws(EMAIL);
    phone.withdraws(ANALYTICS);
    phone.sends_everything();
    // Both have the installation's key, so both are let in. The place of the copy's next record is taken by another one.
    let report = copy.syncs();
    assert!(report.restored, "{report:?}");
    (phone, copy, server)
}

#[test]
fn a_copy_made_before_the_registration_is_found_out_by_its_records() {
    let (phone, copy, server) = a_copy_that_was_found_out();
    assert!(!copy.allows(ANALYTICS), "what was said about the other device is not about this one");
    assert!(!copy.sends_everything().restored);
    // A copied withdrawal is sent.
    server.holds(EMAIL, "withdrawn");
    assert!(copy.allows(DATA_USE), "the pull brings the person's answer");
    copy.ledger_is_whole();
    phone.ledger_is_whole();
}

#[test]
fn a_copy_that_was_found_out_begins_anew_once_and_not_at_each_start() {
    let (_phone, mut copy, _server) = a_copy_that_was_found_out();
    copy.sends_everything();
    copy.says_yes(&[ANALYTICS]);
    copy.stops();
    copy.starts();
    assert!(copy.allows(ANALYTICS));
}

#[test]
fn signing_in_does_not_make_a_blind_grant_count() {
    let (phone, _server) = phone_and_server();
    let form = phone.draws_the_form();
    phone.says_no(&[DATA_USE]);
    phone.says_yes_on(&form, DATA_USE);
    assert!(!phone.allows(DATA_USE), "the form was drawn before the refusal");
    phone.signs_in();
    assert!(!phone.allows(DATA_USE), "{:?}", phone.reasons(DATA_USE));
    phone.ledger_is_whole();
}

#[test]
fn a_member_goes_on_after_the_server_lost_the_account_link() {
    let (phone, server) = phone_and_server();
    phone.withdraws(ANALYTICS);
    phone.syncs();
    let backup = server.backs_up();
    phone.signs_in();
    phone.says_yes(&[DATA_USE, EMAIL]);
    phone.sends_everything();
    server.restores(backup);
    phone.withdraws(DATA_USE);
    assert!(phone.syncs().server_lost_data);
    phone.sends_everything();
    server.holds(DATA_USE, "withdrawn");
    phone.ledger_is_whole();
}

#[test]
fn an_imported_refusal_does_not_hold_up_a_withdrawal_after_signing_out() {
    let (phone, server) = phone_and_server();
    phone.signs_in();
    phone.says_yes(&[DATA_USE, EMAIL]);
    phone.syncs();
    phone.imports_a_no(SMS);
    phone.withdraws(EMAIL);
    phone.signs_out();
    phone.sends_everything();
    server.holds(EMAIL, "withdrawn");
    server.holds(SMS, "refused");
}
