//! The hours in which messages need a separate consent (KR-4). Everything here works on instants that the caller names; no clock is read.

use std::{borrow::Cow, sync::Arc};

use serde::Serialize;
use serde_json::Value;

use super::{
    channel::Channel,
    zone::{ZoneOffsets, fixed_offset},
};
use crate::json::FromJson;

const MINUTE_MS: i64 = 60_000;
const HOUR_MINUTES: u16 = 60;
const DAY_MINUTES: u16 = 24 * HOUR_MINUTES;
const DAY_MS: i64 = DAY_MINUTES as i64 * MINUTE_MS;

/// Longest guard after the night, minutes. The guard settles one doubt only: whether the last minute still belongs to the night.
pub const MAX_GUARD_MINUTES: u32 = 60;

/// A time of day, written `21:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// Reads `hh:mm`, from `00:00` to `23:59`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let number = |text: &str, below: u16| {
            let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|number: &u16| plain && *number < below)
        };
        Some(Self(number(hours, 24)? * HOUR_MINUTES + number(minutes, HOUR_MINUTES)?))
    }

    /// A time of day, by an hour below 24 and a minute below 60.
    pub(super) const fn at(hour: u16, minute: u16) -> Self {
        Self(hour * HOUR_MINUTES + minute)
    }

    /// Minutes since midnight.
    pub fn minutes(self) -> i64 {
        i64::from(self.0)
    }
}

impl FromJson for TimeOfDay {
    fn from_json(value: &Value) -> Option<Self> {
        Self::parse(value.as_str()?)
    }
}

impl std::fmt::Display for TimeOfDay {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&String::from(*self))
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        format!("{:02}:{:02}", time.0 / HOUR_MINUTES, time.0 % HOUR_MINUTES)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for TimeOfDay {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeOfDay".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A time of day: `21:00`.",
            "type": "string",
            "format": "hh:mm",
            "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        })
    }
}

/// The hours in which messages need a separate consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Night {
    /// First minute of the night, local time.
    pub from: TimeOfDay,
    /// First minute after it, local time.
    pub until: TimeOfDay,
    /// The sender's time zone, by its name: `Europe/Berlin`. It follows daylight saving. Either this or `utc_offset_minutes` is written.
    /// Where the app's system does not know the zone, it is night all day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("format" = "zone")))]
    pub zone: Option<String>,
    /// By how many minutes local time is ahead of UTC, all the year round. It is the time of the country whose law asks for the separate
    /// consent, wherever the phone is (KR-4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utc_offset_minutes: Option<i32>,
    /// Minutes after `until` that are still denied. The law leaves open whether 08:00 itself is night; 1 denies through 08:00:59 (KR-4).
    #[serde(default)]
    pub guard_minutes: u32,
    /// Channels that may be used at night without the separate consent.
    #[serde(default)]
    pub exempt: Cow<'static, [Channel]>,
}

/// What an hour is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hour {
    /// Messages need no separate consent.
    Day,
    /// They do.
    Night,
    /// Nobody knows what time it is in the zone, so they do.
    ZoneUnknown,
}

impl Night {
    /// True where the instant (Unix milliseconds, any value) lies in the night. Where the night is told by a zone that changes its clocks, ask
    /// [`Night::hours`] instead: without its offsets it is night at any time.
    pub fn covers(&self, at_ms: i64) -> bool {
        self.hours(None).at(at_ms) != Hour::Day
    }

    /// The first instant after `at_ms` at which [`Night::covers`] answers otherwise; `i64::MAX` where there is none.
    pub fn next_change(&self, at_ms: i64) -> i64 {
        self.hours(None).next_change(at_ms)
    }

    /// The hours by the offsets of the night's zone, where it has one that changes its clocks. They cost nothing to make.
    pub fn hours<'a>(&self, zone: Option<&'a ZoneOffsets>) -> Hours<'a> {
        let length = (self.until.minutes() - self.from.minutes()).rem_euclid(i64::from(DAY_MINUTES)) + i64::from(self.guard_minutes);
        let local = LocalHours { begins: self.from.minutes() * MINUTE_MS, length: length * MINUTE_MS };
        match (self.fixed_offset(), zone) {
            (Some(offset), _) => Hours::Fixed(local.window(offset)),
            (None, Some(zone)) => Hours::Zoned(local, zone),
            (None, None) => Hours::Unknown,
        }
    }

    /// The zone whose offsets have to be known, where there is one.
    pub fn zone_to_know(&self) -> Option<&str> {
        self.zone.as_deref().filter(|_| self.fixed_offset().is_none())
    }

    /// The offset that is the same all the year round, minutes; `None` where there is none.
    pub(super) fn fixed_offset(&self) -> Option<i32> {
        self.zone.as_deref().map_or(self.utc_offset_minutes, fixed_offset)
    }

    /// True where the channel needs the separate consent at night. A letter never does (KR-4).
    pub fn restricts(&self, channel: &Channel) -> bool {
        *channel != Channel::Post && !self.exempt.contains(channel)
    }

    /// True where a message that needs the separate consent under the other hours might not need it under these.
    pub fn spares_more_than(&self, other: &Self) -> bool {
        self.exempt.iter().any(|channel| other.restricts(channel)) || self.spares_minutes_of(other)
    }

    fn spares_minutes_of(&self, other: &Self) -> bool {
        match (self.fixed_offset(), other.fixed_offset()) {
            (Some(_), Some(_)) => self.minute_spared(other).is_some(),
            // Two nights of one zone are compared by what its clocks show.
            (None, None) if self.zone == other.zone => self.at_one_offset().minute_spared(&other.at_one_offset()).is_some(),
            _ => true,
        }
    }

    fn at_one_offset(&self) -> Self {
        Self { zone: None, utc_offset_minutes: Some(0), ..self.clone() }
    }

    /// The first minute of a day of UTC that is night under the other hours and not under these. Both have a fixed offset.
    pub(super) fn minute_spared(&self, other: &Self) -> Option<TimeOfDay> {
        // A night begins and ends on whole minutes, so it is enough to look at the first instant of every minute of a day.
        let spared = |minute: &u16| other.covers(i64::from(*minute) * MINUTE_MS) && !self.covers(i64::from(*minute) * MINUTE_MS);
        (0..DAY_MINUTES).find(spared).map(TimeOfDay)
    }
}

/// The hours of a night by a clock on the wall, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalHours {
    /// When it begins, from midnight on.
    begins: i64,
    /// How long it lasts.
    length: i64,
}

impl LocalHours {
    fn window(self, utc_offset_minutes: i32) -> Window {
        Window { begins: (self.begins - i64::from(utc_offset_minutes) * MINUTE_MS).rem_euclid(DAY_MS), length: self.length }
    }
}

/// The hours of a night, with what is known of its zone.
#[derive(Debug, Clone, Copy)]
pub enum Hours<'a> {
    /// The same hours of UTC all the year round.
    Fixed(Window),
    /// Hours of a zone that changes its clocks.
    Zoned(LocalHours, &'a ZoneOffsets),
    /// Hours of a zone that nothing is known of.
    Unknown,
}

impl Hours<'_> {
    /// What the instant (Unix milliseconds, any value) is.
    pub fn at(self, at_ms: i64) -> Hour {
        match self {
            Self::Fixed(window) => window.at(at_ms),
            Self::Zoned(local, zone) => zone.at(at_ms).map_or(Hour::ZoneUnknown, |(offset, _)| local.window(offset).at(at_ms)),
            Self::Unknown => Hour::ZoneUnknown,
        }
    }

    /// The first instant after `at_ms` at which it is another hour; `i64::MAX` where there is none.
    pub fn next_change(self, at_ms: i64) -> i64 {
        match self {
            Self::Fixed(window) => window.next_change(at_ms),
            Self::Zoned(local, zone) => {
                let (now, mut from) = (self.at(at_ms), at_ms);
                loop {
                    let (edge, end) = match zone.at(from) {
                        Some((offset, end)) => (local.window(offset).next_change(from), end),
                        None => (i64::MAX, zone.known_after(from)),
                    };
                    from = edge.min(end);
                    // An offset that changes in the middle of a night need not make it day.
                    if from == i64::MAX || self.at(from) != now {
                        return from;
                    }
                }
            }
            Self::Unknown => i64::MAX,
        }
    }

    /// The same hours, to be kept.
    pub fn kept(self) -> KeptHours {
        KeptHours(match self {
            Self::Fixed(window) => Kept::Fixed(window),
            Self::Zoned(local, zone) => Kept::Zoned(local, Arc::new(zone.clone())),
            Self::Unknown => Kept::Unknown,
        })
    }
}

/// The hours of a night, to be kept and asked often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptHours(Kept);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kept {
    Fixed(Window),
    Zoned(LocalHours, Arc<ZoneOffsets>),
    Unknown,
}

impl KeptHours {
    /// True where messages need the separate consent at the instant (Unix milliseconds, any value).
    #[inline]
    pub fn cover(&self, at_ms: i64) -> bool {
        match &self.0 {
            Kept::Fixed(window) => window.covers(at_ms),
            Kept::Zoned(local, zone) => Hours::Zoned(*local, zone).at(at_ms) != Hour::Day,
            Kept::Unknown => true,
        }
    }
}

/// The hours of a night, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// When it begins, milliseconds into a day of UTC.
    begins: i64,
    /// How long it lasts, milliseconds.
    length: i64,
}

impl Window {
    /// True where the instant (Unix milliseconds, any value) lies in it.
    #[inline]
    pub fn covers(self, at_ms: i64) -> bool {
        self.since_begin(at_ms) < self.length
    }

    fn at(self, at_ms: i64) -> Hour {
        if self.covers(at_ms) { Hour::Night } else { Hour::Day }
    }

    fn next_change(self, at_ms: i64) -> i64 {
        let (since, length) = (self.since_begin(at_ms), self.length);
        if length <= 0 || length >= DAY_MS {
            return i64::MAX;
        }
        at_ms.saturating_add(if since < length { length - since } else { DAY_MS - since })
    }

    /// Milliseconds since it last began. The instant is reduced to a time of day first, so that no instant can overflow the subtraction.
    #[inline]
    fn since_begin(self, at_ms: i64) -> i64 {
        let since = at_ms.rem_euclid(DAY_MS) - self.begins;
        if since < 0 { since + DAY_MS } else { since }
    }
}
