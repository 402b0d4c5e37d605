//! Something that is wrong with a policy: a fault, because of which it does not open, or a gap, because of which it should not be published.

use consentkit::policy::Fault;
use serde_json::{Value, json};

use super::rules;

/// A fault or a gap.
pub struct Finding {
    /// For a gap: its letter in the list of gaps that were found in a policy of 2020.
    pub letter: Option<char>,
    /// For a fault: its stable code.
    pub code: Option<String>,
    /// The number of the rule, where one asks for it.
    pub rule: Option<String>,
    /// Its place, a JSON pointer.
    pub pointer: String,
    pub what: String,
    /// What to do.
    pub advice: String,
}

impl Finding {
    pub fn of_fault(fault: &Fault) -> Self {
        let rule = rules::first(&fault.what).or_else(|| rules::first(&fault.fix));
        Self {
            letter: None,
            code: Some(snake(&format!("{:?}", fault.code))),
            rule,
            pointer: fault.pointer.clone(),
            what: fault.what.clone(),
            advice: fault.fix.clone(),
        }
    }

    /// What findings are listed by: the rule, then the place.
    pub fn order(&self) -> ((bool, String, u32), Option<char>, String) {
        (rules::order(self.rule.as_deref()), self.letter, self.pointer.clone())
    }

    pub fn json(&self) -> Value {
        json!({
            "kind": if self.letter.is_some() { "gap" } else { "fault" },
            "letter": self.letter.map(String::from),
            "code": self.code,
            "rule": self.rule,
            "pointer": self.pointer,
            "what": self.what,
            "advice": self.advice,
        })
    }

    pub fn text(&self) -> String {
        let rule = self.rule.as_deref().unwrap_or("-");
        let kind = self.letter.map_or_else(|| "fault".to_owned(), |letter| format!("gap ({letter})"));
        let place = if self.pointer.is_empty() { "the whole document" } else { &self.pointer };
        format!("{rule:<9} {kind:<8} {place}\n                   {}\n                   -> {}", self.what, self.advice)
    }
}

/// `MissingField` as `missing_field`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
