//! What can be said to a purpose, how, and by whom.

use serde::Serialize;

use crate::json::FromJson;

/// What the person said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, FromJson, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceKind {
    /// Yes.
    Granted,
    /// No, when asked.
    Refused,
    /// No longer.
    Withdrawn,
}

impl ChoiceKind {
    /// True for a refusal and a withdrawal: both always take effect, whatever was said elsewhere (`docs/sync.md`).
    pub fn lowers(self) -> bool {
        self != Self::Granted
    }
}

/// Where a purpose stands with a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, FromJson, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing was said.
    #[default]
    NotAnswered,
    /// Yes.
    Granted,
    /// No, when asked.
    Refused,
    /// No longer.
    Withdrawn,
}

impl From<ChoiceKind> for Status {
    fn from(choice: ChoiceKind) -> Self {
        match choice {
            ChoiceKind::Granted => Self::Granted,
            ChoiceKind::Refused => Self::Refused,
            ChoiceKind::Withdrawn => Self::Withdrawn,
        }
    }
}

/// How a choice was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A switch in a form.
    Toggle,
    /// A dialog's button.
    Dialog,
    /// The guardian's own confirmation.
    Guardian,
    /// Brought from an older store.
    Import,
    /// A web page or an unsubscribe link.
    Web,
    /// Said to the call centre.
    Call,
}

/// Who made a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, FromJson, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The person.
    #[default]
    #[serde(rename = "self")]
    Person,
    /// The legal guardian of a person below the age of consent (PIPA-8).
    Guardian,
    /// An agent with a power of attorney (PIPA-10).
    Agent,
    /// The company, on the person's word.
    Operator,
}

impl Actor {
    /// True for the person, who is meant where a record names nobody.
    pub fn is_person(&self) -> bool {
        *self == Self::Person
    }
}
