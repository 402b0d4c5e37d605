//! Proves that what was acknowledged survives. Run it by `cargo xtask crash`, `faults`, `corrupt`, `kill`,
//! `clock`, `processes` or `clones`.
#![deny(missing_docs)]

mod app;
mod clock;
mod clones;
mod corrupt;
mod crash;
mod disk;
mod faults;
mod kill;
mod phone;
mod processes;
mod replay;
mod stage;
mod tape;
mod vfs;

use std::process::ExitCode;

use consentkit_proof::chance;

const USAGE: &str = "usage: consentkit-survival crash N | corrupt N | kill N | clock N | processes N | clones N | faults CALLS";

/// The story whose operations are failed one after the other.
const STORY_OF_FAULTS: u64 = 3;

fn counted(number: &str, run: impl FnOnce(usize) -> stage::Done) -> stage::Done {
    run(number.parse().map_err(|_| USAGE)?)
}

fn main() -> ExitCode {
    vfs::install();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["crash", number] => counted(number, crash::run),
        ["corrupt", number] => counted(number, corrupt::run),
        ["kill", number] => counted(number, kill::run),
        ["clock", number] => counted(number, clock::run),
        ["processes", number] => counted(number, processes::run),
        ["clones", number] => counted(number, clones::run),
        ["faults", number] => counted(number, |calls| faults::run(STORY_OF_FAULTS, calls)),
        ["child", folder, seed, ends_at] => match seed.parse() {
            Ok(seed) => kill::child(folder.as_ref(), seed, ends_at.parse().ok()),
            Err(_) => Err(USAGE.into()),
        },
        ["worker", folder, server, seed] => match seed.parse() {
            Ok(seed) => processes::worker(folder.as_ref(), server, seed),
            Err(_) => Err(USAGE.into()),
        },
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            println!("{what}");
            ExitCode::FAILURE
        }
    }
}
