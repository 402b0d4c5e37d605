//! The hours in which messages need a separate consent (KR-4). Everything here works on instants that the caller names; no clock is read.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::Channel;
use crate::json::FromJson;

const MINUTE_MS: i64 = 60_000;
const HOUR_MINUTES: u16 = 60;
const DAY_MINUTES: u16 = 24 * HOUR_MINUTES;
const DAY_MS: i64 = DAY_MINUTES as i64 * MINUTE_MS;

/// Farthest offset from UTC that any place keeps, minutes.
pub const MAX_OFFSET_MINUTES: i32 = 14 * 60;

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
    /// By how many minutes local time is ahead of UTC. It is the time of the country whose law asks for the separate consent, wherever the
    /// phone is (KR-4).
    pub utc_offset_minutes: i32,
    /// Minutes after `until` that are still denied. The law leaves open whether 08:00 itself is night; 1 denies through 08:00:59 (KR-4).
    #[serde(default)]
    pub guard_minutes: u32,
    /// Channels that may be used at night without the separate consent.
    #[serde(default)]
    pub exempt: Cow<'static, [Channel]>,
}

impl Night {
    /// True where the instant (Unix milliseconds, any value) lies in the night.
    pub fn covers(&self, at_ms: i64) -> bool {
        self.window().covers(at_ms)
    }

    /// The hours alone, worked out once, so that asking whether an instant lies in them costs a subtraction and a comparison.
    pub fn window(&self) -> Window {
        let begins = self.from.minutes() - i64::from(self.utc_offset_minutes);
        let window = (self.until.minutes() - self.from.minutes()).rem_euclid(i64::from(DAY_MINUTES));
        Window { begins: (begins * MINUTE_MS).rem_euclid(DAY_MS), length: (window + i64::from(self.guard_minutes)) * MINUTE_MS }
    }

    /// The first instant after `at_ms` at which [`Night::covers`] answers otherwise; `i64::MAX` where there is none.
    pub fn next_change(&self, at_ms: i64) -> i64 {
        let window = self.window();
        let (since, length) = (window.since_begin(at_ms), window.length);
        if length <= 0 || length >= DAY_MS {
            return i64::MAX;
        }
        at_ms.saturating_add(if since < length { length - since } else { DAY_MS - since })
    }

    /// True where the channel needs the separate consent at night.
    pub fn restricts(&self, channel: Channel) -> bool {
        !self.exempt.contains(&channel)
    }

    /// True where a message that needs the separate consent under the other hours would not need it under these.
    pub fn spares_more_than(&self, other: &Self) -> bool {
        self.exempt.iter().any(|channel| other.restricts(*channel)) || self.minute_spared(other).is_some()
    }

    /// The first minute of a day of UTC that is night under the other hours and not under these.
    pub(super) fn minute_spared(&self, other: &Self) -> Option<TimeOfDay> {
        // A night begins and ends on whole minutes, so it is enough to look at the first instant of every minute of a day.
        let spared = |minute: &u16| other.covers(i64::from(*minute) * MINUTE_MS) && !self.covers(i64::from(*minute) * MINUTE_MS);
        (0..DAY_MINUTES).find(spared).map(TimeOfDay)
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

    /// Milliseconds since it last began. The instant is reduced to a time of day first, so that no instant can overflow the subtraction.
    #[inline]
    fn since_begin(self, at_ms: i64) -> i64 {
        let since = at_ms.rem_euclid(DAY_MS) - self.begins;
        if since < 0 { since + DAY_MS } else { since }
    }
}
