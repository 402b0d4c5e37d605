//! Records: immutable facts, kept as the exact JSON bytes that were hashed.

use serde::Serialize;

use super::{Mark, OutcomeRecord, RemoteRecord, SignalRecord, millis};
use crate::{debug::silent, json::FromJson, policy::Scope};

/// Version of the record format; a reader refuses a higher one.
pub const FORMAT: u32 = 1;

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

/// What the giver of a grant could see of the server's state, taken from the `Shown` token.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Seen {
    /// The subject the form showed, by its reference.
    pub subject: String,
    /// The server's name for its numbering.
    pub history: String,
    /// The highest withdrawal number that was visible.
    pub epoch: i64,
    /// The mark of that number: it tells which withdrawals the number stood for. Absent where it was not known, and in records from before
    /// there were marks; such a `seen` covers no withdrawal.
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
    /// Whom it follows.
    pub scope: Scope,
    /// The purpose.
    pub purpose: String,
    /// What was said.
    pub choice: ChoiceKind,
    /// The text it answers.
    pub policy: TextRef,
    /// Language of the text, BCP 47.
    pub language: String,
    /// The form.
    pub surface: String,
    /// How.
    pub method: Method,
    /// By whom.
    pub actor: Actor,
    /// What could be seen when the form was drawn; absent where the server's state was unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// The person's own withdrawals of this purpose that were shown but not yet numbered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
}

/// A consent brought from an older store of the app.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Import {
    /// Reference of the subject it belongs to.
    pub subject: String,
    /// Whom it follows.
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
    /// By whom; absent for the person.
    #[serde(default, skip_serializing_if = "Actor::is_person")]
    pub actor: Actor,
    /// The policy and material number it is taken to answer.
    pub policy: TextRef,
    /// Version of the text that was shown there; absent if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_version: Option<String>,
    /// The operation of the earlier import whose place it takes, where there is one: a later yes of an older store passes the no that
    /// the store said before, and no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
}

/// A policy came into force on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct PolicyAdopted {
    /// Policy id.
    pub id: String,
    /// Version label.
    pub version: String,
    /// Edition.
    pub edition: u32,
    /// SHA-256 (hex) of the document.
    pub document: String,
}

/// The person signed in: from here on person-scope choices belong to this subject. Or signed out, to a new anonymous one.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Link {
    /// Reference of the subject now in front of the screen.
    pub subject: String,
    /// False after a sign-out.
    pub account: bool,
}

/// One answer carried over by a merge.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Merged {
    /// The purpose.
    pub purpose: String,
    /// Where it stood.
    pub choice: ChoiceKind,
    /// The choice that made it so.
    pub op: String,
    /// Material number it answers.
    pub material: u32,
    /// When it was said (RFC 3339), which is not when it was brought along; absent in records from before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// True for an import without a date; `at` is then when it was imported.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undated: bool,
    /// By whom it was said; absent for the person.
    #[serde(default, skip_serializing_if = "Actor::is_person")]
    pub actor: Actor,
}

/// The answers of an anonymous person are brought into the account.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Merge {
    /// Reference of the anonymous subject.
    pub from: String,
    /// Reference of the account's subject.
    pub subject: String,
    /// The answers.
    pub answers: Vec<Merged>,
}

/// The ledger begins.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Install {
    /// Reference of the device subject.
    pub device: String,
    /// Reference of the first, anonymous, person.
    pub person: String,
}

/// This file was restored from a backup or cloned: a new installation begins.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Restore {
    /// The installation it was copied from.
    pub former: String,
    /// Reference of the new device subject.
    pub device: String,
}

/// An answer whose date cannot be, and when it counts from instead.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct RedatedAnswer {
    /// The purpose.
    pub purpose: String,
    /// The choice that bears the date.
    pub op: String,
    /// From when it counts (RFC 3339).
    pub at: String,
}

/// It was noticed that answers bear dates that cannot be: the clock was wrong when they were given, or is now.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Redated {
    /// Reference of the subject.
    pub subject: String,
    /// The answers.
    pub answers: Vec<RedatedAnswer>,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// The ledger begins.
    Install(Install),
    /// A choice.
    Choice(Choice),
    /// A consent from an older store.
    Import(Import),
    /// The platform's signals changed.
    Signal(SignalRecord),
    /// A policy came into force.
    Policy(PolicyAdopted),
    /// Somebody signed in or out.
    Link(Link),
    /// Anonymous answers were brought into an account.
    Merge(Merge),
    /// The server's states.
    Remote(RemoteRecord),
    /// The server's word on changes.
    Outcome(OutcomeRecord),
    /// A new installation began on a copied file.
    Restore(Restore),
    /// Dates that cannot be were noticed.
    Redated(Redated),
}

/// One record of the ledger.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Record {
    /// Version of this format.
    pub format: u32,
    /// The installation that wrote it (random, no device identifier).
    pub install: String,
    /// Position in that installation's ledger, from 1, without gaps.
    pub seq: i64,
    /// Random name of the operation (UUIDv7).
    pub op: String,
    /// When, on the device's clock: UTC, RFC 3339 with milliseconds.
    pub at: String,
    /// Minutes that local time was ahead of UTC.
    pub offset: i32,
    /// The app's version, as the host gave it.
    pub app: String,
    /// This library's version.
    pub sdk: String,
    /// What it says.
    #[serde(flatten)]
    pub body: Body,
}

silent!(Merged, Seen, Choice, Import, Link, Merge, Record, Restore, Install, RedatedAnswer, Redated);

impl Record {
    /// When it was written, Unix milliseconds; 0 where the text is no time.
    pub fn at_ms(&self) -> i64 {
        millis(&self.at).unwrap_or(0)
    }
}
