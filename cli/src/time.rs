//! Times as people write and read them.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, FixedOffset, Offset, Utc};

/// Now, Unix milliseconds.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A time as a person reads it, in the offset that local time had then, minutes.
pub fn shown(at: i64, offset: i32) -> String {
    let zone = FixedOffset::east_opt(offset.saturating_mul(60)).unwrap_or_else(|| Utc.fix());
    match DateTime::from_timestamp_millis(at) {
        Some(time) => time.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %:z").to_string(),
        None => format!("{at} ms"),
    }
}

/// Reads a time of the command line: RFC 3339, or Unix milliseconds.
pub fn read(text: &str) -> Result<i64, String> {
    let of_milliseconds = || text.parse::<i64>().ok().filter(|at| at.unsigned_abs() >= 100_000_000_000);
    let of_text = || DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_millis());
    of_text().or_else(of_milliseconds).ok_or_else(|| {
        "is no time; write it like 2026-11-22T12:00:00+09:00, or as Unix milliseconds (a number of seconds is too small for one)".to_owned()
    })
}

/// Reads an offset from UTC: `+09:00`, `-05:30` or `Z`.
pub fn read_offset(text: &str) -> Result<FixedOffset, String> {
    if text.eq_ignore_ascii_case("z") || text.eq_ignore_ascii_case("utc") {
        return Ok(Utc.fix());
    }
    text.parse::<FixedOffset>().map_err(|_| "is no offset from UTC; write it like +09:00".to_owned())
}
