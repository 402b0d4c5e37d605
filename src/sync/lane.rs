//! How far one subject is within a pass.

use super::reply::Trouble;

/// A subject to visit, and how. No `Debug`: it names the subject.
#[derive(Clone, PartialEq, Eq)]
pub struct Lane {
    /// Its reference on this device.
    pub subject_ref: String,
    /// Its name on the wire.
    pub wire: String,
    /// True for an account: the host's token. False for the device and an anonymous person: the installation's token.
    pub account: bool,
    /// True for an account that signed out, and for the device that this file was copied from: the installation's token, withdrawals only,
    /// nothing is pulled. Where the server never saw the installation signed in to the account, the account's own token, if the host still
    /// has one.
    pub withdrawals_only: bool,
}

impl Lane {
    /// True where requests carry the installation's own token.
    pub fn by_install(&self) -> bool {
        !self.account || self.withdrawals_only
    }
}

/// Whether a lane is visited further in this pass.
pub(super) enum Phase {
    Open,
    Served,
    Aside(Trouble),
}

/// A lane and how far it is.
pub(super) struct Progress {
    pub(super) lane: Lane,
    pub(super) phase: Phase,
    /// Some answer in this pass was taken, so the server does understand what we send.
    pub(super) answered: bool,
    /// At least one of so many changes at the head of the queue was refused in a batch.
    pub(super) suspect: usize,
    /// The next request carries no changes.
    pub(super) pull_only: bool,
    /// The next request carries no cursor.
    pub(super) from_start: bool,
    /// The next request carries a fresh token.
    pub(super) refresh: bool,
    /// Most states asked for, once an answer was too large.
    pub(super) page: Option<i64>,
    /// More states wait on the server.
    pub(super) more: bool,
    /// Conflicts since a change was last taken up.
    pub(super) conflicts: u32,
    /// Requests without changes.
    pub(super) pulls: u32,
    /// Bytes of the answers to those.
    pub(super) pulled_bytes: usize,
}

impl Progress {
    pub(super) fn new(lane: Lane) -> Self {
        Self {
            lane,
            phase: Phase::Open,
            answered: false,
            suspect: 0,
            pull_only: false,
            from_start: false,
            refresh: false,
            page: None,
            more: false,
            conflicts: 0,
            pulls: 0,
            pulled_bytes: 0,
        }
    }

    pub(super) fn open(&self) -> bool {
        matches!(self.phase, Phase::Open)
    }

    /// True where a refusal must lie with the changes. On a lane that pulls nothing there is no other request to compare with.
    pub(super) fn may_blame(&self) -> bool {
        self.answered || self.lane.withdrawals_only
    }

    /// Most changes for the next request. Halving what is under suspicion finds the one in log2 steps.
    pub(super) fn changes(&self, limit: usize) -> usize {
        if self.pull_only {
            0
        } else if self.suspect > 0 {
            self.suspect.div_ceil(2).min(limit)
        } else {
            limit
        }
    }
}
