//! Spoils a document: first as JSON, so that it stays readable and its meaning changes, and sometimes as bytes.

use serde_json::{Map, Value, json};

use crate::chance::Chance;

/// Changes of one document, at most.
const MOST_CHANGES: usize = 4;

/// Of so many documents one is spoilt as bytes too.
const AS_BYTES_ONCE_IN: usize = 4;

/// How deep a value is nested that is to be too deep for everybody, and how long a text is that is to be too long.
const DEEP: usize = 200;
const LONG: usize = 70_000;

/// A spoilt form of a document.
pub fn spoilt(document: &Value, chance: &mut Chance) -> Vec<u8> {
    let mut document = document.clone();
    for _ in 0..=chance.below(MOST_CHANGES) {
        change(&mut document, chance);
    }
    let mut bytes = document.to_string().into_bytes();
    if chance.once_in(AS_BYTES_ONCE_IN) {
        change_bytes(&mut bytes, chance);
    }
    bytes
}

/// A value that is odd in its place.
pub fn odd(chance: &mut Chance) -> Value {
    match chance.below(18) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(0),
        4 => json!(i64::MAX),
        5 => json!(i64::MIN),
        6 => json!(u64::MAX),
        7 => json!(1e308),
        8 => json!(0.5),
        9 => json!(""),
        10 => json!("\u{202e}\u{2066}x\u{0}"),
        11 => json!("granted"),
        12 => json!("x".repeat(LONG)),
        13 => json!("2026-02-30T25:61:00Z"),
        14 => json!("../../*"),
        15 => json!([]),
        16 => json!({}),
        _ => (0..DEEP).fold(json!(1), |inner, _| json!([inner])),
    }
}

/// Every place in a document, as pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(list) => list.iter().enumerate().for_each(|(index, inner)| places(inner, &format!("{at}/{index}"), found)),
        Value::Object(members) => members.iter().for_each(|(name, inner)| {
            places(inner, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
        }),
        _ => {}
    }
}

fn change(document: &mut Value, chance: &mut Chance) {
    let mut found = vec![];
    places(document, "", &mut found);
    let at = found[chance.below(found.len())].clone();
    let other = found[chance.below(found.len())].clone();
    let elsewhere = document.pointer(&other).cloned().unwrap_or_default();
    let Some(here) = document.pointer_mut(&at) else { return };
    match (chance.below(6), here) {
        (0, Value::Object(members)) => remove_one(members, chance),
        (1, Value::Object(members)) => drop(members.insert("later".into(), odd(chance))),
        (0 | 1, Value::Array(list)) if !list.is_empty() => drop(list.remove(chance.below(list.len()))),
        (2, Value::Array(list)) if !list.is_empty() => {
            let again = list[chance.below(list.len())].clone();
            list.push(again);
        }
        (2, Value::Number(number)) => *number = (number.as_i64().unwrap_or_default().wrapping_add(1)).into(),
        (2, Value::String(text)) => text.push('.'),
        (3, here) => *here = elsewhere,
        (_, here) => *here = odd(chance),
    }
}

fn remove_one(members: &mut Map<String, Value>, chance: &mut Chance) {
    let names: Vec<String> = members.keys().cloned().collect();
    if let Some(name) = names.get(chance.below(names.len())) {
        members.remove(name);
    }
}

fn change_bytes(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let (at, until) = (chance.below(bytes.len()), chance.below(bytes.len()));
    let (at, until) = (at.min(until), at.max(until));
    match chance.below(5) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..until)),
        2 => {
            let again = bytes[at..until.min(at + LONG)].to_vec();
            bytes.splice(at..at, again);
        }
        3 => bytes.insert(at, chance.below(256) as u8),
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << chance.below(8);
            }
        }
    }
}
