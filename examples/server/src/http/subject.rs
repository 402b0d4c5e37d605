//! What the company's own systems call: with the operator key.

use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State, rejection::PathRejection, rejection::QueryRejection},
    http::HeaderMap,
};
use serde_json::{Map, Value, json};

use super::{
    Fault, body,
    request::{Shared, only_operator, run},
};
use crate::{key, name::SubjectName, rule};

type PathId = Result<Path<String>, PathRejection>;
type QueryOf<T> = Result<Query<T>, QueryRejection>;

fn id(path: PathId) -> Result<String, Fault> {
    let Path(id) = path.map_err(|_| Fault::bad("bad_subject", "id", "is no readable text"))?;
    SubjectName::read(&id).map_err(|fault| Fault::bad("bad_subject", "id", fault.to_string()))?;
    Ok(id)
}

fn query<T>(query: QueryOf<T>) -> Result<T, Fault> {
    let Query(query) = query.map_err(|_| Fault::bad("bad_query", "query", "is not what this address takes: see /openapi.json"))?;
    Ok(query)
}

/// `GET /v1/subjects/{id}`.
pub async fn view(State(app): State<Shared>, path: PathId, page: QueryOf<rule::Page>, headers: HeaderMap) -> Result<Json<Value>, Fault> {
    only_operator(&app, &headers)?;
    let (subject, page) = (id(path)?, query(page)?);
    Ok(Json(run(&app, move |app| app.store.read(|tx| rule::view(tx, &subject, &page))).await?))
}

/// `POST /v1/subjects/{id}/changes`.
pub async fn change(State(app): State<Shared>, path: PathId, headers: HeaderMap, body: Body) -> Result<Json<Value>, Fault> {
    only_operator(&app, &headers)?;
    let subject = id(path)?;
    let request: rule::WebRequest = body::strict(&body::bytes(&headers, body).await?, &["changes"])?;
    let answer = run(&app, move |app| {
        let now = app.now();
        app.store.write(|tx| rule::web(app, tx, &subject, &request, now))
    });
    Ok(Json(answer.await?))
}

/// `GET /v1/subjects/{id}/may-send`.
pub async fn may_send(
    State(app): State<Shared>,
    path: PathId,
    question: QueryOf<rule::Question>,
    headers: HeaderMap,
) -> Result<Json<Value>, Fault> {
    only_operator(&app, &headers)?;
    let (subject, question) = (id(path)?, query(question)?);
    let answer = run(&app, move |app| {
        let now = app.now();
        app.store.write(|tx| rule::may_send(app, tx, &subject, &question, now))
    });
    Ok(Json(answer.await?))
}

/// `POST /v1/subjects/{id}/token`: stands in for the company's own log-in.
pub async fn token(State(app): State<Shared>, path: PathId, headers: HeaderMap, body: Body) -> Result<Json<Value>, Fault> {
    only_operator(&app, &headers)?;
    let subject = id(path)?;
    let _: Map<String, Value> = body::strict(&body::bytes(&headers, body).await?, &[])?;
    if SubjectName::stored(&subject).reference().is_some() {
        return Err(Fault::bad("bad_subject", "id", "is no account: device: and anonymous: subjects use the installation's token"));
    }
    Ok(Json(json!({ "token": key::account_token(&app.secret, &subject) })))
}
