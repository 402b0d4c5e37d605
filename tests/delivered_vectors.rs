//! The changes of `tests/bindings/delivered_editions.json`: what stands against each where a delivered edition makes it. The fakes of the
//! Kotlin and the Swift package are held to the same file.
//!
//! After a wanted change of a rule: `CONSENTKIT_REFRESH=1 cargo test --test delivered_vectors`, which writes the faults anew.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use consentkit::policy::{Policy, revision};
use serde_json::{Value, json};

/// Stands in a change for the number of the edition that is delivered.
const EDITION: &str = "EDITION";

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/bindings/delivered_editions.json")
}

/// The entry of a list that a segment names by its id, or the field of an object.
fn step<'a>(parent: &'a mut Value, segment: &str) -> Option<&'a mut Value> {
    match parent {
        Value::Array(list) => list.iter_mut().find(|entry| entry["id"] == segment),
        object => object.get_mut(segment),
    }
}

fn change(document: &mut Value, at: &str, value: Option<Value>) {
    let segments: Vec<&str> = at.split('/').skip(1).collect();
    let (last, before) = segments.split_last().unwrap();
    let parent = before.iter().try_fold(document, |parent, segment| step(parent, segment)).unwrap_or_else(|| panic!("no {at}"));
    match (parent, value) {
        (Value::Array(list), Some(value)) if *last == "-" => list.push(value),
        (Value::Object(fields), Some(value)) => drop(fields.insert((*last).to_owned(), value)),
        (Value::Object(fields), None) => assert!(fields.remove(*last).is_some(), "no {at}"),
        (Value::Array(list), None) => list.retain(|entry| entry["id"] != *last),
        _ => panic!("{at} cannot be changed"),
    }
}

/// The second edition with one change, as a server delivers it.
fn delivered(policy: &Value, case: &Value) -> Value {
    let mut document = policy.clone();
    document["edition"] = json!(2);
    document["version"] = json!("2");
    for put in case["set"].as_array().into_iter().flatten() {
        let value = if put["value"] == EDITION { json!(2) } else { put["value"].clone() };
        change(&mut document, put["at"].as_str().unwrap(), Some(value));
    }
    for at in case["remove"].as_array().into_iter().flatten() {
        change(&mut document, at.as_str().unwrap(), None);
    }
    document
}

fn faults(policy: &Policy, offered: &Policy) -> Vec<String> {
    let found = revision::check(policy, &[], offered, false).err().unwrap_or_default();
    found.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code.code())).collect()
}

#[test]
fn f_10_f_36_each_change_of_a_delivered_edition_is_taken_or_refused_as_the_fakes_are_told() {
    let text = fs::read_to_string(file()).unwrap();
    let mut vectors: Value = serde_json::from_str(&text).unwrap();
    let document = vectors["policy"].clone();
    let policy = Policy::parse(&document.to_string()).unwrap_or_else(|faults| panic!("{faults:?}"));
    let mut different = vec![];
    for case in vectors["changes"].as_array_mut().unwrap() {
        let offered = delivered(&document, case).to_string();
        let offered = Policy::parse(&offered).unwrap_or_else(|faults| panic!("{} is no policy: {faults:?}", case["name"]));
        let found = json!(faults(&policy, &offered));
        if case["faults"] != found {
            different.push(format!("{}: {} and not {found}", case["name"], case["faults"]));
            case["faults"] = found;
        }
    }
    if env::var("CONSENTKIT_REFRESH").is_ok_and(|refresh| refresh == "1") {
        fs::write(file(), serde_json::to_string_pretty(&vectors).unwrap() + "\n").unwrap();
        return;
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    let codes: BTreeSet<&str> = vectors["changes"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|case| case["faults"].as_array().unwrap())
        .filter_map(|fault| fault.as_str()?.split(' ').nth(1))
        .collect();
    assert!(codes.len() >= 5, "the vectors reach only {codes:?}");
}
