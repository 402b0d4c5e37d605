//! Editions of the policy that take effect on a day of one's choice.
#![allow(dead_code, clippy::unwrap_used)]

use serde_json::{Value, json};

use super::INFLUENTIAL;

/// The Influential policy as a later edition, announced in good time, with some changes: pointers and what is put there.
pub fn edition(number: u32, effective_on: &str, changes: &[(&str, Value)]) -> String {
    edition_announced(number, ("2020-06-01", effective_on), changes)
}

/// The same with the day of its announcement.
pub fn edition_announced(number: u32, (announced_on, effective_on): (&str, &str), changes: &[(&str, Value)]) -> String {
    let mut document: Value = serde_json::from_str(INFLUENTIAL).unwrap();
    let version = format!("edition-{number}");
    let dates = json!({ "edition": number, "version": version, "announced_on": announced_on, "effective_on": effective_on });
    for name in ["edition", "version", "announced_on", "effective_on"] {
        document[name] = dates[name].clone();
    }
    document["amendments"]["versions"] = json!([dates]);
    for (pointer, value) in changes {
        let (parent, last) = pointer.rsplit_once('/').unwrap();
        let parent = document.pointer_mut(parent).unwrap();
        match parent {
            Value::Array(list) if last == "-" => list.push(value.clone()),
            parent => parent[last] = value.clone(),
        }
    }
    document.to_string()
}

/// The place of a purpose in the document, as a JSON pointer with a field behind it.
pub fn place(purpose: &str, field: &str) -> String {
    let document: Value = serde_json::from_str(INFLUENTIAL).unwrap();
    let at = document["purposes"].as_array().unwrap().iter().position(|entry| entry["id"] == purpose).unwrap();
    format!("/purposes/{at}/{field}")
}

/// An entry for the document's purposes: another cookie category that nobody was asked about.
pub fn new_purpose(id: &str) -> Value {
    let document: Value = serde_json::from_str(INFLUENTIAL).unwrap();
    let analytics = document["purposes"].as_array().unwrap().iter().find(|entry| entry["id"] == "cookies.analytics").unwrap();
    let mut more = analytics.clone();
    more["id"] = json!(id);
    more["cookies"] = json!([id.replace('.', "_")]);
    more.as_object_mut().unwrap().remove("google");
    more
}
