//! Policies, and whether the server works.

use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Fault,
    request::{Shared, run},
};
use crate::policies::Published;

/// Which edition of a policy is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    #[serde(default)]
    edition: Edition,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum Edition {
    /// The one in force.
    #[default]
    InForce,
    /// The one that comes into force next.
    Announced,
}

/// `GET /v1/policies/{id}`: the edition in force, or with `?edition=announced` the one that comes into force next, to anybody.
pub async fn policy(
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let unknown = || Fault::not_found("unknown_policy", "id", "there is no such policy, or none of it is announced");
    let Path(id) = path.map_err(|_| unknown())?;
    let Query(wanted) = wanted.map_err(|_| Fault::bad("bad_query", "edition", "is neither in_force nor announced"))?;
    let published = match wanted.edition {
        Edition::InForce => app.policies.in_force(&id, app.now()),
        Edition::Announced => app.policies.announced(&id, app.now()),
    };
    deliver(published.ok_or_else(unknown)?, &headers)
}

fn deliver(published: &Published, headers: &HeaderMap) -> Result<Response, Fault> {
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
