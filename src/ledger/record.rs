//! The record: an immutable fact, kept as the exact JSON bytes that were hashed. Choices and imports, signals, and what the server said
//! have files of their own.

use serde::Serialize;

use super::{Actor, Choice, ChoiceKind, Import, OutcomeRecord, RemoteRecord, SetAside, SignalRecord, millis};
use crate::{debug::silent, json::FromJson};

/// Version of the format of records. A reader refuses a record with a higher one.
pub const FORMAT: u32 = 1;

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
    /// Purposes that it allows until the person objects and that an earlier edition here asked consent to. Only an answer counts for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked_before: Vec<String>,
    /// True where it brings a purpose of persons that is allowed until they object. What was said to it elsewhere has to be pulled first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pull_first: bool,
    /// Editions that were announced and can no longer come into force, since this one takes their place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drops: Vec<u32>,
    /// True where it was delivered over the network; false where the app brought it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub delivered: bool,
    /// Numbers of meaning that delivered editions used before it and that it does not follow: a yes to them is asked again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sets_aside: Vec<SetAside>,
}

/// An edition of the policy that comes into force at a later time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct EditionAhead {
    /// Policy id.
    pub id: String,
    /// Version label.
    pub version: String,
    /// Edition.
    pub edition: u32,
    /// SHA-256 (hex) of the document.
    pub document: String,
    /// From when it counts (RFC 3339).
    pub from: String,
    /// True where the app brought it; false where it was delivered over the network.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shipped: bool,
}

impl EditionAhead {
    /// From when it counts, Unix milliseconds; never where the text is no time.
    pub fn from_ms(&self) -> i64 {
        millis(&self.from).unwrap_or(i64::MAX)
    }
}

/// An edition of the policy became known on this device before the day on which it comes into force. Until then the one before it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct PolicyAnnounced {
    /// The edition.
    pub policy: EditionAhead,
    /// Editions that were announced before and can no longer come into force, since this one takes their place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drops: Vec<u32>,
}

/// One question that was on a form when it was closed.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct ClosedQuestion {
    /// Reference of the subject whose answer it asked for.
    pub subject: String,
    /// The purpose.
    pub purpose: String,
    /// Material number of the notice that was shown.
    pub material: u32,
}

/// A form was closed while questions of it were open. That answers none of them, and keeps the form away for a time (PIPA-16).
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Closed {
    /// The form.
    pub surface: String,
    /// The questions that were open.
    pub questions: Vec<ClosedQuestion>,
}

/// Somebody signed in or out. From here on the choices that follow the person belong to this subject: an account, or after a sign-out a new
/// anonymous person.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Link {
    /// Reference of the person who is now in front of the screen.
    pub subject: String,
    /// True for an account; false after a sign-out.
    pub account: bool,
}

/// One answer of an anonymous person that a merge brings into an account.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Merged {
    /// The purpose.
    pub purpose: String,
    /// What was said.
    pub choice: ChoiceKind,
    /// The operation of the choice.
    pub op: String,
    /// Material number of the notice that it answers.
    pub material: u32,
    /// When it was said (RFC 3339), which is before the sign-in. Absent in records of versions that did not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// True for an import of which the older store did not keep the date. `at` is then when it was imported.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undated: bool,
    /// By whom it was said; absent for the person.
    #[serde(default, skip_serializing_if = "Actor::is_person")]
    pub actor: Actor,
}

/// At a sign-in the answers of the anonymous person are brought into the account.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Merge {
    /// Reference of the anonymous subject.
    pub from: String,
    /// Reference of the account's subject.
    pub subject: String,
    /// The answers.
    pub answers: Vec<Merged>,
}

/// The first record of a ledger: it names the device and the first person.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Install {
    /// Reference of the device subject.
    pub device: String,
    /// Reference of the first person, who is anonymous.
    pub person: String,
    /// What was lost, where the file was here before and is empty now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<Lost>,
}

/// Records that were on the disk once and are gone: the file was put back, or a part of it was lost.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Lost {
    /// How many, at least; 0 where that cannot be told.
    pub records: i64,
    /// When the last record was written that is still there (RFC 3339). Absent where none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// The file was restored from a backup or copied from another phone, or records of it were lost: from here on it belongs to a new
/// installation.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Restore {
    /// The installation it was copied from.
    pub former: String,
    /// Reference of the new device subject.
    pub device: String,
    /// What was lost, where this is why a new installation begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<Lost>,
}

/// An answer whose date cannot be, and from when it counts instead.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct RedatedAnswer {
    /// The purpose.
    pub purpose: String,
    /// The operation of the choice that bears the date.
    pub op: String,
    /// From when it counts (RFC 3339).
    pub at: String,
}

/// It was noticed that answers bear dates that cannot be, because the clock was wrong when they were given or is wrong now.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Redated {
    /// Reference of the subject.
    pub subject: String,
    /// The answers.
    pub answers: Vec<RedatedAnswer>,
}

/// A row of an older store that was brought and changed nothing.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct KeptRow {
    /// The purpose.
    pub purpose: String,
    /// Which row of that store it was: see [`Import::row`].
    pub row: String,
}

/// Rows of an older store were brought and changed nothing, because of what stood here. It is kept that they were brought, for an app that
/// brings them at every start. Brought again, a no of them takes no yes away that was given here since, and a yes of them is not taken for
/// the next person who comes.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Kept {
    /// Reference of the subject.
    pub subject: String,
    /// The refusals and withdrawals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub noes: Vec<KeptRow>,
    /// The grants. Records of versions that kept only noes have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub yeses: Vec<KeptRow>,
}

/// The server has told all that it holds of a subject: a pull came to its end. From here on it is known what the subject said elsewhere, so
/// that its silence counts for purposes that are allowed until the person objects. Written only where the policy has such purposes and this
/// was not known since the last sign-in or restore.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct PullEnded {
    /// Reference of the subject.
    pub subject: String,
}

/// How many cookies of one purpose went out of a jar, and how many are still in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct RemovedCookies {
    /// The purpose that they need.
    pub purpose: String,
    /// How many went.
    pub removed: u32,
    /// How many the jar still has.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left: u32,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Cookies that may not be there were taken out of a jar. It has no name of a cookie, since some names hold an id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct CookiesRemoved {
    /// The jar, in the host's own word.
    pub store: String,
    /// What went, by purpose.
    pub purposes: Vec<RemovedCookies>,
}

/// What people said was erased: of the records up to a position, those without bytes are erased ones. Their hashes stay, so that the chain
/// can still be followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Erased {
    /// Position of the last record that may have lost its bytes.
    pub until: i64,
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
    /// Rows of an older store were brought and changed nothing.
    Kept(Kept),
    /// The server has told all that it holds of a subject.
    Pulled(PullEnded),
    /// An edition of the policy became known before its day.
    Announced(PolicyAnnounced),
    /// A form was closed without an answer.
    Closed(Closed),
    /// Cookies were taken out of a jar.
    CookiesRemoved(CookiesRemoved),
    /// What people said before was erased.
    Erased(Erased),
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

silent!(Merged, Link, Lost, Merge, Record, Restore, Install, RedatedAnswer, Redated, KeptRow, Kept, PullEnded, ClosedQuestion, Closed);

impl Record {
    /// When it was written, Unix milliseconds; 0 where the text is no time.
    pub fn at_ms(&self) -> i64 {
        millis(&self.at).unwrap_or(0)
    }
}
