//! The date of a cookie, read as leniently as browsers read it (CK-6).

use chrono::{NaiveDate, NaiveTime};

/// The first year that a date may have.
const FIRST_YEAR: i32 = 1601;

/// The months by their first three letters.
const MONTHS: [&[u8; 3]; 12] = [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

/// Reads a date in any order and with any marks between its parts, and answers its time in Unix seconds. `None` where a part is missing or
/// out of range, or the month has no such day. Words that are no part of a date, such as the day of the week and the zone, are skipped: the
/// time is always taken for UTC.
pub fn cookie_date(text: &str) -> Option<i64> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in text.as_bytes().split(|byte| is_delimiter(*byte)).filter(|token| !token.is_empty()) {
        if time.is_none()
            && let Some(found) = time_of(token)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some(found) = number_of(token, 1..=2)
        {
            day = Some(found);
        } else if month.is_none()
            && let Some(found) = month_of(token)
        {
            month = Some(found);
        } else if year.is_none()
            && let Some(found) = number_of(token, 2..=4)
        {
            year = Some(found);
        }
    }
    let [hour, minute, second] = time?;
    let year = match i32::try_from(year?).ok()? {
        year @ 70..=99 => year + 1900,
        year @ 0..=69 => year + 2000,
        year => year,
    };
    let date = NaiveDate::from_ymd_opt(year, month?, day?).filter(|_| year >= FIRST_YEAR)?;
    // A leap second is a time to `chrono`, and none to the draft.
    let time = NaiveTime::from_hms_opt(hour, minute, second)?;
    Some(date.and_time(time).and_utc().timestamp())
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, 0x09 | 0x20..=0x2F | 0x3B..=0x40 | 0x5B..=0x60 | 0x7B..=0x7E)
}

/// A number of so many digits at the start of a token. What follows may be anything but a further digit.
fn number_of(token: &[u8], digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let count = token.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = || token.iter().take(count).fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    digits.contains(&count).then(number)
}

/// Hour, minute and second, parted by colons.
fn time_of(token: &[u8]) -> Option<[u32; 3]> {
    let mut parts = token.splitn(3, |byte| *byte == b':');
    // Only behind the seconds may something follow that is no digit.
    let mut whole = || parts.next().filter(|part| part.iter().all(u8::is_ascii_digit)).and_then(|part| number_of(part, 1..=2));
    let (hour, minute) = (whole()?, whole()?);
    Some([hour, minute, number_of(parts.next()?, 1..=2)?])
}

fn month_of(token: &[u8]) -> Option<u32> {
    let start = token.get(..3)?.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| month[..] == start)?;
    u32::try_from(at + 1).ok()
}
