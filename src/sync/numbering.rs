//! The server's numbers, and the hashes that tie each number to what it was given to.
//!
//! The server numbers the withdrawals of each purpose of a subject, and all changes of a subject (its revisions). After a backup was put
//! back it would give the same numbers to other withdrawals and changes. Therefore each numbering of a subject has a random name, in JSON
//! `history`; the number of a withdrawal goes with its mark, and a revision with its head. With these a grant is held against the
//! withdrawals that its giver could see.

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

/// Bytes of a head. It may be short, because nobody who is shown a head can choose what the server records until another list of changes
/// has the same one.
pub const HEAD_BYTES: usize = 8;

/// Bytes at the beginning of what is hashed, so that no other hash of this library can be taken for a head.
const STEP: &[u8] = b"consentkit/step/1\0";

/// The head of a revision: a short hash over all changes of one subject up to that revision. A server that lost changes and made others has
/// another head for the same revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Head([u8; HEAD_BYTES]);

impl Head {
    /// The head of revision 0, before anything changed.
    pub const START: Self = Self([0; HEAD_BYTES]);

    /// The head of the next revision, in which this operation changed this purpose.
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

/// How far a phone has pulled the states of a subject. The phone keeps it as one text that it does not look into.
#[derive(Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The name of the numbering.
    pub numbering: String,
    /// The subject's revision up to which states were pulled.
    pub revision: i64,
    /// The head of that revision; absent in cursors that older servers wrote.
    pub head: Option<Head>,
}

impl Cursor {
    /// Reads `numbering:revision:head`, and the older form `numbering:revision`.
    pub fn read(text: &str) -> Option<Self> {
        let (before, last) = text.rsplit_once(':')?;
        let Some((numbering, revision)) = before.rsplit_once(':') else {
            return Some(Self { numbering: before.to_owned(), revision: number(last)?, head: None });
        };
        let head = Head::from_bytes(&unhex(last)?)?;
        Some(Self { numbering: numbering.to_owned(), revision: number(revision)?, head: Some(head) })
    }
}

/// Reads a revision. It may be written in one way only: without a sign and without zeros before it.
fn number(text: &str) -> Option<i64> {
    let revision: i64 = text.parse().ok()?;
    (revision >= 0 && revision.to_string() == text).then_some(revision)
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.numbering, self.revision)?;
        self.head.map_or(Ok(()), |head| write!(f, ":{}", hex(head.bytes())))
    }
}

/// The present numbering of a subject. A grant's `seen` counts only if it names this subject and this numbering.
#[derive(Clone, Copy)]
pub struct Numbering<'a> {
    /// The subject, by the name that `seen` uses for it.
    pub subject: &'a str,
    /// The random name of the numbering; empty where none is known.
    pub name: &'a str,
}

/// The numbered withdrawals of one purpose of a subject, wherever they are kept. Both questions must cost the same however many there are.
pub trait Numbers {
    /// Why a question could not be answered.
    type Fault;

    /// The number that a withdrawal was given.
    fn number(&self, op: &str) -> Result<Option<i64>, Self::Fault>;

    /// The mark of a number; `None` where the number was not given, or its mark is not known.
    fn mark(&self, number: i64) -> Result<Option<Mark>, Self::Fault>;
}

/// The highest number that the form of a grant showed; 0 where it showed none that is known here.
///
/// `seen` counts only if its mark is the one that its number has here. Another mark says that the number was given anew, to another
/// withdrawal than the form showed.
pub fn shown_up_to<N: Numbers>(seen: Option<&Seen>, place: Numbering<'_>, epoch: i64, numbers: &N) -> Result<i64, N::Fault> {
    let named = |seen: &&Seen| seen.subject == place.subject && seen.numbering == place.name && !place.name.is_empty();
    let Some(seen) = seen.filter(named).filter(|seen| (1..=epoch).contains(&seen.epoch)) else { return Ok(0) };
    let Some(mark) = seen.mark else { return Ok(0) };
    Ok(if numbers.mark(seen.epoch)? == Some(mark) { seen.epoch } else { 0 })
}

/// True where the giver of a grant could see every withdrawal up to number `epoch`: the number that the form showed covers it, or the form
/// named it in `after`.
///
/// The withdrawals are not gone through one by one. Those above the number that the form showed are counted, and `after` must name as many
/// of them.
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
