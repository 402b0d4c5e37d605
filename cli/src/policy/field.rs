//! What a field of the document says, by the JSON Schema.

use consentkit::policy::SCHEMA;
use serde_json::Value;

/// What the field at a JSON pointer is for, in one sentence without its full stop; `None` where the schema does not know it.
pub fn meaning(pointer: &str) -> Option<String> {
    let schema: Value = serde_json::from_str(SCHEMA).ok()?;
    let resolved = |mut part: Value| {
        if let Some(kinds) = part["anyOf"].as_array() {
            part = kinds.iter().find(|kind| kind["type"] != "null")?.clone();
        }
        match part["$ref"].as_str().and_then(|target| target.strip_prefix("#/$defs/")) {
            Some(name) => Some(schema["$defs"][name].clone()),
            None => Some(part),
        }
    };
    let mut part = schema.clone();
    let mut said = None;
    for step in pointer.strip_prefix('/')?.split('/') {
        let of_list = step.bytes().all(|byte| byte.is_ascii_digit());
        let within = resolved(part)?;
        part = if of_list { within["items"].clone() } else { within["properties"][step].clone() };
        said = part["description"].as_str().map(str::to_owned);
    }
    let first = |said: String| said.split(". ").next().unwrap_or_default().trim_end_matches('.').to_owned();
    said.map(|said| first(said.replace('\n', " ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_through_lists_and_parts() {
        assert_eq!(meaning("/audience").as_deref(), Some("Who may be in front of the screen"));
        assert_eq!(meaning("/purposes/3/notice/retention").as_deref(), Some("How long they are kept"));
        assert_eq!(meaning("/controller/contact/email").map(|said| !said.is_empty()), Some(true));
        for nowhere in ["", "/nothing", "/purposes/0/nothing", "/purposes/x"] {
            assert_eq!(meaning(nowhere), None, "{nowhere}");
        }
    }
}
