//! Changes of the policy document, as data.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::INFLUENTIAL;

/// What differs from `examples/influential/policy.json`.
#[derive(Deserialize, Clone, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// Makes it this edition, with a version label and dates of its own.
    edition: Option<u32>,
    set: Vec<Put>,
    remove: Vec<String>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Put {
    at: String,
    value: Value,
}

impl Change {
    /// The changed document.
    pub fn document(&self) -> Result<String, String> {
        if self.edition.is_none() && self.set.is_empty() && self.remove.is_empty() {
            return Ok(INFLUENTIAL.into());
        }
        let mut document: Value = serde_json::from_str(INFLUENTIAL).map_err(|fault| fault.to_string())?;
        if let Some(edition) = self.edition {
            renumber(&mut document, edition)?;
        }
        for Put { at, value } in &self.set {
            put(&mut document, at, value.clone())?;
        }
        for at in &self.remove {
            remove(&mut document, at)?;
        }
        Ok(document.to_string())
    }
}

fn renumber(document: &mut Value, edition: u32) -> Result<(), String> {
    let version = format!("edition-{edition}");
    let (announced, effective) = ("2026-10-01", format!("2026-11-{:02}", 10 + edition));
    put(document, "/version", json!(version))?;
    put(document, "/edition", json!(edition))?;
    put(document, "/announced_on", json!(announced))?;
    put(document, "/effective_on", json!(effective))?;
    let versions = document["amendments"]["versions"].as_array_mut().ok_or("the document lists no versions")?;
    versions.retain(|known| known["edition"].as_u64() < Some(edition.into()));
    versions.push(json!({ "edition": edition, "version": version, "announced_on": announced, "effective_on": effective }));
    Ok(())
}

/// The value that holds the last segment, and that segment. In a list a segment is an entry's `id` or its number.
fn parent<'a, 'b>(document: &'a mut Value, at: &'b str) -> Result<(&'a mut Value, &'b str), String> {
    let missing = || format!("the policy has no {at}");
    let (path, last) = at.rsplit_once('/').ok_or_else(missing)?;
    let mut value = document;
    for segment in path.split('/').skip(1) {
        value = match value {
            Value::Object(fields) => fields.get_mut(segment),
            Value::Array(entries) => index(entries, segment).and_then(|at| entries.get_mut(at)),
            _ => None,
        }
        .ok_or_else(missing)?;
    }
    Ok((value, last))
}

fn index(entries: &[Value], segment: &str) -> Option<usize> {
    entries.iter().position(|entry| entry["id"] == segment).or_else(|| segment.parse().ok().filter(|at| *at < entries.len()))
}

fn put(document: &mut Value, at: &str, value: Value) -> Result<(), String> {
    match parent(document, at)? {
        (Value::Object(fields), name) => drop(fields.insert(name.to_owned(), value)),
        (Value::Array(entries), "-") => entries.push(value),
        (Value::Array(entries), name) => match index(entries, name) {
            Some(at) => entries[at] = value,
            None => return Err(format!("the policy has no {at}")),
        },
        _ => return Err(format!("{at} is in no object and no list")),
    }
    Ok(())
}

fn remove(document: &mut Value, at: &str) -> Result<(), String> {
    let removed = match parent(document, at)? {
        (Value::Object(fields), name) => fields.remove(name),
        (Value::Array(entries), name) => index(entries, name).map(|at| entries.remove(at)),
        _ => None,
    };
    removed.map(drop).ok_or_else(|| format!("the policy has no {at}"))
}
