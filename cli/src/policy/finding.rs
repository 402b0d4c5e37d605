//! Something that is wrong with a policy: a fault, because of which it does not open, or a gap, because of which it should not be published.

use consentkit::policy::Fault;
use serde_json::{Value, json};

use super::{field, rules};

/// A fault or a gap.
pub struct Finding {
    /// The letter of the gap in the list of those that were found in a policy of 2020, where it is one of them.
    pub letter: Option<char>,
    /// For a fault: its stable code. A gap has none.
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
    /// A gap, by the rule that it is about where there is one.
    pub fn gap(rule: Option<&str>, pointer: impl Into<String>, what: impl Into<String>, advice: &str) -> Self {
        let (pointer, what, advice) = (pointer.into(), what.into(), advice.to_owned());
        Self { letter: None, code: None, rule: rule.map(str::to_owned), pointer, what, advice }
    }

    /// A fault. Where something is missing, it says what the field is for.
    pub fn of_fault(fault: &Fault) -> Self {
        let rule = rules::first(&fault.what).or_else(|| rules::first(&fault.fix));
        let meaning = fault.fix.starts_with("add ").then(|| field::meaning(&fault.pointer)).flatten();
        let advice = meaning.map_or_else(|| fault.fix.clone(), |meaning| format!("{} ({meaning})", fault.fix));
        Self {
            letter: None,
            code: Some(snake(&format!("{:?}", fault.code))),
            rule,
            pointer: fault.pointer.clone(),
            what: fault.what.clone(),
            advice,
        }
    }

    /// True where the document opens with it and should not be published.
    pub fn is_gap(&self) -> bool {
        self.code.is_none()
    }

    /// What findings are listed by: the rule, then the place.
    pub fn order(&self) -> ((bool, String, u32), Option<char>, String) {
        (rules::order(self.rule.as_deref()), self.letter, self.pointer.clone())
    }

    pub fn json(&self) -> Value {
        json!({
            "kind": if self.is_gap() { "gap" } else { "fault" },
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
        let kind = match self.letter {
            Some(letter) => format!("gap ({letter})"),
            None if self.is_gap() => "gap".to_owned(),
            None => "fault".to_owned(),
        };
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
