//! A request, its answer, and the trait of whoever carries them: the host, or the transport that this build brings along.

/// One header of a request or an answer.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpHeader {
    /// Name, in any case.
    pub name: String,
    /// Value.
    pub value: String,
}

/// A request to carry. It has no `Debug`, because it holds a token and what a person said.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpRequest {
    /// `GET` or `POST`.
    pub method: String,
    /// Absolute URL on the server given at open.
    pub url: String,
    /// Headers, `Authorization` among them.
    pub headers: Vec<HttpHeader>,
    /// Body. It is empty for `GET`.
    pub body: Vec<u8>,
    /// How many milliseconds the whole exchange may take.
    pub timeout_ms: i64,
    /// Most bytes of the decoded body that may be read. Stop reading there and answer `TooLarge`.
    pub max_response_bytes: i64,
}

/// An answer, whatever its status. A redirect is an answer, too, and is never followed.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpResponse {
    /// Status code, 100 to 699.
    pub status: i32,
    /// Headers.
    pub headers: Vec<HttpHeader>,
    /// Decoded body.
    pub body: Vec<u8>,
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TransportError {
    /// There was no connection, or it broke. What the server did is not known.
    #[error("reach the server: {reason}")]
    Unreachable {
        /// What happened, without the address.
        reason: String,
    },
    /// No answer came in time. What the server did is not known.
    #[error("get an answer in time")]
    TimedOut,
    /// The answer is larger than was allowed.
    #[error("read the answer: larger than allowed")]
    TooLarge,
    /// The connection may not be used: it has no TLS, a bad certificate or a bad address.
    #[error("use the connection: {reason}")]
    Refused {
        /// Why, without the address.
        reason: String,
    },
    /// Whoever asked for this sync no longer waits for it: a screen was closed, or the app ended. What the server did is not known, and
    /// nothing follows from it about the server, so the sync ends there and the time of the next request stays what it was.
    #[error("wait for an answer: the app gave the sync up")]
    GivenUp,
}

/// Carries requests. It is called from the thread that called `sync`, and for one database never twice at a time.
pub trait Transport: Send + Sync {
    /// Sends the request and waits for the answer, at most `timeout_ms`.
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError>;
}
