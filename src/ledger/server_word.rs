//! What the server said, as the ledger keeps it: its states of purposes, and what became of the changes that were sent.
//!
//! The server numbers the withdrawals of each purpose of a subject. That numbering has a random name, here `numbering` and in JSON
//! `history`. After a loss the server gives the numbering another name, and no number from before means anything any more.

use serde::Serialize;

use super::{Evidence, Mark, Status};
use crate::{debug::silent, json::FromJson};

/// A refusal or withdrawal that the server numbered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Withdrawal {
    /// The operation of the choice.
    pub op: String,
    /// Its number, counted from 1 for each purpose of each subject.
    pub epoch: i64,
}

/// What the server told of one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct RemoteState {
    /// The purpose.
    pub purpose: String,
    /// The answer that counts at the server.
    pub status: Status,
    /// The name of the numbering that the numbers below belong to. Empty once the server gave the numbering another name: the numbers then
    /// mean nothing, while the answer itself is still what the server told last.
    #[serde(rename = "history")]
    pub numbering: String,
    /// The highest number that was given to a withdrawal.
    pub epoch: i64,
    /// The newest withdrawals, oldest first. Those with numbers below the first one are not listed.
    pub withdrawals: Vec<Withdrawal>,
    /// The mark of the number below the first one listed, where the list does not begin with number 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Mark>,
    /// The operation of the choice that gave this answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op: Option<String>,
    /// What the record of that choice shows. Absent where the server gave no record that fits, and then a grant does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// The exact record of a refusal or withdrawal made elsewhere. Should the server lose it, this device sends it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
}

impl RemoteState {
    /// True for a refusal and a withdrawal. A device believes these whatever else is wrong with an answer, since they only take a
    /// permission away.
    pub fn lowers(&self) -> bool {
        matches!(self.status, Status::Refused | Status::Withdrawn)
    }
}

/// The record of states that the server told.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct RemoteRecord {
    /// Reference of the subject.
    pub subject: String,
    /// The states that changed.
    pub states: Vec<RemoteState>,
    /// True where the server gave its numbering another name: no number that it told before means anything any more.
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

/// What became of one change that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Outcome {
    /// The operation of the change.
    pub op: String,
    /// What became of it.
    pub outcome: OutcomeKind,
    /// The number that a withdrawal was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<i64>,
    /// Stable code of the cause, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The record of what became of the changes of one request.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct OutcomeRecord {
    /// Reference of the subject.
    pub subject: String,
    /// The name of the numbering; absent where the server could not take the request.
    #[serde(default, rename = "history", skip_serializing_if = "Option::is_none")]
    pub numbering: Option<String>,
    /// One result for each change that the server decided on.
    pub results: Vec<Outcome>,
}

silent!(RemoteRecord, OutcomeRecord);
