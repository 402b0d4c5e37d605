//! What every endpoint does with a request: it asks who calls, and works on a thread that may wait for the disk.

use std::sync::Arc;

use axum::http::HeaderMap;

use super::{Fault, body};
use crate::{app::App, key};

/// What every request works with, shared by all of them.
pub(super) type Shared = Arc<App>;

/// Lets nobody on but the operator.
pub(super) fn only_operator(app: &App, headers: &HeaderMap) -> Result<(), Fault> {
    match body::bearer(headers) {
        Some(token) if key::same(token, &app.operator_key) => Ok(()),
        _ => Err(Fault::unauthorized()),
    }
}

/// Runs a request's work on a thread that may wait for the disk.
pub(super) async fn run<T: Send + 'static>(app: &Shared, work: impl FnOnce(&App) -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    let app = Arc::clone(app);
    tokio::task::spawn_blocking(move || work(&app)).await.unwrap_or_else(|_| Err(Fault::unavailable()))
}
