//! What can be wrong with an answer of the server.

use std::fmt;

use super::protocol::MAX_LISTED_WITHDRAWALS;
use crate::json::MAX_INTEGER;

/// Why an answer is refused. Holds places, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {kind}")]
pub struct AnswerFault {
    /// Where: `/results/3/op`.
    pub place: String,
    /// What was wrong there.
    pub kind: AnswerFaultKind,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFaultKind {
    /// Not JSON within bounds, or not of the expected shape; the place says what the reader met.
    #[error("not a readable answer")]
    Unreadable,
    /// A result for a change that was not in the request.
    #[error("names a change that was not sent")]
    NotSent,
    /// The same name twice where each may appear once.
    #[error("is there twice")]
    Twice,
    /// A duplicate must say what became of the change the first time.
    #[error("a duplicate needs the first outcome")]
    NoFirst,
    /// A withdrawal that took effect must be numbered.
    #[error("a withdrawal that took effect needs a number from 1")]
    NotNumbered,
    /// A negative number.
    #[error("is negative")]
    Negative,
    /// A number past [`MAX_INTEGER`].
    #[error("is greater than {MAX_INTEGER}")]
    TooGreat,
    /// Withdrawal numbers must rise, and end at the state's own.
    #[error("does not rise to the state's number")]
    NotRising,
    /// More withdrawals than a state lists.
    #[error("lists more than {MAX_LISTED_WITHDRAWALS}")]
    TooMany,
    /// A name that is empty.
    #[error("is empty")]
    Empty,
    /// A name past `MAX_NAME_BYTES`, `MAX_OP_BYTES` or `MAX_TOKEN_BYTES`.
    #[error("is too long")]
    TooLong,
    /// No RFC 3339 time.
    #[error("is not a time")]
    NotTime,
    /// A token that does not fit into a header.
    #[error("holds characters that no header carries")]
    NotHeader,
}

pub(super) fn fault(place: impl fmt::Display, kind: AnswerFaultKind) -> AnswerFault {
    AnswerFault { place: place.to_string(), kind }
}
