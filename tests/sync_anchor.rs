//! Two servers behind one name: one that holds another ledger under this installation's name.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use consentkit::transport::{HttpRequest, HttpResponse, Transport, TransportError};
use support::{
    loopback::PlainTransport,
    story::{ANALYTICS, DATA_USE, EMAIL, Phone, phone_and_server_by},
};

/// While it is swapped, every answer speaks of another ledger, which grows from one to the next.
struct Swapped(AtomicBool, AtomicUsize);

impl Swapped {
    fn is(&self, swapped: bool) {
        self.0.store(swapped, Ordering::SeqCst);
    }
}

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

/// A phone whose server knows what it said, and the way to a server with another ledger.
fn phone_with_two_servers() -> (Phone, Arc<Swapped>) {
    let wire = Arc::new(Swapped(AtomicBool::new(false), AtomicUsize::new(1)));
    let (phone, _server) = phone_and_server_by(wire.clone());
    phone.signs_in();
    phone.answers(&[DATA_USE, ANALYTICS], &[EMAIL]);
    assert!(!phone.sends_everything().server_lost_data);
    (phone, wire)
}

#[test]
fn a_server_with_another_ledger_is_reported_once_and_changes_no_answer() {
    let (phone, wire) = phone_with_two_servers();
    wire.is(true);
    for told in [true, false, false] {
        assert_eq!(phone.sends_everything().server_lost_data, told, "said once");
        assert!(phone.allows(DATA_USE) && phone.allows(ANALYTICS) && !phone.allows(EMAIL));
    }
    phone.ledger_is_whole();
}

#[test]
fn the_other_server_is_reported_again_after_the_right_one_answered() {
    let (phone, wire) = phone_with_two_servers();
    wire.is(true);
    phone.syncs();
    wire.is(false);
    assert!(!phone.syncs().server_lost_data, "the right server is known again");
    wire.is(true);
    assert!(phone.syncs().server_lost_data, "and the other one is told again");
    phone.ledger_is_whole();
}
