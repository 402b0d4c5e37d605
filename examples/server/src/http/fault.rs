//! What goes wrong, as the caller reads it.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::key::NoRandom;

/// A request that was not done. It names the field and the fault and repeats nothing that was sent.
#[derive(Debug)]
pub struct Fault {
    status: StatusCode,
    code: &'static str,
    field: String,
    what: String,
}

impl Fault {
    fn new(status: StatusCode, code: &'static str, field: &str, what: impl Into<String>) -> Self {
        Self { status, code, field: field.to_owned(), what: what.into() }
    }

    /// The request cannot be read, or asks for something that cannot be.
    pub fn bad(code: &'static str, field: &str, what: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, field, what)
    }

    /// The name of an installation that cannot be one.
    pub fn bad_install() -> Self {
        Self::bad("bad_install", "install", "needs 1 to 64 letters, digits, dots, dashes and underscores, and may not be \"server\"")
    }

    /// Nobody known asks.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "authorization", "needs a valid bearer token")
    }

    /// Somebody known asks for what is not theirs.
    pub fn forbidden(code: &'static str, what: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, "authorization", what)
    }

    /// There is no such thing.
    pub fn not_found(code: &'static str, field: &str, what: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, field, what)
    }

    /// The address takes another method.
    pub fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "method", "this address takes another method: see /openapi.json")
    }

    /// It is there already, under another key.
    pub fn conflict(code: &'static str, field: &str, what: &'static str) -> Self {
        Self::new(StatusCode::CONFLICT, code, field, what)
    }

    /// The body is larger than is read.
    pub fn too_large(most: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "body", format!("larger than {most} bytes"))
    }

    /// The body did not come in time.
    pub fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "body", "did not arrive in time")
    }

    /// The server cannot do it now; nothing was changed.
    pub fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "", "try again later: nothing was changed")
    }

    /// What is stored cannot be read.
    pub fn damaged() -> Self {
        eprintln!("consentkit-server: a stored value cannot be read");
        Self::unavailable()
    }
}

impl From<rusqlite::Error> for Fault {
    // SQLite's own text may quote a value, so only its code is logged.
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(code) => eprintln!("consentkit-server: database: {code:?}"),
            None => eprintln!("consentkit-server: database: a value of an unexpected type"),
        }
        Self::unavailable()
    }
}

impl From<NoRandom> for Fault {
    fn from(error: NoRandom) -> Self {
        eprintln!("consentkit-server: {error}");
        Self::unavailable()
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": { "code": self.code, "field": self.field, "what": self.what } }));
        let mut response = (self.status, body).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
