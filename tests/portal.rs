//! Something answers in the server's place: the log-in page of a hotel's network, a company's proxy. It is told from a wrong address.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{Arc, Mutex};

use consentkit::{
    client::{Consent, Options, SyncReport, SyncState},
    signal::Platform,
    sync::reply::Trouble,
    transport::{HttpHeader, HttpRequest, HttpResponse, Transport, TransportError},
};
use support::{
    Device, NOON, answer,
    loopback::{Host, LogIn, PlainTransport},
};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const MEMBER: &str = "acct_81";
const DATA_USE: &str = "marketing.data_use";

/// While something is set, it answers in the server's place.
#[derive(Default)]
struct Between(Mutex<Option<(i32, &'static str)>>);

impl Transport for Between {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        match *self.0.lock().unwrap() {
            None => PlainTransport.send(request),
            Some((status, body)) => {
                let location = HttpHeader { name: "Location".into(), value: "http://hotel.example/login".into() };
                Ok(HttpResponse { status, headers: vec![location], body: body.as_bytes().to_vec() })
            }
        }
    }
}

const PAGE: &str = "<!doctype html><html><title>Welcome</title><form action=login></form></html>";

const IN_ITS_PLACE: [(i32, &str); 14] = [
    (200, PAGE),
    (200, ""),
    (204, ""),
    (301, ""),
    (302, ""),
    (303, PAGE),
    (307, PAGE),
    (308, ""),
    (404, PAGE),
    (404, r#"{"message":"no route matched"}"#),
    (405, ""),
    (410, PAGE),
    (451, PAGE),
    (511, PAGE),
];

fn open(device: &Device, host: &Arc<Host>, wire: &Arc<Between>) -> Consent {
    let tokens = Some(Arc::new(LogIn(host.clone())) as Arc<dyn consentkit::client::TokenProvider>);
    Consent::open(Options { server: Some(host.url()), transport: Some(wire.clone()), tokens, ..device.options() }).unwrap()
}

fn waits_ms(report: &SyncReport, now: i64) -> i64 {
    report.retry_at.unwrap() - now
}

#[test]
fn f_50_a_portal_before_a_server_that_answered_before_costs_minutes_and_no_change() {
    for (status, body) in IN_ITS_PLACE {
        let device = Device::new(Platform::Desktop);
        let host = Host::start(device.clock.clone());
        let wire = Arc::new(Between::default());
        let consent = open(&device, &host, &wire);
        consent.sign_in(MEMBER).unwrap();
        answer(&consent, &[DATA_USE], &[]).unwrap();
        assert_eq!(consent.sync(10_000).unwrap().state, SyncState::UpToDate);
        // The app starts anew, in a hotel.
        drop(consent);
        let consent = open(&device, &host, &wire);
        consent.withdraw(&[DATA_USE]).unwrap();
        *wire.0.lock().unwrap() = Some((status, body));
        let mut now = NOON;
        for attempt in 0..30 {
            let report = consent.sync(10_000).unwrap();
            assert_eq!(
                (report.troubles.as_slice(), report.state),
                ([Trouble::Portal { status }].as_slice(), SyncState::Waiting),
                "{status}"
            );
            assert_eq!(report.troubles[0].code(), "portal");
            assert!((1..=5 * MINUTE).contains(&waits_ms(&report, now)), "{status}, attempt {attempt}: {report:?}");
            assert_eq!((report.pending, report.stuck), (1, 0), "{status}");
            device.clock.advance(waits_ms(&report, now));
            now = report.retry_at.unwrap();
        }
        *wire.0.lock().unwrap() = None;
        let report = consent.sync(10_000).unwrap();
        assert_eq!((report.state, report.pending), (SyncState::UpToDate, 0), "{status}");
        assert_eq!(host.status(MEMBER, DATA_USE), "withdrawn", "{status}");
    }
}

#[test]
fn f_50_a_portal_at_the_first_start_costs_no_day() {
    for (status, body) in IN_ITS_PLACE {
        let device = Device::new(Platform::Desktop);
        let host = Host::start(device.clock.clone());
        let wire = Arc::new(Between::default());
        *wire.0.lock().unwrap() = Some((status, body));
        let consent = open(&device, &host, &wire);
        answer(&consent, &[], &[DATA_USE]).unwrap();
        let report = consent.sync(10_000).unwrap();
        assert_eq!((report.state, report.pending), (SyncState::Waiting, 1), "{status}");
        assert!((1..=HOUR).contains(&waits_ms(&report, NOON)), "{status}: {report:?}");
        device.clock.advance(waits_ms(&report, NOON));
        *wire.0.lock().unwrap() = None;
        assert_eq!(consent.sync(10_000).unwrap().pending, 0, "{status}");
    }
}

#[test]
fn an_address_that_never_answers_rightly_is_asked_ever_less_often_down_to_daily() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let wire = Arc::new(Between::default());
    *wire.0.lock().unwrap() = Some((404, PAGE));
    let consent = open(&device, &host, &wire);
    answer(&consent, &[], &[DATA_USE]).unwrap();
    let mut waited = vec![];
    for _ in 0..7 {
        let report = consent.sync(10_000).unwrap();
        assert_eq!(report.troubles, [Trouble::Configuration { status: 404 }]);
        let wait = waits_ms(&report, NOON + waited.iter().sum::<i64>());
        device.clock.advance(wait);
        waited.push(wait);
    }
    assert_eq!(waited, [1, 2, 4, 8, 16, 24, 24].map(|hours| hours * HOUR));
}

#[test]
fn another_address_than_the_one_that_answered_may_be_wrong() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let wire = Arc::new(Between::default());
    let consent = open(&device, &host, &wire);
    answer(&consent, &[], &[DATA_USE]).unwrap();
    assert_eq!(consent.sync(10_000).unwrap().pending, 0);
    drop(consent);
    *wire.0.lock().unwrap() = Some((404, PAGE));
    let moved = Options { server: Some("https://consent.example/typo".into()), transport: Some(wire.clone()), ..device.options() };
    let consent = Consent::open(moved).unwrap();
    assert_eq!(consent.sync(10_000).unwrap().troubles, [Trouble::Configuration { status: 404 }]);
}

/// A gateway that refuses one change by its content says so with a page of its own: the others still go, as before.
#[test]
fn a_gateway_that_refuses_one_change_holds_back_no_other() {
    struct Gateway(Mutex<bool>);
    impl Transport for Gateway {
        fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
            let refused = String::from_utf8_lossy(&request.body).contains("marketing.email");
            if refused && *self.0.lock().unwrap() {
                return Ok(HttpResponse { status: 400, headers: vec![], body: PAGE.as_bytes().to_vec() });
            }
            PlainTransport.send(request)
        }
    }
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let wire = Arc::new(Gateway(Mutex::new(false)));
    let tokens = Some(Arc::new(LogIn(host.clone())) as Arc<dyn consentkit::client::TokenProvider>);
    let options = Options { server: Some(host.url()), transport: Some(wire.clone()), tokens, ..device.options() };
    let consent = Consent::open(options).unwrap();
    consent.sign_in(MEMBER).unwrap();
    assert_eq!(consent.sync(10_000).unwrap().state, SyncState::UpToDate);
    *wire.0.lock().unwrap() = true;
    answer(&consent, &[], &["marketing.email", "marketing.sms", DATA_USE]).unwrap();
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.pending, report.stuck), (1, 1), "{report:?}");
    assert_eq!((host.status(MEMBER, "marketing.sms"), host.status(MEMBER, DATA_USE)), ("refused".into(), "refused".into()));
}
