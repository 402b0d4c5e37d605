//! From when an answer counts whose own date cannot be.
//!
//! A date can be impossible for the present clock: it lies in the future, or before any app could ask. The device then notes when it
//! noticed that, and the answer counts from there. A clock that itself stands before any app could ask is wrong, so what was noticed by
//! such a clock is kept apart from what was noticed by the others. Of each of the two kinds the earliest date counts: if the clock jumps
//! back and forth, no later noticing makes an answer last longer.

use serde::Serialize;

use super::{CurrentAnswer, EARLIEST_DATE};
use crate::{debug::silent, json::FromJson};

/// When it was noticed that the date of one answer cannot be.
///
/// For an answer that a sign-in brought into the account there is one even if nothing was noticed yet, because such an answer goes by two
/// operations and both have to be known.
#[derive(Clone, PartialEq, Eq, Default, Serialize, FromJson)]
pub struct Redating {
    /// The operation of the choice.
    pub op: String,
    /// Position in this device's ledger of the record that holds the answer, where there is one. A sign-in brings an answer along under an
    /// operation of its own while the server tells it under that of the choice: both have this position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
    /// True where the clock that noticed it last stood before any app could ask.
    pub by_early_clock: bool,
    /// The earliest date by a clock that can be right, Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sound: Option<i64>,
    /// The earliest date by a clock that stood before any app could ask, Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early: Option<i64>,
}

silent!(Redating);

impl Redating {
    /// From when the answer counts by the clock that noticed it last, Unix milliseconds.
    pub fn at(&self) -> Option<i64> {
        if self.by_early_clock { self.early } else { self.sound }
    }

    /// The earliest date by a clock of that kind, Unix milliseconds.
    pub(super) fn earliest(&self, early_clock: bool) -> Option<i64> {
        if early_clock { self.early } else { self.sound }
    }

    /// True where it is about this answer.
    pub(super) fn is_of(&self, answer: &CurrentAnswer) -> bool {
        answer.op.as_ref() == Some(&self.op) || (answer.seq.is_some() && answer.seq == self.seq)
    }

    /// Adds a date. Only the earliest of each kind is kept.
    pub(super) fn add(&mut self, at: i64) {
        self.by_early_clock = is_early(at);
        let date = if self.by_early_clock { &mut self.early } else { &mut self.sound };
        *date = Some(date.map_or(at, |before| before.min(at)));
    }
}

/// True for a date before any app could ask.
pub(super) fn is_early(at: i64) -> bool {
    at < EARLIEST_DATE
}
