//! JSON from outside, read within bounds.
//!
//! `serde_json` keeps the last of two equal keys and takes lists of any length; a reader that does so can be made to see another
//! document than a second reader. Here one pass looks for that before any type is built.

use std::{collections::HashSet, fmt, fmt::Write as _};

use serde::{
    Deserializer,
    de::{DeserializeOwned, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use crate::text;

/// Deepest nesting that is read (PROTOCOL, bounds). Our own documents need 8.
pub const MAX_DEPTH: usize = 32;

/// Most elements of one list and most members of one object (PROTOCOL, bounds).
pub const MAX_WIDTH: usize = 10_000;

/// Most characters of one key in a pointer, so that a hostile key cannot fill a log.
const MAX_KEY_SHOWN: usize = 64;

/// Why JSON from outside was not read. Holds keys and places, never a value: values may be personal.
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
    #[error("not the expected shape at line {line}, column {column}")]
    Shape {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
}

/// Reads a typed value of at most `max_bytes` bytes, after [`check`].
pub fn read<T: DeserializeOwned>(bytes: &[u8], max_bytes: usize) -> Result<T, JsonFault> {
    check(bytes, max_bytes)?;
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        JsonFault { pointer: String::new(), kind: JsonFaultKind::Shape { line, column } }
    })
}

/// Reads any JSON of at most `max_bytes` bytes, after [`check`].
pub fn read_value(bytes: &[u8], max_bytes: usize) -> Result<Value, JsonFault> {
    read(bytes, max_bytes)
}

/// Looks through JSON without building it: size, syntax, depth, width, and keys that appear twice in one object at any depth.
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

/// Appends one step to a JSON pointer; a long or unprintable key is cut and cleaned.
pub fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
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
    // The reader's own error type carries text only, so the typed fault is kept beside it.
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
