//! The errors that Swift and Kotlin see.

use crate::{error::Error, policy::Fault, transport::TransportError};

/// What went wrong. Nothing is half done when one of these is thrown, and no text here carries personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ConsentError {
    /// An argument is not usable.
    #[error("accept {field}: {reason}")]
    Invalid {
        /// The argument, as a path: `answers[2].purpose`.
        field: String,
        /// What was wrong, and what to do.
        reason: String,
    },
    /// A grant without the notice it answers. Ask with questions first.
    #[error("record a grant for {purpose}: its notice was not shown")]
    NoticeNotShown {
        /// The purpose.
        purpose: String,
    },
    /// The shown token is not this ledger's, or no longer fits. Ask again.
    #[error("accept the shown token: {reason}")]
    ShownRefused {
        /// What was wrong.
        reason: String,
    },
    /// The policy document has faults.
    #[error("accept the policy: {} fault(s)", faults.len())]
    PolicyInvalid {
        /// Every fault, with its place in the document.
        faults: Vec<Fault>,
    },
    /// The policy may not follow the one in force.
    #[error("adopt the policy: {} reason(s) against it", faults.len())]
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
    /// write records it; unrecorded lists it. A yes, or anything else that the call was to do, did not happen: make the call
    /// again.
    #[error("use the store: {reason}")]
    StoreUnavailable {
        /// What happened.
        reason: String,
        /// SQLite's extended result code, 0 where there is none.
        code: i32,
    },
    /// The ledger was shut down.
    #[error("use the ledger: it was shut down")]
    ShutDown,
    /// Another sync runs, in this process or another.
    #[error("start a sync: one is running")]
    AlreadySyncing,
    /// No server was given at open.
    #[error("sync: no server was given at open")]
    NoServer,
    /// Too many changes wait; grants are refused until a sync, withdrawals never are.
    #[error("record a grant: {limit} changes wait to be sent")]
    TooManyPending {
        /// Most changes that may wait.
        limit: i64,
    },
}

impl From<Error> for ConsentError {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid { field, reason } => Self::Invalid { field, reason },
            Error::NoticeNotShown { purpose } => Self::NoticeNotShown { purpose },
            Error::Shown { reason } => Self::ShownRefused { reason },
            Error::PolicyInvalid { faults } => Self::PolicyInvalid { faults },
            Error::PolicyRefused { faults } => Self::PolicyRefused { faults },
            Error::NotADatabase => Self::NotADatabase,
            Error::NewerStore { found, known } => Self::NewerStore { found, known },
            Error::Damaged { reason } => Self::Damaged { reason },
            Error::StoreUnavailable { reason, code } => Self::StoreUnavailable { reason, code },
            Error::ShutDown => Self::ShutDown,
            Error::AlreadySyncing => Self::AlreadySyncing,
            Error::NoServer => Self::NoServer,
            Error::TooManyPending { limit } => Self::TooManyPending { limit },
        }
    }
}

impl From<uniffi::UnexpectedUniFFICallbackError> for TransportError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        // The host's own words are left out: they may quote the request.
        Self::Unreachable { reason: "the host's transport failed unexpectedly".into() }
    }
}
