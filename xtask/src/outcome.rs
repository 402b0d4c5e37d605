//! How a command ends.

use std::fmt;

/// What a command answers.
pub type Outcome<T = ()> = Result<T, Stop>;

/// Why a command did not end well.
#[derive(Debug)]
pub enum Stop {
    /// Something ran and failed, or is past its bound.
    Failed(String),
    /// The command line is not one we know.
    Usage(String),
    /// A toolchain is missing: nothing ran.
    Missing(String),
    /// A fault that was made on purpose was not found, or another one was.
    Survived(String),
}

impl Stop {
    /// The exit code. A missing toolchain has its own, so that CI cannot take it for a pass or for a fault of the code; and so has a seeded
    /// fault that was not found, since a run over a seeded fault has to fail.
    pub fn code(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::Missing(_) => 3,
            Self::Survived(_) => 4,
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(what) | Self::Usage(what) => f.write_str(what),
            Self::Missing(what) => write!(f, "missing: {what}"),
            Self::Survived(what) => write!(f, "the seeded fault ({what}) was not found"),
        }
    }
}

/// An error of the file system, with what was being done.
pub fn while_doing(what: String) -> impl FnOnce(std::io::Error) -> Stop {
    move |error| Stop::Failed(format!("{what}: {error}"))
}
