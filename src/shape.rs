//! Reads a type from a JSON value, and says only whether the value fits.
//!
//! A type gets its reader by `#[derive(FromJson)]`; the functions here are what all those readers call. They take the members of an object
//! by name, in any order, out of a value that is only borrowed. Where a value does not fit they do not say why: of a policy, the one
//! document that people write by hand, `policy/structure.rs` reports every fault before it is read here.
//!
//! The readers are not the ones that serde derives, because those make the shipped library 20 to 33 per cent larger and read more than is written.
//! `docs/decisions/08-a-derive-of-our-own.md` has the figures.

use std::{borrow::Cow, collections::BTreeMap, fmt::Display};

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

/// A member that may be absent, and is then the type's default.
pub(crate) fn optional<T: FromJson + Default>(object: &Map<String, Value>, name: &str) -> Option<T> {
    object.get(name).map_or_else(|| Some(T::default()), T::from_json)
}

/// A member that may be absent, and is then what `default` gives.
pub(crate) fn optional_or<T: FromJson>(object: &Map<String, Value>, name: &str, default: impl FnOnce() -> T) -> Option<T> {
    object.get(name).map_or_else(|| Some(default()), T::from_json)
}

/// True where the object has no member but these, which are written with a comma behind each.
pub(crate) fn has_no_other(object: &Map<String, Value>, names: &str) -> bool {
    object.keys().all(|key| names.split_terminator(',').any(|name| name == key))
}

/// Which of some words, written with a comma behind each, a value is.
pub(crate) fn word(value: &Value, words: &str) -> Option<usize> {
    let wanted = value.as_str()?;
    words.split_terminator(',').position(|word| word == wanted)
}

/// Takes an enum's variant apart that may have content: `"kind"`, or `{"kind": content}`.
pub(crate) fn kind(value: &Value) -> Option<(&str, Option<&Value>)> {
    match value {
        Value::String(kind) => Some((kind, None)),
        Value::Object(object) if object.len() == 1 => object.iter().next().map(|(kind, content)| (kind.as_str(), Some(content))),
        _ => None,
    }
}

/// Reads a type of ours for a caller that works with serde. The server and tests do; the shipped library never does.
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
        // A plain loop, because collecting into an option makes far more code for every type.
        let mut all = Vec::new();
        for content in value.as_array()? {
            all.push(T::from_json(content)?);
        }
        Some(all)
    }
}

impl<T: FromJson + Clone> FromJson for Cow<'static, [T]> {
    fn from_json(value: &Value) -> Option<Self> {
        Vec::from_json(value).map(Self::Owned)
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
    use crate::json::FromJson;

    #[derive(Debug, Clone, Copy, PartialEq, Serialize, FromJson)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        Plain,
        TwoWords,
        Under14,
        ADay,
        #[serde(rename = "self", alias = "own")]
        Person,
    }

    fn seven() -> u32 {
        7
    }

    #[derive(Debug, PartialEq, FromJson)]
    #[serde(deny_unknown_fields)]
    struct Thing {
        name: String,
        count: u32,
        #[serde(default)]
        nothing: Option<Vec<i64>>,
        #[serde(default = "seven")]
        seven: u32,
        words: Vec<Word>,
        pair: (String, i64),
        #[serde(skip)]
        flag: bool,
    }

    #[derive(Debug, PartialEq, FromJson)]
    #[serde(rename_all = "snake_case", deny_unknown_fields)]
    enum Kind {
        Never,
        Days(u32),
        Until { year: u32 },
    }

    #[derive(Debug, PartialEq, FromJson)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Body {
        OfDays(Days),
        OfYears(Years),
    }

    #[derive(Debug, PartialEq, FromJson)]
    struct Days {
        days: u32,
    }

    #[derive(Debug, PartialEq, FromJson)]
    struct Years {
        years: u32,
    }

    #[derive(Debug, PartialEq, FromJson)]
    struct Whole {
        #[serde(rename = "type")]
        name: String,
        #[serde(flatten)]
        body: Body,
    }

    fn thing() -> Value {
        json!({ "name": "a", "count": 3, "nothing": null, "words": ["plain", "self"], "pair": ["p", -2] })
    }

    #[test]
    fn every_word_is_read_as_it_is_written() {
        for word in [Word::Plain, Word::TwoWords, Word::Under14, Word::ADay, Word::Person] {
            let written = serde_json::to_value(word).unwrap();
            assert_eq!(Word::from_json(&written), Some(word), "{written}");
        }
        assert_eq!(Word::from_json(&json!("own")), Some(Word::Person), "another word for it");
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
            seven: 7,
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
            ("seven", json!(null)),
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
    fn a_variant_is_read_with_its_own_content_and_no_other() {
        for (value, expected) in [
            (json!("never"), Kind::Never),
            (json!({ "days": 7 }), Kind::Days(7)),
            (json!({ "until": { "year": 2030 } }), Kind::Until { year: 2030 }),
        ] {
            assert_eq!(Kind::from_json(&value), Some(expected), "{value}");
        }
        for other in [
            json!({ "never": null }),
            json!("days"),
            json!({ "days": null }),
            json!({ "until": 2030 }),
            json!({ "until": { "year": 2030, "month": 1 } }),
            json!({ "years": 7 }),
        ] {
            assert_eq!(Kind::from_json(&other), None, "{other}");
        }
    }

    #[test]
    fn a_member_names_the_variant_whose_content_stands_beside_it() {
        let whole = |body| Some(Whole { name: "a".into(), body });
        assert_eq!(Whole::from_json(&json!({ "type": "a", "kind": "of_days", "days": 7 })), whole(Body::OfDays(Days { days: 7 })));
        assert_eq!(Whole::from_json(&json!({ "type": "a", "kind": "of_years", "years": 1 })), whole(Body::OfYears(Years { years: 1 })));
        for other in [
            json!({ "type": "a", "kind": "of_days", "years": 7 }),
            json!({ "type": "a", "kind": "of_weeks", "days": 7 }),
            json!({ "type": "a", "kind": { "of_days": null }, "days": 7 }),
            json!({ "type": "a", "days": 7 }),
            json!({ "name": "a", "kind": "of_days", "days": 7 }),
        ] {
            assert_eq!(Whole::from_json(&other), None, "{other}");
        }
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum WordBySerde {
        Plain,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct PlaceBySerde {
        seq: i64,
        word: WordBySerde,
    }

    #[derive(Debug, PartialEq, FromJson)]
    struct Place {
        seq: i64,
        word: Word,
    }

    // Why the readers are not serde's: the decision record names this test.
    #[test]
    fn what_serde_would_read_beyond_what_it_writes_is_refused() {
        let written = json!({ "seq": 3, "word": "plain" });
        assert_eq!(Place::from_json(&written), Some(Place { seq: 3, word: Word::Plain }));
        for other in [json!([3, "plain"]), json!({ "seq": 3, "word": { "plain": null } })] {
            let by_serde = serde_json::from_value::<PlaceBySerde>(other.clone()).ok();
            assert_eq!(by_serde, Some(PlaceBySerde { seq: 3, word: WordBySerde::Plain }), "{other}");
            assert_eq!(Place::from_json(&other), None, "{other}");
            assert_eq!(serde_json::from_value::<Place>(other).ok(), None, "also where a caller asks by serde");
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
