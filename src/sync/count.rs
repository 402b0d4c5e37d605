//! Counting what happened so that a number cannot stand for something else: marks of withdrawals, heads of a subject's changes, and
//! what the giver of a grant could see.

use std::{collections::BTreeSet, convert::Infallible, fmt};

use sha2::{Digest, Sha256};

use crate::{
    debug::silent,
    ledger::{
        Mark, Seen,
        chain::{hex, unhex},
    },
};

pub use crate::ledger::Listed;

/// Bytes of a head: a cursor is shown to nobody who could search for a second history with the same head, so it stays short.
pub const HEAD_BYTES: usize = 8;

/// What the hash of a head begins with, so that no other hash of this library can be taken for one.
const STEP: &[u8] = b"consentkit/step/1\0";

/// The head of a revision: a short hash over all changes of one subject up to it. A server that lost changes and made others holds
/// another head under the same revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Head([u8; HEAD_BYTES]);

impl Head {
    /// The head of revision 0, where nothing changed yet.
    pub const START: Self = Self([0; HEAD_BYTES]);

    /// The head of the next revision, which this operation brought about for this purpose.
    #[must_use]
    pub fn then(self, purpose: &str, op: &str) -> Self {
        let mut digest = Sha256::new();
        digest.update(STEP);
        digest.update(self.0);
        digest.update(purpose.as_bytes());
        digest.update(b"\0");
        digest.update(op.as_bytes());
        let whole: [u8; 32] = digest.finalize().into();
        let mut head = [0; HEAD_BYTES];
        head.copy_from_slice(&whole[..HEAD_BYTES]);
        Self(head)
    }

    /// Its bytes, as a store keeps them.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads what a store keeps; `None` where the length is another one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// Where a pull ended: the numbering, the subject's revision, and the head there. A phone keeps it as one opaque text.
#[derive(Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The name of the numbering.
    pub history: String,
    /// The subject's revision.
    pub revision: i64,
    /// The head there; absent in the form that servers wrote before there were heads.
    pub head: Option<Head>,
}

impl Cursor {
    /// Reads `history:revision:head`, and the older `history:revision`.
    pub fn read(text: &str) -> Option<Self> {
        let (before, last) = text.rsplit_once(':')?;
        let Some((history, revision)) = before.rsplit_once(':') else {
            return Some(Self { history: before.to_owned(), revision: number(last)?, head: None });
        };
        let head = Head::from_bytes(&unhex(last)?)?;
        Some(Self { history: history.to_owned(), revision: number(revision)?, head: Some(head) })
    }
}

/// A revision as it is written: without a sign, and no other way to write the same one.
fn number(text: &str) -> Option<i64> {
    let revision: i64 = text.parse().ok()?;
    (revision >= 0 && revision.to_string() == text).then_some(revision)
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.history, self.revision)?;
        self.head.map_or(Ok(()), |head| write!(f, ":{}", hex(head.bytes())))
    }
}

/// The subject and numbering that a grant's `seen` must name.
#[derive(Clone, Copy)]
pub struct Numbering<'a> {
    /// The subject, by the name used in `seen`.
    pub subject: &'a str,
    /// The name of its numbering.
    pub history: &'a str,
}

/// The numbered withdrawals of one key, wherever they are kept. Both questions cost the same however many there are.
pub trait Numbers {
    /// Why a question could not be answered.
    type Fault;

    /// The number that a withdrawal was given.
    fn number(&self, op: &str) -> Result<Option<i64>, Self::Fault>;

    /// The mark of a number; `None` where the number was not given, or its mark is not known.
    fn mark(&self, number: i64) -> Result<Option<Mark>, Self::Fault>;
}

/// The highest number that the form of a grant showed, 0 where it showed none that is held here.
///
/// `seen` counts only with the mark that its number has here: under a number that was given anew stand other withdrawals.
pub fn shown_up_to<N: Numbers>(seen: Option<&Seen>, place: Numbering<'_>, epoch: i64, numbers: &N) -> Result<i64, N::Fault> {
    let named = |seen: &&Seen| seen.subject == place.subject && seen.history == place.history && !place.history.is_empty();
    let Some(seen) = seen.filter(named).filter(|seen| (1..=epoch).contains(&seen.epoch)) else { return Ok(0) };
    let Some(mark) = seen.mark else { return Ok(0) };
    Ok(if numbers.mark(seen.epoch)? == Some(mark) { seen.epoch } else { 0 })
}

/// True where the giver of a grant could see every withdrawal up to number `epoch`: by the number that the form showed, or because the
/// form named it in `after`.
///
/// Nothing is walked: what the number does not cover is counted, and `after` must name as many.
pub fn informed<N: Numbers>(
    seen: Option<&Seen>,
    after: &[String],
    place: Numbering<'_>,
    epoch: i64,
    numbers: &N,
) -> Result<bool, N::Fault> {
    let reach = shown_up_to(seen, place, epoch, numbers)?;
    let unseen = usize::try_from(epoch.saturating_sub(reach)).unwrap_or(usize::MAX);
    if unseen > after.len() {
        return Ok(false);
    }
    let mut named = BTreeSet::new();
    for op in after {
        named.extend(numbers.number(op)?.filter(|number| *number > reach));
    }
    Ok(named.len() == unseen)
}

impl Numbers for Listed<'_> {
    type Fault = Infallible;

    fn number(&self, op: &str) -> Result<Option<i64>, Infallible> {
        Ok(self.number_of(op))
    }

    fn mark(&self, number: i64) -> Result<Option<Mark>, Infallible> {
        Ok(self.mark_at(number))
    }
}

silent!(Cursor);
