//! The next edition of the policy, as a server delivers it.

use serde_json::{Value, json};

use super::INFLUENTIAL;

/// Label of the next edition.
pub const NEXT: &str = "next";

/// The next edition: analytics cookies changed in meaning, and `cookies.more` is new.
pub fn next_edition() -> String {
    let mut document: Value = serde_json::from_str(INFLUENTIAL).unwrap();
    let edition = document["edition"].as_u64().unwrap() + 1;
    let dates = json!({ "edition": edition, "version": NEXT, "announced_on": "2026-10-01", "effective_on": "2026-11-10" });
    for name in ["edition", "version", "announced_on", "effective_on"] {
        document[name] = dates[name].clone();
    }
    document["amendments"]["versions"].as_array_mut().unwrap().push(dates);
    let purposes = document["purposes"].as_array_mut().unwrap();
    let analytics = purposes.iter_mut().find(|purpose| purpose["id"] == "cookies.analytics").unwrap();
    analytics["material"] = json!(analytics["material"].as_u64().unwrap_or(1) + 1);
    let mut more = analytics.clone();
    more["id"] = json!("cookies.more");
    more.as_object_mut().unwrap().remove("google");
    more["cookies"] = json!(["more"]);
    purposes.push(more);
    document.to_string()
}
