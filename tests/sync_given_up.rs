//! A sync that the app gives up says nothing of the server: what was remembered of earlier failures stays as it was, and no new failure is
//! remembered.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{Arc, Mutex};

use consentkit::{
    client::{Consent, Options, SyncReport, SyncState},
    clock::Clock,
    signal::Platform,
    transport::{HttpHeader, HttpRequest, HttpResponse, Transport, TransportError},
};
use support::{Device, answer};

/// What the server answers, where it answers.
#[derive(Clone, Copy)]
enum Server {
    Busy(Option<&'static str>),
    Silent,
}

/// Counts the requests. While the server is silent, the app gives each of them up.
struct Wire(Mutex<(Server, usize)>);

impl Wire {
    fn is(&self, server: Server) {
        self.0.lock().unwrap().0 = server;
    }

    fn requests(&self) -> usize {
        self.0.lock().unwrap().1
    }
}

impl Transport for Wire {
    fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut inside = self.0.lock().unwrap();
        inside.1 += 1;
        match inside.0 {
            Server::Silent => Err(TransportError::GivenUp),
            Server::Busy(retry_after) => {
                let header = |value: &str| HttpHeader { name: "Retry-After".into(), value: value.into() };
                Ok(HttpResponse { status: 503, headers: retry_after.map(header).into_iter().collect(), body: vec![] })
            }
        }
    }
}

fn phone() -> (Device, Arc<Wire>, Consent) {
    let (device, wire) = (Device::new(Platform::Desktop), Arc::new(Wire(Mutex::new((Server::Busy(None), 0)))));
    let options = Options { server: Some("https://consent.example".into()), transport: Some(wire.clone()), ..device.options() };
    let consent = Consent::open(options).unwrap();
    answer(&consent, &["cookies.analytics"], &["marketing.sms"]).unwrap();
    (device, wire, consent)
}

fn wait_ms(device: &Device, report: &SyncReport) -> i64 {
    report.retry_at.unwrap() - device.clock.now()
}

/// Syncs, and waits until the server may be asked again.
fn fails(device: &Device, consent: &Consent) -> i64 {
    let report = consent.sync(1_000).unwrap();
    let wait = wait_ms(device, &report);
    device.clock.advance(wait);
    wait
}

#[test]
fn f_67_a_sync_that_is_given_up_neither_lengthens_nor_forgets_the_pause_of_earlier_failures() {
    let (device, wire, consent) = phone();
    for _ in 0..5 {
        fails(&device, &consent);
    }
    wire.is(Server::Silent);
    for _ in 0..3 {
        let before = wire.requests();
        let report = consent.sync(1_000).unwrap();
        assert_eq!((report.state, wire.requests() - before), (SyncState::Waiting, 1), "{report:?}");
        assert_eq!((report.acknowledged, report.pending), (0, 2), "{report:?}");
    }
    wire.is(Server::Busy(None));
    let sixth = fails(&device, &consent);
    assert!((32_000..=64_000).contains(&sixth), "the pause after a sixth failure was {sixth} ms");
}

#[test]
fn f_67_a_sync_that_is_given_up_leaves_a_pause_that_the_server_named() {
    let (device, wire, consent) = phone();
    wire.is(Server::Busy(Some("600")));
    let report = consent.sync(1_000).unwrap();
    assert_eq!(wait_ms(&device, &report), 600_000);
    wire.is(Server::Silent);
    let before = wire.requests();
    assert_eq!(wait_ms(&device, &consent.sync(1_000).unwrap()), 600_000);
    assert_eq!(wire.requests(), before, "the server is not asked before that");
}

#[test]
fn f_67_a_first_sync_that_is_given_up_holds_the_next_one_back_for_no_moment() {
    let (device, wire, consent) = phone();
    wire.is(Server::Silent);
    let report = consent.sync(1_000).unwrap();
    assert_eq!(wait_ms(&device, &report), 0);
    let before = wire.requests();
    wire.is(Server::Busy(None));
    consent.sync(1_000).unwrap();
    assert!(wire.requests() > before);
}

#[test]
fn f_67_a_log_out_whose_sync_is_given_up_signs_out_all_the_same() {
    let (_device, wire, consent) = phone();
    consent.sign_in("acct_81").unwrap();
    wire.is(Server::Silent);
    let report = consent.sign_out_within(1_000).unwrap();
    assert!(!consent.snapshot().signed_in && !report.waiting.is_empty());
}
