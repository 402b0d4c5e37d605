//! Dates as older systems write them.
//!
//! Six styles are read: a number of seconds or milliseconds since 1970; a date and time with an offset; the same without one, which needs
//! `--zone`; a date alone; the date without delimiters (`20240301`, `20240301093000`); and one with the year last, which needs `--dates`.

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};

use crate::args::DayOrder;

/// The first number of milliseconds that is no number of seconds: as seconds it would be after the year 5000.
const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// How dates without an offset, and those with the year last, are to be understood.
#[derive(Clone, Copy)]
pub struct Reading {
    pub zone: Option<FixedOffset>,
    pub order: Option<DayOrder>,
}

impl Reading {
    /// Reads a date as Unix milliseconds. Of a day without a time the last moment is taken for a no and the first for a yes: in doubt the
    /// answer is no.
    pub fn read(&self, text: &str, lowers: bool) -> Result<i64, String> {
        if let Ok(number) = text.parse::<i64>() {
            if let Some(date) = compact(text) {
                return self.local(date?, text);
            }
            return Ok(if number.unsigned_abs() < FIRST_MILLISECONDS.unsigned_abs() { number.saturating_mul(1000) } else { number });
        }
        if let Ok(time) = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f %z")) {
            return Ok(time.timestamp_millis());
        }
        let (date, time) = split(text);
        let date = self.date(date).ok_or_else(|| unknown(text))??;
        let at = match time {
            Some(time) => date.and_time(clock(time).ok_or_else(|| unknown(text))?),
            None if lowers => (date.and_time(NaiveTime::MIN) + Duration::days(1)) - Duration::milliseconds(1),
            None => date.and_time(NaiveTime::MIN),
        };
        self.local(at, text)
    }

    fn local(&self, at: NaiveDateTime, text: &str) -> Result<i64, String> {
        let zone = self.zone.ok_or_else(|| format!("`{text}` has no offset from UTC; say which with --zone"))?;
        let utc = at.checked_sub_offset(zone).ok_or_else(|| unknown(text))?;
        Ok(utc.and_utc().timestamp_millis())
    }

    /// The date alone. `None` where it has no form of a date, and an error where it is none or may be two.
    fn date(&self, text: &str) -> Option<Result<NaiveDate, String>> {
        let parts: Vec<&str> = text.split(['-', '/', '.']).map(str::trim).filter(|part| !part.is_empty()).collect();
        let [first, second, third] = parts[..] else { return None };
        let number = |part: &str| part.parse::<u32>().ok().filter(|_| part.len() <= 4);
        let (a, b, c) = (number(first)?, number(second)?, number(third)?);
        let made = |year: u32, month: u32, day: u32| {
            let date = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
            date.ok_or_else(|| format!("`{text}` is no day of the calendar"))
        };
        if first.len() == 4 {
            return Some(made(a, b, c));
        }
        if third.len() != 4 {
            return None;
        }
        let day_first = made(c, b, a);
        let month_first = made(c, a, b);
        Some(match (self.order, day_first, month_first) {
            (Some(DayOrder::Dmy), day_first, _) => day_first,
            (Some(DayOrder::Mdy), _, month_first) => month_first,
            (None, Ok(one), Ok(other)) if one != other => {
                Err(format!("`{text}` may be {one} or {other}; say which with --dates dmy or --dates mdy"))
            }
            (None, Ok(date), _) | (None, Err(_), Ok(date)) => Ok(date),
            (None, Err(fault), Err(_)) => Err(fault),
        })
    }
}

/// A date and time without delimiters: `20240301` has the form of a number of seconds, and as such it would be of 1970, before any app.
fn compact(text: &str) -> Option<Result<NaiveDateTime, String>> {
    let (date, time) = match text.len() {
        8 => (text, "000000"),
        14 => text.split_at(8),
        _ => return None,
    };
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let read = NaiveDateTime::parse_from_str(&format!("{date}{time}"), "%Y%m%d%H%M%S");
    Some(read.map_err(|_| format!("`{text}` is no day of the calendar")))
}

/// The date, and the time of day where there is one. A dotted date may have blanks in it: `2024. 3. 1. 9:00`.
fn split(text: &str) -> (&str, Option<&str>) {
    if let Some((date, time)) = text.split_once(['T', 't']) {
        return (date, Some(time));
    }
    match text.rsplit_once(' ') {
        Some((date, time)) if time.contains(':') => (date.trim(), Some(time)),
        _ => (text, None),
    }
}

fn clock(text: &str) -> Option<NaiveTime> {
    let forms = ["%H:%M:%S%.f", "%H:%M"];
    forms.iter().find_map(|form| NaiveTime::parse_from_str(text.trim(), form).ok())
}

fn unknown(text: &str) -> String {
    let shown: String = text.chars().take(40).collect();
    format!("`{shown}` is no date; write it like 2024-03-01T09:00:00+09:00")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARCH_2024: i64 = 1_709_251_200_000;

    fn reading(order: Option<DayOrder>) -> Reading {
        Reading { zone: FixedOffset::east_opt(9 * 3600), order }
    }

    #[test]
    fn each_style_is_read_as_the_same_moment() {
        for text in [
            "1709251200",
            "1709251200000",
            "2024-03-01T00:00:00Z",
            "2024-03-01T09:00:00+09:00",
            "2024-03-01T09:00:00",
            "2024-03-01 09:00:00",
            "2024-03-01 09:00",
            "2024-03-01 09:00:00 +0900",
            "2024/03/01 09:00",
            "2024.03.01 09:00",
            "2024. 3. 1. 9:00",
            "20240301090000",
        ] {
            assert_eq!(reading(None).read(text, false), Ok(MARCH_2024), "{text}");
        }
        let midnight = MARCH_2024 - 9 * 3_600_000;
        for text in ["2024-03-01", "20240301", "2024. 3. 1.", "2024/3/1"] {
            assert_eq!(reading(None).read(text, false), Ok(midnight), "{text}");
        }
        assert_eq!(reading(None).read("2024-03-01", true), Ok(midnight + 86_400_000 - 1), "a no of that day may have been the last word");
        for (order, text) in [(DayOrder::Dmy, "01/03/2024"), (DayOrder::Mdy, "03/01/2024")] {
            assert_eq!(reading(Some(order)).read(text, false), Ok(midnight), "{text}");
        }
        assert_eq!(reading(None).read("25/03/2024", false), Ok(midnight + 24 * 86_400_000), "no month has 25 in its place");
    }

    #[test]
    fn what_may_be_two_dates_or_none_is_refused_and_says_why() {
        for (text, word) in [
            ("01/03/2024", "--dates"),
            ("31/02/2024", "calendar"),
            ("2024-02-30", "calendar"),
            ("20241301", "calendar"),
            ("yesterday", "no date"),
            ("2024-03-01 25:00", "no date"),
            ("", "no date"),
        ] {
            assert!(reading(None).read(text, false).is_err_and(|fault| fault.contains(word)), "{text}");
        }
        let without = Reading { zone: None, order: None };
        assert!(without.read("2024-03-01 09:00", false).is_err_and(|fault| fault.contains("--zone")));
        assert_eq!(without.read("2024-03-01T09:00:00+09:00", false), Ok(MARCH_2024));
    }
}
