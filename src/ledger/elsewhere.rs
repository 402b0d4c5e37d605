//! Answers of an older store of the app: which of several is the latest, whether it takes the place of what stands here, and which rows of
//! that store were brought before.

use super::{ChoiceKind, CurrentAnswer, Import, Key, State, Status, millis};
use crate::digest::{hash, hex};

/// Most refusals and withdrawals to one purpose that are remembered as brought for one subject: as many as one call may bring. With one more
/// the oldest is forgotten. Should it be brought again it is judged as if for the first time, and that can only take a permission away.
const MAX_NOES: usize = 200;

/// Most grants to one purpose that are remembered as brought, for all subjects of the file together. None of them is ever forgotten: it could
/// be brought in a second time, for somebody else. So once there are this many, no other grant to the purpose is taken from an older store.
const MAX_YESES: usize = 200;

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
        Self { choice: import.choice, at: import.said_at_ms() }
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
    /// When it was said there, Unix milliseconds; `None` where the older store did not keep it.
    pub fn said_at_ms(&self) -> Option<i64> {
        self.outside_years.or_else(|| self.said_at.as_deref().and_then(millis))
    }

    /// Names the row of the older store by a hash: its source, choice and date.
    pub fn row(&self) -> String {
        let date = self.said_at_ms().map_or_else(|| "undated".to_owned(), |at| at.to_string());
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

impl State {
    /// True where this row was brought before, whether it changed anything or not, and whoever was in front of the screen then. An app that
    /// imports at every start does so for each person who comes, and a row speaks of the one for whom it came first.
    pub fn was_brought(&self, import: &Import) -> bool {
        let row = import.row();
        self.keys_of(&import.purpose).any(|key| key.brought(import.choice).contains(&row))
    }

    /// How many rows like this one can still be remembered as brought without one that is remembered being forgotten.
    pub fn places_for(&self, import: &Import) -> usize {
        if import.choice.lowers() {
            return MAX_NOES.saturating_sub(self.key(&import.subject, &import.purpose).map_or(0, |key| key.brought_noes.len()));
        }
        MAX_YESES.saturating_sub(self.keys_of(&import.purpose).map(|key| key.brought_yeses.len()).sum())
    }

    fn keys_of(&self, purpose: &str) -> impl Iterator<Item = &Key> {
        self.subjects.values().filter_map(move |subject| subject.keys.get(purpose))
    }
}

impl Key {
    fn brought(&self, choice: ChoiceKind) -> &[String] {
        if choice.lowers() { &self.brought_noes } else { &self.brought_yeses }
    }

    /// Remembers that this refusal or withdrawal was brought.
    pub(super) fn bring_no(&mut self, row: String) {
        if !self.brought_noes.contains(&row) {
            self.brought_noes.push(row);
        }
        let former = self.brought_noes.len().saturating_sub(MAX_NOES);
        self.brought_noes.drain(..former);
    }

    /// Remembers that this grant was brought.
    pub(super) fn bring_yes(&mut self, row: String) {
        if !self.brought_yeses.contains(&row) {
            self.brought_yeses.push(row);
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
