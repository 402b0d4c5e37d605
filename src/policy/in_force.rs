//! Which of several editions of a policy is in force at a moment.
//!
//! An edition counts from the first moment of its `effective_on`, in the zone of the law that the policy is held to. Phone and server ask the
//! same function, each with its own clock.

use chrono::{NaiveDate, NaiveTime};

use super::Policy;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// An edition and the moment from which it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The number of the edition.
    pub edition: u32,
    /// The first moment at which it counts, Unix milliseconds.
    pub from: i64,
}

impl Policy {
    /// The number of this edition and the moment from which it counts.
    pub fn standing(&self) -> Standing {
        Standing { edition: self.edition, from: self.effective_from() }
    }

    /// The first moment at which this edition counts, Unix milliseconds. An edition that names no day counts as soon as it is there.
    pub fn effective_from(&self) -> i64 {
        self.effective_on.map_or(i64::MIN, |day| self.day_begins(day))
    }

    /// The first moment of a calendar day in the zone of the law that this policy is held to, Unix milliseconds. Of several laws the one
    /// counts in whose zone the day begins last, and without any law the day is one of UTC.
    fn day_begins(&self, day: NaiveDate) -> i64 {
        let offset = self.laws().map(|law| i64::from(law.utc_offset_minutes)).min().unwrap_or(0);
        day.and_time(NaiveTime::MIN).and_utc().timestamp_millis() - offset * MINUTE_MS
    }
}

/// The edition in force at `now` (Unix milliseconds): of those that count by then, the one with the highest number. Where none counts yet, it
/// is the one with the lowest number: an app that has nothing older asks by what it has. `None` only where there is no edition at all.
pub fn in_force(editions: impl IntoIterator<Item = Standing>, now: i64) -> Option<Standing> {
    editions.into_iter().reduce(|best, other| match (best.from <= now, other.from <= now) {
        (true, true) if other.edition > best.edition => other,
        (false, false) if other.edition < best.edition => other,
        (false, true) => other,
        _ => best,
    })
}

/// The edition that comes into force next after `now` (Unix milliseconds), where one is announced: of those with a higher number than the
/// one in force, the one that counts first.
pub fn announced(editions: impl IntoIterator<Item = Standing> + Clone, now: i64) -> Option<Standing> {
    let present = in_force(editions.clone(), now)?;
    let ahead = editions.into_iter().filter(|other| other.edition > present.edition && other.from > now);
    ahead.min_by_key(|other| (other.from, std::cmp::Reverse(other.edition)))
}

/// How many days are left at `now` until `from`, both Unix milliseconds. A day that has begun counts as a whole one, so that it is 1 on the
/// last day before, and 0 once the moment has come.
pub fn days_left(from: i64, now: i64) -> i64 {
    from.saturating_sub(now).max(0).saturating_add(DAY_MS - 1) / DAY_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_795_316_400_000;

    fn standing(edition: u32, days_from_now: i64) -> Standing {
        Standing { edition, from: NOON + days_from_now * DAY_MS }
    }

    #[test]
    fn f_35_the_edition_in_force_is_the_highest_whose_day_has_come() {
        let editions = [standing(3, -900), standing(5, 10), standing(4, -1)];
        for (days, in_force_then, next) in
            [(-1_000, 3, None), (-900, 3, Some(4)), (-2, 3, Some(4)), (-1, 4, Some(5)), (9, 4, Some(5)), (10, 5, None), (99_999, 5, None)]
        {
            let now = NOON + days * DAY_MS;
            assert_eq!(in_force(editions, now).map(|found| found.edition), Some(in_force_then), "{days}");
            if let Some(next) = next {
                assert_eq!(announced(editions, now).map(|found| found.edition), Some(next), "{days}");
            }
        }
        assert_eq!(announced(editions, NOON + 10 * DAY_MS), None);
        assert_eq!((in_force([], NOON), announced([], NOON)), (None, None));
    }

    #[test]
    fn f_35_a_higher_edition_of_an_earlier_day_leaves_no_place_for_the_lower_one() {
        let editions = [standing(3, -900), standing(4, 30), standing(5, 10)];
        assert_eq!(announced(editions, NOON).map(|found| found.edition), Some(5));
        assert_eq!(in_force(editions, NOON + 40 * DAY_MS).map(|found| found.edition), Some(5));
    }

    #[test]
    fn f_35_the_last_day_before_is_one_day_left() {
        for (left_ms, days) in [(i64::MIN, 0), (-1, 0), (0, 0), (1, 1), (DAY_MS, 1), (DAY_MS + 1, 2), (i64::MAX, i64::MAX / DAY_MS)] {
            assert_eq!(days_left(left_ms, 0), days, "{left_ms}");
        }
    }
}
