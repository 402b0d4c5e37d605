//! How long one sync may take, on a clock that moves only while a request or the app's token provider is at work.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use consentkit::{
    client::{Consent, Options, SyncState, TokenProvider},
    clock::Clock,
    signal::Platform,
    sync::reply::Trouble,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use support::{
    Device, FakeClock, answer,
    loopback::{Host, LogIn, PlainTransport},
};

const MEMBER: &str = "acct_81";

/// Carries requests to the server, and takes a time over each.
struct Slow {
    clock: Arc<FakeClock>,
    takes_ms: i64,
    given_ms: Mutex<Vec<i64>>,
}

impl Transport for Slow {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.given_ms.lock().unwrap().push(request.timeout_ms);
        if self.takes_ms > request.timeout_ms {
            self.clock.advance(request.timeout_ms);
            return Err(TransportError::TimedOut);
        }
        self.clock.advance(self.takes_ms);
        PlainTransport.send(request)
    }
}

/// Gives a token, and takes a time over it.
struct SlowTokens {
    clock: Arc<FakeClock>,
    takes_ms: i64,
    log_in: LogIn,
}

impl TokenProvider for SlowTokens {
    fn token(&self, subject: &str, refresh: bool) -> Option<String> {
        self.clock.advance(self.takes_ms);
        self.log_in.token(subject, refresh)
    }
}

fn open(device: &Device, request_ms: i64, token_ms: i64) -> (Consent, Arc<Slow>) {
    let clock = device.clock.clone();
    let host = Host::start(clock.clone());
    let slow = Arc::new(Slow { clock: clock.clone(), takes_ms: request_ms, given_ms: Mutex::default() });
    let tokens = SlowTokens { clock, takes_ms: token_ms, log_in: LogIn(host.clone()) };
    let options = Options { server: Some(host.url()), transport: Some(slow.clone()), tokens: Some(Arc::new(tokens)), ..device.options() };
    let consent = Consent::open(options).unwrap();
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &["marketing.data_use", "cookies.analytics"], &[]).unwrap();
    (consent, slow)
}

#[test]
fn each_request_is_given_what_is_left_of_the_time() {
    let device = Device::new(Platform::Desktop);
    let (consent, slow) = open(&device, 400, 0);
    consent.sync(1_000).unwrap();
    assert_eq!(*slow.given_ms.lock().unwrap(), [1_000, 600, 200]);
}

#[test]
fn no_request_is_given_more_than_half_a_minute() {
    let device = Device::new(Platform::Desktop);
    let (consent, slow) = open(&device, 1, 0);
    consent.sync(600_000).unwrap();
    let given = slow.given_ms.lock().unwrap();
    assert!(given.len() > 2 && given.iter().all(|given| *given == 30_000), "{given:?}");
}

#[test]
fn a_request_that_this_syncs_own_end_cut_short_is_not_held_against_a_server_that_answered_before() {
    let device = Device::new(Platform::Desktop);
    let (consent, slow) = open(&device, 400, 0);
    let report = consent.sync(1_000).unwrap();
    assert_eq!(slow.given_ms.lock().unwrap().last(), Some(&200));
    assert!(report.troubles == [Trouble::Paused] && report.pending > 0, "{report:?}");
    assert!(report.retry_at.is_none_or(|at| at <= device.clock.now()), "{report:?}");
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.pending), (SyncState::UpToDate, 0), "{report:?}");
}

/// Answers the first request, and then says of each that its time is up, when it is not.
struct Impatient(AtomicUsize);

impl Transport for Impatient {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if self.0.fetch_add(1, Ordering::SeqCst) == 0 { PlainTransport.send(request) } else { Err(TransportError::TimedOut) }
    }
}

#[test]
fn a_time_out_of_the_transports_own_is_a_failure_and_is_not_repeated_at_once() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let wire = Arc::new(Impatient(AtomicUsize::new(0)));
    let consent = Consent::open(Options { server: Some(host.url()), transport: Some(wire.clone()), ..device.options() }).unwrap();
    answer(&consent, &["cookies.analytics"], &[]).unwrap();
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.troubles.as_slice(), wire.0.load(Ordering::SeqCst)), (&[Trouble::Offline][..], 2), "{report:?}");
}

#[test]
fn a_server_that_answers_nothing_in_all_the_time_there_was_is_left_alone_for_a_while() {
    let device = Device::new(Platform::Desktop);
    let (consent, slow) = open(&device, 1_001, 0);
    let report = consent.sync(1_000).unwrap();
    assert_eq!(report.troubles, [Trouble::Offline]);
    assert!(report.retry_at.is_some_and(|at| at > device.clock.now()), "{report:?}");
    consent.sync(1_000).unwrap();
    assert_eq!(slow.given_ms.lock().unwrap().len(), 1);
}

#[test]
fn time_that_the_token_provider_took_is_not_held_against_the_server() {
    let device = Device::new(Platform::Desktop);
    let (consent, slow) = open(&device, 1, 2_000);
    let report = consent.sync(1_000).unwrap();
    let asked = slow.given_ms.lock().unwrap().len();
    assert!(report.troubles == [Trouble::Paused] && report.pending > 0, "{report:?}");
    assert!(report.retry_at.is_none_or(|at| at <= device.clock.now()), "{report:?}");
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.pending), (SyncState::UpToDate, 0), "{report:?}");
    assert!(slow.given_ms.lock().unwrap().len() > asked, "the next sync need not wait");
}
