//! `night`: the long forms of what `test` runs a slice of. Run it before a release, and before an issue is called resolved.

use super::{
    bench, bindings, consumers, defects, form, kotlin, model, mutants,
    outcome::{Outcome, Stop},
    proof, size, survival, swift,
};
use std::time::Instant;

/// A step: its name, and what it does.
type Step = (&'static str, fn() -> Outcome);

const STEPS: &[Step] = &[
    ("model", || model::run(false)),
    ("model, with a seeded fault", model::fault),
    ("hostile", || proof::run(&["hostile"])),
    ("hostile, with a seeded fault", proof::hostile_fault),
    ("cut", || proof::run(&["cut"])),
    ("histories, 10,000", || proof::run(&["histories", "--seeds", "10000"])),
    ("histories, with a seeded fault", proof::histories_fault),
    ("fuzz, 200,000 of each", || proof::run(&["fuzz", "200000"])),
    ("survival", survival::night),
    ("survival, with clients made wrong on purpose", survival::mutants),
    ("defects of other SDKs", || defects::run(None)),
    ("mutants of what decides, a part", || mutants::run(Some(mutants::OF_A_NIGHT))),
    ("form", form::run),
    ("form, with faults put into its pages", form::faults),
    ("size", size::run),
    ("consumers", consumers::run),
    ("bench", bench::run),
    ("fake and library in Kotlin, 10,000 histories", || bindings::run().and_then(|()| kotlin::histories(10_000, 0))),
    ("bench, the packages", || kotlin::ready().and_then(|()| bench::run_bindings())),
    ("Swift: 10,000 random sequences, and growth", || bindings::run().and_then(|()| swift::night())),
    ("Swift's tests under ThreadSanitizer", || bindings::run().and_then(|()| swift::races())),
];

/// Runs every step, also after one that failed, and closes with one line that says how many passed.
pub fn run() -> Outcome {
    let mut failed = Vec::new();
    let mut lines = Vec::new();
    for (name, step) in STEPS {
        println!("\n== {name}");
        let begun = Instant::now();
        let ended = step();
        let minutes = begun.elapsed().as_secs_f64() / 60.0;
        match ended {
            Ok(()) => lines.push(format!("  ok    {minutes:>5.1} min  {name}")),
            Err(stop) => {
                lines.push(format!("  FAIL  {minutes:>5.1} min  {name}: {stop}"));
                failed.push(*name);
            }
        }
    }
    println!("\n== summary\n{}", lines.join("\n"));
    println!("steps: {} passed, {} failed", STEPS.len() - failed.len(), failed.len());
    if failed.is_empty() { Ok(()) } else { Err(Stop::Failed(failed.join(", "))) }
}
