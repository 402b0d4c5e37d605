//! Fits a JSON value into a type, and says no more than whether it fits.
//!
//! `serde_json` tells what was wrong; where that matters (a policy) we tell it better ourselves. With an error that holds nothing and
//! a value that is only borrowed there is little to write and to undo at each field: all readers together weigh a third.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeOwned, DeserializeSeed, EnumAccess, Error, Expected, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor, value},
    forward_to_deserialize_any,
};
use serde_json::{Value, map};

/// It does not fit.
#[derive(Debug)]
pub struct Misfit;

impl fmt::Display for Misfit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("not the expected shape")
    }
}

impl std::error::Error for Misfit {}

// Each of these would otherwise write a text that nobody reads.
impl Error for Misfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// Fits a value into a type.
pub fn fit<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(Piece(value)).ok()
}

struct Piece<'a>(&'a Value);

impl<'de> Deserializer<'de> for Piece<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(whole), ..) => visitor.visit_i64(whole),
                (None, Some(large), _) => visitor.visit_u64(large),
                (None, None, Some(broken)) => visitor.visit_f64(broken),
                (None, None, None) => Err(Misfit),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(list) => visitor.visit_seq(Elements(list.iter())),
            Value::Object(object) => visitor.visit_map(Members { members: object.iter(), next: None }),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_borrowed_str(self.0.as_str().ok_or(Misfit)?)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_seq(Elements(self.0.as_array().ok_or(Misfit)?.iter()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Misfit> {
        let whole = self.0.as_array().is_some_and(|list| list.len() == length);
        if whole { self.deserialize_seq(visitor) } else { Err(Misfit) }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_map(Members { members: self.0.as_object().ok_or(Misfit)?.iter(), next: None })
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_map(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::String(name) => visitor.visit_enum(Variant { name, content: None }),
            Value::Object(object) if object.len() == 1 => {
                let (name, content) = object.iter().next().ok_or(Misfit)?;
                visitor.visit_enum(Variant { name, content: Some(content) })
            }
            _ => Err(Misfit),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct
    }
}

struct Elements<'a>(std::slice::Iter<'a, Value>);

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        self.0.next().map(|value| seed.deserialize(Piece(value))).transpose()
    }
}

struct Members<'a> {
    members: map::Iter<'a>,
    next: Option<&'a Value>,
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        let Some((key, value)) = self.members.next() else { return Ok(None) };
        self.next = Some(value);
        seed.deserialize(value::BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        seed.deserialize(Piece(self.next.take().ok_or(Misfit)?))
    }
}

struct Variant<'a> {
    name: &'a str,
    content: Option<&'a Value>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Misfit;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Misfit> {
        let name = seed.deserialize(value::BorrowedStrDeserializer::new(self.name))?;
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Misfit;

    fn unit_variant(self) -> Result<(), Misfit> {
        if self.content.is_none() { Ok(()) } else { Err(Misfit) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Misfit> {
        seed.deserialize(Piece(self.content.ok_or(Misfit)?))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Misfit> {
        Piece(self.content.ok_or(Misfit)?).deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Misfit> {
        Piece(self.content.ok_or(Misfit)?).deserialize_map(visitor)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
        Numbered(u32),
        Named { name: String },
        Pair(i64, bool),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Thing {
        name: String,
        count: u32,
        #[serde(default)]
        weight: f64,
        nothing: Option<Vec<i64>>,
        kinds: Vec<Kind>,
        pair: (String, i64),
    }

    fn thing() -> Value {
        let kinds = json!(["plain", { "numbered": 7 }, { "named": { "name": "n" } }, { "pair": [-1, true] }]);
        json!({ "name": "a", "count": 3, "weight": 0.5, "nothing": null, "kinds": kinds, "pair": ["p", -2] })
    }

    #[test]
    fn what_fits_is_read_as_serde_json_reads_it() {
        let expected: Thing = serde_json::from_value(thing()).unwrap();
        assert_eq!(fit::<Thing>(&thing()), Some(expected));
        assert_eq!(fit::<Value>(&thing()), Some(thing()));
    }

    #[test]
    fn an_absent_option_is_none_and_an_absent_default_is_the_default() {
        let mut value = thing();
        value.as_object_mut().unwrap().retain(|key, _| key != "nothing" && key != "weight");
        let read: Thing = fit(&value).unwrap();
        assert_eq!((read.nothing, read.weight), (None, 0.0));
    }

    #[test]
    fn what_does_not_fit_is_refused_at_every_place() {
        for (place, wrong) in [
            ("name", json!(1)),
            ("name", json!(null)),
            ("count", json!(-1)),
            ("count", json!(u64::MAX)),
            ("count", json!("3")),
            ("nothing", json!([0.5])),
            ("kinds", json!(["other"])),
            ("kinds", json!(["numbered"])),
            ("kinds", json!([{ "plain": 1 }])),
            ("kinds", json!([{ "numbered": 7, "plain": null }])),
            ("kinds", json!({})),
            ("pair", json!(["p"])),
            ("pair", json!(["p", 1, 2])),
            ("unknown", json!(true)),
        ] {
            let mut value = thing();
            value[place] = wrong.clone();
            assert_eq!(fit::<Thing>(&value), None, "{place}: {wrong}");
        }
    }

    #[test]
    fn a_missing_field_is_refused() {
        for key in ["name", "count", "kinds", "pair"] {
            let mut value = thing();
            value.as_object_mut().unwrap().remove(key);
            assert_eq!(fit::<Thing>(&value), None, "{key}");
        }
    }
}
