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
    loopback::{Host, LogIn, PlainTransport},
    refusing::{Holding, counts_in_memory},
};

const MEMBER: &str = "acct_81";
const DATA_USE: &str = "marketing.data_use";
const EMAIL: &str = "marketing.email";
const SMS: &str = "marketing.sms";

/// A network that can be taken down.
#[derive(Default)]
struct Network(AtomicBool);

impl Transport for Network {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if self.0.load(Ordering::SeqCst) { Err(TransportError::TimedOut) } else { PlainTransport.send(request) }
    }
}

fn member(device: &Device, host: &Arc<Host>, network: Arc<Network>) -> Consent {
    let consent = Consent::open(Options {
        server: Some(host.url()),
        transport: Some(network),
        tokens: Some(Arc::new(LogIn(host.clone()))),
        ..device.options()
    })
    .unwrap();
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, EMAIL], &[SMS]).unwrap();
    consent
}

#[test]
fn f_23_what_waits_is_sent_before_the_person_is_signed_out() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = member(&device, &host, Arc::default());
    let left = consent.sign_out_within(10_000).unwrap();
    let sync = left.sync.unwrap();
    assert_eq!((sync.state, left.waiting.len()), (SyncState::UpToDate, 0), "{sync:?}");
    assert!(!consent.snapshot().signed_in && !consent.allows(EMAIL));
    assert_eq!([EMAIL, SMS, DATA_USE].map(|purpose| host.status(MEMBER, purpose)), ["granted", "refused", "granted"].map(str::to_owned));
}

#[test]
fn f_23_a_network_that_is_down_keeps_nobody_signed_in_and_what_waits_is_told() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let network = Arc::new(Network::default());
    let consent = member(&device, &host, network.clone());
    network.0.store(true, Ordering::SeqCst);
    let left = consent.sign_out_within(10_000).unwrap();
    assert!(!consent.snapshot().signed_in && !consent.allows(EMAIL));
    assert_eq!(left.sync.map(|sync| sync.state), Some(SyncState::Waiting));
    let mut waits: Vec<(&str, bool)> = left.waiting.iter().map(|change| (change.purpose.as_str(), change.lowers)).collect();
    waits.sort_unstable();
    assert_eq!(waits, [("", false), (DATA_USE, false), (EMAIL, false), (SMS, true)], "the link and the three answers");
    // What is told about others is not told here.
    answer(&consent, &[DATA_USE], &[]).unwrap();
    network.0.store(false, Ordering::SeqCst);
    consent.connectivity_restored().unwrap();
    consent.sync(10_000).unwrap();
    assert_eq!(host.status(MEMBER, SMS), "refused", "the no is sent although the person has left");
}

#[test]
fn f_23_without_time_or_server_the_person_is_signed_out_all_the_same() {
    let device = Device::new(Platform::Desktop);
    let alone = device.open();
    alone.sign_in(MEMBER).unwrap();
    answer(&alone, &[DATA_USE], &[]).unwrap();
    let left = alone.sign_out_within(10_000).unwrap();
    assert!(left.sync.is_none() && left.failure.is_none() && !alone.snapshot().signed_in, "there is no server");
    assert_eq!(left.waiting.iter().filter(|change| change.purpose == DATA_USE).count(), 1);
    for timeout in [0, -1, i64::MIN] {
        alone.sign_in(MEMBER).unwrap();
        assert!(alone.sign_out_within(timeout).unwrap().sync.is_none());
        assert!(!alone.snapshot().signed_in, "{timeout}");
    }
    let nobody = alone.sign_out_within(10_000).unwrap();
    assert!(nobody.sync.is_none() && nobody.waiting.is_empty());
}

#[test]
fn f_23_why_no_sync_could_be_made_is_told_and_the_person_is_signed_out_all_the_same() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = member(&device, &host, Arc::default());
    // The lock that keeps other processes from sending cannot be had.
    std::fs::create_dir(device.folder.path().join("consent.db.sync")).unwrap();
    let error = consent.sync(10_000).unwrap_err();
    assert!(matches!(error, Error::StoreUnavailable { .. }), "{error}");
    let left = consent.sign_out_within(10_000).unwrap();
    assert_eq!((left.sync, left.failure), (None, Some(error.to_string())));
    assert!(!consent.snapshot().signed_in && left.waiting.len() == 4);
    std::fs::remove_dir(device.folder.path().join("consent.db.sync")).unwrap();
    consent.sign_in(MEMBER).unwrap();
    assert_eq!(consent.sign_out_within(10_000).unwrap().failure, None, "one was made");
    consent.sign_in(MEMBER).unwrap();
    assert_eq!(consent.sign_out_within(0).unwrap().failure, None, "none was to be made");
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
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = member(&device, &host, Arc::default());
    assert!(consent.allows(EMAIL));
    let holding = Holding::the_file(device.folder.path());
    let began = Instant::now();
    counts_in_memory(consent.sign_out_within(2_000));
    let took = began.elapsed();
    assert!(took < Duration::from_secs(8), "the sync and the sign-out each waited: {took:?}");
    assert!(!consent.snapshot().signed_in && !consent.allows(EMAIL), "gone from the call on");
    holding.let_go();
    consent.sign_out().unwrap();
    assert_eq!(consent.unrecorded(), []);
    drop(consent);
    assert!(!device.open().snapshot().signed_in);
}
