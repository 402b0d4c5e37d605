//! `test`: everything CI checks. Each step runs even when one before it failed, so that one run shows all there is to mend.

use std::time::{Duration, Instant};

use super::{
    bindings, browser,
    budget::{self, Part, Taken},
    chromium, cookies, form, kotlin, licences, model,
    outcome::{Outcome, Stop},
    process, project, proof, survival, swift, workflows,
};

/// What is left out of a plain build and has tests of its own.
const FEATURES: &str = "consentkit/schema,consentkit/cookies-reqwest";

/// A step: its part, its name, and what it does.
type Step = (Part, &'static str, fn() -> Outcome);

const STEPS: &[Step] = &[
    (Part::Rust, "format", || cargo(&["fmt", "--all", "--", "--check"])),
    (Part::Rust, "clippy", || cargo(&["clippy", "--workspace", "--all-targets", "--features", FEATURES, "--", "-D", "warnings"])),
    (Part::Rust, "clippy, the pure rings alone", || clippy_lib("")),
    (Part::Rust, "clippy, without HTTP", || clippy_lib("device,bundled-sqlite")),
    (Part::Rust, "docs", docs),
    (Part::Rust, "tests", || {
        cargo(&["test", "--workspace", "--exclude", "consentkit-cli", "--exclude", "consentkit-browser", "--features", FEATURES])
    }),
    (Part::Rust, "model, a slice", || model::run(true)),
    (Part::Rust, "hostile, a slice", || proof::run(&["hostile", "--slice"])),
    (Part::Rust, "cut, a slice", || proof::run(&["cut", "--slice"])),
    (Part::Rust, "histories, a slice", || proof::run(&["histories", "--slice"])),
    (Part::Rust, "fuzz, a slice", || proof::run(&["fuzz", "1000"])),
    (Part::Rust, "survival, a slice", survival::slice),
    (Part::Policy, "policy", || cargo(&["test", "--package", "consentkit-cli"])),
    (Part::Cookies, "cookies", cookies::run),
    (Part::Cookies, "browser", browser::test),
    (Part::Form, "form, a slice", form::slice),
    (Part::Packages, "bindings", bindings::run),
    (Part::Packages, "kotlin", kotlin::test),
    (Part::Packages, "swift", swift::test),
];

/// Steps that run where their tool is installed, and otherwise count as skipped.
const WHERE_INSTALLED: &[Step] = &[(Part::Rust, "licences", licences::run), (Part::Rust, "workflows", workflows::run)];

/// What each step needs besides Rust is installed first: the minutes that takes are the network's, and count for no part.
fn ready() {
    for (name, ready) in
        [("kotlin", kotlin::ready as fn() -> Outcome), ("swift", swift::ready), ("cookies", cookies::ready), ("browser", chromium::ready)]
    {
        if let Err(stop) = ready() {
            // The step that needs it says so itself, and fails.
            println!("{name}: {stop}");
        }
    }
}

/// What came of the steps.
#[derive(Default)]
struct Ran {
    taken: Vec<Taken>,
    lines: Vec<String>,
    stops: Vec<Stop>,
    passed: usize,
    skipped: usize,
}

/// Runs every step, prints the minutes of each, and closes with one line that says how many passed. A part that took longer than its
/// minutes on a machine that nobody else used is a failure.
pub fn run() -> Outcome {
    println!("== what the steps need");
    ready();
    let judged = budget::are_judged();
    let begun = Instant::now();
    let mut ran = Ran::default();
    ran.through(STEPS, &mut || begun.elapsed(), |_| false);
    ran.through(WHERE_INSTALLED, &mut || begun.elapsed(), |stop| matches!(stop, Stop::Missing(_)));
    let outcome = ran.close(judged);
    budget::remember_that_all_is_built();
    outcome
}

impl Ran {
    /// Runs steps, each to its end. `clock` tells the time since the beginning, and `skips` which of the stops count as not run.
    fn through(&mut self, steps: &[Step], clock: &mut dyn FnMut() -> Duration, skips: fn(&Stop) -> bool) {
        for (part, name, step) in steps {
            println!("\n== {name}");
            let begun = clock();
            let ended = step();
            let time = clock().saturating_sub(begun);
            self.taken.push(Taken { part: *part, time });
            let minutes = budget::minutes(time);
            match ended {
                Ok(()) => {
                    self.passed += 1;
                    self.lines.push(format!("  ok       {minutes:>5} min  {name}"));
                }
                Err(stop) if skips(&stop) => {
                    self.skipped += 1;
                    self.lines.push(format!("  not run             {name}: {stop}"));
                }
                Err(stop) => {
                    self.lines.push(format!("  FAIL     {minutes:>5} min  {name}: {stop}"));
                    self.stops.push(stop);
                }
            }
        }
    }

    /// Prints what came of it all, and judges it. Minutes are judged only where `judged` says so.
    fn close(mut self, judged: bool) -> Outcome {
        println!("\n== summary\n{}", self.lines.join("\n"));
        for part in Part::ALL {
            println!("  {part}: {} of {} min", budget::minutes(budget::of(*part, &self.taken)), part.minutes());
        }
        println!("steps: {} passed, {} failed, {} skipped", self.passed, self.stops.len(), self.skipped);
        for slow in budget::exceeded(&self.taken) {
            if !judged {
                println!("not judged, since the machine was in use before or everything was built from nothing: {slow}");
            } else {
                println!("too slow: {slow}");
                self.stops.push(Stop::Failed(slow));
            }
        }
        verdict(self.stops)
    }
}

/// The outcome of the whole run. A failure counts for more than missing toolchains, so that it is not taken for one of them.
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
    use super::{Duration, Part, Ran, Step, Stop, verdict};

    /// Steps that all pass, as the Rust part has them.
    const STEPS: &[Step] =
        &[(Part::Rust, "tests", || Ok(())), (Part::Rust, "model, a slice", || Ok(())), (Part::Packages, "kotlin", || Ok(()))];

    /// Runs them with so many minutes for each.
    fn ran(minutes: [u64; 3]) -> Ran {
        let mut now = Duration::ZERO;
        let (mut steps, mut begins) = (minutes.into_iter(), false);
        let mut clock = || {
            begins = !begins;
            if !begins {
                now += Duration::from_secs(60 * steps.next().unwrap_or(0));
            }
            now
        };
        let mut ran = Ran::default();
        ran.through(STEPS, &mut clock, |_| false);
        ran
    }

    #[test]
    fn a_slice_that_is_made_too_slow_fails_a_run_in_which_every_step_passed() {
        let words = |ran: Ran, judged| ran.close(judged).map_err(|stop| stop.to_string());
        assert_eq!(words(ran([6, 11, 7]), true), Ok(()));
        let slow = words(ran([6, 12, 7]), true);
        assert!(slow.as_ref().is_err_and(|words| words.contains("Rust took 18.0 of its 17 minutes")), "{slow:?}");
        assert!(words(ran([6, 11, 8]), true).is_err_and(|words| words.contains("packages took 8.0 of its 7 minutes")));
        assert_eq!(words(ran([6, 12, 7]), false), Ok(()), "a machine that others use is not judged");
    }

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
