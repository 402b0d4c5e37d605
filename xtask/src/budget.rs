//! How long each part of `test` may take. A build that grows by a minute a week slows everybody down without anybody noticing, so past its
//! minutes a part fails.

use std::{fmt, fs, path::PathBuf, thread, time::Duration};

use super::project;

/// A part of `test` that has minutes of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Format, clippy, docs, tests, and the slices of the proofs.
    Rust,
    /// The tool that checks policies, and what it says of the published ones.
    Policy,
    /// Cookies beside other parsers of them, and real pages in a browser.
    Cookies,
    /// The form, drawn and answered in a browser.
    Form,
    /// The bindings and the packages for Kotlin and Swift.
    Packages,
}

impl Part {
    /// All of them, in the order in which they run.
    pub const ALL: &[Self] = &[Self::Rust, Self::Policy, Self::Cookies, Self::Form, Self::Packages];

    /// The most it may take on a quiet machine with two cores. With the parts that are planned (server 5,
    /// duties 2) it comes to 40 minutes.
    pub const fn minutes(self) -> u64 {
        match self {
            Self::Rust => 17,
            Self::Policy => 2,
            Self::Cookies => 3,
            Self::Form => 4,
            Self::Packages => 7,
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rust => "Rust",
            Self::Policy => "policy",
            Self::Cookies => "cookies",
            Self::Form => "form",
            Self::Packages => "packages",
        })
    }
}

/// What a step took.
pub struct Taken {
    /// The part it belongs to.
    pub part: Part,
    /// How long.
    pub time: Duration,
}

/// The parts that took longer than they may, each in words.
pub fn exceeded(taken: &[Taken]) -> Vec<String> {
    let over = Part::ALL.iter().filter_map(|part| {
        let total = of(*part, taken);
        let bound = Duration::from_secs(part.minutes() * 60);
        (total > bound).then(|| format!("{part} took {} of its {} minutes", minutes(total), part.minutes()))
    });
    over.collect()
}

/// How long a part took.
pub fn of(part: Part, taken: &[Taken]) -> Duration {
    taken.iter().filter(|step| step.part == part).map(|step| step.time).sum()
}

/// Minutes with one decimal.
pub fn minutes(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() / 60.0)
}

/// A file that is there once a run has ended in this target folder. The first run also builds the crates of others, which no change of ours
/// makes slower.
fn built() -> PathBuf {
    project::target().join("xtask-test-ran")
}

/// Whether the minutes of this run may fail it. They may not where others used the machine before the run began, nor where everything is
/// built from nothing.
pub fn are_judged() -> bool {
    built().exists() && !machine_is_busy()
}

/// Lets the minutes of the next run in this target folder count.
pub fn remember_that_all_is_built() {
    // Where it cannot be written, the next run is not judged either, and says so.
    let _ = fs::write(built(), "");
}

fn machine_is_busy() -> bool {
    let load = fs::read_to_string("/proc/loadavg").ok().and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    load.is_some_and(|load| is_busy(load, cores))
}

/// True where more than half of the processors' time was used.
fn is_busy(load: f64, cores: usize) -> bool {
    load * 2.0 > cores as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_that_is_too_slow_is_named_with_its_part_and_its_minutes() {
        let step = |part, minutes: u64| Taken { part, time: Duration::from_secs(minutes * 60) };
        assert_eq!(exceeded(&[step(Part::Rust, 6), step(Part::Rust, 11), step(Part::Packages, 7)]), Vec::<String>::new());
        let slow = exceeded(&[step(Part::Rust, 6), step(Part::Rust, 12), step(Part::Packages, 7)]);
        assert_eq!(slow, ["Rust took 18.0 of its 17 minutes"]);
    }

    #[test]
    fn a_machine_that_others_use_is_told_from_a_quiet_one() {
        assert!(is_busy(2.0, 2) && !is_busy(0.4, 2) && !is_busy(1.0, 2));
    }
}
