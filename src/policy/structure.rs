//! Compares a document with its JSON Schema. It knows the part of JSON Schema that the schema of our own types uses, and no more.
//!
//! A general validator would bring dozens of crates into a library for phones, and would not know which rule a missing field breaks.

use serde_json::{Map, Value};

use super::{
    FaultCode,
    channel::Channel,
    fault::Faults,
    regime::{Demand, known_regimes, regime},
    shape::{self, MAX_TEXT_CHARS},
};
use crate::{
    json::{push_index, push_key},
    text::{self, TextFault},
};

/// Most characters of a wrong value that are repeated in a fault.
const MAX_SHOWN: usize = 40;

/// The texts that a screen shows as one line: names and labels. Every other text may have paragraphs.
const ONE_LINE: [&str; 9] = ["title", "label", "role", "name", "sender_name", "recipient", "country", "browser", "statute"];

/// The name of the part that holds all others.
const ROOT: &str = "Policy";

/// The places at which a value did not fit, and a neutral value was put instead so that the rest can be read and judged.
#[derive(Debug, Default)]
pub(super) struct Replaced {
    pointers: Vec<String>,
}

impl Replaced {
    /// True where neither the value at the place, nor one around it, nor one inside it was replaced.
    pub(super) fn spares(&self, pointer: &str) -> bool {
        !self.pointers.iter().any(|place| is_within(place, pointer) || is_within(pointer, place))
    }

    /// True where the value at the place, or one around it, was replaced.
    pub(super) fn holds(&self, pointer: &str) -> bool {
        self.pointers.iter().any(|place| is_within(pointer, place))
    }

    /// True where another field of the same list entry was replaced, so that a rule about the whole entry cannot be judged.
    pub(super) fn touches_entry(&self, pointer: &str) -> bool {
        self.pointers.iter().any(|place| place.rsplit_once('/').is_some_and(|(entry, _)| !entry.is_empty() && is_within(pointer, entry)))
    }
}

fn is_within(pointer: &str, place: &str) -> bool {
    pointer.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Reports every place where the value does not fit the schema, and puts a neutral value there.
pub(super) fn check(schema: &Value, value: &mut Value, faults: &mut Faults) -> Replaced {
    let languages = value.get("languages").and_then(Value::as_array);
    let languages = languages.map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    let regimes = value.get("regimes").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let demands = regimes.filter_map(regime).flat_map(|law| law.demands).collect();
    let channels = value.get("channels").and_then(Value::as_array).into_iter().flatten();
    let channels = channels.filter_map(|channel| channel.get("id").and_then(Value::as_str)).map(str::to_owned).collect();
    let mut walk = Walk {
        root: schema,
        languages: languages.unwrap_or_default(),
        channels,
        demands,
        pointer: String::new(),
        faults,
        replaced: Replaced::default(),
    };
    walk.value(schema, value);
    walk.replaced
}

struct Walk<'a> {
    root: &'a Value,
    languages: Vec<String>,
    /// The channels that the document defines.
    channels: Vec<String>,
    /// What the document's laws ask for beyond the schema.
    demands: Vec<&'static Demand>,
    pointer: String,
    faults: &'a mut Faults,
    replaced: Replaced,
}

impl<'a> Walk<'a> {
    fn value(&mut self, schema: &'a Value, value: &mut Value) {
        let (schema, name) = self.resolve(schema);
        if value.is_null() && takes_null(schema) {
            return;
        }
        if let Some(inner) = schema.get("anyOf").and_then(Value::as_array).and_then(|kinds| kinds.iter().find(|kind| !takes_null(kind))) {
            return self.value(inner, value);
        }
        if schema.get("oneOf").is_some() || schema.get("enum").is_some() {
            return self.one_of(schema, value);
        }
        let fits = match (kind(schema), &mut *value) {
            ("object", Value::Object(object)) => {
                match schema.get("properties").and_then(Value::as_object) {
                    Some(fields) => self.object(schema, fields, name, object),
                    None => self.text(object),
                }
                true
            }
            ("array", Value::Array(list)) => {
                // Most entries are ids in long lists, and are good. They are not worth a look at the schema each.
                let plain = is_plain_text(&schema["items"]);
                let good = |entry: &Value| plain && entry.as_str().is_some_and(|text| text::fault(text, MAX_TEXT_CHARS).is_none());
                for (index, entry) in list.iter_mut().enumerate().filter(|(_, entry)| !good(entry)) {
                    self.at(|pointer| push_index(pointer, index), |walk| walk.value(&schema["items"], entry));
                }
                true
            }
            ("string", Value::String(text)) => {
                let text = std::mem::take(text);
                *value = Value::String(self.string(schema, text));
                true
            }
            ("integer", Value::Number(number)) => {
                let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
                if let Some(whole) = whole {
                    self.integer(schema, whole, value);
                }
                whole.is_some()
            }
            ("boolean", Value::Bool(_)) => true,
            _ => false,
        };
        if !fits {
            let wanted = kind(schema);
            let found = type_name(value);
            self.replace(
                schema,
                value,
                FaultCode::WrongType,
                format!("{found} where {} belongs", article(wanted)),
                format!("write {}", article(wanted)),
            );
        }
    }

    fn object(&mut self, schema: &'a Value, fields: &'a Map<String, Value>, name: &str, object: &mut Map<String, Value>) {
        let unknown: Vec<String> = object.keys().filter(|key| !fields.contains_key(*key)).cloned().collect();
        for key in unknown {
            object.remove(&key);
            let near = nearest(&key, fields.keys());
            self.at(
                |pointer| push_key(pointer, &key),
                |walk| {
                    let fix = near.map_or_else(|| "remove it".to_owned(), |near| format!("remove it, or write {near}"));
                    walk.faults.push(&walk.pointer, FaultCode::UnknownField, "no such field", fix);
                },
            );
        }
        let part = if self.pointer.is_empty() { ROOT } else { name };
        for (key, field) in fields {
            let demand = self.demand(part, key);
            self.at(
                |pointer| push_key(pointer, key),
                |walk| match object.get_mut(key).filter(|value| demand.is_none() || !value.is_null()) {
                    Some(value) => walk.value(field, value),
                    None if demand.is_some() || required(schema).any(|needed| needed == key) => {
                        let mut value = Value::Null;
                        let (code, what) = missing(demand, key);
                        walk.replace(field, &mut value, code, what, format!("add {key}: {}", walk.article_of(field)));
                        object.insert(key.clone(), value);
                    }
                    None => {}
                },
            );
        }
    }

    /// What belongs into a field, in words.
    fn article_of(&self, field: &'a Value) -> String {
        let (schema, _) = self.resolve(field);
        let inner = schema.get("anyOf").and_then(Value::as_array).and_then(|kinds| kinds.iter().find(|kind| !takes_null(kind)));
        let schema = inner.map_or(schema, |inner| self.resolve(inner).0);
        if schema.get("oneOf").is_some() || schema.get("enum").is_some() {
            return format!("one of {}", allowed(schema));
        }
        // No text of a format is empty, so an empty one is answered by what is wanted.
        let wanted = schema.get("format").and_then(Value::as_str).and_then(|format| shape::misfit(format, ""));
        match kind(schema) {
            "object" if schema.get("properties").is_none() => "a text in every declared language".to_owned(),
            kind => wanted.unwrap_or(article(kind)).to_owned(),
        }
    }

    /// The demand of a law for a field of a part.
    fn demand(&self, part: &str, field: &str) -> Option<&'static Demand> {
        self.demands.iter().find(|demand| demand.part == part && demand.fields.contains(&field)).copied()
    }

    // An object that holds one text in every declared language.
    fn text(&mut self, object: &mut Map<String, Value>) {
        for language in &self.languages {
            if !object.contains_key(language) {
                let what = format!("no text in {}", text::shown(language, MAX_SHOWN));
                self.faults.push(&self.pointer, FaultCode::MissingLanguage, what, "write it: every declared language has every text");
            }
        }
        let one_line = ONE_LINE.contains(&self.pointer.rsplit('/').next().unwrap_or_default());
        for (language, value) in object.iter_mut() {
            let declared = self.languages.is_empty() || self.languages.contains(language);
            self.at(
                |pointer| push_key(pointer, language),
                |walk| {
                    if !declared {
                        let fix = "declare the language in languages, or remove the text";
                        walk.faults.push(&walk.pointer, FaultCode::UndeclaredLanguage, "a text in a language that is not declared", fix);
                    }
                    if let Value::String(text) = value {
                        walk.prose(text, one_line);
                    } else {
                        let what = format!("{} where a text belongs", type_name(value));
                        walk.faults.push(&walk.pointer, FaultCode::WrongType, what, "write a text");
                        *value = Value::String(String::new());
                    }
                },
            );
        }
    }

    fn string(&mut self, schema: &'a Value, text: String) -> String {
        let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
        let misfit = match format {
            "channel" if Channel::known(&text).is_none() && !self.channels.contains(&text) => Some("a channel"),
            _ => shape::misfit(format, &text),
        };
        let Some(wanted) = misfit else {
            if format.is_empty() {
                self.plain(&text);
            }
            return text;
        };
        let wanted = match format {
            "regime" => format!("one of {}", known_regimes()),
            "channel" => format!("one of {}, or the id of one that channels defines", Channel::known_words()),
            _ => wanted.to_owned(),
        };
        let code = match format {
            "dotted-id" => FaultCode::BadId,
            "regime" | "channel" => FaultCode::UnknownValue,
            "zone" => FaultCode::BadNight,
            "date" | "hh:mm" => FaultCode::BadDate,
            "os-version" => FaultCode::BadVersion,
            _ => FaultCode::BadContact,
        };
        let mut value = Value::String(text);
        let what = format!("{} is not {wanted}", shown(&value));
        self.replace(schema, &mut value, code, what, format!("write {wanted}"));
        value.as_str().unwrap_or_default().to_owned()
    }

    /// A text that is no text for people: a name, a label.
    fn plain(&mut self, text: &str) {
        self.text_fault(text::fault(text, MAX_TEXT_CHARS));
    }

    /// A text for people.
    fn prose(&mut self, text: &str, one_line: bool) {
        let judge = if one_line { text::fault_of_line } else { text::fault_of_paragraphs };
        self.text_fault(judge(text, MAX_TEXT_CHARS));
    }

    fn text_fault(&mut self, fault: Option<TextFault>) {
        let Some(fault) = fault else { return };
        let (code, fix) = match fault {
            TextFault::Empty => (FaultCode::EmptyText, "write it".to_owned()),
            TextFault::TooLong => (FaultCode::TextTooLong, format!("shorten it to {MAX_TEXT_CHARS} characters")),
            TextFault::Control => (
                FaultCode::ControlCharacter,
                "remove the character; a line break belongs into a text of several paragraphs alone".to_owned(),
            ),
            TextFault::Bidi => (FaultCode::BidiControl, "remove the character, or write an isolate (U+2066 to U+2069) instead".to_owned()),
            TextFault::Unclosed => (FaultCode::BidiControl, "let U+2069 close each of U+2066 to U+2068 in the same line".to_owned()),
        };
        self.faults.push(&self.pointer, code, format!("the text {}", fault.what()), fix);
    }

    fn integer(&mut self, schema: &'a Value, number: i128, value: &mut Value) {
        let least = schema.get("minimum").and_then(Value::as_i64).map_or(i128::from(i32::MIN), i128::from);
        // Swift and Kotlin get these numbers signed.
        let most = i128::from(i32::MAX);
        if !(least..=most).contains(&number) {
            let range = format!("a number from {least} to {most}");
            self.replace(schema, value, FaultCode::OutOfRange, format!("{number} is not {range}"), format!("write {range}"));
        }
    }

    // One of several words, or an object with one of several fields: the two forms that our enums have in JSON.
    fn one_of(&mut self, schema: &'a Value, value: &mut Value) {
        let kinds = schema.get("oneOf").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if let Value::Object(object) = value
            && object.len() == 1
        {
            let chosen = kinds.iter().find(|kind| field_names(kind).any(|field| object.contains_key(field)));
            if let Some(Value::Object(fields)) = chosen.and_then(|kind| kind.get("properties")) {
                return self.object(chosen.unwrap_or(schema), fields, "", object);
            }
        }
        if value.as_str().is_some_and(|word| [schema].into_iter().chain(kinds).flat_map(words).any(|known| known == word)) {
            return;
        }
        let code = if value.is_string() || value.is_object() { FaultCode::UnknownValue } else { FaultCode::WrongType };
        let what = format!("{} is not one of those allowed", shown(value));
        self.replace(schema, value, code, what, format!("write one of {}", allowed(schema)));
    }

    fn replace(&mut self, schema: &'a Value, value: &mut Value, code: FaultCode, what: impl Into<String>, fix: impl Into<String>) {
        self.faults.push(&self.pointer, code, what, fix);
        self.replaced.pointers.push(self.pointer.clone());
        *value = self.neutral(schema);
    }

    // The smallest value that fits.
    fn neutral(&self, schema: &'a Value) -> Value {
        let (schema, _) = self.resolve(schema);
        if takes_null(schema) {
            return Value::Null;
        }
        if let Some(kinds) = schema.get("oneOf").and_then(Value::as_array) {
            return kinds.iter().find_map(|kind| words(kind).next()).map_or(Value::Null, Value::from);
        }
        match kind(schema) {
            "object" => {
                let fields = schema.get("properties");
                let field = |name: &str| {
                    (name.to_owned(), fields.and_then(|fields| fields.get(name)).map_or(Value::Null, |field| self.neutral(field)))
                };
                Value::Object(required(schema).map(field).collect())
            }
            "array" => Value::Array(Vec::new()),
            "integer" => Value::from(0),
            "boolean" => Value::from(false),
            _ if schema.get("enum").is_some() => words(schema).next().map_or(Value::Null, Value::from),
            _ => Value::from(match schema.get("format").and_then(Value::as_str) {
                Some("date") => "2000-01-01",
                Some("hh:mm") => "00:00",
                _ => "",
            }),
        }
    }

    fn resolve(&self, schema: &'a Value) -> (&'a Value, &'a str) {
        let name = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix("#/$defs/"));
        name.and_then(|name| Some((self.root.get("$defs")?.get(name)?, name))).unwrap_or((schema, ""))
    }

    fn at(&mut self, push: impl FnOnce(&mut String), then: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        push(&mut self.pointer);
        then(self);
        self.pointer.truncate(length);
    }
}

fn missing(demand: Option<&Demand>, key: &str) -> (FaultCode, String) {
    let Some(Demand { code, rule, .. }) = demand else { return (FaultCode::MissingField, format!("{key} is missing")) };
    (*code, format!("{key} is missing, and {rule} asks for it"))
}

/// True for the schema of a text of no particular form.
fn is_plain_text(schema: &Value) -> bool {
    schema.as_object().is_some_and(|words| words.len() == 1 && words.get("type").is_some_and(|kind| kind == "string"))
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn words(schema: &Value) -> impl Iterator<Item = &str> {
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    listed.chain(schema.get("const")).filter_map(Value::as_str)
}

/// The values of one of our enums, as an error lists them: words, and objects with one field.
fn allowed(schema: &Value) -> String {
    let kinds = schema.get("oneOf").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let words = [schema].into_iter().chain(kinds).flat_map(words).map(|word| format!("{word:?}"));
    let fields = kinds.iter().flat_map(field_names).map(|field| format!("{{{field:?}: …}}"));
    words.chain(fields).collect::<Vec<_>>().join(", ")
}

fn field_names(schema: &Value) -> impl Iterator<Item = &str> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str())
}

fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default(),
        _ if schema.get("oneOf").is_some() => "one of the values allowed",
        _ => "",
    }
}

fn takes_null(schema: &Value) -> bool {
    let named = schema
        .get("type")
        .is_some_and(|kind| kind == "null" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "null")));
    named || schema.get("anyOf").and_then(Value::as_array).is_some_and(|kinds| kinds.iter().any(takes_null))
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn article(kind: &str) -> &str {
    match kind {
        "object" => "an object",
        "array" => "a list",
        "string" => "a text",
        "integer" => "a whole number",
        "boolean" => "true or false",
        "" => "a value",
        other => other,
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{:?}", text::shown(text, MAX_SHOWN)),
        other => type_name(other).to_owned(),
    }
}

// A known field that differs in case, in a separator or in one letter.
fn nearest<'k>(key: &str, known: impl Iterator<Item = &'k String>) -> Option<&'k String> {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['-', '_', ' '], "");
    let close = |known: &&String| {
        let (left, right) = (plain(key), plain(known));
        let common = left.chars().zip(right.chars()).take_while(|(a, b)| a == b).count();
        let tail = left.chars().rev().zip(right.chars().rev()).take_while(|(a, b)| a == b).count();
        left == right || common + tail + 1 >= left.chars().count().max(right.chars().count())
    };
    known.into_iter().find(close)
}
