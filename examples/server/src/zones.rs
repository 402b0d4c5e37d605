//! The time zones of the policies' quiet hours, from the table of time zones that the crate `jiff` brings. A phone asks its system instead.

use consentkit::{
    ledger::EARLIEST_DATE,
    policy::{Night, OffsetChange, Policy, ZoneOffsets},
};
use jiff::{Timestamp, tz::TimeZone};

/// Up to when zones are worked out: the beginning of 2100. Nobody knows the rules of so far a future; this much is enough for a server that
/// is updated now and then.
const UNTIL: i64 = 4_102_444_800_000;

/// What is known of the zone of a policy's quiet hours; `None` where the policy needs no zone, or nobody knows it. Then it is quiet all day.
pub fn zone_of(policy: &Policy) -> Option<ZoneOffsets> {
    policy.quiet_hours().and_then(Night::zone_to_know).and_then(offsets)
}

fn offsets(name: &str) -> Option<ZoneOffsets> {
    let zone = TimeZone::get(name).ok()?;
    let first = Timestamp::from_millisecond(EARLIEST_DATE).ok()?;
    let change = |from: i64, seconds: i32| OffsetChange { from, utc_offset_minutes: seconds / 60 };
    let later = zone.following(first).take_while(|next| next.timestamp().as_millisecond() < UNTIL);
    let later = later.map(|next| change(next.timestamp().as_millisecond(), next.offset().seconds()));
    let changes = std::iter::once(change(EARLIEST_DATE, zone.to_offset(first).seconds())).chain(later).collect();
    Some(ZoneOffsets { changes, until: UNTIL }.checked())
}

#[cfg(test)]
mod tests {
    use consentkit::policy::{Hour, Night};
    use jiff::{Timestamp, tz::TimeZone};

    use super::{UNTIL, offsets};

    /// The same hour by another way: the time of day that the crate's own clock shows.
    fn by_the_clock(zone: &str, at: i64) -> Hour {
        let shown = TimeZone::get(zone).unwrap().to_datetime(Timestamp::from_millisecond(at).unwrap());
        if (7..22).contains(&shown.hour()) { Hour::Day } else { Hour::Night }
    }

    #[test]
    fn quiet_hours_agree_with_the_clocks_of_the_zone_over_ten_years() {
        for zone in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca", "Asia/Kathmandu"]
        {
            let known = offsets(zone).unwrap();
            let night = serde_json::json!({ "from": "22:00", "until": "07:00", "zone": zone, "exempt": [] });
            let night: Night = serde_json::from_value(night).unwrap();
            let hours = night.hours(Some(&known));
            // 47 minutes share no factor with an hour, so every minute of a day is met.
            let mut at = 1_577_836_800_000;
            while at < 1_893_456_000_000 {
                assert_eq!(hours.at(at), by_the_clock(zone, at), "{zone} {at}");
                at += 47 * 60_000;
            }
        }
    }

    #[test]
    fn a_zone_that_nobody_knows_has_no_offsets() {
        assert_eq!(offsets("Europe/Nowhere"), None);
        assert_eq!(offsets("Europe/Berlin").unwrap().until, UNTIL);
    }
}
