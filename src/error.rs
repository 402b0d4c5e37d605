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
    #[error("accept {field}: {reason}")]
    Invalid {
        /// The argument, as a path: `answers[2].purpose`.
        field: String,
        /// What was wrong, and what to do.
        reason: String,
    },
    /// A grant without the notice it answers: the purpose was not among the questions that were shown.
    #[error("record a grant for {purpose}: its notice was not shown; ask with questions() first")]
    NoticeNotShown {
        /// The purpose.
        purpose: String,
    },
    /// The `Shown` token is not one of this ledger's, or no longer fits; ask again.
    #[error("accept the shown token: {reason}")]
    Shown {
        /// What was wrong.
        reason: String,
    },
    /// The policy document has faults.
    #[error("accept the policy: {}", told(faults))]
    PolicyInvalid {
        /// Every fault.
        faults: Vec<Fault>,
    },
    /// The policy is another one, older, or takes back what only the app itself may.
    #[error("adopt the policy over the one in force: {}", told(faults))]
    PolicyRefused {
        /// Every reason.
        faults: Vec<Fault>,
    },
    /// The file is no ConsentKit database. It was not touched.
    #[error("open the store: the file is not a ConsentKit database")]
    NotADatabase,
    /// A newer version of this library wrote the file. It was not touched.
    #[error("open the store: written by a newer version (schema {found}, this one knows {known})")]
    NewerStore {
        /// Its schema.
        found: i64,
        /// The newest schema this library knows.
        known: i64,
    },
    /// What is stored contradicts itself. It was not touched.
    #[error("trust the store: {reason}")]
    Damaged {
        /// What does not fit.
        reason: String,
    },
    /// The file cannot be read or written now: locked device, full disk, another process that holds it too long.
    /// What the call takes away (a no, an opt-out of the system, a sign-out) counts in memory all the same, and the next call that can
    /// write records it. A yes, or anything else that the call was to do, did not happen: make the call
    /// again.
    #[error("use the store: {reason} (SQLite code {code})")]
    StoreUnavailable {
        /// What happened.
        reason: String,
        /// SQLite's extended result code, 0 where there is none.
        code: i32,
    },
    /// `shutdown` was called.
    #[error("use the ledger: it was shut down")]
    ShutDown,
    /// Another `sync` runs, in this process or another.
    #[error("start a sync: one is running")]
    AlreadySyncing,
    /// No server was given at open.
    #[error("sync: no server was given at open")]
    NoServer,
    /// Too many changes wait to be sent. Until a sync grants are refused; withdrawals never are.
    #[error("record a grant: {limit} changes wait to be sent")]
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
