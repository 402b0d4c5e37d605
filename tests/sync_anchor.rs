//! Two servers behind one name: one that holds another ledger under this installation's name.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use consentkit::{
    client::{Consent, Options, SyncState},
    signal::Platform,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use support::{
    Device, answer,
    loopback::{Host, LogIn, PlainTransport},
};

const MEMBER: &str = "acct_81";
const EMAIL: &str = "marketing.email";
const DATA_USE: &str = "marketing.data_use";

/// While it is true, every answer speaks of another ledger, which grows from one to the next.
struct Swapped(AtomicBool, AtomicUsize);

impl Transport for Swapped {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut response = PlainTransport.send(request)?;
        if self.0.load(Ordering::SeqCst)
            && let Ok(mut answer) = serde_json::from_slice::<serde_json::Value>(&response.body)
            && answer["anchor"].is_object()
        {
            answer["anchor"]["hash"] = format!("{:064x}", self.1.fetch_add(1, Ordering::SeqCst)).into();
            response.body = serde_json::to_vec(&answer).unwrap();
        }
        Ok(response)
    }
}

#[test]
fn a_server_with_another_ledger_is_reported_and_changes_no_answer() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let wire = Arc::new(Swapped(AtomicBool::new(false), AtomicUsize::new(1)));
    let consent = Consent::open(Options {
        server: Some(host.url()),
        transport: Some(wire.clone()),
        tokens: Some(Arc::new(LogIn(host.clone()))),
        ..device.options()
    })
    .unwrap();
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, "cookies.analytics"], &[EMAIL]).unwrap();
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.server_lost_data), (SyncState::UpToDate, false), "{report:?}");
    wire.0.store(true, Ordering::SeqCst);
    for told in [true, false, false] {
        let report = consent.sync(10_000).unwrap();
        assert_eq!(report.server_lost_data, told, "said once: {report:?}");
        assert_eq!((report.state, report.pending), (SyncState::UpToDate, 0), "{report:?}");
        assert!(consent.allows(DATA_USE) && consent.allows("cookies.analytics") && !consent.allows(EMAIL));
    }
    wire.0.store(false, Ordering::SeqCst);
    assert!(!consent.sync(10_000).unwrap().server_lost_data, "the right server is known again");
    wire.0.store(true, Ordering::SeqCst);
    assert!(consent.sync(10_000).unwrap().server_lost_data, "and the other one is told again");
    assert!(consent.verify().unwrap().ok);
}
