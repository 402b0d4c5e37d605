//! A lane: one subject that a pass of the sync engine visits, and how far the pass is with it.

use super::trouble::Trouble;

/// A subject to visit, and with which rights. No `Debug`: it names the subject.
#[derive(Clone, PartialEq, Eq)]
pub struct Lane {
    /// The subject's reference on this device.
    pub subject_ref: String,
    /// The subject's name on the wire.
    pub wire: String,
    /// True for an account, whose requests carry the token that the app provides. False for the device and an anonymous person, whose
    /// requests carry the installation's token.
    pub account: bool,
    /// True for an account that signed out, and for the device that this file was copied from. Requests then carry the installation's token
    /// and only withdrawals, and ask for no states. If the server never saw this installation signed in to the account it refuses that
    /// token; then the account's own token is used, if the app still has one.
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
    /// An answer was accepted in this pass, so the server understands what this lane sends.
    pub(super) answered: bool,
    /// The server refused a batch, so at least one of this many changes at the head of the queue is at fault; 0 where none is suspected.
    pub(super) suspect: usize,
    /// The next request carries no changes.
    pub(super) pull_only: bool,
    /// The next request carries no cursor.
    pub(super) from_start: bool,
    /// The next request carries a fresh token.
    pub(super) refresh: bool,
    /// Most states asked for, once an answer was too large.
    pub(super) page: Option<i64>,
    /// The server has more states to tell.
    pub(super) more: bool,
    /// Conflicts since the server last accepted a change.
    pub(super) conflicts: u32,
    /// Requests without changes so far.
    pub(super) pulls: u32,
    /// Bytes of the answers to those requests.
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

    /// True where a refusal must be due to the changes, because a request without changes got through. On a lane that pulls nothing there
    /// is no such request, and the changes are taken to be at fault.
    pub(super) fn may_blame(&self) -> bool {
        self.answered || self.lane.withdrawals_only
    }

    /// Most changes for the next request. While some changes are suspected, half of them: so the one at fault is found in few requests.
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
