//! Whom a choice is about: it lands under the right name, whoever is in front of the screen and whatever became of the file since.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use consentkit::{
    client::Options,
    decision::Reason,
    signal::{AgeBand, Platform, Signals},
    sync::protocol::ChangeKind,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use serde_json::{Value, json};
use support::{
    INFLUENTIAL,
    loopback::{Host, PlainTransport},
    story::{ANALYTICS, DATA_USE, EMAIL, Phone, marked_phone_and_server, marked_phone_and_server_on, phone_and_server_set_up},
};

const KAKAO: &str = "marketing.kakao";
const MARKETING: &str = "cookies.marketing";

/// A server that no longer knows the installation's token and will not give it again: 401, then 409, once.
struct NameTaken(AtomicBool);

impl Transport for NameTaken {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let answer = |status, body: &str| Ok(HttpResponse { status, headers: vec![], body: body.into() });
        let registers = request.url.ends_with("/v1/installs");
        if !self.0.load(Ordering::SeqCst) {
            return PlainTransport.send(request);
        }
        if !registers {
            return answer(401, "{}");
        }
        self.0.store(false, Ordering::SeqCst);
        answer(409, r#"{"error":{"code":"already_registered"}}"#)
    }
}

/// Every subject that the server knows, with the status of one purpose.
fn subjects_with(server: &Host, purpose: &str) -> Vec<(String, String)> {
    let database = rusqlite::Connection::open(server.database()).unwrap();
    let mut rows = database
        .prepare("SELECT subject.subject, state.status FROM state JOIN subject ON subject.id = state.subject WHERE purpose = ?1 ORDER BY 1")
        .unwrap();
    let found = rows.query_map([purpose], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    found.map(Result::unwrap).collect()
}

/// The status of the one subject that the server knows with that purpose.
#[track_caller]
fn the_one_subject_has(server: &Host, purpose: &str, status: &str) -> String {
    let known = subjects_with(server, purpose);
    assert_eq!(known.iter().map(|(_, status)| status.as_str()).collect::<Vec<_>>(), [status], "{known:?}");
    known[0].0.clone()
}

#[test]
fn f_17_after_a_restore_the_former_devices_withdrawal_lands_under_its_own_name() {
    let (mut phone, server) = marked_phone_and_server();
    phone.says_yes(&[ANALYTICS]);
    phone.sends_every_no();
    let former = the_one_subject_has(&server, ANALYTICS, "granted");
    phone.withdraws(ANALYTICS);
    phone.is_restored();
    phone.sends_every_no();
    assert_eq!(the_one_subject_has(&server, ANALYTICS, "withdrawn"), former);
}

#[test]
fn f_17_so_do_those_of_a_device_restored_twice_and_of_one_the_server_never_heard_of() {
    let (mut phone, server) = marked_phone_and_server();
    phone.says_no(&[ANALYTICS]);
    phone.is_restored();
    phone.says_no(&[MARKETING]);
    phone.is_restored();
    phone.sends_every_no();
    let first = the_one_subject_has(&server, ANALYTICS, "refused");
    let second = the_one_subject_has(&server, MARKETING, "refused");
    assert!(first.starts_with("device:") && second.starts_with("device:") && first != second, "{first} {second}");
}

#[test]
fn f_17_a_copy_that_names_its_former_device_takes_nothing_from_the_phone_it_was_copied_from() {
    let (mut phone, server) = marked_phone_and_server();
    phone.says_no(&[ANALYTICS]);
    phone.stops();
    phone.is_copied(&["consent.db"]).sends_every_no();
    phone.starts();
    phone.says_yes(&[ANALYTICS]);
    phone.sends_every_no();
    assert_eq!(phone.app().pending().unwrap(), [], "the device's own yes is taken");
    assert!(phone.allows(ANALYTICS));
    the_one_subject_has(&server, ANALYTICS, "granted");
}

#[test]
fn f_17_a_restore_keeps_the_link_that_a_signed_out_accounts_withdrawal_needs() {
    for acknowledged in [false, true] {
        let (mut phone, server) = marked_phone_and_server();
        phone.signs_in();
        if acknowledged {
            phone.sends_every_no();
        }
        phone.answers(&[DATA_USE], &[EMAIL]);
        phone.signs_out();
        phone.is_restored();
        phone.sends_every_no();
        server.holds(EMAIL, "refused");
        server.holds(DATA_USE, "not_answered");
    }
}

#[test]
fn f_17_a_signed_out_accounts_no_lands_from_a_restored_file_without_its_token() {
    let logged_out = Arc::new(AtomicBool::new(false));
    let without_token = logged_out.clone();
    let (mut phone, server) = phone_and_server_set_up(move |device, options| {
        let tokens = options.tokens.filter(|_| !without_token.load(Ordering::SeqCst));
        Options { marker: Some(device.folder.path().join("marker")), tokens, ..options }
    });
    phone.signs_in();
    phone.says_yes(&[DATA_USE]);
    phone.sends_every_no();
    phone.withdraws(DATA_USE);
    phone.signs_out();
    phone.is_restored();
    logged_out.store(true, Ordering::SeqCst);
    phone.is_killed_and_starts_again();
    phone.sends_every_no();
    server.holds(DATA_USE, "withdrawn");
}

#[test]
fn f_17_an_accounts_no_lands_by_its_token_where_the_reference_is_unknown_or_taken() {
    for another in [None, Some("acct_other")] {
        let (phone, server) = marked_phone_and_server();
        phone.signs_in();
        phone.sends_every_no();
        phone.says_yes(&[DATA_USE]);
        phone.sends_every_no();
        phone.withdraws(DATA_USE);
        phone.signs_out();
        server.give_references_to(another);
        phone.sends_every_no();
        server.holds(DATA_USE, "withdrawn");
    }
}

#[test]
fn f_7_a_no_of_the_device_is_sent_by_the_copy_that_its_registration_found_out() {
    let taken = Arc::new(NameTaken(AtomicBool::new(false)));
    let way = taken.clone();
    let (phone, server) = phone_and_server_set_up(move |device, options| {
        let marker = Some(device.folder.path().join("marker"));
        Options { marker, transport: Some(way.clone()), ..options }
    });
    phone.says_yes(&[ANALYTICS]);
    phone.sends_every_no();
    phone.withdraws(ANALYTICS);
    taken.0.store(true, Ordering::SeqCst);
    let found_out = phone.syncs();
    assert!(found_out.restored, "{found_out:?}");
    phone.waits(10_000);
    phone.sends_every_no();
    the_one_subject_has(&server, ANALYTICS, "withdrawn");
}

/// The company's policy in a later edition, without a purpose or with another basis for it.
fn edition(number: u32, edit: impl FnOnce(&mut Vec<Value>)) -> String {
    let mut policy: Value = serde_json::from_str(INFLUENTIAL).unwrap();
    policy["edition"] = json!(number);
    policy["amendments"]["versions"].as_array_mut().unwrap().last_mut().unwrap()["edition"] = json!(number);
    edit(policy["purposes"].as_array_mut().unwrap());
    policy.to_string()
}

fn without_kakao(purposes: &mut Vec<Value>) {
    purposes.retain(|purpose| !purpose["id"].as_str().unwrap().starts_with(KAKAO));
}

/// The policy that an app ships, which an update of the app replaces.
type Shipped = Arc<Mutex<String>>;

/// A phone whose app ships this policy at each start.
fn phone_with_a_shipped_policy() -> (Phone, Arc<Host>, Shipped) {
    let shipped: Shipped = Arc::new(Mutex::new(INFLUENTIAL.to_owned()));
    let policy = shipped.clone();
    let (phone, server) = phone_and_server_set_up(move |_, options| Options { policy: policy.lock().unwrap().clone(), ..options });
    (phone, server, shipped)
}

/// The app is updated to one that ships another edition.
fn is_updated(phone: &mut Phone, shipped: &Shipped, policy: String) {
    *shipped.lock().unwrap() = policy;
    phone.is_killed_and_starts_again();
}

#[test]
fn f_6_what_was_granted_can_be_withdrawn_after_an_edition_left_it_out_and_does_not_come_back() {
    let (mut phone, _server, shipped) = phone_with_a_shipped_policy();
    phone.says_yes(&[DATA_USE, KAKAO]);
    is_updated(&mut phone, &shipped, edition(4, without_kakao));
    assert_eq!(phone.app().withdraw(&[KAKAO]).unwrap().items.len(), 1);
    is_updated(&mut phone, &shipped, edition(5, |_| ()));
    assert!(!phone.allows(KAKAO), "withdrawn while it was left out");
    assert_eq!(phone.reasons(KAKAO), [Reason::Withdrawn]);
    phone.ledger_is_whole();
}

/// A phone on which two cookies were granted, and whose app then ships an edition that rests one on the contract and leaves one out.
fn phone_after_an_edition_that_changed_two_purposes() -> (Phone, Shipped) {
    let (mut phone, _server, shipped) = phone_with_a_shipped_policy();
    phone.says_yes(&[ANALYTICS, MARKETING]);
    let changed = edition(4, |purposes| {
        purposes.retain(|purpose| purpose["id"] != MARKETING);
        let analytics = purposes.iter_mut().find(|purpose| purpose["id"] == ANALYTICS).unwrap();
        analytics["basis"] = json!("contract");
        analytics.as_object_mut().unwrap().remove("google");
        analytics["material"] = json!(analytics["material"].as_u64().unwrap_or(1) + 1);
    });
    is_updated(&mut phone, &shipped, changed);
    (phone, shipped)
}

#[test]
fn f_6_so_can_what_no_longer_rests_on_consent_and_what_belongs_to_the_device() {
    let (mut phone, shipped) = phone_after_an_edition_that_changed_two_purposes();
    assert_eq!(phone.app().withdraw(&[ANALYTICS, MARKETING]).unwrap().items.len(), 2);
    let back = edition(5, |purposes| {
        for purpose in purposes.iter_mut().filter(|purpose| purpose["id"] == ANALYTICS) {
            purpose["material"] = json!(purpose["material"].as_u64().unwrap_or(1) + 2);
        }
    });
    is_updated(&mut phone, &shipped, back);
    assert!(!phone.allows(ANALYTICS) && !phone.allows(MARKETING));
}

#[test]
fn f_6_what_was_never_asked_for_cannot_be_withdrawn() {
    let (phone, _shipped) = phone_after_an_edition_that_changed_two_purposes();
    for never in ["cookies.never", "membership"] {
        let error = phone.app().withdraw(&[never]).unwrap_err().to_string();
        assert!(error.contains("purposes[0]"), "{error}");
    }
}

#[test]
fn f_6_the_withdrawal_reaches_the_server() {
    let (mut phone, server, shipped) = phone_with_a_shipped_policy();
    phone.signs_in();
    phone.says_yes(&[DATA_USE, KAKAO]);
    phone.sends_every_no();
    is_updated(&mut phone, &shipped, edition(4, without_kakao));
    phone.withdraws(KAKAO);
    phone.sends_every_no();
    server.holds(KAKAO, "withdrawn");
}

/// How many words on the person and how many links wait.
fn words_and_links(phone: &Phone) -> (usize, usize) {
    let pending = phone.app().pending().unwrap();
    assert_eq!(i64::try_from(pending.len()).unwrap(), phone.app().snapshot().pending);
    let of_person = pending.iter().filter(|change| change.kind == ChangeKind::Signal && change.lowers).count();
    (of_person, pending.iter().filter(|change| change.kind == ChangeKind::Link).count())
}

#[test]
fn f_20_however_often_a_file_is_restored_one_word_on_the_person_and_one_link_wait() {
    for signed_in in [false, true] {
        let (mut phone, server) = marked_phone_and_server_on(Platform::Android);
        if signed_in {
            phone.signs_in();
        }
        phone.app().report_signals(Signals { age: Some(AgeBand::Below), gpc: Some(true), ..Signals::default() }).unwrap();
        phone.says_no(&[EMAIL]);
        let denies = |phone: &Phone| phone.codes(EMAIL).contains(&"guardian_required".to_owned());
        let one_each = (1, usize::from(signed_in));
        assert_eq!((words_and_links(&phone), denies(&phone)), (one_each, true));
        let mut waiting = None;
        for _ in 0..5 {
            phone.is_restored();
            assert_eq!((words_and_links(&phone), denies(&phone)), (one_each, true), "signed in: {signed_in}");
            let now = phone.app().snapshot().pending;
            assert_eq!(*waiting.get_or_insert(now), now);
        }
        phone.sends_every_no();
        let database = rusqlite::Connection::open(server.database()).unwrap();
        let mut said = database.prepare("SELECT signals FROM person_signal").unwrap();
        let said: Vec<String> = said.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("below"), "{said:?}");
    }
}
