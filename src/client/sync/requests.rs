//! Requests to the server, for as long as one sync may take.

use std::cell::Cell;

use serde::Serialize;

use crate::{
    client::host::asked,
    clock::Clock,
    error::{Error, Result},
    sync::{
        protocol::MAX_RESPONSE_BYTES,
        reply::{Reply, Verdict},
    },
    transport::{HttpHeader, HttpRequest, HttpResponse, Transport, TransportError},
};

/// Most milliseconds that one exchange with the server may take, from connecting to the last byte of the answer.
const EXCHANGE_TIMEOUT_MS: i64 = 30_000;

/// What a transport answered.
type Answer = std::result::Result<HttpResponse, TransportError>;

/// Sends requests to one server, until the time of one sync is over.
pub struct Requests<'a> {
    pub server: &'a str,
    pub transport: &'a dyn Transport,
    pub clock: &'a dyn Clock,
    /// When the time is over, on the monotonic clock in milliseconds. No request begins later, and none is given more than what is left.
    pub deadline_ms: i64,
    /// True once the server answered in this sync.
    pub answered: Cell<bool>,
    /// True once the transport said that nobody waits for this sync any longer. No request begins after that.
    pub given_up: Cell<bool>,
}

impl Requests<'_> {
    /// Sends a body and gives the answer. `None` says that the app gave this sync up, or that its time ran out after the server had
    /// answered before. Neither says anything of the server. Where the first request already took all the time there was, that is a
    /// failure like any other.
    pub fn post(&self, path: &str, token: Option<&[u8]>, body: Vec<u8>) -> Option<Answer> {
        self.send("POST", path, token, body)
    }

    /// Asks for what is there, and answers as `post` does.
    pub fn get(&self, path: &str) -> Option<Answer> {
        self.send("GET", path, None, Vec::new())
    }

    fn left_ms(&self) -> i64 {
        self.deadline_ms.saturating_sub(self.clock.monotonic())
    }

    fn send(&self, method: &str, path: &str, token: Option<&[u8]>, body: Vec<u8>) -> Option<Answer> {
        let left_ms = self.left_ms();
        if left_ms <= 0 || self.given_up.get() {
            return None;
        }
        let mut headers = vec![
            HttpHeader { name: "Accept".into(), value: "application/json".into() },
            HttpHeader { name: "Content-Type".into(), value: "application/json".into() },
        ];
        if let Some(token) = token {
            headers.push(HttpHeader { name: "Authorization".into(), value: format!("Bearer {}", String::from_utf8_lossy(token)) });
        }
        let request = HttpRequest {
            method: method.into(),
            url: format!("{}{path}", self.server.trim_end_matches('/')),
            headers,
            body,
            timeout_ms: left_ms.min(EXCHANGE_TIMEOUT_MS),
            max_response_bytes: i64::try_from(MAX_RESPONSE_BYTES).unwrap_or(i64::MAX),
        };
        let answer = asked(|| self.transport.send(request));
        let answer = answer.unwrap_or_else(|| Err(TransportError::Unreachable { reason: "the transport failed".into() }));
        if matches!(answer, Err(TransportError::GivenUp)) {
            self.given_up.set(true);
            return None;
        }
        // The clock decides and not the transport's word: a transport with a shorter time-out of its own would be asked again at once, and
        // for ever.
        if matches!(answer, Err(TransportError::TimedOut)) && self.left_ms() <= 0 && self.answered.get() {
            return None;
        }
        self.answered.set(self.answered.get() || answer.is_ok());
        Some(answer)
    }
}

/// Hands the answer to what judges it.
pub fn judged(answer: &Answer, judge: impl FnOnce(Reply<'_>) -> Verdict) -> Verdict {
    match answer {
        Err(TransportError::TooLarge) => judge(Reply::TooLarge),
        Err(_) => judge(Reply::Failed),
        Ok(response) => {
            let header = |name: &str| {
                response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.as_str())
            };
            judge(Reply::Http { status: response.status, retry_after: header("retry-after"), date: header("date"), body: &response.body })
        }
    }
}

/// The bytes of a request's body.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|_| Error::Damaged { reason: "a request cannot be written".into() })
}
