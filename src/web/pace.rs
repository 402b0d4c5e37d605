//! How many messages of a page are heard.

/// Most messages that are heard at once. A banner sends a handful for one form.
const MAX_BURST: i64 = 20;

/// One more message is heard after so many milliseconds: a person does not tap faster, and a page that does is no person.
const MILLIS_PER_MESSAGE: i64 = 1_000;

/// What a message counts for that writes. Records are kept for good, so a page may not add one each second.
pub const WEIGHT_OF_WRITING: i64 = 5;

/// A bucket that fills by and by, and that each message takes from.
#[derive(Debug)]
pub struct Pace {
    /// What is in it, in milliseconds of filling, so that no part of a message is lost between two.
    filled: i64,
    at: i64,
}

impl Pace {
    /// A full one at `now`, in milliseconds of a clock that never goes back.
    pub fn new(now: i64) -> Self {
        Self { filled: MAX_BURST * MILLIS_PER_MESSAGE, at: now }
    }

    /// True where there was enough for a message that counts for `weight`. Where there was not, nothing is taken.
    pub fn take(&mut self, weight: i64, now: i64) -> bool {
        let passed = now.saturating_sub(self.at).max(0);
        self.at = now;
        self.filled = self.filled.saturating_add(passed).min(MAX_BURST * MILLIS_PER_MESSAGE);
        let needed = weight * MILLIS_PER_MESSAGE;
        let enough = self.filled >= needed;
        if enough {
            self.filled -= needed;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_heard_and_then_one_message_a_second() {
        let mut pace = Pace::new(5);
        let heard = (0..1_000).filter(|_| pace.take(1, 5)).count();
        assert_eq!(heard, 20);
        let later = (0..10_000).filter(|tenth| pace.take(1, 5 + tenth * 100)).count();
        assert_eq!(later, 999, "one for each of the thousand seconds that passed");
        assert!((0..20).all(|_| pace.take(1, 10_000_000)) && !pace.take(1, 10_000_000), "it never holds more than a burst");
    }

    #[test]
    fn a_clock_at_its_end_or_one_that_goes_back_fills_nothing_wrongly() {
        let mut pace = Pace::new(i64::MAX);
        assert!((0..4).all(|_| pace.take(WEIGHT_OF_WRITING, i64::MIN)));
        assert!(!pace.take(1, i64::MIN) && pace.take(20, i64::MAX));
    }
}
