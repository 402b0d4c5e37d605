//! A way to the server that refuses some requests.

use std::sync::Mutex;

use consentkit::transport::{HttpRequest, HttpResponse, Transport, TransportError};

use super::loopback::PlainTransport;

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
