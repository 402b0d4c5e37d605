//! What an honest server would say, for a case to spoil.

use consentkit::transport::HttpRequest;
use serde_json::{Value, json};

/// The numbering that the honest answers use.
pub const HISTORY: &str = "h1";

/// A request of the client, read.
pub struct Asked {
    /// The path.
    pub path: String,
    /// The body.
    pub body: Value,
}

impl Asked {
    /// Reads a request.
    pub fn read(request: &HttpRequest) -> Self {
        let path = request.url.splitn(4, '/').nth(3).unwrap_or_default();
        Self { path: format!("/{path}"), body: serde_json::from_slice(&request.body).unwrap_or(Value::Null) }
    }

    /// The changes in it.
    pub fn changes(&self) -> &[Value] {
        self.body["changes"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// Operations in it.
    pub fn ops(&self) -> Vec<String> {
        self.changes().iter().filter_map(|change| change["op"].as_str()).map(str::to_owned).collect()
    }
}

/// The record of a change, read.
pub fn record(change: &Value) -> Value {
    change["record"].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null)
}

/// True for a withdrawal or refusal.
pub fn lowers(change: &Value) -> bool {
    matches!(record(change)["choice"].as_str(), Some("refused" | "withdrawn"))
}

/// Takes everything up, and says so.
pub fn answer(asked: &Asked) -> Value {
    let mut results = vec![];
    let mut states = vec![];
    for change in asked.changes() {
        let record = record(change);
        let epoch = i64::from(lowers(change));
        results.push(json!({ "op": change["op"], "outcome": "applied", "epoch": (epoch > 0).then_some(epoch) }));
        if record["purpose"].is_string() {
            let withdrawals = if epoch > 0 { json!([{ "op": change["op"], "epoch": 1 }]) } else { json!([]) };
            states.push(json!({
                "purpose": record["purpose"], "status": record["choice"], "history": HISTORY, "epoch": epoch,
                "revision": record["seq"], "op": change["op"], "record": change["record"], "withdrawals": withdrawals
            }));
        }
    }
    let anchor = asked.changes().last().map(|change| json!({ "seq": record(change)["seq"], "hash": change["hash"] }));
    let anchor = anchor.or_else(|| asked.body.get("acknowledged").cloned());
    json!({
        "anchor": anchor, "results": results, "states": states, "history": HISTORY, "cursor": format!("{HISTORY}:{}", asked.changes().len()),
        "server_time": "2026-11-22T03:00:00.000Z"
    })
}

/// The same, without a word on the changes.
pub fn pull(states: Value) -> Value {
    json!({
        "results": [], "states": states, "history": HISTORY, "cursor": format!("{HISTORY}:9"), "server_time": "2026-11-22T03:00:00.000Z"
    })
}
