//! Policies, and whether the server works.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    Fault,
    request::{Shared, run},
};

/// `GET /v1/policies/{id}`: the newest edition, to anybody.
pub async fn newest(State(app): State<Shared>, path: Result<Path<String>, PathRejection>, headers: HeaderMap) -> Result<Response, Fault> {
    let unknown = || Fault::not_found("unknown_policy", "id", "there is no such policy");
    let Path(id) = path.map_err(|_| unknown())?;
    let published = app.policies.newest(&id).ok_or_else(unknown)?;
    let etag = format!("\"{}\"", published.etag);
    // Ask again each time: a policy may change any day, and the answer without a change is short.
    let caching = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if headers.get_all(header::IF_NONE_MATCH).iter().any(|known| matches(known.to_str().unwrap_or(""), &etag)) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    Ok((caching, [(header::CONTENT_TYPE, "application/json")], published.document.clone()).into_response())
}

fn matches(known: &str, etag: &str) -> bool {
    known.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag)
}

/// `GET /healthz`: the process answers.
pub async fn healthy() -> Json<Value> {
    Json(json!({ "ok": true }))
}

/// `GET /readyz`: the database answers too.
pub async fn ready(State(app): State<Shared>) -> Result<Json<Value>, Fault> {
    run(&app, |app| app.store.read(|tx| Ok(tx.query_row("SELECT count(*) FROM setting", [], |row| row.get::<_, i64>(0))?))).await?;
    Ok(Json(json!({ "ok": true })))
}
