//! Whom a choice is about: it lands under the right name, whoever is in front of the screen and whatever became of the file since.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use consentkit::{
    client::{Consent, Options, SyncState},
    signal::{AgeBand, Platform, Signals},
    sync::protocol::ChangeKind,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use serde_json::{Value, json};
use support::{
    Device, INFLUENTIAL, answer,
    loopback::{Host, LogIn, PlainTransport},
};

const MEMBER: &str = "acct_81";
const EMAIL: &str = "marketing.email";
const DATA_USE: &str = "marketing.data_use";
const ANALYTICS: &str = "cookies.analytics";
const KAKAO: &str = "marketing.kakao";

fn options(device: &Device, host: &Arc<Host>) -> Options {
    Options {
        server: Some(host.url()),
        transport: Some(Arc::new(PlainTransport)),
        tokens: Some(Arc::new(LogIn(host.clone()))),
        marker: Some(device.folder.path().join("marker")),
        ..device.options()
    }
}

fn open(device: &Device, host: &Arc<Host>) -> Consent {
    Consent::open(options(device, host)).unwrap()
}

/// The device's next start with a marker that is not the file's: as on a phone that a backup was put on.
fn restored(device: &Device, host: &Arc<Host>, consent: Consent) -> Consent {
    consent.shutdown().unwrap();
    drop(consent);
    let former = std::fs::read_to_string(device.folder.path().join("marker")).unwrap();
    std::fs::write(device.folder.path().join("marker"), "another").unwrap();
    let consent = open(device, host);
    assert_ne!(std::fs::read_to_string(device.folder.path().join("marker")).unwrap(), former);
    consent
}

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
fn subjects_with(host: &Host, purpose: &str) -> Vec<(String, String)> {
    let database = rusqlite::Connection::open(host.database()).unwrap();
    let mut rows = database
        .prepare("SELECT subject.subject, state.status FROM state JOIN subject ON subject.id = state.subject WHERE purpose = ?1 ORDER BY 1")
        .unwrap();
    let found = rows.query_map([purpose], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    found.map(Result::unwrap).collect()
}

fn settle(consent: &Consent) {
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.stuck, report.troubles.len()), (SyncState::UpToDate, 0, 0), "{report:?}");
    assert!(consent.pending().unwrap().iter().all(|change| !change.lowers), "a no waits");
    assert!(consent.verify().unwrap().ok, "{:?}", consent.verify());
}

#[test]
fn f_17_after_a_restore_the_former_devices_withdrawal_lands_under_its_own_name() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host);
    answer(&consent, &[ANALYTICS], &[]).unwrap();
    settle(&consent);
    let former = subjects_with(&host, ANALYTICS)[0].0.clone();
    consent.withdraw(&[ANALYTICS]).unwrap();
    let consent = restored(&device, &host, consent);
    settle(&consent);
    assert_eq!(subjects_with(&host, ANALYTICS), [(former, "withdrawn".to_owned())]);
}

#[test]
fn f_17_so_do_those_of_a_device_restored_twice_and_of_one_the_server_never_heard_of() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host);
    answer(&consent, &[], &[ANALYTICS]).unwrap();
    let consent = restored(&device, &host, consent);
    answer(&consent, &[], &["cookies.marketing"]).unwrap();
    let consent = restored(&device, &host, consent);
    settle(&consent);
    let (first, second) = (subjects_with(&host, ANALYTICS), subjects_with(&host, "cookies.marketing"));
    assert_eq!((first.len(), second.len()), (1, 1), "{first:?} {second:?}");
    assert!(first[0].0.starts_with("device:") && second[0].0.starts_with("device:") && first[0].0 != second[0].0);
    assert_eq!((first[0].1.as_str(), second[0].1.as_str()), ("refused", "refused"));
}

#[test]
fn f_17_a_copy_that_names_its_former_device_takes_nothing_from_the_phone_it_was_copied_from() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host);
    answer(&consent, &[], &[ANALYTICS]).unwrap();
    consent.shutdown().unwrap();
    drop(consent);
    let copy = Device { clock: device.clock.clone(), ..Device::new(Platform::Desktop) };
    std::fs::copy(device.folder.path().join("consent.db"), copy.folder.path().join("consent.db")).unwrap();
    settle(&open(&copy, &host));
    let consent = open(&device, &host);
    answer(&consent, &[ANALYTICS], &[]).unwrap();
    settle(&consent);
    assert_eq!(consent.pending().unwrap(), [], "the device's own yes is taken");
    assert!(consent.allows(ANALYTICS));
    let known = subjects_with(&host, ANALYTICS);
    assert_eq!(known.iter().map(|(_, status)| status.as_str()).collect::<Vec<_>>(), ["granted"], "{known:?}");
}

#[test]
fn f_17_a_restore_keeps_the_link_that_a_signed_out_accounts_withdrawal_needs() {
    for acknowledged in [false, true] {
        let device = Device::new(Platform::Desktop);
        let host = Host::start(device.clock.clone());
        let consent = open(&device, &host);
        consent.sign_in(MEMBER).unwrap();
        if acknowledged {
            settle(&consent);
        }
        answer(&consent, &[DATA_USE], &[EMAIL]).unwrap();
        consent.sign_out().unwrap();
        let consent = restored(&device, &host, consent);
        settle(&consent);
        assert_eq!((host.status(MEMBER, EMAIL), host.status(MEMBER, DATA_USE)), ("refused".into(), "not_answered".into()));
    }
}

#[test]
fn f_17_a_signed_out_accounts_no_lands_from_a_restored_file_without_its_token() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host);
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE], &[]).unwrap();
    settle(&consent);
    consent.withdraw(&[DATA_USE]).unwrap();
    consent.sign_out().unwrap();
    drop(restored(&device, &host, consent));
    let logged_out = Consent::open(Options { tokens: None, ..options(&device, &host) }).unwrap();
    settle(&logged_out);
    assert_eq!(host.status(MEMBER, DATA_USE), "withdrawn");
}

#[test]
fn f_17_an_accounts_no_lands_by_its_token_where_the_reference_is_unknown_or_taken() {
    for taken in [false, true] {
        let device = Device::new(Platform::Desktop);
        let host = Host::start(device.clock.clone());
        let consent = open(&device, &host);
        consent.sign_in(MEMBER).unwrap();
        settle(&consent);
        answer(&consent, &[DATA_USE], &[]).unwrap();
        settle(&consent);
        consent.withdraw(&[DATA_USE]).unwrap();
        consent.sign_out().unwrap();
        host.give_references_to(taken.then_some("acct_other"));
        settle(&consent);
        assert_eq!(host.status(MEMBER, DATA_USE), "withdrawn", "taken: {taken}");
    }
}

#[test]
fn f_7_a_no_of_the_device_is_sent_by_the_copy_that_its_registration_found_out() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let taken = Arc::new(NameTaken(AtomicBool::new(false)));
    let consent = Consent::open(Options { transport: Some(taken.clone()), ..options(&device, &host) }).unwrap();
    answer(&consent, &[ANALYTICS], &[]).unwrap();
    settle(&consent);
    consent.withdraw(&[ANALYTICS]).unwrap();
    taken.0.store(true, Ordering::SeqCst);
    let found_out = consent.sync(10_000).unwrap();
    assert!(found_out.restored, "{found_out:?}");
    device.clock.advance(10_000);
    settle(&consent);
    let known = subjects_with(&host, ANALYTICS);
    assert_eq!(known.iter().map(|(_, status)| status.as_str()).collect::<Vec<_>>(), ["withdrawn"], "{known:?}");
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

fn start(device: &Device, policy: String) -> Consent {
    Consent::open(Options { policy, ..device.options() }).unwrap()
}

#[test]
fn f_6_what_was_granted_can_be_withdrawn_after_an_edition_left_it_out_and_does_not_come_back() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[DATA_USE, KAKAO], &[]).unwrap();
    drop(consent);
    let consent = start(&device, edition(4, without_kakao));
    let receipt = consent.withdraw(&[KAKAO]).unwrap();
    assert_eq!(receipt.items.len(), 1);
    drop(consent);
    let consent = start(&device, edition(5, |_| ()));
    assert!(!consent.allows(KAKAO), "withdrawn while it was left out");
    assert_eq!(consent.explain(KAKAO).reasons, [consentkit::decision::Reason::Withdrawn]);
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_6_so_can_what_no_longer_rests_on_consent_and_what_belongs_to_the_device() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[ANALYTICS, "cookies.marketing"], &[]).unwrap();
    drop(consent);
    let changed = edition(4, |purposes| {
        purposes.retain(|purpose| purpose["id"] != "cookies.marketing");
        let analytics = purposes.iter_mut().find(|purpose| purpose["id"] == ANALYTICS).unwrap();
        analytics["basis"] = json!("contract");
        analytics.as_object_mut().unwrap().remove("google");
        analytics["material"] = json!(analytics["material"].as_u64().unwrap_or(1) + 1);
    });
    let consent = start(&device, changed);
    let receipt = consent.withdraw(&[ANALYTICS, "cookies.marketing"]).unwrap();
    assert_eq!(receipt.items.len(), 2);
    let error = consent.withdraw(&["cookies.never"]).unwrap_err().to_string();
    assert!(error.contains("purposes[0]"), "{error}");
    let error = consent.withdraw(&["membership"]).unwrap_err().to_string();
    assert!(error.contains("purposes[0]"), "never asked for: {error}");
    drop(consent);
    let back = edition(5, |purposes| {
        for purpose in purposes.iter_mut().filter(|purpose| purpose["id"] == ANALYTICS) {
            purpose["material"] = json!(purpose["material"].as_u64().unwrap_or(1) + 2);
        }
    });
    let consent = start(&device, back);
    assert!(!consent.allows(ANALYTICS) && !consent.allows("cookies.marketing"));
}

#[test]
fn f_6_the_withdrawal_reaches_the_server() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host);
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, KAKAO], &[]).unwrap();
    settle(&consent);
    drop(consent);
    let consent = Consent::open(Options { policy: edition(4, without_kakao), ..options(&device, &host) }).unwrap();
    consent.withdraw(&[KAKAO]).unwrap();
    settle(&consent);
    assert_eq!(host.status(MEMBER, KAKAO), "withdrawn");
}

#[test]
fn f_20_however_often_a_file_is_restored_one_word_on_the_person_and_one_link_wait() {
    for signed_in in [false, true] {
        let device = Device::new(Platform::Android);
        let host = Host::start(device.clock.clone());
        let mut consent = open(&device, &host);
        if signed_in {
            consent.sign_in(MEMBER).unwrap();
        }
        consent.report_signals(Signals { age: Some(AgeBand::Below), gpc: Some(true), ..Signals::default() }).unwrap();
        let denies = |consent: &Consent| consent.explain(EMAIL).reasons.iter().any(|reason| reason.code() == "guardian_required");
        answer(&consent, &[], &[EMAIL]).unwrap();
        let waiting = |consent: &Consent| {
            let pending = consent.pending().unwrap();
            assert_eq!(i64::try_from(pending.len()).unwrap(), consent.snapshot().pending);
            let of_person = pending.iter().filter(|change| change.kind == ChangeKind::Signal && change.lowers).count();
            (of_person, pending.iter().filter(|change| change.kind == ChangeKind::Link).count())
        };
        let one_each = (1, usize::from(signed_in));
        assert_eq!((waiting(&consent), denies(&consent)), (one_each, true));
        let mut length = None;
        for _ in 0..5 {
            consent = restored(&device, &host, consent);
            assert_eq!((waiting(&consent), denies(&consent)), (one_each, true), "signed in: {signed_in}");
            let now = consent.snapshot().pending;
            assert_eq!(*length.get_or_insert(now), now);
        }
        settle(&consent);
        assert!(consent.verify().unwrap().ok);
        let database = rusqlite::Connection::open(host.database()).unwrap();
        let mut said = database.prepare("SELECT signals FROM person_signal").unwrap();
        let said: Vec<String> = said.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("below"), "{said:?}");
    }
}
