//! The errors that Swift and Kotlin see: [`Error`] case by case, in a form that those languages can switch over. A test holds the two
//! equal, so a case, a field or a text that is changed in one is changed in the other.

use crate::{
    error::{Error, told},
    policy::Fault,
    transport::TransportError,
};

/// What went wrong. Nothing is half done when one of these is thrown, and no text here carries personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ConsentError {
    /// An argument is not usable.
    #[error("`{field}` {reason}.")]
    Invalid {
        /// The argument, as a path: `answers[2].purpose`.
        field: String,
        /// What was wrong, and what to do.
        reason: String,
    },
    /// A grant without the notice it answers. Ask with questions first.
    #[error("The grant for `{purpose}` was not recorded, because its notice was not shown; ask with questions() first.")]
    NoticeNotShown {
        /// The purpose.
        purpose: String,
    },
    /// The shown token is not this ledger's, or no longer fits. Ask again.
    #[error("The `shown` token was not accepted: {reason}.")]
    ShownRefused {
        /// What was wrong.
        reason: String,
    },
    /// The policy document has faults.
    #[error("The policy was not accepted: {}.", told(faults))]
    PolicyInvalid {
        /// Every fault, with its place in the document.
        faults: Vec<Fault>,
    },
    /// The policy may not follow the one in force.
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
    /// write records it; unrecorded lists it. A yes, or anything else that the call was to do, did not happen: make the call
    /// again.
    #[error("The file could not be used (SQLite code {code}): {reason}.")]
    StoreUnavailable {
        /// What happened.
        reason: String,
        /// SQLite's extended result code, 0 where there is none.
        code: i32,
    },
    /// The ledger was shut down.
    #[error("The ledger was shut down; open it again.")]
    ShutDown,
    /// Another sync runs, in this process or another.
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
        // The host's own words are left out, because they may quote the request.
        Self::Unreachable { reason: "the host's transport failed unexpectedly".into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::FaultCode;

    /// The cases of [`Error`] one after the other. A new case does not compile until it has its place here.
    fn after(error: Option<&Error>) -> Option<Error> {
        let words = || "words".to_owned();
        let faults =
            || vec![Fault { pointer: "/purposes/3".into(), code: FaultCode::Syntax, what: "has no name".into(), fix: "name it".into() }; 2];
        Some(match error {
            None => Error::Invalid { field: "answers[2].purpose".into(), reason: words() },
            Some(Error::Invalid { .. }) => Error::NoticeNotShown { purpose: "marketing.email".into() },
            Some(Error::NoticeNotShown { .. }) => Error::Shown { reason: words() },
            Some(Error::Shown { .. }) => Error::PolicyInvalid { faults: faults() },
            Some(Error::PolicyInvalid { .. }) => Error::PolicyRefused { faults: faults() },
            Some(Error::PolicyRefused { .. }) => Error::NotADatabase,
            Some(Error::NotADatabase) => Error::NewerStore { found: 9, known: 3 },
            Some(Error::NewerStore { .. }) => Error::Damaged { reason: words() },
            Some(Error::Damaged { .. }) => Error::StoreUnavailable { reason: words(), code: 13 },
            Some(Error::StoreUnavailable { .. }) => Error::ShutDown,
            Some(Error::ShutDown) => Error::AlreadySyncing,
            Some(Error::AlreadySyncing) => Error::NoServer,
            Some(Error::NoServer) => Error::TooManyPending { limit: 100_000 },
            Some(Error::TooManyPending { .. }) => return None,
        })
    }

    /// The name of a case, and its fields as `Debug` shows them.
    fn shown(error: &impl std::fmt::Debug) -> (String, String) {
        let text = format!("{error:?}");
        let (name, fields) = text.split_once(' ').unwrap_or((&text, ""));
        (name.to_owned(), fields.to_owned())
    }

    #[test]
    fn every_case_has_the_name_the_fields_and_the_text_of_the_error_that_it_mirrors() {
        let every: Vec<Error> = std::iter::successors(after(None), |error| after(Some(error))).collect();
        assert_eq!(every.len(), 13);
        for error in every {
            let mirrored = ConsentError::from(error.clone());
            let ((name, fields), (other_name, other_fields)) = (shown(&error), shown(&mirrored));
            // One name differs, because in Swift `shown` alone would not say that something was refused.
            assert_eq!(other_name, if name == "Shown" { "ShownRefused".to_owned() } else { name });
            assert_eq!(other_fields, fields, "{other_name}");
            assert_eq!(mirrored.to_string(), error.to_string(), "{other_name}");
        }
    }
}
