//! `consentkit`: checks policies, reads ledgers, and makes an import of what an older system holds. It changes no file but those that it is
//! told to write.

mod args;
mod generate;
mod import;
mod ledger;
mod outcome;
mod policy;
mod print;
mod time;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use outcome::Outcome;

fn main() -> ExitCode {
    let args = Args::parse();
    match run(args) {
        Ok(found) => found.code(),
        Err(stop) => {
            eprintln!("consentkit: {stop}");
            stop.code()
        }
    }
}

fn run(args: Args) -> Outcome {
    match args.command {
        Command::Policy(command) => policy::run(command, args.json),
        Command::Ledger(command) => ledger::run(command, args.json),
        Command::Import(command) => import::run(command, args.json),
        Command::Completions { shell } => generate::completions(shell),
        Command::Man => generate::man(),
    }
}
