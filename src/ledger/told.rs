//! What the server said: its states, and its word on changes.

use serde::Serialize;

use super::{Evidence, Mark, Status};
use crate::{debug::silent, json::FromJson};

/// A withdrawal or refusal that the server numbered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Withdrawal {
    /// The choice that withdrew.
    pub op: String,
    /// Its number, from 1, per subject and purpose.
    pub epoch: i64,
}

/// The server's word on one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct RemoteState {
    /// The purpose.
    pub purpose: String,
    /// Where it stands there.
    pub status: Status,
    /// The server's name for its numbering; empty once it gave the numbering another name, and then no number of it counts any more.
    pub history: String,
    /// The highest withdrawal number.
    pub epoch: i64,
    /// The newest withdrawals, oldest first; numbers below the first one are not listed.
    pub withdrawals: Vec<Withdrawal>,
    /// The mark of the number below the first one listed, where the list does not begin with number 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Mark>,
    /// The choice that made it so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op: Option<String>,
    /// What its record shows; absent where the server gave no record that fits, and then a grant does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// The exact record of a refusal or withdrawal made elsewhere: should the server lose it, this device brings it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
}

/// States pulled from the server.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct RemoteRecord {
    /// Reference of the subject.
    pub subject: String,
    /// The states that changed.
    pub states: Vec<RemoteState>,
    /// True where the server gave its numbering another name: no number heard before counts any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub renamed: bool,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// It took effect.
    Applied,
    /// A grant that could not see a withdrawal: kept as evidence, without effect.
    StaleGrant,
    /// The server refuses it.
    Rejected,
    /// The server could not take it; kept on the device and listed.
    Stuck,
}

/// The server's word on one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Outcome {
    /// The change.
    pub op: String,
    /// What became of it.
    pub outcome: OutcomeKind,
    /// The number a withdrawal was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<i64>,
    /// Stable code of the cause, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The server's word on a batch.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct OutcomeRecord {
    /// Reference of the subject.
    pub subject: String,
    /// The server's name for its numbering, where it answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<String>,
    /// One a change.
    pub results: Vec<Outcome>,
}

silent!(RemoteRecord, OutcomeRecord);
