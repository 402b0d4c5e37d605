//! A phone's ledger, from a copy of its database.

mod copy;
mod explain;
mod export;
mod show;
mod verify;

use crate::{
    args::LedgerCommand,
    outcome::{Outcome, Stop},
};

pub fn run(command: LedgerCommand, json: bool) -> Outcome {
    match command {
        LedgerCommand::Verify { file } => verify::run(&file, json),
        LedgerCommand::Show { file, after, limit, purpose } => show::run(&file, &show::Wanted { after, limit, purpose }, json),
        LedgerCommand::Export { file, output } => export::run(&file, output.as_deref()),
        LedgerCommand::Explain { file, purpose, at, platform, language } => {
            explain::run(&file, &explain::Asked { purpose, at, platform, language }, json)
        }
    }
}

/// An error of the library about this file.
fn of_file(file: &std::path::Path, error: &consentkit::error::Error) -> Stop {
    Stop::file(file, error)
}
