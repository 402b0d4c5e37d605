//! A long outage, seen from the wire: the whole client is asked to sync every simulated minute, with several subjects waiting.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};

use consentkit::{
    client::{Consent, Options, SyncState},
    clock::Clock,
    signal::Platform,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use serde_json::{Value, json};
use support::{Device, answer};

const MINUTE_MS: i64 = 60_000;
const MINUTES_A_DAY: i64 = 24 * 60;
/// Days without a server, one after the other: the breaker draws its jitter from the system, so there is no seed to give.
const DAYS: usize = 5;

#[derive(Default)]
struct Nobody(AtomicUsize);

impl Transport for Nobody {
    fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(TransportError::TimedOut)
    }
}

#[test]
fn a_day_offline_costs_at_most_60_requests_however_often_the_app_asks() {
    let mut days = vec![];
    for _ in 0..DAYS {
        let (device, wire) = (Device::new(Platform::Desktop), Arc::new(Nobody::default()));
        let options = Options { server: Some("https://consent.example".into()), transport: Some(wire.clone()), ..device.options() };
        let consent = Consent::open(options).unwrap();
        answer(&consent, &["cookies.analytics", "marketing.data_use"], &["marketing.sms"]).unwrap();
        consent.sign_in("acct_81").unwrap();
        for _ in 0..MINUTES_A_DAY {
            consent.sync(1_000).unwrap();
            device.clock.advance(MINUTE_MS);
        }
        assert!(consent.snapshot().pending >= 5, "nothing is given up");
        days.push(wire.0.load(Ordering::SeqCst));
    }
    println!("requests in a day offline: mean {}, worst {}", days.iter().sum::<usize>() / DAYS, days.iter().max().unwrap());
    assert!(days.iter().all(|requests| (10..=60).contains(requests)), "{days:?}");
}

/// A clock that stands at a time, and whose monotonic side goes on with each reading.
struct Standing(i64, AtomicI64);

impl Clock for Standing {
    fn now(&self) -> i64 {
        self.0
    }

    fn monotonic(&self) -> i64 {
        self.1.fetch_add(1, Ordering::SeqCst)
    }

    fn utc_offset(&self) -> i32 {
        0
    }
}

/// Registers the installation, and answers each sync as it is told to.
struct Answering(AtomicUsize, i32);

impl Transport for Answering {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if request.url.ends_with("/v1/installs") {
            return Ok(HttpResponse { status: 200, headers: vec![], body: br#"{"token":"t"}"#.to_vec() });
        }
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(HttpResponse { status: self.1, headers: vec![], body: b"{}".to_vec() })
    }
}

#[test]
fn f_18_at_the_end_of_a_clocks_range_a_server_that_is_down_is_asked_once() {
    for (status, back) in [503, 500, 429, 200, 302, 511].into_iter().flat_map(|status| (0..3).map(move |back| (status, back))) {
        let device = Device::new(Platform::Desktop);
        let wire = Arc::new(Answering(AtomicUsize::new(0), status));
        let options = Options {
            server: Some("https://consent.example".into()),
            transport: Some(wire.clone()),
            clock: Arc::new(Standing(i64::MAX - back, AtomicI64::new(0))),
            ..device.options()
        };
        let consent = Consent::open(options).unwrap();
        answer(&consent, &["cookies.analytics"], &[]).unwrap();
        let report = consent.sync(1_000).unwrap();
        assert_eq!((report.state, wire.0.load(Ordering::SeqCst)), (SyncState::Waiting, 1), "{status}, {back} before the end: {report:?}");
        let again = consent.sync(1_000).unwrap();
        assert_eq!((again.state, wire.0.load(Ordering::SeqCst)), (SyncState::Waiting, 1), "{status}, {back} before the end: {again:?}");
    }
}

/// Registers the installation, tells no states, and finds every change too large. Counts the changes.
struct TooLarge(AtomicUsize);

impl Transport for TooLarge {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let answer = |status, body: Value| Ok(HttpResponse { status, headers: vec![], body: body.to_string().into_bytes() });
        if request.url.ends_with("/v1/installs") {
            return answer(200, json!({ "token": "t" }));
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let changes = body["changes"].as_array().unwrap().len();
        self.0.fetch_add(changes, Ordering::SeqCst);
        let taken = json!({
            "results": [], "states": [], "history": "h1", "cursor": "h1:1", "more": false, "server_time": "2026-11-22T03:00:00Z"
        });
        if changes > 0 { answer(413, json!({})) } else { answer(200, taken) }
    }
}

#[test]
fn f_18_at_the_end_of_a_clocks_range_a_change_that_is_set_aside_rests() {
    for back in 0..3 {
        let device = Device::new(Platform::Desktop);
        let wire = Arc::new(TooLarge(AtomicUsize::new(0)));
        let options = Options {
            server: Some("https://consent.example".into()),
            transport: Some(wire.clone()),
            clock: Arc::new(Standing(i64::MAX - back, AtomicI64::new(0))),
            ..device.options()
        };
        let consent = Consent::open(options).unwrap();
        answer(&consent, &["cookies.analytics"], &[]).unwrap();
        consent.sync(10_000).unwrap();
        assert_eq!(consent.stuck().unwrap().len(), 1, "{back} before the end");
        let sent = wire.0.load(Ordering::SeqCst);
        for _ in 0..3 {
            consent.connectivity_restored().unwrap();
            consent.sync(10_000).unwrap();
        }
        assert_eq!(wire.0.load(Ordering::SeqCst), sent, "{back} before the end");
    }
}
