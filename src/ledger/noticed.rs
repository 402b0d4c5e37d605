//! What was noticed of an answer whose date cannot be: from when it counts by the clocks that noticed it.
//!
//! A clock that stands before any app could ask tells nothing of the time, so what it noticed is kept apart from what the others did.
//! Of each kind the earliest counts: no later noticing lends an answer more time, however often the clock jumps between the two.

use serde::Serialize;

use super::{CurrentAnswer, EARLIEST_DATE, Key};
use crate::{debug::silent, json::FromJson};

/// Most answers to one purpose of which it is remembered: the one that waits, the one that the server tells, and some that may be told
/// again.
const MAX_NOTICED: usize = 8;

/// What was noticed of one answer. Of one that a sign-in brought along it is kept also while nothing was, since it bears two names.
#[derive(Clone, PartialEq, Eq, Default, Serialize, FromJson)]
pub struct Noticed {
    /// The operation of the choice.
    pub op: String,
    /// Position in this device's ledger of the record that holds the answer, where there is one: a sign-in brings answers along under
    /// an operation of its own, and the server tells them under that of the choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
    /// True where the last clock that noticed it stood before any app could ask.
    pub by_early_clock: bool,
    /// The earliest date by a clock that can be right, Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sound: Option<i64>,
    /// The earliest date by a clock that stood before any app could ask, Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early: Option<i64>,
}
silent!(Noticed);

impl Noticed {
    /// From when the answer counts by the last clock that noticed it, Unix milliseconds.
    pub fn at(&self) -> Option<i64> {
        if self.by_early_clock { self.early } else { self.sound }
    }

    fn is_of(&self, said: &CurrentAnswer) -> bool {
        said.op.as_ref() == Some(&self.op) || (said.seq.is_some() && said.seq == self.seq)
    }

    fn add(&mut self, at: i64) {
        self.by_early_clock = is_early(at);
        let date = if self.by_early_clock { &mut self.early } else { &mut self.sound };
        *date = Some(date.map_or(at, |before| before.min(at)));
    }
}

impl Key {
    /// What was noticed of the answer that stands.
    pub fn noticed_of(&self, said: &CurrentAnswer) -> Option<&Noticed> {
        self.noticed.iter().find(|noticed| noticed.is_of(said))
    }

    /// From when the answer that stands counts by a clock that says `now`, where it bears the date `written`: from the earliest of all
    /// dates that such a clock can know of it, and never from later than now.
    pub fn counts_from(&self, written: &CurrentAnswer, now: i64) -> i64 {
        self.earliest(written, is_early(now)).map_or(now, |at| at.min(now))
    }

    fn earliest(&self, written: &CurrentAnswer, early: bool) -> Option<i64> {
        let noticed = self.noticed_of(written).and_then(|noticed| if early { noticed.early } else { noticed.sound });
        noticed.into_iter().chain(Some(written.at).filter(|at| is_early(*at) == early)).min()
    }

    /// The date that the answer that stands bears where it is brought into an account, from where others hear of it: one by a clock that
    /// can be right, where there is any.
    pub fn date_to_tell(&self, said: &CurrentAnswer, install: &str) -> i64 {
        if !is_early(said.at) {
            return said.at;
        }
        let written = self.current_answer_as_written(install, true);
        self.earliest(&written, false).filter(|_| written.op == said.op).unwrap_or(said.at)
    }

    /// All dates that are known of an answer, the one that it bears among them.
    pub(super) fn known_of(&self, op: &str, install: &str) -> Noticed {
        let (written, said) = (self.current_answer_as_written(install, true), self.current_answer(install, true));
        if written.op.as_deref() != Some(op) {
            return Noticed::default();
        }
        let mut known = self.noticed_of(&said).cloned().unwrap_or_default();
        known.add(written.at);
        Noticed { by_early_clock: is_early(said.at), ..known }
    }

    /// Keeps from when an answer counts. What was noticed of it before is kept with it.
    pub(super) fn notice(&mut self, op: &str, at: i64, install: &str) {
        let said = Some(self.current_answer_as_written(install, true)).filter(|said| said.op.as_deref() == Some(op));
        let is_known = |noticed: &&mut Noticed| noticed.op == op || said.as_ref().is_some_and(|said| noticed.is_of(said));
        if let Some(known) = self.noticed.iter_mut().find(is_known) {
            return known.add(at);
        }
        let mut noticed = Noticed { op: op.to_owned(), seq: said.and_then(|said| said.seq), ..Noticed::default() };
        noticed.add(at);
        self.keep(noticed);
    }

    /// Keeps what was noticed of an answer, the newest answers last.
    pub(super) fn keep(&mut self, noticed: Noticed) {
        self.noticed.retain(|known| known.op != noticed.op);
        self.noticed.push(noticed);
        let former = self.noticed.len().saturating_sub(MAX_NOTICED);
        self.noticed.drain(..former);
    }
}

fn is_early(at: i64) -> bool {
    at < EARLIEST_DATE
}
