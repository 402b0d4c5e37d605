//! Answers of an older store of the app: which of several is the latest, whether it takes the place of what stands here, and which noes
//! were brought before.

use super::{ChoiceKind, CurrentAnswer, Import, Key, Status, millis};
use crate::digest::{hash, hex};

/// Most noes to one purpose that are remembered as brought: as many as one call may bring. What is brought past them is judged anew.
const MAX_BROUGHT: usize = 200;

/// How much of a row's hash is kept, hex digits: 64 bits, since only the rows of one purpose are told apart by it.
const ROW_DIGITS: usize = 16;

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

impl Import {
    /// Names the row of the older store by a hash: its source, choice and date.
    pub fn row(&self) -> String {
        let date = self.said_at.as_deref().and_then(millis).map_or_else(|| "undated".to_owned(), |at| at.to_string());
        let choice = match self.choice {
            ChoiceKind::Granted => "granted",
            ChoiceKind::Refused => "refused",
            ChoiceKind::Withdrawn => "withdrawn",
        };
        // The source comes last: it alone is of any length and may hold any sign.
        let mut row = hex(&hash(format!("{choice} {date} {}", self.source).as_bytes()));
        row.truncate(ROW_DIGITS);
        row
    }
}

impl Key {
    /// True where this no was brought before, whether it changed anything or not.
    pub fn was_brought(&self, import: &Import) -> bool {
        import.choice.lowers() && self.brought.contains(&import.row())
    }

    /// True where another no can be remembered as brought without one that is remembered being forgotten.
    pub fn has_place_for_brought(&self) -> bool {
        self.brought.len() < MAX_BROUGHT
    }

    /// Remembers that these noes were brought, the newest last.
    pub(super) fn bring(&mut self, rows: impl IntoIterator<Item = String>) {
        for row in rows {
            if !self.brought.contains(&row) {
                self.brought.push(row);
            }
        }
        let former = self.brought.len().saturating_sub(MAX_BROUGHT);
        self.brought.drain(..former);
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
