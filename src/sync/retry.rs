//! When to try again. One breaker serves all subjects: while it is open nothing is sent. It also follows a server's `Retry-After`.

use std::time::UNIX_EPOCH;

use serde::Serialize;

use crate::json::FromJson;

/// Delay after the first failure; each further one doubles it.
pub const FIRST_DELAY_MS: i64 = 2_000;

/// Longest delay, unless the server asks for a longer one. Up to half of a delay is random, so a day without a server costs at most 58
/// requests.
pub const MAX_DELAY_MS: i64 = 60 * 60 * 1000;

/// Longest `Retry-After` that is honoured. A longer one may be a mistake of the server, and it would hold back a withdrawal.
pub const MAX_RETRY_AFTER_MS: i64 = 6 * 60 * 60 * 1000;

/// Longest pause after a configuration error. It has to be mended by somebody, so asking more often than daily is of no use.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// First pause after what looks like a configuration error before the server ever answered; each further one doubles it, up to [`DAY_MS`].
/// At an app's first start it may be the log-in page of a hotel's network, and a withdrawal must not wait a day for that.
pub const FIRST_HOLD_MS: i64 = 60 * 60 * 1000;

/// Longest delay while something else answers in place of a server that is known to be there. It is short, because a person logs in to a
/// hotel's network within minutes.
pub const MAX_PORTAL_DELAY_MS: i64 = 5 * 60 * 1000;

/// The last time that a wait is counted from, Unix milliseconds. A clock that stands at the very end of its range would otherwise leave no
/// later time to wait for, and every wait would be over as soon as it began.
const LAST_MOMENT_MS: i64 = i64::MAX - 1;

/// After so many failures that may be due to one subject, another subject is visited first. Before that the lanes keep their order.
const TURN_AFTER: i32 = 3;

/// The breaker, as it is stored. Times are Unix milliseconds on the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, FromJson)]
pub struct Retry {
    /// Failures in a row.
    #[serde(default)]
    pub attempts: i32,
    /// No request before this time.
    #[serde(default)]
    pub not_before: i64,
    /// When `not_before` was set. By it one notices that the wall clock was moved since.
    #[serde(default)]
    pub saved_at: i64,
    /// True where the server named the delay. Such a delay is kept also when the network comes back.
    #[serde(default)]
    pub asked: bool,
    /// Failures since the last successful pass that may be due to one subject alone.
    #[serde(default)]
    pub faults: i32,
}

impl Retry {
    /// Until when nothing is sent; `None` where a request may be sent now.
    ///
    /// The wall clock is believed only while it stands between `saved_at` and `saved_at` plus the delay that was set. If it jumped out of
    /// there, it is not known how much time has passed, and a request may be sent: one request too early is better than none for a long
    /// time.
    pub fn waits(self, now_ms: i64) -> Option<i64> {
        let now_ms = now_ms.min(LAST_MOMENT_MS);
        let wait = self.not_before.saturating_sub(self.saved_at).clamp(0, DAY_MS);
        let until = self.saved_at.saturating_add(wait);
        Some(until).filter(|until| self.saved_at <= now_ms && now_ms < *until)
    }

    /// A request failed. `asked_ms` is the delay that the server named; `random` is any number, from which the random part of the delay is
    /// made.
    pub fn fail(&mut self, now_ms: i64, random: u64, asked_ms: Option<i64>) {
        self.fail_within(MAX_DELAY_MS, now_ms, random, asked_ms);
    }

    /// Something else answered in the server's place. The next request follows within [`MAX_PORTAL_DELAY_MS`].
    pub fn portal(&mut self, now_ms: i64, random: u64) {
        self.fail_within(MAX_PORTAL_DELAY_MS, now_ms, random, None);
    }

    fn fail_within(&mut self, longest_ms: i64, now_ms: i64, random: u64, asked_ms: Option<i64>) {
        let doublings = u32::try_from(self.attempts.clamp(0, 30)).unwrap_or(0);
        let delay = (FIRST_DELAY_MS << doublings).min(longest_ms);
        let half = delay / 2;
        let jitter = i64::try_from(random % half.unsigned_abs().saturating_add(1)).unwrap_or(0);
        let asked_ms = asked_ms.unwrap_or(0).min(MAX_RETRY_AFTER_MS);
        self.attempts = self.attempts.max(0).saturating_add(1);
        self.asked = asked_ms >= half + jitter;
        self.wait(now_ms, asked_ms.max(half + jitter));
    }

    /// The failure may be due to one subject. After some such failures another subject is visited first.
    pub fn blame_subject(&mut self) {
        self.faults = self.faults.max(0).saturating_add(1);
    }

    /// There is a configuration error: nothing is sent for a day.
    pub fn hold(&mut self, now_ms: i64) {
        self.pause(now_ms, DAY_MS);
    }

    /// There is either a configuration error or a portal. Nothing is sent for [`FIRST_HOLD_MS`], and for twice as long each time that it
    /// happens again, but never for longer than `longest_ms`.
    pub fn hold_at_first(&mut self, now_ms: i64, longest_ms: i64) {
        let last = if self.asked { 0 } else { self.not_before.saturating_sub(self.saved_at) };
        let pause = if last < FIRST_HOLD_MS { FIRST_HOLD_MS } else { last.saturating_mul(2) };
        self.pause(now_ms, pause.min(longest_ms));
    }

    fn pause(&mut self, now_ms: i64, pause_ms: i64) {
        self.attempts = self.attempts.max(0).saturating_add(1);
        self.asked = false;
        self.wait(now_ms, pause_ms);
    }

    /// Everything went through.
    pub fn success(&mut self) {
        *self = Self::default();
    }

    /// The network came back, or the app was upgraded: the next request may be sent now, unless the server named the delay.
    pub fn hint(&mut self, now_ms: i64) {
        if !self.asked || self.waits(now_ms).is_none() {
            self.attempts = 0;
            self.asked = false;
            self.wait(now_ms, 0);
        }
    }

    /// Which of so many lanes is visited first. It changes after failures, so that a subject that the server cannot serve does not hold
    /// back the withdrawals of the others.
    pub fn first_lane(self, lanes: usize) -> usize {
        if self.faults < TURN_AFTER {
            return 0;
        }
        usize::try_from(self.faults).unwrap_or(0).checked_rem(lanes).unwrap_or(0)
    }

    fn wait(&mut self, now_ms: i64, wait_ms: i64) {
        self.saved_at = now_ms.min(LAST_MOMENT_MS);
        self.not_before = self.saved_at.saturating_add(wait_ms);
    }
}

/// Reads `Retry-After`, in milliseconds from 0 to [`MAX_RETRY_AFTER_MS`]: seconds, or an HTTP-date measured against the answer's own
/// `Date` so that a wrong clock on the phone does not matter. Without a readable `Date` it is measured against `now_ms`.
pub fn retry_after(value: &str, date: Option<&str>, now_ms: i64) -> Option<i64> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds: i64 = value.parse().unwrap_or(i64::MAX);
        return Some(seconds.saturating_mul(1000).min(MAX_RETRY_AFTER_MS));
    }
    let until = http_date(value)?;
    let from = date.and_then(http_date).unwrap_or(now_ms);
    Some(until.saturating_sub(from).clamp(0, MAX_RETRY_AFTER_MS))
}

/// Reads the three forms of an HTTP-date (RFC 9110, 5.6.7) as Unix milliseconds.
pub fn http_date(text: &str) -> Option<i64> {
    let since = httpdate::parse_http_date(text.trim()).ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}
