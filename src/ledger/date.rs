//! The dates in records: how they are written and read, and which of them are possible at all.

/// The first moment that RFC 3339 can name, Unix milliseconds: 0000-01-01.
const FIRST_MS: i64 = -62_167_219_200_000;

/// The last moment that RFC 3339 can name, Unix milliseconds: the end of the year 9999.
const LAST_MS: i64 = 253_402_300_799_999;

/// The earliest date that a consent of an app can have, Unix milliseconds: 2008-01-01. There were no app stores before.
pub const EARLIEST_DATE: i64 = 1_199_145_600_000;

/// How far in the future a date may lie and still be believed, milliseconds. An hour is enough for phones whose clocks differ a little or
/// are set right by the network in between.
pub const CLOCK_SLACK_MS: i64 = 60 * 60 * 1000;

/// True where, by a clock that says `now`, an answer can have been given at `at`; both Unix milliseconds. By a clock that itself stands
/// before any app could ask, early dates are not held to be impossible.
pub fn is_possible(at: i64, now: i64) -> bool {
    at <= now.saturating_add(CLOCK_SLACK_MS) && (at >= EARLIEST_DATE || now < EARLIEST_DATE)
}

/// True for a time, Unix milliseconds, that RFC 3339 can name: it lies in the years 0 to 9999.
pub fn is_in_years(millis: i64) -> bool {
    (FIRST_MS..=LAST_MS).contains(&millis)
}

/// Reads an RFC 3339 time as Unix milliseconds.
pub fn millis(text: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_millis())
}

/// Writes Unix milliseconds as UTC in RFC 3339 with milliseconds; times that it cannot name are written as the first or last that it can.
pub fn rfc3339(millis: i64) -> String {
    let time = chrono::DateTime::<chrono::Utc>::from_timestamp_millis(millis.clamp(FIRST_MS, LAST_MS)).unwrap_or_default();
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// The time in an operation's name, Unix milliseconds; `None` where the name is no UUIDv7 and so holds none.
pub(super) fn time_in_name(op: &str) -> Option<i64> {
    let mut groups = op.split('-');
    let (high, low, version) = (groups.next()?, groups.next()?, groups.next()?);
    let is_v7 = op.len() == 36 && high.len() == 8 && low.len() == 4 && version.starts_with('7');
    let hex = |group: &str| group.bytes().all(|sign| sign.is_ascii_hexdigit()).then(|| i64::from_str_radix(group, 16).ok()).flatten();
    if is_v7 { Some((hex(high)? << 16) | hex(low)?) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operations_name_tells_when_it_was_made() {
        assert_eq!(time_in_name("018f0d2e-7a63-7cc1-98f4-1d2b3c4d5e6f"), Some(0x018f_0d2e_7a63));
        for other in
            ["", "w1", "018f0d2e-7a63-4cc1-98f4-1d2b3c4d5e6f", "018f0d2e7a637cc198f41d2b3c4d5e6f", "+18f0d2e-7a63-7cc1-98f4-1d2b3c4d5e6f"]
        {
            assert_eq!(time_in_name(other), None, "{other}");
        }
    }

    #[test]
    fn f_16_every_time_is_written_as_one_that_can_be_read() {
        for (time, read) in [
            (i64::MIN, FIRST_MS),
            (FIRST_MS - 1, FIRST_MS),
            (FIRST_MS, FIRST_MS),
            (-1, -1),
            (0, 0),
            (LAST_MS, LAST_MS),
            (LAST_MS + 1, LAST_MS),
            (i64::MAX, LAST_MS),
        ] {
            assert_eq!(millis(&rfc3339(time)), Some(read), "{time}");
        }
    }

    #[test]
    fn f_16_a_date_can_be_up_to_a_little_after_the_clock_and_not_before_apps() {
        let now = 1_795_316_400_000;
        for (at, possible) in [
            (now, true),
            (now + CLOCK_SLACK_MS, true),
            (now + CLOCK_SLACK_MS + 1, false),
            (i64::MAX, false),
            (EARLIEST_DATE, true),
            (EARLIEST_DATE - 1, false),
            (i64::MIN, false),
        ] {
            assert_eq!(is_possible(at, now), possible, "{at}");
        }
        assert!(is_possible(5, 10), "a clock of 1970 tells nothing of an answer of 1970");
        assert!(is_possible(i64::MAX, i64::MAX) && is_possible(i64::MIN, i64::MIN));
    }
}
