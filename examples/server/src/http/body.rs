//! Reading requests within bounds.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use consentkit::json::{self, JsonFaultKind};
use serde::de::DeserializeOwned;

use super::Fault;

/// Largest body that is read: four times the largest batch a device sends.
pub const MAX_BODY: usize = 1024 * 1024;

/// Longest time a body may take, so that a caller who drips bytes does not hold a connection for ever.
const BODY_TIME: Duration = Duration::from_secs(30);

/// Most characters of a token.
const MAX_TOKEN: usize = 4096;

/// Reads the whole body, or says why not.
pub async fn bytes(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Fault> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_BODY) {
        return Err(Fault::too_large(MAX_BODY));
    }
    match tokio::time::timeout(BODY_TIME, axum::body::to_bytes(body, MAX_BODY)).await {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        // A body of unknown length breaks off at the limit, or with the connection; then nobody reads the answer.
        Ok(Err(_)) => Err(Fault::too_large(MAX_BODY)),
        Err(_) => Err(Fault::too_slow()),
    }
}

/// Reads strict JSON: bounded depth and width, no key twice.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    let refuse = |pointer: &str, kind: JsonFaultKind| {
        let field = if pointer.is_empty() { "body" } else { pointer };
        Fault::bad("bad_json", field, kind.to_string())
    };
    let value = json::read_value(bytes, MAX_BODY).map_err(|fault| refuse(&fault.pointer, fault.kind))?;
    serde_json::from_value(value).map_err(|_| refuse("", JsonFaultKind::Shape))
}

/// As [`json`], for what people write: a member that nobody knows is refused by its name, since a word misspelt would be a wish ignored.
/// No body at all reads as an object without members.
pub fn strict<T: DeserializeOwned>(bytes: &[u8], known: &[&str]) -> Result<T, Fault> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    let value: serde_json::Value = json(bytes)?;
    if let Some(field) = unknown_member(&value, known) {
        return Err(Fault::bad("unknown_field", &field, "is not known here: see /openapi.json"));
    }
    serde_json::from_value(value).map_err(|_| Fault::bad("bad_json", "body", JsonFaultKind::Shape.to_string()))
}

/// The place of the first member of an object that is not among the known ones.
pub fn unknown_member(value: &serde_json::Value, known: &[&str]) -> Option<String> {
    let other = value.as_object()?.keys().find(|key| !known.contains(&key.as_str()))?;
    let mut place = String::new();
    json::push_key(&mut place, other);
    Some(place)
}

/// The bearer token of a request.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= MAX_TOKEN).then_some(token)
}
