//! From when the answers to one purpose count, where their dates cannot be.

use super::{CurrentAnswer, Key, Redating, redating::is_early};

/// Most answers to one purpose whose redating is kept: the one that waits to be sent, the one that the server tells, and some earlier ones
/// that the server may tell again.
const MAX_REDATINGS: usize = 8;

impl Key {
    /// When it was noticed that the date of this answer cannot be; `None` where nothing was noticed.
    pub fn redating_of(&self, answer: &CurrentAnswer) -> Option<&Redating> {
        self.redatings.iter().find(|redating| redating.is_of(answer))
    }

    /// From when an answer counts, given a clock that says `now`; `written` is the answer with the date that its record bears. Of all dates
    /// that clocks of this kind know of the answer the earliest counts, and none later than now.
    pub fn counts_from(&self, written: &CurrentAnswer, now: i64) -> i64 {
        self.earliest(written, is_early(now)).map_or(now, |at| at.min(now))
    }

    fn earliest(&self, written: &CurrentAnswer, early_clock: bool) -> Option<i64> {
        let noticed = self.redating_of(written).and_then(|redating| redating.earliest(early_clock));
        noticed.into_iter().chain(Some(written.at).filter(|at| is_early(*at) == early_clock)).min()
    }

    /// The date with which an answer is brought into an account, where other devices will read it: one by a clock that can be right, if
    /// there is any.
    pub fn date_to_tell(&self, answer: &CurrentAnswer, install: &str) -> i64 {
        if !is_early(answer.at) {
            return answer.at;
        }
        let written = self.current_answer_as_written(install, true);
        self.earliest(&written, false).filter(|_| written.op == answer.op).unwrap_or(answer.at)
    }

    /// All dates that are known of the answer of this operation, the one in its record among them; none where another answer is the
    /// current one.
    pub(super) fn all_dates_of(&self, op: &str, install: &str) -> Redating {
        let (written, current) = (self.current_answer_as_written(install, true), self.current_answer(install, true));
        if written.op.as_deref() != Some(op) {
            return Redating::default();
        }
        let mut dates = self.redating_of(&current).cloned().unwrap_or_default();
        dates.add(written.at);
        Redating { by_early_clock: is_early(current.at), ..dates }
    }

    /// Notes from when the answer of this operation counts, beside what was noticed of it before.
    pub(super) fn redate(&mut self, op: &str, at: i64, install: &str) {
        let answer = Some(self.current_answer_as_written(install, true)).filter(|answer| answer.op.as_deref() == Some(op));
        let is_known = |redating: &&mut Redating| redating.op == op || answer.as_ref().is_some_and(|answer| redating.is_of(answer));
        if let Some(known) = self.redatings.iter_mut().find(is_known) {
            return known.add(at);
        }
        let mut redating = Redating { op: op.to_owned(), seq: answer.and_then(|answer| answer.seq), ..Redating::default() };
        redating.add(at);
        self.keep_redating(redating);
    }

    /// Keeps a redating as the newest one. Past [`MAX_REDATINGS`] the oldest is dropped.
    pub(super) fn keep_redating(&mut self, redating: Redating) {
        self.redatings.retain(|known| known.op != redating.op);
        self.redatings.push(redating);
        let dropped = self.redatings.len().saturating_sub(MAX_REDATINGS);
        self.redatings.drain(..dropped);
    }
}
