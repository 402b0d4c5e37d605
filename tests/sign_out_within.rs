//! One call that sends what waits, then signs out, and says what still waits.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use consentkit::{
    client::{Consent, Options, SyncState},
    error::Error,
    signal::Platform,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use support::{
    Device, answer,
    loopback::{Host, PlainTransport},
    refusing::{Holding, counts_in_memory},
    story::{DATA_USE, EMAIL, MEMBER, Phone, SMS, phone_and_server_by, phone_and_server_set_up},
};

/// A network that can be taken down.
#[derive(Default)]
struct Network(AtomicBool);

impl Transport for Network {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if self.0.load(Ordering::SeqCst) { Err(TransportError::TimedOut) } else { PlainTransport.send(request) }
    }
}

impl Network {
    fn is_down(&self, down: bool) {
        self.0.store(down, Ordering::SeqCst);
    }
}

/// A member with answers that wait to be sent: a link, two yeses and a no.
fn member_with_answers(network: Arc<Network>) -> (Phone, Arc<Host>) {
    let (phone, server) = phone_and_server_by(network);
    phone.signs_in();
    phone.answers(&[DATA_USE, EMAIL], &[SMS]);
    (phone, server)
}

#[track_caller]
fn is_signed_out(phone: &Phone) {
    assert!(!phone.app().snapshot().signed_in && !phone.allows(EMAIL));
}

#[test]
fn f_23_what_waits_is_sent_before_the_person_is_signed_out() {
    let (phone, server) = member_with_answers(Arc::default());
    let left = phone.signs_out_within(10_000);
    let sync = left.sync.unwrap();
    assert_eq!((sync.state, left.waiting.len()), (SyncState::UpToDate, 0), "{sync:?}");
    is_signed_out(&phone);
    for (purpose, status) in [(EMAIL, "granted"), (SMS, "refused"), (DATA_USE, "granted")] {
        server.holds(purpose, status);
    }
}

#[test]
fn f_23_a_network_that_is_down_keeps_nobody_signed_in_and_what_waits_is_told() {
    let network = Arc::new(Network::default());
    let (phone, server) = member_with_answers(network.clone());
    network.is_down(true);
    let left = phone.signs_out_within(10_000);
    is_signed_out(&phone);
    assert_eq!(left.sync.map(|sync| sync.state), Some(SyncState::Waiting));
    let mut waits: Vec<(&str, bool)> = left.waiting.iter().map(|change| (change.purpose.as_str(), change.lowers)).collect();
    waits.sort_unstable();
    assert_eq!(waits, [("", false), (DATA_USE, false), (EMAIL, false), (SMS, true)], "the link and the three answers");
    // What is told about others is not told here.
    phone.says_yes(&[DATA_USE]);
    network.is_down(false);
    phone.is_online_again();
    phone.syncs();
    // The no is sent although the person has left.
    server.holds(SMS, "refused");
}

#[test]
fn f_23_without_a_server_the_person_is_signed_out_all_the_same() {
    let (phone, _server) = phone_and_server_set_up(|_, options| Options { server: None, ..options });
    phone.signs_in();
    phone.says_yes(&[DATA_USE]);
    let left = phone.signs_out_within(10_000);
    assert!(left.sync.is_none() && left.failure.is_none());
    is_signed_out(&phone);
    assert_eq!(left.waiting.iter().filter(|change| change.purpose == DATA_USE).count(), 1);
}

#[test]
fn f_23_without_time_the_person_is_signed_out_all_the_same() {
    let (phone, _server) = phone_and_server_set_up(|_, options| Options { server: None, ..options });
    for timeout in [0, -1, i64::MIN] {
        phone.signs_in();
        assert!(phone.signs_out_within(timeout).sync.is_none());
        is_signed_out(&phone);
    }
}

#[test]
fn f_23_where_nobody_is_signed_in_nothing_is_sent_and_nothing_waits() {
    let (phone, _server) = phone_and_server_set_up(|_, options| Options { server: None, ..options });
    phone.signs_in();
    phone.says_yes(&[DATA_USE]);
    phone.signs_out();
    let nobody = phone.signs_out_within(10_000);
    assert!(nobody.sync.is_none() && nobody.waiting.is_empty());
}

#[test]
fn f_23_why_no_sync_could_be_made_is_told_and_the_person_is_signed_out_all_the_same() {
    let (phone, _server) = member_with_answers(Arc::default());
    // The lock that keeps other processes from sending cannot be had.
    let lock = phone.folder().join("consent.db.sync");
    std::fs::create_dir(&lock).unwrap();
    let error = phone.app().sync(10_000).unwrap_err();
    assert!(matches!(error, Error::StoreUnavailable { .. }), "{error}");
    let left = phone.signs_out_within(10_000);
    assert_eq!((left.sync, left.failure), (None, Some(error.to_string())));
    is_signed_out(&phone);
    assert_eq!(left.waiting.len(), 4);
    std::fs::remove_dir(&lock).unwrap();
    phone.signs_in();
    assert_eq!(phone.signs_out_within(10_000).failure, None, "one was made");
    phone.signs_in();
    assert_eq!(phone.signs_out_within(0).failure, None, "none was to be made");
}

/// Signs out from within a sync, as an app does whose person cannot wait for it.
struct Impatient(std::sync::Mutex<Option<Arc<Consent>>>, std::sync::Mutex<Vec<bool>>);

impl Transport for Impatient {
    fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        if let Some(consent) = self.0.lock().unwrap().take() {
            assert!(matches!(consent.sync(1), Err(Error::AlreadySyncing)));
            let left = consent.sign_out_within(10_000).unwrap();
            self.1
                .lock()
                .unwrap()
                .push(left.sync.is_none() && left.failure.is_some() && !consent.snapshot().signed_in && left.waiting.len() == 2);
        }
        Err(TransportError::TimedOut)
    }
}

#[test]
fn f_23_a_sync_that_runs_already_does_not_keep_the_person_signed_in() {
    let device = Device::new(Platform::Desktop);
    let wire = Arc::new(Impatient(std::sync::Mutex::new(None), std::sync::Mutex::new(vec![])));
    let consent = Arc::new(
        Consent::open(Options { server: Some("https://consent.example".into()), transport: Some(wire.clone()), ..device.options() })
            .unwrap(),
    );
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE], &[]).unwrap();
    *wire.0.lock().unwrap() = Some(consent.clone());
    consent.sync(10_000).unwrap();
    assert_eq!(*wire.1.lock().unwrap(), [true]);
}

#[test]
fn f_2_a_file_that_another_process_holds_is_waited_for_once() {
    let (mut phone, _server) = member_with_answers(Arc::default());
    assert!(phone.allows(EMAIL));
    let holding = Holding::the_file(phone.folder());
    let began = Instant::now();
    counts_in_memory(phone.app().sign_out_within(2_000));
    let took = began.elapsed();
    assert!(took < Duration::from_secs(8), "the sync and the sign-out each waited: {took:?}");
    is_signed_out(&phone);
    holding.let_go();
    phone.signs_out();
    assert_eq!(phone.app().unrecorded(), []);
    phone.is_killed_and_starts_again();
    assert!(!phone.app().snapshot().signed_in);
}
