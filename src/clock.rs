//! The clock. This is the only file that reads one, so that a test can put the time where it wants it.

use std::{
    sync::OnceLock,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

/// Where the time comes from. Tests bring their own.
pub trait Clock: Send + Sync {
    /// Wall-clock time in Unix milliseconds, UTC. It may jump forward and back, since people put clocks right.
    fn now(&self) -> i64;
    /// Milliseconds on a clock that never goes back, counted from an arbitrary start. It is for deadlines within one process.
    fn monotonic(&self) -> i64;
    /// How many minutes local time is ahead of UTC now.
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
