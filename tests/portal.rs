//! Something answers in the server's place: the log-in page of a hotel's network, a company's proxy. It is told from a wrong address.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use consentkit::{
    client::{Options, SyncReport, SyncState},
    sync::reply::Trouble,
    transport::{HttpHeader, HttpRequest, HttpResponse, Transport, TransportError},
};
use support::{
    loopback::PlainTransport,
    story::{DATA_USE, EMAIL, HOUR, SMS, phone_and_server_by, phone_and_server_set_up},
};

const MINUTE: i64 = 60_000;

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

impl Between {
    /// From here on this answers in the server's place.
    fn stands(&self, status: i32, body: &'static str) {
        *self.0.lock().unwrap() = Some((status, body));
    }

    /// From here on the server answers itself.
    fn goes_away(&self) {
        *self.0.lock().unwrap() = None;
    }
}

fn waits_ms(report: &SyncReport, now: i64) -> i64 {
    report.retry_at.unwrap() - now
}

#[test]
fn f_50_a_portal_before_a_server_that_answered_before_costs_minutes_and_no_change() {
    for (status, body) in IN_ITS_PLACE {
        let portal = Arc::new(Between::default());
        let (mut phone, server) = phone_and_server_by(portal.clone());
        phone.signs_in();
        phone.says_yes(&[DATA_USE]);
        assert_eq!(phone.syncs().state, SyncState::UpToDate);
        // The app starts anew, in a hotel.
        phone.is_killed_and_starts_again();
        phone.withdraws(DATA_USE);
        portal.stands(status, body);
        for attempt in 0..30 {
            let report = phone.syncs();
            assert_eq!((&report.troubles[..], report.state), (&[Trouble::Portal { status }][..], SyncState::Waiting), "{status}");
            assert_eq!(report.troubles[0].code(), "portal");
            let wait = waits_ms(&report, phone.now());
            assert!((1..=5 * MINUTE).contains(&wait), "{status}, attempt {attempt}: {report:?}");
            assert_eq!((report.pending, report.stuck), (1, 0), "{status}");
            phone.waits(wait);
        }
        portal.goes_away();
        phone.sends_everything();
        server.holds(DATA_USE, "withdrawn");
    }
}

#[test]
fn f_50_a_portal_at_the_first_start_costs_no_day() {
    for (status, body) in IN_ITS_PLACE {
        let portal = Arc::new(Between::default());
        portal.stands(status, body);
        let (phone, _server) = phone_and_server_by(portal.clone());
        phone.says_no(&[DATA_USE]);
        let report = phone.syncs();
        assert_eq!((report.state, report.pending), (SyncState::Waiting, 1), "{status}");
        let wait = waits_ms(&report, phone.now());
        assert!((1..=HOUR).contains(&wait), "{status}: {report:?}");
        phone.waits(wait);
        portal.goes_away();
        assert_eq!(phone.syncs().pending, 0, "{status}");
    }
}

#[test]
fn an_address_that_never_answers_rightly_is_asked_ever_less_often_down_to_daily() {
    let wrong = Arc::new(Between::default());
    wrong.stands(404, PAGE);
    let (phone, _server) = phone_and_server_by(wrong);
    phone.says_no(&[DATA_USE]);
    let mut waited = vec![];
    for _ in 0..7 {
        let report = phone.syncs();
        assert_eq!(report.troubles, [Trouble::Configuration { status: 404 }]);
        waited.push(waits_ms(&report, phone.now()));
        phone.waits(waited[waited.len() - 1]);
    }
    assert_eq!(waited, [1, 2, 4, 8, 16, 24, 24].map(|hours| hours * HOUR));
}

#[test]
fn another_address_than_the_one_that_answered_may_be_wrong() {
    let wire = Arc::new(Between::default());
    let moved = Arc::new(AtomicBool::new(false));
    let (transport, to_another) = (wire.clone(), moved.clone());
    let (mut phone, _server) = phone_and_server_set_up(move |_, options| {
        let typo = to_another.load(Ordering::SeqCst).then(|| "https://consent.example/typo".to_owned());
        Options { transport: Some(transport.clone()), server: typo.or(options.server), tokens: None, ..options }
    });
    phone.says_no(&[DATA_USE]);
    assert_eq!(phone.syncs().pending, 0);
    wire.stands(404, PAGE);
    moved.store(true, Ordering::SeqCst);
    phone.is_killed_and_starts_again();
    assert_eq!(phone.syncs().troubles, [Trouble::Configuration { status: 404 }]);
}

/// Refuses whatever holds a word with a page of its own, while it is told to.
struct Gateway(AtomicBool);

impl Transport for Gateway {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let refused = String::from_utf8_lossy(&request.body).contains(EMAIL);
        if refused && self.0.load(Ordering::SeqCst) {
            return Ok(HttpResponse { status: 400, headers: vec![], body: PAGE.as_bytes().to_vec() });
        }
        PlainTransport.send(request)
    }
}

/// A gateway that refuses one change by its content says so with a page of its own: the others still go, as before.
#[test]
fn a_gateway_that_refuses_one_change_holds_back_no_other() {
    let gateway = Arc::new(Gateway(AtomicBool::new(false)));
    let (phone, server) = phone_and_server_by(gateway.clone());
    phone.signs_in();
    assert_eq!(phone.syncs().state, SyncState::UpToDate);
    gateway.0.store(true, Ordering::SeqCst);
    phone.says_no(&[EMAIL, SMS, DATA_USE]);
    let report = phone.syncs();
    assert_eq!((report.pending, report.stuck), (1, 1), "{report:?}");
    server.holds(SMS, "refused");
    server.holds(DATA_USE, "refused");
}
