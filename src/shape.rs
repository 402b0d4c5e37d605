//! Fits a JSON value into a type, and says no more than whether it fits.
//!
//! `serde_json` tells what was wrong; where that matters (a policy) we tell it better ourselves. A reader derived by serde is built
//! anew for every type, with a place for each order of its fields and a text for each fault: over all our types it came to a tenth of
//! the shipped library. These readers take members by name out of a value that is only borrowed.

use std::{collections::BTreeMap, fmt::Display};

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::{Map, Value};

/// A type that is read from JSON.
pub trait FromJson: Sized {
    /// The value as this type; `None` where it does not fit.
    fn from_json(value: &Value) -> Option<Self>;
}

/// A member that must be there.
pub(crate) fn needed<T: FromJson>(object: &Map<String, Value>, name: &str) -> Option<T> {
    T::from_json(object.get(name)?)
}

/// A member that may be left out, and then is the type's default.
pub(crate) fn optional<T: FromJson + Default>(object: &Map<String, Value>, name: &str) -> Option<T> {
    object.get(name).map_or_else(|| Some(T::default()), T::from_json)
}

/// True where the object has no member but these, which are written with commas between.
pub(crate) fn has_no_other(object: &Map<String, Value>, names: &str) -> bool {
    object.keys().all(|key| names.split_terminator(',').any(|name| name == key))
}

/// Which of some names, written with commas between, a value is the word for.
pub(crate) fn word(value: &Value, names: &str) -> Option<usize> {
    let word = value.as_str()?;
    names.split_terminator(',').position(|name| is_word(name, word))
}

/// True where `word` is `Name` written as `name`, and `TwoWords` as `two_words`.
fn is_word(name: &str, word: &str) -> bool {
    let mut left = word.bytes();
    let fits = name.bytes().enumerate().all(|(index, letter)| {
        (index == 0 || letter.is_ascii_lowercase() || letter.is_ascii_digit() || left.next() == Some(b'_'))
            && left.next() == Some(letter.to_ascii_lowercase())
    });
    fits && left.next().is_none()
}

/// A kind that may carry something: `"kind"`, or `{"kind": content}`.
pub(crate) fn kind(value: &Value) -> Option<(&str, Option<&Value>)> {
    match value {
        Value::String(kind) => Some((kind, None)),
        Value::Object(object) if object.len() == 1 => object.iter().next().map(|(kind, content)| (kind.as_str(), Some(content))),
        _ => None,
    }
}

/// Reads a type of ours for a caller that works with serde: the server, and tests.
pub(crate) fn deserialize<'de, T: FromJson, D: Deserializer<'de>>(reader: D, name: impl Display) -> Result<T, D::Error> {
    let value = Value::deserialize(reader)?;
    T::from_json(&value).ok_or_else(|| D::Error::custom(format_args!("not a {name}")))
}

impl FromJson for Value {
    fn from_json(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

impl FromJson for String {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl FromJson for bool {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl FromJson for i64 {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_i64()
    }
}

impl FromJson for i32 {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_i64()?.try_into().ok()
    }
}

impl FromJson for u32 {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_i64()?.try_into().ok()
    }
}

impl FromJson for chrono::NaiveDate {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_str()?.parse().ok()
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: &Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::from_json(value).map(Some) }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: &Value) -> Option<Self> {
        // A plain loop: collecting into an option is built anew, and large, for every type.
        let mut all = Vec::new();
        for content in value.as_array()? {
            all.push(T::from_json(content)?);
        }
        Some(all)
    }
}

impl<T: FromJson> FromJson for BTreeMap<String, T> {
    fn from_json(value: &Value) -> Option<Self> {
        let mut all = Self::new();
        for (name, content) in value.as_object()? {
            all.insert(name.clone(), T::from_json(content)?);
        }
        Some(all)
    }
}

impl<A: FromJson, B: FromJson> FromJson for (A, B) {
    fn from_json(value: &Value) -> Option<Self> {
        let [first, second] = value.as_array()?.as_slice() else { return None };
        Some((A::from_json(first)?, B::from_json(second)?))
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::json;

    use super::*;
    use crate::json::{readable, words};

    #[derive(Debug, Clone, Copy, PartialEq, Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        Plain,
        TwoWords,
        Under14,
        ADay,
        #[serde(rename = "self")]
        Person,
    }
    words!(Word { Plain, TwoWords, Under14, ADay, Person = "self" });

    #[derive(Debug, PartialEq)]
    struct Thing {
        name: String,
        count: u32,
        nothing: Option<Vec<i64>>,
        words: Vec<Word>,
        pair: (String, i64),
        flag: bool,
    }
    readable!(strict Thing { name, count, words, pair; nothing | flag });

    fn thing() -> Value {
        json!({ "name": "a", "count": 3, "nothing": null, "words": ["plain", "self"], "pair": ["p", -2] })
    }

    #[test]
    fn every_word_is_read_as_it_is_written() {
        for word in [Word::Plain, Word::TwoWords, Word::Under14, Word::ADay, Word::Person] {
            let written = serde_json::to_value(word).unwrap();
            assert_eq!(Word::from_json(&written), Some(word), "{written}");
        }
        for other in
            ["", "Plain", "plai", "plain_", "two__words", "twowords", "two_word", "under_14", "person", "plain,two_words", "_plain"]
        {
            assert_eq!(Word::from_json(&json!(other)), None, "{other}");
        }
        assert_eq!((Word::from_json(&json!(0)), Word::from_json(&json!({ "plain": null }))), (None, None));
    }

    #[test]
    fn what_fits_is_read_and_an_absent_option_is_the_default() {
        let expected = Thing {
            name: "a".into(),
            count: 3,
            nothing: None,
            words: vec![Word::Plain, Word::Person],
            pair: ("p".into(), -2),
            flag: false,
        };
        assert_eq!(Thing::from_json(&thing()).as_ref(), Some(&expected));
        let mut value = thing();
        value.as_object_mut().unwrap().remove("nothing");
        assert_eq!(serde_json::from_value::<Thing>(value).ok(), Some(expected));
    }

    #[test]
    fn what_does_not_fit_is_refused_at_every_place() {
        for (place, wrong) in [
            ("name", json!(1)),
            ("name", json!(null)),
            ("count", json!(-1)),
            ("count", json!(u64::MAX)),
            ("count", json!(3.0)),
            ("count", json!("3")),
            ("nothing", json!([0.5])),
            ("words", json!(["other"])),
            ("words", json!([0])),
            ("words", json!({})),
            ("pair", json!(["p"])),
            ("pair", json!(["p", 1, 2])),
            ("flag", json!(true)),
            ("unknown", json!(true)),
            ("", json!(true)),
            ("name,count", json!(true)),
        ] {
            let mut value = thing();
            value[place] = wrong.clone();
            assert_eq!(Thing::from_json(&value), None, "{place}: {wrong}");
        }
        assert_eq!((Thing::from_json(&json!([])), Thing::from_json(&json!(7))), (None, None));
    }

    #[test]
    fn a_missing_field_is_refused() {
        for key in ["name", "count", "words", "pair"] {
            let mut value = thing();
            value.as_object_mut().unwrap().remove(key);
            assert_eq!(Thing::from_json(&value), None, "{key}");
        }
    }

    #[test]
    fn a_kind_stands_alone_or_around_its_content() {
        assert_eq!(kind(&json!("days")), Some(("days", None)));
        assert_eq!(kind(&json!({ "days": 7 })), Some(("days", Some(&json!(7)))));
        for other in [json!({}), json!({ "days": 7, "months": 1 }), json!(["days"]), json!(7), json!(null)] {
            assert_eq!(kind(&other), None, "{other}");
        }
    }
}
