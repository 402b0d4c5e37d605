//! Whatever is done to a document, it is read or its faults are named: the reader of the schema and the types agree.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/edit.rs"]
mod edit;

use consentkit::policy::Policy;
use edit::{DOCUMENT, influential, remove, set};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The pointers of every value in the document.
fn places() -> Vec<String> {
    fn look(value: &Value, pointer: &str, places: &mut Vec<String>) {
        let mut inner = |step: &str, value| {
            let pointer = format!("{pointer}/{step}");
            look(value, &pointer, places);
            places.push(pointer);
        };
        match value {
            Value::Object(object) => object.iter().for_each(|(key, value)| inner(key, value)),
            Value::Array(list) => list.iter().enumerate().for_each(|(at, value)| inner(&at.to_string(), value)),
            _ => {}
        }
    }
    let mut places = Vec::new();
    look(&influential(), "", &mut places);
    places
}

fn strangers() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("2020-02-30"),
        json!("\u{202E}"),
        json!([]),
        json!([[]]),
        json!({}),
        json!({"ko": 1}),
        json!({"section": 1}),
        json!({"years": -1, "days": 1}),
    ]
}

// Where the two disagree the whole document is blamed, with an empty pointer.
fn is_read_or_blamed_at_a_place(json: &str) -> Result<(), TestCaseError> {
    if let Err(faults) = Policy::parse(json) {
        prop_assert!(!faults.is_empty());
        for fault in faults {
            prop_assert!(!fault.pointer.is_empty(), "{}", fault);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_strange_value_is_named_by_its_place(at in any::<prop::sample::Index>(), stranger in prop::sample::select(strangers())) {
        let mut document = influential();
        let places = places();
        set(&mut document, &places[at.index(places.len())], stranger);
        is_read_or_blamed_at_a_place(&document.to_string())?;
    }

    #[test]
    fn a_missing_value_is_named_by_its_place_or_may_be_missing(at in any::<prop::sample::Index>()) {
        let mut document = influential();
        let places = places();
        remove(&mut document, &places[at.index(places.len())]);
        is_read_or_blamed_at_a_place(&document.to_string())?;
    }

    #[test]
    fn a_damaged_document_never_panics(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = DOCUMENT.as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if cut {
            bytes.truncate(at);
        }
        // What is accepted reads back as itself.
        if let Ok(policy) = Policy::parse(&String::from_utf8_lossy(&bytes)) {
            prop_assert_eq!(Policy::parse(&serde_json::to_string(&policy).unwrap()).unwrap(), policy);
        }
    }
}
