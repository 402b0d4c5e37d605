//! `hostile`, `cut`, `histories`: the proofs of the sync promises, built with a profile of their own.

use super::{outcome::Outcome, process, project};

/// Runs one proof with its arguments.
pub fn run(arguments: &[&str]) -> Outcome {
    let command = ["run", "--quiet", "--profile", "proof", "--package", "consentkit-proof", "--"];
    process::run(process::cargo(&[&command, arguments].concat()).current_dir(project::root()))
}
