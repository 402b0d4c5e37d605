//! What goes between a device and the server.

use std::sync::Arc;

use consentkit::{
    ledger::Record,
    sync::{
        numbering::Head,
        protocol::{ChangeResult, WireState},
    },
};

use crate::{ghost::Set, rule::Marks};

/// One change on the wire.
#[derive(Debug, Clone)]
pub struct Change {
    /// The record.
    pub record: Arc<Record>,
    /// What the wrong rules look at.
    pub marks: Marks,
    /// True for a withdrawal made elsewhere that the server lost.
    pub relayed: bool,
}

/// Where a pull ended: the name of the numbering, the count of changes, and the head at that count.
pub type Cursor = (String, i64, Head);

/// One request of a device.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its installation.
    pub install: String,
    /// Reference of the subject.
    pub subject: String,
    /// Where its last pull ended.
    pub cursor: Option<Cursor>,
    /// The record of the installation that came last, as the server said.
    pub acknowledged: Option<(i64, String)>,
    /// What waits.
    pub changes: Vec<Change>,
}

/// The answer to it.
#[derive(Debug, Clone)]
pub struct Response {
    /// Reference of the subject.
    pub subject: String,
    /// True where the request named no place to go on from.
    pub whole: bool,
    /// What became of each change.
    pub results: Vec<ChangeResult>,
    /// The state, where it changed since the cursor.
    pub states: Vec<WireState>,
    /// The numbering.
    pub numbering: String,
    /// Where this pull ended.
    pub cursor: Cursor,
    /// The record of the installation that came last: its place and its operation.
    pub last_arrived: Option<(i64, String)>,
    /// True where the record that the request says was acknowledged was not held.
    pub lost: bool,
    /// Edition of the policy in force.
    pub edition: u32,
    /// The stamp of the last choice that took effect. Only the hybrid clock looks at it.
    pub stamp: i64,
    /// Ghost: the withdrawals that the state speaks of.
    pub reached: Set,
}
