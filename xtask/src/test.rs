//! `test`: everything CI checks. Each step runs even when one before it failed, so that one run shows all there is to mend.

use super::{
    bindings, kotlin, model,
    outcome::{Outcome, Stop},
    process, project, proof, swift,
};

/// A step: its name, and what it does.
type Step = (&'static str, fn() -> Outcome);

const STEPS: &[Step] = &[
    ("format", || cargo(&["fmt", "--all", "--", "--check"])),
    ("clippy", || cargo(&["clippy", "--workspace", "--all-targets", "--features", "consentkit/schema", "--", "-D", "warnings"])),
    ("clippy, the pure rings alone", || clippy_lib("")),
    ("clippy, without HTTP", || clippy_lib("device,bundled-sqlite")),
    ("docs", docs),
    ("tests", || cargo(&["test", "--workspace", "--features", "consentkit/schema"])),
    ("model, a slice", || model::run(true)),
    ("hostile, a slice", || proof::run(&["hostile", "--slice"])),
    ("cut, a slice", || proof::run(&["cut", "--slice"])),
    ("histories, a slice", || proof::run(&["histories", "--slice"])),
    ("bindings", bindings::run),
    ("kotlin", kotlin::test),
    ("swift", swift::test),
];

/// Runs every step and closes with one line that says how many passed.
pub fn run() -> Outcome {
    let results: Vec<(&str, Outcome)> = STEPS
        .iter()
        .map(|(name, step)| {
            println!("\n== {name}");
            (*name, step())
        })
        .collect();
    println!("\n== summary");
    for (name, result) in &results {
        match result {
            Ok(()) => println!("  ok    {name}"),
            Err(stop) => println!("  FAIL  {name}: {stop}"),
        }
    }
    let failed = results.iter().filter(|(_, result)| result.is_err()).count();
    println!("steps: {} passed, {failed} failed", results.len() - failed);
    verdict(results.into_iter().filter_map(|(_, result)| result.err()).collect())
}

/// One failure outweighs any number of missing toolchains.
fn verdict(stops: Vec<Stop>) -> Outcome {
    let missing = !stops.is_empty() && stops.iter().all(|stop| stop.code() == 3);
    match stops.len() {
        0 => Ok(()),
        count if missing => Err(Stop::Missing(format!("what {count} step(s) need"))),
        count => Err(Stop::Failed(format!("{count} step(s) did not pass"))),
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
