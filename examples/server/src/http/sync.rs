//! What devices call.

use axum::{Json, body::Body, extract::State, http::HeaderMap};
use consentkit::sync::protocol::{InstallRequest, InstallResponse, SyncResponse};

use super::{
    Fault, body,
    request::{Shared, run},
};
use crate::rule;

/// `POST /v1/installs`.
pub async fn install(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Result<Json<InstallResponse>, Fault> {
    let request: InstallRequest = body::json(&body::bytes(&headers, body).await?)?;
    let bearer = body::bearer(&headers).map(str::to_owned);
    let answer = run(&app, move |app| {
        let now = app.now();
        app.store.write(|tx| rule::register(app, tx, &request, bearer.as_deref(), now))
    });
    Ok(Json(answer.await?))
}

/// `POST /v1/sync`.
pub async fn sync(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Result<Json<SyncResponse>, Fault> {
    let bearer = body::bearer(&headers).ok_or_else(Fault::unauthorized)?.to_owned();
    let request: rule::Envelope = body::json(&body::bytes(&headers, body).await?)?;
    let answer = run(&app, move |app| {
        let now = app.now();
        app.store.write(|tx| rule::sync(app, tx, &bearer, &request, now))
    });
    Ok(Json(answer.await?))
}
