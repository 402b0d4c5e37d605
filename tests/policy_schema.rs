//! The committed JSON Schema is the one the types make.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use consentkit::policy::{Policy, SCHEMA};
use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/policy");

/// Words of a schema that only people and other readers need.
const SAID: [&str; 6] = ["$schema", "title", "description", "default", "pattern", "additionalProperties"];

#[test]
fn the_committed_schema_is_the_one_the_types_make() {
    let schema = schemars::schema_for!(Policy);
    let fresh = [
        ("policy.schema.json", format!("{:#}\n", schema.as_value())),
        ("policy.shape.json", format!("{}\n", terse(schema.as_value(), false))),
    ];
    for (name, fresh) in fresh {
        let file = format!("{FOLDER}/{name}");
        if std::env::var_os("CONSENTKIT_REFRESH").is_some() {
            std::fs::write(file, &fresh).unwrap();
        } else {
            assert!(
                fresh == std::fs::read_to_string(file).unwrap(),
                "src/policy/{name} is stale; refresh it with\n    \
                 CONSENTKIT_REFRESH=1 cargo test --features schema --test policy_schema\nand commit it with the change of the types"
            );
        }
    }
}

/// The schema as the library carries it. In an object of `names` the members are fields and types, not words of the schema.
fn terse(schema: &Value, names: bool) -> Value {
    match schema {
        Value::Object(members) => {
            let kept = members.iter().filter(|(word, _)| names || !SAID.contains(&word.as_str()));
            let kept = kept.map(|(word, inner)| (word.clone(), terse(inner, !names && ["properties", "$defs"].contains(&word.as_str()))));
            Value::Object(kept.collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(|inner| terse(inner, false)).collect()),
        other => other.clone(),
    }
}

/// The reader of schemas in `structure.rs` knows these words and no others: a type that brings a new one must teach it first.
#[test]
fn the_schema_uses_only_words_its_reader_knows() {
    let known = [
        "$schema",
        "$defs",
        "$ref",
        "title",
        "description",
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "enum",
        "const",
        "oneOf",
        "anyOf",
        "minimum",
        "format",
        "pattern",
        "default",
    ];
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    fn look(schema: &serde_json::Value, known: &[&str], strange: &mut Vec<String>) {
        let Some(object) = schema.as_object() else { return };
        for (word, value) in object {
            if !known.contains(&word.as_str()) {
                strange.push(word.clone());
            }
            match word.as_str() {
                "properties" | "$defs" => value.as_object().unwrap().values().for_each(|inner| look(inner, known, strange)),
                "items" | "additionalProperties" => look(value, known, strange),
                "oneOf" | "anyOf" => value.as_array().unwrap().iter().for_each(|inner| look(inner, known, strange)),
                _ => {}
            }
        }
    }
    let mut strange = Vec::new();
    look(&schema, &known, &mut strange);
    assert_eq!(strange, Vec::<String>::new());
}
