//! A moment as the date that a person reads.

use super::words::Words;
use chrono::{DateTime, Datelike, NaiveDate};

const MINUTE_MS: i64 = 60_000;

/// The day of a moment (Unix milliseconds) where local time is so many minutes ahead of UTC; empty for a moment that no calendar has.
pub fn date(words: &Words, at: i64, utc_offset: i32) -> String {
    let local = at.saturating_add(i64::from(utc_offset).saturating_mul(MINUTE_MS));
    let Some(day) = DateTime::from_timestamp_millis(local) else { return String::new() };
    (words.date)(day.year(), day.month(), day.day())
}

/// A day as a document writes it, `2020-05-27`, in the form of the language; as it is where it is no day.
pub fn day(words: &Words, written: &str) -> String {
    written.parse::<NaiveDate>().map_or_else(|_| written.to_owned(), |day| (words.date)(day.year(), day.month(), day.day()))
}

#[cfg(test)]
mod tests {
    use super::{Words, date, day};

    #[test]
    fn a_written_day_is_read_in_the_form_of_the_language_and_any_other_text_as_it_is() {
        assert_eq!(["2020-05-27", "2020-13-01", ""].map(|written| day(Words::of("en"), written)), ["27 May 2020", "2020-13-01", ""]);
    }

    #[test]
    fn the_day_is_that_of_the_place_and_no_moment_is_too_far() {
        let korean = Words::of("ko");
        assert_eq!(date(korean, 0, 0), "1970년 1월 1일");
        assert_eq!(date(korean, 16 * 3_600_000, 540), "1970년 1월 2일");
        for far in [i64::MIN, i64::MAX] {
            assert_eq!(date(korean, far, i32::MAX), "");
        }
    }
}
