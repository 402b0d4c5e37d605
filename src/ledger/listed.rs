//! The withdrawals that a state lists, and the marks of their numbers.

use super::{Mark, RemoteState, Withdrawal};

/// The withdrawals that a state of the server lists. The list may leave out the oldest; the marks of the numbers in it are then worked out
/// from the mark of the number below it.
#[derive(Clone, Copy)]
pub struct Listed<'a> {
    /// The highest number.
    pub epoch: i64,
    /// The mark of the number below the first one listed; absent where the list begins with number 1.
    pub base: Option<Mark>,
    /// The withdrawals, oldest first, without gaps, up to the highest number.
    pub withdrawals: &'a [Withdrawal],
}

impl<'a> Listed<'a> {
    /// What the server told of a key.
    pub fn of(state: &'a RemoteState) -> Self {
        Self { epoch: state.epoch, base: state.base, withdrawals: &state.withdrawals }
    }

    /// A list that holds all withdrawals of a purpose of a subject, from number 1.
    pub fn all(withdrawals: &'a [Withdrawal]) -> Self {
        Self { epoch: withdrawals.last().map_or(0, |last| last.epoch), base: None, withdrawals }
    }

    /// The number below the first one listed.
    pub fn below(&self) -> i64 {
        self.withdrawals.first().map_or(self.epoch, |first| first.epoch.saturating_sub(1))
    }

    /// The number of a withdrawal; `None` where the list does not hold it.
    pub fn number_of(&self, op: &str) -> Option<i64> {
        self.withdrawals.iter().find(|known| known.op == op).map(|known| known.epoch)
    }

    /// The mark of a number; `None` where it cannot be worked out: the number is below the list or above it, or the list has a gap.
    pub fn mark_at(&self, number: i64) -> Option<Mark> {
        let mut at = self.below();
        let mut mark = if at == 0 { Mark::START } else { self.base? };
        for known in self.withdrawals.iter().take_while(|known| known.epoch <= number) {
            if known.epoch != at.saturating_add(1) {
                return None;
            }
            (at, mark) = (known.epoch, mark.then(&known.op));
        }
        (at == number).then_some(mark)
    }
}
