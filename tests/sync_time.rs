//! How long one sync may take, on a clock that moves only while a request or the app's token provider is at work.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc, Mutex, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use consentkit::{
    client::{Options, SyncReport, TokenProvider},
    sync::reply::Trouble,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use support::{
    FakeClock,
    loopback::PlainTransport,
    story::{ANALYTICS, DATA_USE, Phone, phone_and_server_by, phone_and_server_set_up},
};

/// Carries requests to the server, and takes a time over each.
struct Slow {
    /// The phone's clock, known once the app has started.
    clock: OnceLock<Arc<FakeClock>>,
    takes_ms: i64,
    given_ms: Mutex<Vec<i64>>,
}

impl Transport for Slow {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.given_ms.lock().unwrap().push(request.timeout_ms);
        let clock = self.clock.get().expect("the app runs");
        if self.takes_ms > request.timeout_ms {
            clock.advance(request.timeout_ms);
            return Err(TransportError::TimedOut);
        }
        clock.advance(self.takes_ms);
        PlainTransport.send(request)
    }
}

/// Gives a token, and takes a time over it.
struct SlowTokens {
    clock: Arc<FakeClock>,
    takes_ms: i64,
    log_in: Arc<dyn TokenProvider>,
}

impl TokenProvider for SlowTokens {
    fn token(&self, subject: &str, refresh: bool) -> Option<String> {
        self.clock.advance(self.takes_ms);
        self.log_in.token(subject, refresh)
    }
}

/// A member with answers that wait, on a phone whose requests and tokens take so long.
fn slow_phone(request_ms: i64, token_ms: i64) -> (Phone, Arc<Slow>) {
    let slow = Arc::new(Slow { clock: OnceLock::new(), takes_ms: request_ms, given_ms: Mutex::default() });
    let way = slow.clone();
    let (phone, _server) = phone_and_server_set_up(move |device, options| {
        let clock = device.clock.clone();
        let _ = way.clock.set(clock.clone());
        let log_in = options.tokens.clone();
        let tokens = log_in.map(|log_in| Arc::new(SlowTokens { clock, takes_ms: token_ms, log_in }) as _);
        Options { transport: Some(way.clone()), tokens, ..options }
    });
    phone.signs_in();
    phone.says_yes(&[DATA_USE, ANALYTICS]);
    (phone, slow)
}

impl Slow {
    /// What each request was given so far, in milliseconds.
    fn given(&self) -> Vec<i64> {
        self.given_ms.lock().unwrap().clone()
    }
}

#[track_caller]
fn need_not_wait(phone: &Phone, report: &SyncReport) {
    assert!(report.troubles == [Trouble::Paused] && report.pending > 0, "{report:?}");
    assert!(report.retry_at.is_none_or(|at| at <= phone.now()), "{report:?}");
}

#[test]
fn each_request_is_given_what_is_left_of_the_time() {
    let (phone, slow) = slow_phone(400, 0);
    phone.syncs_within(1_000);
    assert_eq!(slow.given(), [1_000, 600, 200]);
}

#[test]
fn no_request_is_given_more_than_half_a_minute() {
    let (phone, slow) = slow_phone(1, 0);
    phone.syncs_within(600_000);
    let given = slow.given();
    assert!(given.len() > 2 && given.iter().all(|given| *given == 30_000), "{given:?}");
}

#[test]
fn a_request_that_this_syncs_own_end_cut_short_is_not_held_against_a_server_that_answered_before() {
    let (phone, slow) = slow_phone(400, 0);
    let report = phone.syncs_within(1_000);
    assert_eq!(slow.given().last(), Some(&200));
    need_not_wait(&phone, &report);
    phone.sends_everything();
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
    let way = Arc::new(Impatient(AtomicUsize::new(0)));
    let (phone, _server) = phone_and_server_by(way.clone());
    phone.says_yes(&[ANALYTICS]);
    let report = phone.syncs();
    assert_eq!((&report.troubles[..], way.0.load(Ordering::SeqCst)), (&[Trouble::Offline][..], 2), "{report:?}");
}

#[test]
fn a_server_that_answers_nothing_in_all_the_time_there_was_is_left_alone_for_a_while() {
    let (phone, slow) = slow_phone(1_001, 0);
    let report = phone.syncs_within(1_000);
    assert_eq!(report.troubles, [Trouble::Offline]);
    assert!(report.retry_at.is_some_and(|at| at > phone.now()), "{report:?}");
    phone.syncs_within(1_000);
    assert_eq!(slow.given().len(), 1);
}

#[test]
fn time_that_the_token_provider_took_is_not_held_against_the_server() {
    let (phone, slow) = slow_phone(1, 2_000);
    let report = phone.syncs_within(1_000);
    let asked = slow.given().len();
    need_not_wait(&phone, &report);
    phone.sends_everything();
    assert!(slow.given().len() > asked, "the next sync need not wait");
}
