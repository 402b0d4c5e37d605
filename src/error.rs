//! What can go wrong, for Rust callers. Swift and Kotlin see `ffi::ConsentError`, which a test holds equal to it. No text here carries
//! personal data.

use crate::policy::Fault;

/// Result of a fallible call.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong. Nothing is half done when one of these is returned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument is not usable.
    #[error("`{field}` {reason}.")]
    Invalid {
        /// The argument, as a path: `answers[2].purpose`.
        field: String,
        /// What was wrong, and what to do.
        reason: String,
    },
    /// A grant without the notice it answers: the purpose was not among the questions that were shown.
    #[error("The grant for `{purpose}` was not recorded, because its notice was not shown; ask with questions() first.")]
    NoticeNotShown {
        /// The purpose.
        purpose: String,
    },
    /// The `Shown` token is not one of this ledger's, or no longer fits; ask again.
    #[error("The `shown` token was not accepted: {reason}.")]
    Shown {
        /// What was wrong.
        reason: String,
    },
    /// The policy document has faults.
    #[error("The policy was not accepted: {}.", told(faults))]
    PolicyInvalid {
        /// Every fault.
        faults: Vec<Fault>,
    },
    /// The policy is another one, older, or takes back what only the app itself may.
    #[error("The policy may not follow the one in force: {}.", told(faults))]
    PolicyRefused {
        /// Every reason.
        faults: Vec<Fault>,
    },
    /// The file is no ConsentKit database. It was not touched.
    #[error("The file was not opened, because it is no ConsentKit database; give the path of one, or of a file that does not exist yet.")]
    NotADatabase,
    /// A newer version of this library wrote the file. It was not touched.
    #[error(
        "The file was not opened, because a newer version of this library wrote it (schema {found}, and this one knows {known}); update the app."
    )]
    NewerStore {
        /// Its schema.
        found: i64,
        /// The newest schema this library knows.
        known: i64,
    },
    /// What is stored contradicts itself. It was not touched.
    #[error("The file contradicts itself: {reason}; keep it for whoever looks into it, and begin a new one.")]
    Damaged {
        /// What does not fit.
        reason: String,
    },
    /// The file cannot be read or written now: locked device, full disk, another process that holds it too long.
    /// What the call takes away (a no, an opt-out of the system, a sign-out) counts in memory all the same, and the next call that can
    /// write records it. A yes, or anything else that the call was to do, did not happen: make the call
    /// again.
    #[error("The file could not be used (SQLite code {code}): {reason}.")]
    StoreUnavailable {
        /// What happened.
        reason: String,
        /// SQLite's extended result code, 0 where there is none.
        code: i32,
    },
    /// `shutdown` was called.
    #[error("The ledger was shut down; open it again.")]
    ShutDown,
    /// Another `sync` runs, in this process or another.
    #[error("No sync was begun, because one is running; leave it to that one.")]
    AlreadySyncing,
    /// No server was given at open.
    #[error("Nothing was synchronised, because no `server` was given at open; give one, or do not call sync.")]
    NoServer,
    /// Too many changes wait to be sent. Until a sync grants are refused; withdrawals never are.
    #[error(
        "No grant was recorded, because {limit} changes wait to be sent; sync first. Refusals and withdrawals are recorded all the same."
    )]
    TooManyPending {
        /// Most changes that may wait.
        limit: i64,
    },
}

/// Most faults that the text of an error tells. The value has all of them.
const FAULTS_TOLD: usize = 3;

/// The first faults, each with its place, what is wrong there and what to do, and how many more there are. A log often has the text of an
/// error and nothing else.
pub(crate) fn told(faults: &[Fault]) -> String {
    let mut told: Vec<String> = faults.iter().take(FAULTS_TOLD).map(Fault::to_string).collect();
    if let Some(more) = faults.len().checked_sub(FAULTS_TOLD).filter(|more| *more > 0) {
        told.push(format!("{more} more"));
    }
    told.join(" | ")
}

impl Error {
    /// True where the file is at fault and not the call: then what the call takes away must not be lost with it.
    pub(crate) fn is_of_the_file(&self) -> bool {
        matches!(self, Self::StoreUnavailable { .. } | Self::Damaged { .. } | Self::NotADatabase | Self::NewerStore { .. })
    }

    /// An unusable argument.
    pub(crate) fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), reason: reason.into() }
    }
}
