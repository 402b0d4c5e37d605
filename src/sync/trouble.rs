//! Why changes are not getting through to the server.

use super::answer_fault::AnswerFault;

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
    /// The server told more than this device records in a day, so some of its states are not here yet; what they take away is. They are asked
    /// for again at every sync, and recorded as days pass.
    TooMuchTold,
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
            Self::TooMuchTold => "too_much_told",
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
