//! Reads JSON that comes from outside, within bounds.
//!
//! `serde_json` takes lists of any length, and of two equal keys in one object it keeps the last. Another program may keep the first, so
//! that the two would read different documents out of the same bytes. One pass over the bytes ([`check`]) refuses such documents before any
//! type is read from them.

use std::{collections::HashSet, fmt, fmt::Write as _};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

pub(crate) use consentkit_derive::FromJson;

pub use crate::shape::FromJson;
use crate::text;

/// Deepest nesting of lists and objects that is read, from whomever it comes. Our own documents need 8; a program that follows a deeper
/// document by recursion could be made to run out of stack.
pub const MAX_DEPTH: usize = 32;

/// Most elements of one list and most members of one object that are read. The longest list of ours is far shorter, and whoever walks one
/// more than once would be slowed down without end by a longer one.
pub const MAX_WIDTH: usize = 10_000;

/// The greatest whole number that every program reads exactly from JSON (2^53 - 1, RFC 8259, section 6). A number from outside that counts
/// something has to be between 0 and this one. No number of ours comes near it, and adding to it cannot overflow.
pub const MAX_INTEGER: i64 = 9_007_199_254_740_991;

/// Most characters of one key in a pointer, so that a hostile key cannot fill a log.
const MAX_KEY_SHOWN: usize = 64;

/// Why JSON from outside was not read. It holds keys and places and never a value, since a value may be personal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer:?}: {kind}")]
pub struct JsonFault {
    /// JSON pointer (RFC 6901) of the place; empty for the whole document, and where only line and column are known.
    pub pointer: String,
    /// What was wrong there.
    pub kind: JsonFaultKind,
}

/// What was wrong with JSON from outside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonFaultKind {
    /// More bytes than the caller reads.
    #[error("larger than {max} bytes")]
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// Not JSON, or cut off.
    #[error("not JSON from line {line}, column {column} on")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH}")]
    TooDeep,
    /// A list or an object with more than [`MAX_WIDTH`] entries.
    #[error("more than {MAX_WIDTH} entries")]
    TooWide,
    /// The same key twice in one object.
    #[error("the key is there twice")]
    DuplicateKey,
    /// JSON, but not what the type needs.
    #[error("not the expected shape")]
    Shape,
}

/// Reads a type from JSON of at most `max_bytes` bytes that passes [`check`].
pub fn read<T: FromJson>(bytes: &[u8], max_bytes: usize) -> Result<T, JsonFault> {
    T::from_json(&read_value(bytes, max_bytes)?).ok_or(JsonFault { pointer: String::new(), kind: JsonFaultKind::Shape })
}

/// Reads any JSON of at most `max_bytes` bytes that passes [`check`].
pub fn read_value(bytes: &[u8], max_bytes: usize) -> Result<Value, JsonFault> {
    check(bytes, max_bytes)?;
    parse(bytes).ok_or(JsonFault { pointer: String::new(), kind: JsonFaultKind::Shape })
}

/// Reads a type from JSON that this library wrote itself, which needs no [`check`].
pub fn own<T: FromJson>(bytes: &[u8]) -> Option<T> {
    T::from_json(&parse(bytes)?)
}

fn parse(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok()
}

/// Walks through JSON without building it, and refuses what is too large, no JSON, nested too deep or too wide, and any object in which a
/// key stands twice.
pub fn check(bytes: &[u8], max_bytes: usize) -> Result<(), JsonFault> {
    if bytes.len() > max_bytes {
        return Err(JsonFault { pointer: String::new(), kind: JsonFaultKind::TooLarge { max: max_bytes } });
    }
    let mut walk = Walk::default();
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = Look { walk: &mut walk }.deserialize(&mut reader).and_then(|()| reader.end());
    match (read, walk.fault) {
        (Ok(()), _) => Ok(()),
        (Err(_), Some(fault)) => Err(fault),
        (Err(error), None) => {
            let (line, column) = (error.line(), error.column());
            Err(JsonFault { pointer: String::new(), kind: JsonFaultKind::Syntax { line, column } })
        }
    }
}

/// Appends a key to a JSON pointer. A long key is cut, and characters that must not be shown are replaced.
pub fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
    // Nearly every key of a real document is written like this, and needs neither.
    if key.len() <= MAX_KEY_SHOWN && key.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')) {
        return pointer.push_str(key);
    }
    pointer.push_str(&text::shown(key, MAX_KEY_SHOWN).replace('~', "~0").replace('/', "~1"));
}

/// Appends one list index to a JSON pointer.
pub fn push_index(pointer: &mut String, index: usize) {
    // Writing to a String cannot fail.
    let _ = write!(pointer, "/{index}");
}

#[derive(Default)]
struct Walk {
    path: Vec<Step>,
    fault: Option<JsonFault>,
}

enum Step {
    Key(String),
    Index(usize),
}

impl Walk {
    // The error type of `serde_json` carries only text, so the typed fault is kept beside it.
    fn fail<E: serde::de::Error>(&mut self, kind: JsonFaultKind) -> E {
        let mut pointer = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) => push_key(&mut pointer, key),
                Step::Index(index) => push_index(&mut pointer, *index),
            }
        }
        self.fault.get_or_insert(JsonFault { pointer, kind });
        E::custom("refused")
    }
}

struct Look<'a> {
    walk: &'a mut Walk,
}

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if self.walk.path.len() == MAX_DEPTH {
            return Err(self.walk.fail(JsonFaultKind::TooDeep));
        }
        for index in 0.. {
            self.walk.path.push(Step::Index(index));
            let more = list.next_element_seed(Look { walk: self.walk })?.is_some();
            self.walk.path.pop();
            if !more {
                return Ok(());
            }
            if index == MAX_WIDTH {
                return Err(self.walk.fail(JsonFaultKind::TooWide));
            }
        }
        Err(A::Error::custom("refused"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        if self.walk.path.len() == MAX_DEPTH {
            return Err(self.walk.fail(JsonFaultKind::TooDeep));
        }
        let mut seen = HashSet::new();
        while let Some(key) = object.next_key::<String>()? {
            if seen.len() == MAX_WIDTH {
                return Err(self.walk.fail(JsonFaultKind::TooWide));
            }
            let twice = !seen.insert(key.clone());
            self.walk.path.push(Step::Key(key));
            if twice {
                return Err(self.walk.fail(JsonFaultKind::DuplicateKey));
            }
            object.next_value_seed(Look { walk: self.walk })?;
            self.walk.path.pop();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(json: &str) -> Option<(String, JsonFaultKind)> {
        check(json.as_bytes(), 1_000_000).err().map(|fault| (fault.pointer, fault.kind))
    }

    #[test]
    fn plain_json_passes() {
        for json in ["null", "-0", "\"a\"", "[]", "{}", "[1, {\"a\": [true, null, 1.5]}, {\"a\": 2}]"] {
            assert_eq!(kind(json), None, "{json}");
        }
    }

    #[test]
    fn equal_keys_are_refused_at_any_depth_however_they_are_written() {
        for (json, pointer) in
            [(r#"{"a": 1, "a": 1}"#, "/a"), (r#"[0, {"b": {"a": [], "a": []}}]"#, "/1/b/a"), (r#"{"a": 1, "\u0061": 2}"#, "/a")]
        {
            assert_eq!(kind(json), Some((pointer.into(), JsonFaultKind::DuplicateKey)), "{json}");
        }
    }

    #[test]
    fn depth_and_width_end_at_their_limits() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(kind(&nested(MAX_DEPTH)), None);
        assert_eq!(kind(&nested(MAX_DEPTH + 1)).map(|(_, kind)| kind), Some(JsonFaultKind::TooDeep));
        // Deep enough to end a program that follows it by recursion.
        assert_eq!(kind(&nested(400_000)).map(|(_, kind)| kind), Some(JsonFaultKind::TooDeep));
        let list = |width: usize| format!("{{\"a\": [{}]}}", vec!["0"; width].join(","));
        assert_eq!(kind(&list(MAX_WIDTH)), None);
        assert_eq!(kind(&list(MAX_WIDTH + 1)), Some(("/a".into(), JsonFaultKind::TooWide)));
        let object = |width: usize| format!("{{{}}}", (0..width).map(|key| format!("\"{key}\":0")).collect::<Vec<_>>().join(","));
        assert_eq!(kind(&object(MAX_WIDTH)), None);
        assert_eq!(kind(&object(MAX_WIDTH + 1)), Some((String::new(), JsonFaultKind::TooWide)));
    }

    #[test]
    fn what_is_no_json_is_told_with_line_and_column() {
        for json in ["", " ", "{", "[1,]", "{\"a\"}", "01", "nul", "1 2", "\"\u{1}\"", "\"\\ud800\"", "\u{feff}1"] {
            assert!(matches!(kind(json), Some((_, JsonFaultKind::Syntax { .. }))), "{json:?}: {:?}", kind(json));
        }
        assert!(check(b"[\"\xff\"]", 10).is_err(), "not UTF-8");
        assert_eq!(kind("[1,\n  x]"), Some((String::new(), JsonFaultKind::Syntax { line: 2, column: 3 })));
    }

    #[test]
    fn the_limit_is_in_bytes_and_holds_before_anything_is_read() {
        assert_eq!(check("\"가\"".as_bytes(), 5), Ok(()));
        let fault = check("\"가\"".as_bytes(), 4).err();
        assert_eq!(fault.map(|fault| fault.kind), Some(JsonFaultKind::TooLarge { max: 4 }));
    }

    #[test]
    fn a_wrong_shape_is_told_without_the_value() {
        let fault = read::<Vec<u32>>(b"[1, \"010-1234-5678\"]", 100).err();
        let shown = fault.map(|fault| fault.to_string()).unwrap_or_default();
        assert!(shown.contains("not the expected shape") && !shown.contains("010"), "{shown}");
    }

    #[test]
    fn a_long_or_hostile_key_is_cut_and_cleaned() {
        let json = format!("{{\"\\u202e{}\": {{\"x\": 1, \"x\": 1}}}}", "k".repeat(500));
        let pointer = kind(&json).map(|(pointer, _)| pointer).unwrap_or_default();
        assert!(pointer.len() < 100 && pointer.ends_with("…/x") && !pointer.contains('\u{202e}'), "{pointer:?}");
    }
}
