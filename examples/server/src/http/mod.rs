//! The endpoints: each reads its request, runs one transaction off the runtime's threads, and writes the answer.

pub(crate) mod body;
mod fault;
mod policy;
mod subject;
mod sync;

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderMap, header},
    response::IntoResponse,
    routing::{get, post},
};

pub use self::fault::Fault;
use crate::{key, policies::Policies, start::Clock, store::Store};

/// What every request works with.
pub struct App {
    /// The database.
    pub store: Store,
    /// The policies in force.
    pub policies: Policies,
    /// The time.
    pub clock: Clock,
    /// Opens the operator's endpoints.
    pub operator_key: String,
    /// Makes the account tokens.
    pub secret: Vec<u8>,
}

type Shared = Arc<App>;

impl App {
    /// Unix milliseconds.
    pub fn now(&self) -> i64 {
        (self.clock)()
    }

    fn only_operator(&self, headers: &HeaderMap) -> Result<(), Fault> {
        match body::bearer(headers) {
            Some(token) if key::same(token, &self.operator_key) => Ok(()),
            _ => Err(Fault::unauthorized()),
        }
    }
}

/// Runs a request's work on a thread that may wait for the disk.
async fn run<T: Send + 'static>(app: &Shared, work: impl FnOnce(&App) -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    let app = Arc::clone(app);
    tokio::task::spawn_blocking(move || work(&app)).await.unwrap_or_else(|_| Err(Fault::unavailable()))
}

/// All endpoints.
pub fn router(app: Shared) -> Router {
    Router::new()
        .route("/v1/installs", post(sync::install))
        .route("/v1/sync", post(sync::sync))
        .route("/v1/policies/{id}", get(policy::newest))
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
