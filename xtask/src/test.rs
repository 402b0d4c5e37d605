//! `test`: everything CI checks. Each step runs even when one before it failed, so that one run shows all there is to mend.

use std::time::Instant;

use super::{
    bindings,
    budget::{self, Part, Taken},
    kotlin, licences, model,
    outcome::{Outcome, Stop},
    process, project, proof, swift, workflows,
};

/// A step: its part, its name, and what it does.
type Step = (Part, &'static str, fn() -> Outcome);

const STEPS: &[Step] = &[
    (Part::Rust, "format", || cargo(&["fmt", "--all", "--", "--check"])),
    (Part::Rust, "clippy", || {
        cargo(&["clippy", "--workspace", "--all-targets", "--features", "consentkit/schema", "--", "-D", "warnings"])
    }),
    (Part::Rust, "clippy, the pure rings alone", || clippy_lib("")),
    (Part::Rust, "clippy, without HTTP", || clippy_lib("device,bundled-sqlite")),
    (Part::Rust, "docs", docs),
    (Part::Rust, "tests", || cargo(&["test", "--workspace", "--features", "consentkit/schema"])),
    (Part::Rust, "model, a slice", || model::run(true)),
    (Part::Rust, "hostile, a slice", || proof::run(&["hostile", "--slice"])),
    (Part::Rust, "cut, a slice", || proof::run(&["cut", "--slice"])),
    (Part::Rust, "histories, a slice", || proof::run(&["histories", "--slice"])),
    (Part::Packages, "bindings", bindings::run),
    (Part::Packages, "kotlin", kotlin::test),
    (Part::Packages, "swift", swift::test),
];

/// Steps that run where their tool is installed, and otherwise count as skipped.
const WHERE_INSTALLED: &[Step] = &[(Part::Rust, "licences", licences::run), (Part::Rust, "workflows", workflows::run)];

/// What each step needs besides Rust is installed first: the minutes that takes are the network's, and count for no part.
fn ready() {
    for (name, ready) in [("kotlin", kotlin::ready as fn() -> Outcome), ("swift", swift::ready)] {
        if let Err(stop) = ready() {
            // The step that needs it says so itself, and fails.
            println!("{name}: {stop}");
        }
    }
}

/// Runs every step, prints the minutes of each, and closes with one line that says how many passed. A part that took longer than its
/// minutes on a machine that nobody else used is a failure.
pub fn run() -> Outcome {
    println!("== what the steps need");
    ready();
    let judged = budget::are_judged();
    let mut taken = Vec::new();
    let mut lines = Vec::new();
    let mut stops = Vec::new();
    let (mut passed, mut skipped) = (0, 0);
    for (index, (part, name, step)) in STEPS.iter().chain(WHERE_INSTALLED).enumerate() {
        println!("\n== {name}");
        let begun = Instant::now();
        let ended = step();
        let time = begun.elapsed();
        taken.push(Taken { part: *part, time });
        let minutes = budget::minutes(time);
        match ended {
            Ok(()) => {
                passed += 1;
                lines.push(format!("  ok       {minutes:>5} min  {name}"));
            }
            Err(Stop::Missing(what)) if index >= STEPS.len() => {
                skipped += 1;
                lines.push(format!("  not run             {name}: {what}"));
            }
            Err(stop) => {
                lines.push(format!("  FAIL     {minutes:>5} min  {name}: {stop}"));
                stops.push(stop);
            }
        }
    }
    println!("\n== summary\n{}", lines.join("\n"));
    for part in Part::ALL {
        println!("  {part}: {} of {} min", budget::minutes(budget::of(*part, &taken)), part.minutes());
    }
    println!("steps: {passed} passed, {} failed, {skipped} skipped", stops.len());
    for slow in budget::exceeded(&taken) {
        if !judged {
            println!("not judged, since the machine was in use before or everything was built from nothing: {slow}");
        } else {
            println!("too slow: {slow}");
            stops.push(Stop::Failed(slow));
        }
    }
    budget::remember_that_all_is_built();
    verdict(stops)
}

/// One failure outweighs any number of missing toolchains.
fn verdict(stops: Vec<Stop>) -> Outcome {
    let missing = !stops.is_empty() && stops.iter().all(|stop| stop.code() == 3);
    match stops.as_slice() {
        [] => Ok(()),
        [only] => Err(match only {
            Stop::Missing(what) => Stop::Missing(what.clone()),
            other => Stop::Failed(other.to_string()),
        }),
        several if missing => Err(Stop::Missing(format!("what {} steps need", several.len()))),
        several => Err(Stop::Failed(format!("{} steps did not pass", several.len()))),
    }
}

fn cargo(arguments: &[&str]) -> Outcome {
    process::run(process::cargo(arguments).current_dir(project::root()))
}

fn clippy_lib(features: &str) -> Outcome {
    cargo(&["clippy", "--package", "consentkit", "--lib", "--no-default-features", "--features", features, "--", "-D", "warnings"])
}

fn docs() -> Outcome {
    let mut command = process::cargo(&["doc", "--workspace", "--no-deps", "--features", "consentkit/schema"]);
    process::run(command.env("RUSTDOCFLAGS", "-D warnings").current_dir(project::root()))
}

#[cfg(test)]
mod tests {
    use super::{Stop, verdict};

    #[test]
    fn a_missing_toolchain_is_no_pass_and_a_failure_outweighs_it() {
        let missing = || Stop::Missing("swift".to_owned());
        let failed = || Stop::Failed("a test".to_owned());
        let code = |stops| verdict(stops).map_err(|stop| stop.code());
        assert_eq!(code(vec![]), Ok(()));
        assert_eq!(code(vec![missing()]), Err(3));
        assert_eq!(code(vec![missing(), failed()]), Err(1));
    }
}
