//! Named time zones. The library has no table of them: the host hands over what its system knows, since such a table is large and changes
//! several times a year.

/// Farthest offset from UTC that any place keeps, minutes.
pub const MAX_OFFSET_MINUTES: i32 = 14 * 60;

/// Most changes of one zone that are taken from a host. A zone with daylight saving has two a year.
const MAX_CHANGES: usize = 1_000;

/// Zones that have kept one offset since before any app could ask, so that no host has to hand it over: Korea since 1988.
const FIXED: &[(&str, i32)] = &[("Asia/Seoul", 540), ("Etc/UTC", 0), ("UTC", 0)];

/// The first words of the names of zones.
const AREAS: &[&str] = &[
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Brazil",
    "Canada",
    "Chile",
    "Etc",
    "Europe",
    "Indian",
    "Mexico",
    "Pacific",
    "US",
];

/// Longest name of a zone, in bytes. The longest one there is has 32.
const MAX_ZONE_BYTES: usize = 64;

/// From when on a zone is how far ahead of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct OffsetChange {
    /// From this time on, Unix milliseconds.
    pub from: i64,
    /// By how many minutes local time is ahead of UTC.
    pub utc_offset_minutes: i32,
}

/// What a system knows of one time zone.
#[derive(Debug, Clone, PartialEq, Eq, Default, uniffi::Record)]
pub struct ZoneOffsets {
    /// The offset at the beginning, and each change of it, in the order of time.
    pub changes: Vec<OffsetChange>,
    /// Up to when this is known, Unix milliseconds. From then on the zone is as good as unknown.
    pub until: i64,
}

impl ZoneOffsets {
    /// The same, or nothing at all where it cannot be true: changes out of order, or an offset that no place keeps.
    pub fn checked(self) -> Self {
        let ordered = self.changes.windows(2).all(|pair| pair[0].from < pair[1].from);
        let possible = |change: &OffsetChange| change.utc_offset_minutes.unsigned_abs() <= MAX_OFFSET_MINUTES.unsigned_abs();
        let good = ordered && self.changes.len() <= MAX_CHANGES && self.changes.iter().all(possible);
        if good { self } else { Self::default() }
    }

    /// The offset at an instant (Unix milliseconds), in minutes, and when it changes next; `None` where it is not known.
    pub fn at(&self, at_ms: i64) -> Option<(i32, i64)> {
        let after = self.changes.partition_point(|change| change.from <= at_ms);
        let change = after.checked_sub(1).and_then(|index| self.changes.get(index)).filter(|_| at_ms < self.until)?;
        let next = self.changes.get(after).map_or(self.until, |next| next.from.min(self.until));
        Some((change.utc_offset_minutes, next))
    }

    /// The next time after `at_ms` at which something of it becomes known or unknown; `i64::MAX` where there is none.
    pub(super) fn known_after(&self, at_ms: i64) -> i64 {
        let first = self.changes.first().map_or(i64::MAX, |change| change.from);
        if at_ms < first && first < self.until { first } else { i64::MAX }
    }
}

/// The offset of a zone that always has the same one, in minutes.
pub(super) fn fixed_offset(zone: &str) -> Option<i32> {
    FIXED.iter().find(|(name, _)| *name == zone).map(|(_, offset)| *offset)
}

/// True for what can be the name of a zone: `Europe/Berlin`, `America/Argentina/Salta`, `UTC`. Whether a system knows it is for the system to say.
pub(super) fn is_zone(name: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+'));
    let placed = name.split_once('/').is_some_and(|(area, place)| AREAS.contains(&area) && place.split('/').all(word));
    name.len() <= MAX_ZONE_BYTES && (placed || fixed_offset(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(changes: &[(i64, i32)], until: i64) -> ZoneOffsets {
        let changes =
            changes.iter().map(|(from, utc_offset_minutes)| OffsetChange { from: *from, utc_offset_minutes: *utc_offset_minutes });
        ZoneOffsets { changes: changes.collect(), until }
    }

    #[test]
    fn the_offset_is_known_from_the_first_change_to_the_end() {
        let berlin = zone(&[(100, 60), (200, 120)], 300);
        for (at, expected) in
            [(99, None), (100, Some((60, 200))), (199, Some((60, 200))), (200, Some((120, 300))), (299, Some((120, 300))), (300, None)]
        {
            assert_eq!(berlin.at(at), expected, "{at}");
        }
        assert_eq!(ZoneOffsets::default().at(0), None);
        assert_eq!(zone(&[(i64::MIN, 0)], i64::MAX).at(i64::MAX - 1), Some((0, i64::MAX)));
    }

    #[test]
    fn what_cannot_be_true_of_a_zone_is_not_taken() {
        assert_eq!(zone(&[(100, 60), (200, 120)], 300).checked(), zone(&[(100, 60), (200, 120)], 300));
        for wrong in
            [zone(&[(200, 60), (100, 120)], 300), zone(&[(100, 60), (100, 120)], 300), zone(&[(100, 841)], 300), zone(&[(100, -841)], 300)]
        {
            assert_eq!(wrong.checked(), ZoneOffsets::default());
        }
        let endless: Vec<(i64, i32)> = (0..1_001).map(|at| (at, 60)).collect();
        assert_eq!(zone(&endless, i64::MAX).checked(), ZoneOffsets::default());
    }

    #[test]
    fn a_name_of_a_zone_has_an_area_and_a_place() {
        assert!(
            ["Europe/Berlin", "America/Argentina/Salta", "Asia/Seoul", "UTC", "Etc/GMT+9", "America/Port-au-Prince"]
                .into_iter()
                .all(is_zone)
        );
        assert!(
            !["", "Berlin", "CET", "Mars/Olympus", "Europe/", "/Berlin", "Europe/Ber lin", "europe/berlin", "+09:00", "Asia"]
                .into_iter()
                .any(is_zone)
        );
    }
}
