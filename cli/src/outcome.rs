//! How a command ends: with nothing found, with something found, or without having been done.

use std::{fmt, path::Path, process::ExitCode};

/// What a command that was done found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing is wrong.
    Nothing,
    /// Something is wrong with what was looked at, and it was told.
    Something,
}

impl Found {
    /// `Something` where it is true.
    pub fn when(is_wrong: bool) -> Self {
        if is_wrong { Self::Something } else { Self::Nothing }
    }

    pub fn code(self) -> ExitCode {
        match self {
            Self::Nothing => ExitCode::SUCCESS,
            Self::Something => ExitCode::from(1),
        }
    }
}

/// Why a command was not done. Exit code 2 is clap's for a command line that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The command line contradicts itself, or what it names.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be read or written, or is not what it should be.
    #[error("{0}")]
    File(String),
}

impl Stop {
    pub fn usage(what: impl Into<String>) -> Self {
        Self::Usage(what.into())
    }

    /// About a file: its path, what is wrong, and what to do.
    pub fn file(path: &Path, what: impl fmt::Display) -> Self {
        Self::File(format!("{}: {what}", path.display()))
    }

    pub fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) => 2,
            Self::File(_) => 3,
        })
    }
}

/// What a command comes to.
pub type Outcome<T = Found> = Result<T, Stop>;
