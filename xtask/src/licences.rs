//! `licences`: what we link, under which licence, and from where, as `deny.toml` allows it.

use super::{
    outcome::{Outcome, Stop},
    process, project,
};

/// Asks cargo-deny for all but the advisories, whose database lies outside the registries that every machine reaches.
pub fn run() -> Outcome {
    if !process::is_installed("cargo-deny") {
        return Err(Stop::Missing("cargo-deny is not installed (`cargo install cargo-deny --locked`)".to_owned()));
    }
    process::run(process::cargo(&["deny", "check", "bans", "licenses", "sources"]).current_dir(project::root()))
}
