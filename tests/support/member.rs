//! A member of the company on a phone that synchronises with the server, and a way to that server that refuses some requests.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::{Arc, Mutex};

use consentkit::{
    client::{Consent, Options},
    signal::Platform,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};

use crate::support::{
    Device, answer,
    loopback::{Host, LogIn, PlainTransport},
};

pub const MEMBER: &str = "acct_81";
pub const EMAIL: &str = "marketing.email";
pub const DATA_USE: &str = "marketing.data_use";
pub const HOUR: i64 = 3_600_000;

/// Carries requests. A request that holds the refused word gets a status of its own instead of the server's answer.
#[derive(Default)]
pub struct Faulty {
    refused: Mutex<Option<(&'static str, i32)>>,
}

impl Faulty {
    /// From here on a request with this word gets this status.
    pub fn refuse(&self, word: &'static str, status: i32) {
        *self.refused.lock().unwrap() = Some((word, status));
    }

    /// From here on every request reaches the server.
    pub fn refuse_nothing(&self) {
        *self.refused.lock().unwrap() = None;
    }
}

impl Transport for Faulty {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let refused = *self.refused.lock().unwrap();
        let body = String::from_utf8_lossy(&request.body).into_owned();
        match refused {
            Some((word, status)) if body.contains(word) => Ok(HttpResponse { status, headers: vec![], body: b"{}".to_vec() }),
            _ => PlainTransport.send(request),
        }
    }
}

pub fn open_with(device: &Device, host: &Arc<Host>, transport: Arc<dyn Transport>) -> Consent {
    let tokens = Some(Arc::new(LogIn(host.clone())) as _);
    Consent::open(Options { server: Some(host.url()), transport: Some(transport), tokens, ..device.options() }).unwrap()
}

pub fn open(device: &Device, host: &Arc<Host>) -> Consent {
    open_with(device, host, Arc::new(PlainTransport))
}

/// A phone and a server with one clock. The member is signed in, has agreed to the use of data, and the server knows it.
pub fn phone_of_a_member(transport: Arc<dyn Transport>) -> (Device, Arc<Host>, Consent) {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open_with(&device, &host, transport);
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE], &[]).unwrap();
    consent.sync(10_000).unwrap();
    (device, host, consent)
}

/// The codes of the reasons why a purpose is not allowed.
pub fn codes(consent: &Consent, purpose: &str) -> Vec<String> {
    consent.explain(purpose).reasons.iter().map(|reason| reason.code()).collect()
}
