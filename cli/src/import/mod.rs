//! Consents of an older system: what `import` can take over, and why not the rest.

mod check;
mod choose;
mod date;
mod doubt;
mod json_table;
mod map;
mod name;
mod report;
mod row;
mod table;
mod word;

use crate::{args::ImportCommand, outcome::Outcome};

pub fn run(command: ImportCommand, json: bool) -> Outcome {
    match command {
        ImportCommand::Check(asked) => check::run(&asked, json),
    }
}
