//! Answers of an older store of the app: which of several is the latest, and whether it takes the place of what stands here.

use super::{ChoiceKind, CurrentAnswer, Import, Status, millis};

/// An answer that an older store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaidElsewhere {
    /// What was said.
    pub choice: ChoiceKind,
    /// When, Unix milliseconds; absent where that store did not keep it.
    pub at: Option<i64>,
}

impl SaidElsewhere {
    /// The answer that an import brings.
    pub fn of(import: &Import) -> Self {
        Self { choice: import.choice, at: import.said_at.as_deref().and_then(millis) }
    }

    /// True where it is the later of two answers of older stores. Of one date the no is. A yes without a date comes before all others;
    /// a no without one comes after them, since it may have been the last: in doubt the answer is no.
    pub fn is_after(&self, other: &Self) -> bool {
        self.rank() > other.rank()
    }

    fn rank(&self) -> (u8, i64, bool) {
        match (self.at, self.choice.lowers()) {
            (None, false) => (0, 0, false),
            (Some(at), lowers) => (1, at, lowers),
            (None, true) => (2, 0, true),
        }
    }
}

impl CurrentAnswer {
    /// True where an answer of an older store takes the place of what stands: anything where nothing was said, a later one where an older
    /// store said it, and where it was said here only a later no.
    pub fn gives_way_to(&self, import: &SaidElsewhere) -> bool {
        let choice = match self.status {
            Status::NotAnswered => return true,
            Status::Granted => ChoiceKind::Granted,
            Status::Refused => ChoiceKind::Refused,
            Status::Withdrawn => ChoiceKind::Withdrawn,
        };
        if self.imported {
            return import.is_after(&SaidElsewhere { choice, at: (!self.undated).then_some(self.at) });
        }
        !choice.lowers() && import.choice.lowers() && import.at.is_some_and(|at| at > self.at)
    }
}
