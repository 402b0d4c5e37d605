//! KR-4: the hours that need a separate consent, to the millisecond.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use chrono::{DateTime, FixedOffset, Timelike};
use consentkit::policy::{Channel, Night, TimeOfDay};
use proptest::prelude::*;

fn at(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
}

fn guarded(minutes: u32) -> Night {
    Night { guard_minutes: minutes, ..Night::default() }
}

#[test]
fn kr_4_the_night_is_from_21_to_8_korean_time() {
    let night = Night::default();
    for (time, covered) in [
        ("2026-11-22T20:59:59.999+09:00", false),
        ("2026-11-22T21:00:00.000+09:00", true),
        ("2026-11-22T23:59:59.999+09:00", true),
        ("2026-11-23T00:00:00.000+09:00", true),
        ("2026-11-23T07:59:59.999+09:00", true),
        ("2026-11-23T08:00:00.000+09:00", false),
        ("2026-11-23T12:00:00.000+09:00", false),
    ] {
        assert_eq!(night.covers(at(time)), covered, "{time}");
    }
}

#[test]
fn kr_4_a_guard_of_one_minute_denies_through_08_00_59() {
    let night = guarded(1);
    assert!(night.covers(at("2026-11-23T08:00:00.000+09:00")));
    assert!(night.covers(at("2026-11-23T08:00:59.999+09:00")));
    assert!(!night.covers(at("2026-11-23T08:01:00.000+09:00")));
    assert!(!night.covers(at("2026-11-22T20:59:59.999+09:00")), "the guard is behind the night, not before it");
}

#[test]
fn kr_4_the_phones_own_zone_does_not_count() {
    // 05:00 in Los Angeles is 21:00 in Seoul.
    assert!(Night::default().covers(at("2026-07-01T05:00:00-07:00")));
    assert!(!Night::default().covers(at("2026-07-01T23:00:00-07:00")));
}

#[test]
fn kr_4_only_email_is_exempt() {
    let night = Night::default();
    assert!(!night.restricts(&Channel::Email));
    for channel in [Channel::Sms, Channel::Push, Channel::Kakao, Channel::Phone] {
        assert!(night.restricts(&channel), "{channel:?}");
    }
}

#[test]
fn the_next_change_is_the_next_edge() {
    let night = Night::default();
    for (now, next) in [
        ("2026-11-22T20:59:59.999+09:00", "2026-11-22T21:00:00+09:00"),
        ("2026-11-22T21:00:00+09:00", "2026-11-23T08:00:00+09:00"),
        ("2026-11-23T07:59:59.999+09:00", "2026-11-23T08:00:00+09:00"),
        ("2026-11-23T08:00:00+09:00", "2026-11-23T21:00:00+09:00"),
    ] {
        assert_eq!(night.next_change(at(now)), at(next), "{now}");
    }
    assert_eq!(guarded(1).next_change(at("2026-11-23T08:00:00+09:00")), at("2026-11-23T08:01:00+09:00"));
}

#[test]
fn times_before_1970_and_at_the_ends_of_the_number_line_are_answered() {
    let night = Night::default();
    assert!(night.covers(at("1969-12-31T23:00:00+09:00")));
    assert!(!night.covers(at("1969-12-31T20:00:00+09:00")));
    for edge in [i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX] {
        let next = night.next_change(edge);
        assert!(next > edge || next == i64::MAX, "{edge}");
    }
}

#[test]
fn a_night_that_never_ends_or_never_begins_has_no_next_change() {
    let noon = TimeOfDay::parse("12:00").unwrap();
    let never = Night { from: noon, until: noon, ..Night::default() };
    assert!(!never.covers(0));
    assert_eq!(never.next_change(0), i64::MAX);
    let always = Night { until: TimeOfDay::parse("20:30").unwrap(), guard_minutes: 60, ..Night::default() };
    assert!((0..24).all(|hour| always.covers(hour * 3_600_000)));
    assert_eq!(always.next_change(0), i64::MAX);
}

#[test]
fn a_time_of_day_is_read_strictly() {
    for good in ["00:00", "08:00", "21:00", "23:59"] {
        assert_eq!(String::from(TimeOfDay::parse(good).unwrap()), good);
    }
    for bad in ["", "8:00", "24:00", "21:60", "21:00:00", "+1:00", "-1:00", "21.00", "ab:cd", " 1:00", "２１:００"] {
        assert_eq!(TimeOfDay::parse(bad), None, "{bad:?}");
    }
}

// The same window told by the clock face: another way to the same answer.
fn by_the_clock_face(night: &Night, at_ms: i64) -> bool {
    let zone = FixedOffset::east_opt(night.utc_offset_minutes.unwrap() * 60).unwrap();
    let local = DateTime::from_timestamp_millis(at_ms).unwrap().with_timezone(&zone);
    let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
    let (from, until) = (night.from.minutes(), night.until.minutes() + i64::from(night.guard_minutes));
    if night.until <= night.from { minute >= from || minute < until } else { (from..until).contains(&minute) }
}

prop_compose! {
    fn windows()(from in 0u16..1440, length in 1u16..1380, offset in -840i32..=840, guard in 0u32..=5) -> Night {
        let time = |minutes: u16| TimeOfDay::parse(&format!("{:02}:{:02}", minutes / 60, minutes % 60)).unwrap();
        Night { from: time(from), until: time((from + length) % 1440), utc_offset_minutes: Some(offset), guard_minutes: guard, ..Night::default() }
    }
}

proptest! {
    #[test]
    fn the_night_agrees_with_the_clock_face(at_ms in -4_000_000_000_000i64..4_000_000_000_000, guard in 0u32..=60) {
        let night = guarded(guard);
        prop_assert_eq!(night.covers(at_ms), by_the_clock_face(&night, at_ms));
    }

    #[test]
    fn nothing_changes_before_the_next_change_and_something_does_at_it(
        night in windows(), at_ms in -4_000_000_000_000i64..4_000_000_000_000, part in 0.0f64..1.0,
    ) {
        let now = night.covers(at_ms);
        let next = night.next_change(at_ms);
        prop_assert!(next > at_ms && next - at_ms <= 24 * 3_600_000);
        prop_assert_eq!(night.covers(next), !now);
        prop_assert_eq!(night.covers(next - 1), now);
        prop_assert_eq!(night.covers(at_ms + ((next - 1 - at_ms) as f64 * part) as i64), now);
    }

    #[test]
    fn no_instant_overflows(night in windows(), at_ms in any::<i64>()) {
        let next = night.next_change(at_ms);
        prop_assert!(next > at_ms || next == i64::MAX);
    }
}
