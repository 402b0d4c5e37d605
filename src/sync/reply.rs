//! What came back from the server, what its status code means, and what is to be done with it.

use super::protocol::SyncResponse;

pub use super::{
    sent::{Sent, SentOp},
    trouble::Trouble,
};

/// What the transport brought back. No `Debug`: the body holds what a person said.
#[derive(Clone, Copy)]
pub enum Reply<'a> {
    /// An answer.
    Http {
        /// Status code.
        status: i32,
        /// The `Retry-After` header.
        retry_after: Option<&'a str>,
        /// The `Date` header.
        date: Option<&'a str>,
        /// The body, decompressed.
        body: &'a [u8],
    },
    /// An answer that is larger than allowed.
    TooLarge,
    /// No answer. It is not known what the server did.
    Failed,
}

/// What to do with a reply, in one transaction with [`Plan::retry`](super::plan::Plan::retry). No `Debug`: it holds tokens and records.
///
/// Only `Apply` may take a change out of the queue, and only the changes that its results name.
pub enum Verdict {
    /// Apply results, states and cursor.
    Apply(Box<SyncResponse>),
    /// Keep the installation's token.
    Registered {
        /// The token.
        token: String,
    },
    /// Begin a new installation: this one's name is in use by another ledger, so this file is a copy or was copied.
    NameTaken,
    /// Keep this change, list it as stuck, and let later changes of the same purpose wait behind it.
    Stuck {
        /// The operation.
        op: String,
        /// Stable code of the cause: `http_400`, `http_413`, `http_422`.
        reason: String,
    },
    /// Nothing changes in the queue.
    Unchanged {
        /// Why, where the app should know it; absent where the plan only narrows down which change is at fault.
        trouble: Option<Trouble>,
    },
}

/// What the status code of a server's answer means for the request that it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// 2xx: the body decides.
    Taken,
    /// 400, 422: something in the request.
    Unfit,
    /// 401, 403: the token.
    Unauthorised,
    /// 409: pull, then decide again.
    Conflict,
    /// 413: too many changes at once.
    Oversized,
    /// 404, 405, 410, 421, 3xx: the set-up.
    Configuration,
    /// 408, 425, 429, 5xx: later.
    Busy,
    /// Anything else: later, and nothing is concluded from it.
    Unexpected,
}

/// Network authentication required (RFC 6585): the network says itself that it answers in another's place.
pub const NETWORK_AUTHENTICATION_REQUIRED: i32 = 511;

/// Sorts a status code.
pub fn meaning(status: i32) -> Meaning {
    match status {
        200..=299 => Meaning::Taken,
        400 | 422 => Meaning::Unfit,
        401 | 403 => Meaning::Unauthorised,
        409 => Meaning::Conflict,
        413 => Meaning::Oversized,
        404 | 405 | 410 | 421 | 300..=399 => Meaning::Configuration,
        408 | 425 | 429 | 500..=599 => Meaning::Busy,
        _ => Meaning::Unexpected,
    }
}
