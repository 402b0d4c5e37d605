//! The endpoints by their addresses. Each reads its request, runs one transaction on a thread that may wait, and writes the answer.

pub(crate) mod body;
mod fault;
mod policy;
mod request;
mod subject;
mod sync;

use axum::{
    Router,
    http::header,
    response::IntoResponse,
    routing::{get, post},
};

pub use self::fault::Fault;
use self::request::Shared;

/// All endpoints.
pub fn router(app: Shared) -> Router {
    Router::new()
        .route("/v1/installs", post(sync::install))
        .route("/v1/sync", post(sync::sync))
        .route("/v1/policies/{id}", get(policy::policy))
        .route("/v1/subjects/{id}", get(subject::view))
        .route("/v1/subjects/{id}/changes", post(subject::change))
        .route("/v1/subjects/{id}/may-send", get(subject::may_send))
        .route("/v1/subjects/{id}/token", post(subject::token))
        .route("/healthz", get(policy::healthy))
        .route("/readyz", get(policy::ready))
        .route("/openapi.json", get(openapi))
        .method_not_allowed_fallback(|| async { Fault::method() })
        .fallback(|| async { Fault::not_found("no_such_address", "path", "there is nothing here: see /openapi.json") })
        .with_state(app)
}

async fn openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], include_str!("openapi.json"))
}
