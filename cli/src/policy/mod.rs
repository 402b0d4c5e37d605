//! Policy documents.

mod compare;
mod constants;
mod field;
mod finding;
mod gaps;
mod lint;
mod names;
mod new;
mod preview;
mod rules;
mod zones;

use std::path::Path;

use consentkit::policy::{Policy, SCHEMA};

use crate::{
    args::PolicyCommand,
    outcome::{Found, Outcome, Stop},
    print,
};

/// Largest document that is read at all, bytes. One that is larger than a policy may be is still told as a fault.
const MAX_DOCUMENT_BYTES: u64 = 64 * 1024 * 1024;

pub fn run(command: PolicyCommand, json: bool) -> Outcome {
    match command {
        PolicyCommand::New(asked) => new::run(&asked),
        PolicyCommand::Lint { file } => lint::run(&file, json),
        PolicyCommand::Preview { file, form, language } => preview::run(&file, form.as_deref(), language.as_deref()),
        PolicyCommand::Diff { old, new } => compare::run(&old, &new, json),
        PolicyCommand::Schema => {
            print::text(SCHEMA);
            Ok(Found::Nothing)
        }
        PolicyCommand::Purposes(asked) => constants::run(&asked),
    }
}

/// Reads a policy that opens.
pub fn read_policy(file: &Path) -> Outcome<Policy> {
    let document = print::read_text(file, MAX_DOCUMENT_BYTES)?;
    Policy::parse(&document).map_err(|faults| {
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        Stop::file(file, format_args!("does not open, for {} faults: {first}; `consentkit policy lint` lists them all", faults.len()))
    })
}
