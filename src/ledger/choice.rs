//! The two records of an answer: a choice that was made in this app, and a consent that an older store of the app holds.

use serde::Serialize;

use super::{Actor, ChoiceKind, Mark, Method};
use crate::{debug::silent, json::FromJson, policy::Scope};

/// What the giver of a grant could see of the server's state when the form was drawn. It comes from the `Shown` token.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Seen {
    /// The subject the form showed, by its reference.
    pub subject: String,
    /// The name of the server's numbering that the number below belongs to.
    #[serde(rename = "history")]
    pub numbering: String,
    /// The highest withdrawal number that the form knew.
    pub epoch: i64,
    /// The mark of that number, which says which withdrawals were counted up to it. Absent where it was not known, and in records of
    /// versions without marks. Without a mark the form counts as having shown no withdrawal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

/// The exact text that a choice answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct TextRef {
    /// Policy id.
    pub id: String,
    /// Policy version label.
    pub version: String,
    /// Policy edition.
    pub edition: u32,
    /// The purpose's material number.
    pub material: u32,
    /// SHA-256 (hex) of the notice as shown; absent where nothing had to be shown (a withdrawal, an import).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A choice for one purpose.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Choice {
    /// Reference of the subject it belongs to.
    pub subject: String,
    /// Whether the answer belongs to the device or follows the person.
    pub scope: Scope,
    /// The purpose.
    pub purpose: String,
    /// What was said.
    pub choice: ChoiceKind,
    /// The text it answers.
    pub policy: TextRef,
    /// Language of the text, BCP 47.
    pub language: String,
    /// Name of the form or place in the app where it was made.
    pub surface: String,
    /// How it was made.
    pub method: Method,
    /// Who made it.
    pub actor: Actor,
    /// What the giver could see of the server's state; absent where the device did not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// Operations of this device's own withdrawals of the purpose that the form showed and the server had not numbered yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
}

/// A consent brought from an older store of the app.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Import {
    /// Reference of the subject it belongs to.
    pub subject: String,
    /// Whether the answer belongs to the device or follows the person.
    pub scope: Scope,
    /// The purpose.
    pub purpose: String,
    /// What was said.
    pub choice: ChoiceKind,
    /// The older store.
    pub source: String,
    /// When it was said there (RFC 3339); absent if the older store did not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said_at: Option<String>,
    /// The same in Unix milliseconds where it lies outside the years 0 to 9999, which are all that RFC 3339 can name. `said_at` is then the
    /// first or the last moment of those years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside_years: Option<i64>,
    /// Who said it; absent for the person.
    #[serde(default, skip_serializing_if = "Actor::is_person")]
    pub actor: Actor,
    /// The policy and material number that it is taken to answer.
    pub policy: TextRef,
    /// Version of the text that was shown there; absent if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_version: Option<String>,
    /// The operation of the earlier import that this one replaces, where there is one. So a later yes of an older store replaces a no that
    /// the same store had brought before, and no other no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
}

silent!(Seen, Choice, Import);
