//! What came back, what it means, and what is to be done with it.

use super::{answer::AnswerFault, protocol::SyncResponse};

/// A change that was sent. No `Debug`: the name of an operation leads to a person.
#[derive(Clone, PartialEq, Eq)]
pub struct SentOp {
    /// The operation.
    pub op: String,
    /// True for a withdrawal or refusal, which the server numbers.
    pub lowers: bool,
}

/// What was sent on a lane. No `Debug`: see [`SentOp`].
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Sent {
    /// The lane, as [`Step::Sync`](super::plan::Step::Sync) named it.
    pub lane: usize,
    /// The changes, in the order of the request.
    pub ops: Vec<SentOp>,
    /// True where changes of this lane that could be sent are still in the queue besides these.
    pub waiting: bool,
    /// The cursor in the request.
    pub cursor: Option<String>,
}

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
        /// The decoded body.
        body: &'a [u8],
    },
    /// An answer past the allowed size.
    TooLarge,
    /// No answer. What the server did is unknown.
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
    /// Begin a new installation: this one's name is in use elsewhere, so this file is a copy or was copied.
    NameTaken,
    /// Keep this change, list it as stuck, and let later ones of its key wait.
    Stuck {
        /// The operation.
        op: String,
        /// Stable code of the cause: `http_400`, `http_413`, `http_422`.
        reason: String,
    },
    /// Nothing changes in the queue.
    Unchanged {
        /// Why, where it is worth telling; absent where the plan only looks closer.
        trouble: Option<Trouble>,
    },
}

/// Why changes are not getting through. They are kept on the device all the while.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Trouble {
    /// The server cannot be reached. Tried again by itself.
    Offline,
    /// The server is busy or broken. Tried again by itself.
    ServerBusy {
        /// HTTP status: 408, 425, 429 or 500 to 599.
        status: i32,
    },
    /// The server does not accept the token, also not a fresh one. Nothing is sent for this subject until the next sync.
    Unauthorised,
    /// The server's address or set-up is wrong: whoever runs it has to act. Tried again daily, and hourly where it may yet be a
    /// portal or the server answered before.
    Configuration {
        /// HTTP status: 300 to 399, 400, 404, 405, 410, 413, 421 or 422.
        status: i32,
    },
    /// Something else answers in the server's place, as the log-in page of a hotel's network does: this server answered rightly before, so
    /// its address is not wrong. Tried again by itself, within minutes.
    Portal {
        /// HTTP status: 200 to 399, 400, 404, 405, 410, 413, 421, 422 or 511, or one that has no meaning here.
        status: i32,
    },
    /// The server answered with a status that has no meaning here. Tried again by itself.
    UnexpectedStatus {
        /// HTTP status.
        status: i32,
    },
    /// The server said yes, but its answer cannot be believed. Tried again by itself.
    MalformedAnswer {
        /// Place and kind of the fault; holds no values.
        fault: String,
    },
    /// The answer is too large, even for a single state. Tried again by itself.
    AnswerTooLarge,
    /// The server answered well but took up nothing. Tried again by itself.
    NoProgress,
    /// The server keeps reporting a conflict. Tried again by itself.
    Conflict,
    /// The server could not or would not take a change: see `stuck`. It is tried again daily and after an upgrade.
    Stuck,
    /// Nothing was asked of the server yet: an earlier failure, or the time that was given, holds the next request back. See `retry_at`.
    Paused,
}

impl Trouble {
    /// Stable code, for logs and texts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::ServerBusy { .. } => "server_busy",
            Self::Unauthorised => "unauthorised",
            Self::Configuration { .. } => "configuration",
            Self::Portal { .. } => "portal",
            Self::UnexpectedStatus { .. } => "unexpected_status",
            Self::MalformedAnswer { .. } => "malformed_answer",
            Self::AnswerTooLarge => "answer_too_large",
            Self::NoProgress => "no_progress",
            Self::Conflict => "conflict",
            Self::Stuck => "stuck",
            Self::Paused => "paused",
        }
    }

    /// True where another subject may well fare better with the same server.
    pub(super) fn may_lie_with_subject(&self) -> bool {
        match self {
            Self::ServerBusy { status } => *status == 500,
            Self::Offline | Self::Unauthorised | Self::Configuration { .. } | Self::Portal { .. } => false,
            _ => true,
        }
    }
}

impl From<AnswerFault> for Trouble {
    fn from(fault: AnswerFault) -> Self {
        Self::MalformedAnswer { fault: fault.to_string() }
    }
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
