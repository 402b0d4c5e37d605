//! What a page says, read from the text that it sends.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    debug::silent,
    json::{self, FromJson},
};

/// Longest message that is read, in bytes. Two hundred answers, as many as one call may hold, stay below.
pub const MAX_MESSAGE_BYTES: usize = 16 * 1024;

/// Most characters of the name that a page gives a message, and of the names of forms and tokens in it.
const MAX_NAME_BYTES: usize = 64;

/// One message of a page that was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The nonce that the script was given.
    pub nonce: String,
    /// The name of the message, which its reply bears as well.
    pub id: String,
    /// What it says.
    pub said: Said,
}

/// What a page says.
#[derive(Clone, PartialEq, Eq)]
pub enum Said {
    /// It wants to know what a form asks.
    Ask {
        /// The form.
        surface: String,
    },
    /// The person answered questions of a form.
    Record {
        /// Stands for the form that was shown.
        shown: String,
        /// The answers by purpose: true for a yes.
        answers: BTreeMap<String, bool>,
    },
    /// A form went away.
    Closed {
        /// Stands for the form that was shown.
        shown: String,
    },
    /// The person withdraws.
    Withdraw {
        /// The purposes.
        purposes: Vec<String>,
    },
}

silent!(Message, Said);

impl Said {
    /// True where it may write a record.
    pub fn writes(&self) -> bool {
        !matches!(self, Self::Ask { .. })
    }
}

/// Which kind of message it is. The other members are those of the kind, and no more.
#[derive(Serialize, FromJson)]
struct Kind {
    kind: String,
}

#[derive(Serialize, FromJson)]
#[serde(deny_unknown_fields)]
struct Ask {
    nonce: String,
    id: String,
    kind: String,
    surface: String,
}

#[derive(Serialize, FromJson)]
#[serde(deny_unknown_fields)]
struct Record {
    nonce: String,
    id: String,
    kind: String,
    shown: String,
    answers: BTreeMap<String, bool>,
}

#[derive(Serialize, FromJson)]
#[serde(deny_unknown_fields)]
struct Closed {
    nonce: String,
    id: String,
    kind: String,
    shown: String,
}

#[derive(Serialize, FromJson)]
#[serde(deny_unknown_fields)]
struct Withdraw {
    nonce: String,
    id: String,
    kind: String,
    purposes: Vec<String>,
}

/// Reads a message of at most [`MAX_MESSAGE_BYTES`]; `None` where it is none: no JSON, a key twice, a kind that is not known, a member too
/// many or too few.
pub fn read(text: &str) -> Option<Message> {
    let value = json::read_value(text.as_bytes(), MAX_MESSAGE_BYTES).ok()?;
    let (nonce, id, said) = match Kind::from_json(&value)?.kind.as_str() {
        "ask" => Ask::from_json(&value).map(|it| (it.nonce, it.id, Said::Ask { surface: it.surface }))?,
        "record" => Record::from_json(&value).map(|it| (it.nonce, it.id, Said::Record { shown: it.shown, answers: it.answers }))?,
        "closed" => Closed::from_json(&value).map(|it| (it.nonce, it.id, Said::Closed { shown: it.shown }))?,
        "withdraw" => Withdraw::from_json(&value).map(|it| (it.nonce, it.id, Said::Withdraw { purposes: it.purposes }))?,
        _ => return None,
    };
    let is_name = |name: &str| !name.is_empty() && name.len() <= MAX_NAME_BYTES && name.bytes().all(|byte| byte.is_ascii_graphic());
    is_name(&id).then_some(Message { nonce, id, said })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASK: &str = r#"{"nonce":"n","id":"1","kind":"ask","surface":"settings"}"#;

    #[test]
    fn each_kind_of_message_is_read() {
        let said = |text: &str| read(text).map(|message| message.said);
        assert_eq!(said(ASK), Some(Said::Ask { surface: "settings".into() }));
        let answers = BTreeMap::from([("a".to_owned(), true), ("b".to_owned(), false)]);
        let record = r#"{"nonce":"n","id":"1","kind":"record","shown":"s","answers":{"a":true,"b":false}}"#;
        assert_eq!(said(record), Some(Said::Record { shown: "s".into(), answers }));
        assert_eq!(said(r#"{"nonce":"n","id":"1","kind":"closed","shown":"s"}"#), Some(Said::Closed { shown: "s".into() }));
        let withdraw = r#"{"nonce":"n","id":"1","kind":"withdraw","purposes":["a"]}"#;
        assert_eq!(said(withdraw), Some(Said::Withdraw { purposes: vec!["a".into()] }));
    }

    #[test]
    fn what_is_no_message_is_not_read() {
        for text in [
            "",
            "null",
            "[]",
            "{}",
            "{\"kind\":\"ask\"}",
            &ASK.replace("ask", "allow"),
            &ASK.replace("\"settings\"", "\"settings\",\"actor\":\"guardian\""),
            &ASK.replace("\"settings\"", "\"settings\",\"surface\":\"first_run\""),
            &ASK.replace("\"settings\"", "null"),
            &ASK.replace("\"1\"", "1"),
            &ASK.replace("\"1\"", "\"\""),
            &ASK.replace("\"1\"", "\"a b\""),
            &ASK.replace("\"1\"", &format!("\"{}\"", "i".repeat(65))),
            &ASK.replace("settings", &"s".repeat(MAX_MESSAGE_BYTES)),
            &format!("{ASK} "),
            r#"{"nonce":"n","id":"1","kind":"record","shown":"s","answers":{"a":1}}"#,
            r#"{"nonce":"n","id":"1","kind":"record","shown":"s","answers":{"a":"granted"}}"#,
            r#"{"nonce":"n","id":"1","kind":"record","shown":"s","answers":{"a":true,"a":false}}"#,
            r#"{"nonce":"n","id":"1","kind":"record","answers":{"a":true}}"#,
            r#"{"nonce":"n","id":"1","kind":"withdraw","purposes":"a"}"#,
        ] {
            let blank = text == format!("{ASK} ");
            assert_eq!(read(text).is_some(), blank, "{text}");
        }
    }
}
