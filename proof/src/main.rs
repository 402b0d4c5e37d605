//! Proves the sync promises against the shipped client and server. Run it by `cargo xtask hostile`, `cut`, `histories`
//! or `fuzz`.
#![deny(missing_docs)]

mod cut;
mod fuzz;
mod histories;
mod hostile;

use std::process::ExitCode;

use consentkit_proof::{chance, stage, wire};

const USAGE: &str = "usage: consentkit-proof hostile [--slice] | cut [--slice] | histories [--slice] [--seeds N] [--seed S] | fuzz N";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["hostile"] => hostile::run(false),
        ["hostile", "--slice"] => hostile::run(true),
        ["cut"] => cut::run(false),
        ["cut", "--slice"] => cut::run(true),
        ["histories", rest @ ..] => match histories::Wanted::read(rest) {
            Some(wanted) => histories::run(wanted),
            None => return refuse(),
        },
        ["fuzz", wanted] => match wanted.parse() {
            Ok(wanted) => fuzz::run(wanted),
            Err(_) => return refuse(),
        },
        _ => return refuse(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}

fn refuse() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}
