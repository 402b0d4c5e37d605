//! When a form was closed without an answer, and for how long it stays away because of that (PIPA-16).
//!
//! Closing a form is no answer: the purpose stays as unanswered as before. But whoever closed it was asked, and is not asked again before
//! the cool-down of the policy is over.

use serde::Serialize;

use super::CLOCK_SLACK_MS;
use crate::json::FromJson;

/// Most closings of one question that are remembered. A clock that jumps back and forth between two times, as on a phone that begins at
/// 1970 each time its battery was empty, then finds the closing of either time, and the form is not due again after each jump.
const MAX_CLOSINGS: usize = 4;

const DAY_MS: i64 = 86_400_000;

/// A form was closed while one of its questions was open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson)]
pub struct FormClosed {
    /// When, Unix milliseconds.
    pub at: i64,
    /// Material number of the notice that was shown.
    pub material: u32,
}

impl FormClosed {
    /// True where the question stays away at `now` (Unix milliseconds) because of this closing. A notice that changed in meaning since is
    /// another question. A closing that lies after the clock was written by a clock that was wrong, or that is wrong now, and says nothing.
    pub(super) fn keeps_away(&self, material: u32, days: u32, now: i64) -> bool {
        let end = self.at.saturating_add(DAY_MS.saturating_mul(i64::from(days)));
        self.material >= material && self.at <= now.saturating_add(CLOCK_SLACK_MS) && now < end
    }
}

/// Adds a closing as the newest one. Past [`MAX_CLOSINGS`] the oldest is forgotten.
pub(super) fn remember(closings: &mut Vec<FormClosed>, closing: FormClosed) {
    closings.push(closing);
    let forgotten = closings.len().saturating_sub(MAX_CLOSINGS);
    closings.drain(..forgotten);
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_795_316_400_000;

    fn closed_at(times: &[i64]) -> Vec<FormClosed> {
        let mut closings = vec![];
        times.iter().for_each(|at| remember(&mut closings, FormClosed { at: *at, material: 2 }));
        closings
    }

    fn is_kept_away(closings: &[FormClosed], material: u32, days: u32, now: i64) -> bool {
        closings.iter().any(|closing| closing.keeps_away(material, days, now))
    }

    #[test]
    fn f_38_a_closed_question_stays_away_for_the_days_of_the_policy_and_no_longer() {
        let closings = closed_at(&[NOON]);
        for (after_ms, days, away) in [
            (0, 7, true),
            (7 * DAY_MS - 1, 7, true),
            (7 * DAY_MS, 7, false),
            (0, 0, false),
            (29 * DAY_MS, 30, true),
            (30 * DAY_MS, 30, false),
        ] {
            assert_eq!(is_kept_away(&closings, 2, days, NOON + after_ms), away, "{after_ms} {days}");
        }
        let meant = |material| is_kept_away(&closings, material, 7, NOON);
        assert!(meant(1) && !meant(3), "a notice that changed in meaning is another question");
        assert!(!is_kept_away(&[], 0, 7, NOON));
    }

    #[test]
    fn f_38_a_clock_that_jumps_makes_a_question_due_at_most_once_for_each_time_it_shows_and_never_hides_it_for_good() {
        let (past, future) = (0, NOON + 80 * 365 * DAY_MS);
        let mut closings = closed_at(&[future]);
        assert!(!is_kept_away(&closings, 2, 7, NOON), "a closing of the year 2106 hides nothing in 2026");
        for at in [NOON, past] {
            remember(&mut closings, FormClosed { at, material: 2 });
        }
        for now in [past + 1, NOON + 1, future + 1, past + DAY_MS, NOON + DAY_MS] {
            assert!(is_kept_away(&closings, 2, 7, now), "{now}");
        }
        for now in [past + 7 * DAY_MS, NOON + 7 * DAY_MS, future + 7 * DAY_MS] {
            assert!(!is_kept_away(&closings, 2, 7, now), "{now}");
        }
        for extreme in [i64::MIN, i64::MAX] {
            assert!(!is_kept_away(&closed_at(&[extreme]), 2, u32::MAX, NOON), "{extreme}");
        }
    }
}
