//! The line to the server, for as long as one sync may take.

use crate::{
    clock::Clock,
    sync::{
        protocol::MAX_RESPONSE_BYTES,
        reply::{Reply, Verdict},
    },
    transport::{HttpHeader, HttpRequest, HttpResponse, Transport, TransportError},
};

/// Most one exchange may take, from connecting to the last byte (PROTOCOL, Bounds).
const EXCHANGE_TIMEOUT_MS: i64 = 30_000;

/// What a transport answered.
type Answer = Result<HttpResponse, TransportError>;

/// Where requests go, and until when.
pub(super) struct Line<'a> {
    pub server: &'a str,
    pub transport: &'a dyn Transport,
    pub clock: &'a dyn Clock,
    /// On the monotonic clock, milliseconds: no request begins later, and each is given what is left at most.
    pub deadline_ms: i64,
}

impl Line<'_> {
    pub(super) fn post(&self, path: &str, token: Option<&[u8]>, body: Vec<u8>) -> Answer {
        self.send("POST", path, token, body)
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, Vec::new())
    }

    /// True where the time is up.
    pub(super) fn is_over(&self) -> bool {
        self.left_ms() <= 0
    }

    fn left_ms(&self) -> i64 {
        self.deadline_ms.saturating_sub(self.clock.monotonic())
    }

    fn send(&self, method: &str, path: &str, token: Option<&[u8]>, body: Vec<u8>) -> Answer {
        if self.is_over() {
            return Err(TransportError::TimedOut);
        }
        let mut headers = vec![
            HttpHeader { name: "Accept".into(), value: "application/json".into() },
            HttpHeader { name: "Content-Type".into(), value: "application/json".into() },
        ];
        if let Some(token) = token {
            headers.push(HttpHeader { name: "Authorization".into(), value: format!("Bearer {}", String::from_utf8_lossy(token)) });
        }
        self.transport.send(HttpRequest {
            method: method.into(),
            url: format!("{}{path}", self.server.trim_end_matches('/')),
            headers,
            body,
            timeout_ms: self.left_ms().min(EXCHANGE_TIMEOUT_MS),
            max_response_bytes: i64::try_from(MAX_RESPONSE_BYTES).unwrap_or(i64::MAX),
        })
    }
}

/// Hands the answer to what judges it.
pub(super) fn judged(answer: &Answer, judge: impl FnOnce(Reply<'_>) -> Verdict) -> Verdict {
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
