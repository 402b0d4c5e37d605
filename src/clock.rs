//! The clock: the only place that reads one.

use std::{
    sync::OnceLock,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

/// Where the time comes from. Tests bring their own.
pub trait Clock: Send + Sync {
    /// Wall-clock time in Unix milliseconds, UTC. May jump either way.
    fn now(&self) -> i64;
    /// Milliseconds on a clock that never goes back, from an arbitrary start. For deadlines within one process.
    fn monotonic(&self) -> i64;
    /// Minutes that local time is ahead of UTC now.
    fn utc_offset(&self) -> i32;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[expect(clippy::disallowed_methods, reason = "the one place that reads a clock")]
impl Clock for SystemClock {
    fn now(&self) -> i64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |millis| -millis),
        }
    }

    fn monotonic(&self) -> i64 {
        static START: OnceLock<Instant> = OnceLock::new();
        i64::try_from(START.get_or_init(Instant::now).elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    fn utc_offset(&self) -> i32 {
        chrono::Local::now().offset().local_minus_utc() / 60
    }
}
