//! How much of what a server tells again is recorded.
//!
//! The ledger keeps every state that it hears and never forgets one, so a server that changes its mind in every answer would fill the disk,
//! a few megabytes a sync. A server that means well tells a state again when somebody changed it, some times a day.

use crate::{client::writing::writer::LedgerWriter, error::Result, json, store::settings::TOLD_AGAIN};

/// Most bytes of states that are told again which may be recorded at once. A hundred purposes with their longest lists of withdrawals fit in,
/// as a server tells them that lost its data.
const MAX_BYTES: i64 = 512 * 1024;

/// How many bytes more may be recorded with each day that passes. They are enough for some dozen changes of purposes with long lists of
/// withdrawals, or for a hundred of others.
const BYTES_A_DAY: i64 = 32 * 1024;

/// How many bytes a server's loss of data takes beside its states. After a loss each of the phone's own withdrawals may be sent again, and what
/// becomes of it is recorded.
pub const LOSS_BYTES: i64 = 8 * 1024;

/// What a new installation counts for that a server's word lets begin: it records that it began, whom it knows and what the platform says,
/// and hears everything anew.
pub const RESTORE_BYTES: i64 = 8 * 1024;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Bytes recorded of late, at a time in Unix milliseconds.
#[derive(Clone, Copy, Default)]
struct Recorded {
    bytes: i64,
    at: i64,
}

impl Recorded {
    /// How much of it still counts at `now`: with each day that passes some of it is forgiven. Where the clock was set back nothing is
    /// forgiven, and days are counted from the new time on.
    fn at(self, now: i64) -> Self {
        if now < self.at {
            return Self { at: now, ..self };
        }
        let passed = now.saturating_sub(self.at).min(MAX_BYTES / BYTES_A_DAY * DAY_MS);
        let forgiven = passed * BYTES_A_DAY / DAY_MS;
        // Only the time that whole bytes took is used up, so that many syncs in a row forgive as much as one does.
        Self {
            bytes: (self.bytes - forgiven).max(0),
            at: if forgiven < self.bytes { self.at + forgiven * DAY_MS / BYTES_A_DAY } else { now },
        }
    }

    /// The same with so many bytes more, where they fit in.
    fn with(self, bytes: i64) -> Option<Self> {
        let sum = self.bytes.saturating_add(bytes);
        (sum <= MAX_BYTES).then_some(Self { bytes: sum, ..self })
    }
}

/// Takes so many bytes from what may be recorded. Where they are too many it takes none and gives false.
pub fn take(writer: &LedgerWriter<'_>, bytes: i64) -> Result<bool> {
    if bytes == 0 {
        return Ok(true);
    }
    let stored = writer.transaction.setting(TOLD_AGAIN)?.and_then(|stored| json::own::<(i64, i64)>(&stored));
    let recorded = stored.map_or(Recorded::default(), |(bytes, at)| Recorded { bytes, at });
    let Some(recorded) = recorded.at(writer.stamp.now).with(bytes) else { return Ok(false) };
    writer.transaction.set_setting(TOLD_AGAIN, format!("[{},{}]", recorded.bytes, recorded.at).as_bytes())?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f_20_what_was_recorded_is_forgiven_by_the_day_whatever_the_clock_does() {
        let full = Recorded { bytes: MAX_BYTES, at: 0 };
        assert!(full.with(1).is_none() && full.with(i64::MAX).is_none());
        assert_eq!(full.at(DAY_MS).bytes, MAX_BYTES - BYTES_A_DAY);
        assert_eq!(full.at(i64::MAX).bytes, 0);
        for now in [-DAY_MS, i64::MIN] {
            let back = full.at(now);
            assert_eq!((back.bytes, back.at(now.saturating_add(DAY_MS)).bytes), (MAX_BYTES, MAX_BYTES - BYTES_A_DAY), "{now}");
        }
        // Asked every second, as after one day, but for what is lost in rounding.
        let often = (1..=86_400).fold(full, |recorded, second| recorded.at(second * 1000));
        assert!((often.bytes - (MAX_BYTES - BYTES_A_DAY)).abs() < 16, "{}", often.bytes);
    }
}
