//! Small changes to a JSON document.
#![allow(dead_code)]

use serde_json::Value;

/// The Influential policy, to be changed.
pub const DOCUMENT: &str = include_str!("../../examples/influential/policy.json");

/// One change.
#[derive(Debug, Clone)]
pub enum Edit {
    /// Puts a value at a place; a new field where the last step names none.
    Set(&'static str, Value),
    /// Takes a field or an entry away.
    Remove(&'static str),
    /// Adds an entry to a list.
    Push(&'static str, Value),
}

/// The Influential policy as JSON.
pub fn influential() -> Value {
    serde_json::from_str(DOCUMENT).unwrap()
}

/// The Influential policy with some changes.
pub fn edited(edits: &[Edit]) -> Value {
    let mut document = influential();
    for edit in edits {
        apply(&mut document, edit);
    }
    document
}

/// Applies one change.
pub fn apply(document: &mut Value, edit: &Edit) {
    match edit {
        Edit::Set(pointer, value) => set(document, pointer, value.clone()),
        Edit::Remove(pointer) => remove(document, pointer),
        Edit::Push(pointer, value) => document.pointer_mut(pointer).unwrap().as_array_mut().unwrap().push(value.clone()),
    }
}

/// Puts a value at a place.
pub fn set(document: &mut Value, pointer: &str, value: Value) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap_or_else(|| panic!("no {parent}")) {
        Value::Object(object) => drop(object.insert(last.into(), value)),
        Value::Array(list) => list[last.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer} is in no list or object"),
    }
}

/// Takes a field or an entry away.
pub fn remove(document: &mut Value, pointer: &str) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap_or_else(|| panic!("no {parent}")) {
        Value::Object(object) => assert!(object.remove(last).is_some(), "no {pointer}"),
        Value::Array(list) => drop(list.remove(last.parse().unwrap())),
        _ => panic!("{pointer} is in no list or object"),
    }
}
