//! `workflows`: whether the files in `.github/workflows` can be read. They were never run here, since they are for machines we do not have.

use super::{
    outcome::{Outcome, Stop},
    process, project,
};
use std::process::Command;

/// Asks actionlint.
pub fn run() -> Outcome {
    if !process::is_installed("actionlint") {
        let how = "`go install github.com/rhysd/actionlint/cmd/actionlint@latest`";
        return Err(Stop::Missing(format!("actionlint is not installed ({how})")));
    }
    process::run(Command::new("actionlint").arg("-color").current_dir(project::root()))
}
