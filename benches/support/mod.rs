//! What the benches share: a device on a temporary file, runs that alternate, and the line that `cargo xtask bench` reads.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{path::PathBuf, process::ExitCode, time::Instant};

use consentkit::{
    client::{Answer, Consent, Options},
    policy::{Basis, MAX_VENDORS},
};

pub const GAME: &str = include_str!("../../examples/policies/game.json");
const POLICY: &str = include_str!("../../examples/influential/policy.json");

/// A database of its own, in a folder that goes with it. The clock is the system's.
pub struct Device {
    pub folder: tempfile::TempDir,
}

impl Device {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// The same in a given place.
    pub fn within(place: &str) -> Self {
        Self { folder: tempfile::tempdir_in(place).unwrap() }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("consent.db")
    }

    pub fn options(&self) -> Options {
        Options { app_version: "1.0".into(), ..Options::new(self.file(), POLICY) }
    }

    pub fn open(&self) -> Consent {
        Consent::open(self.options()).unwrap()
    }
}

/// The game's policy with as many vendors as may be, all of them named by every purpose that shares.
pub fn with_vendors() -> String {
    let mut document: serde_json::Value = serde_json::from_str(GAME).unwrap();
    let ids: Vec<String> = (0..MAX_VENDORS).map(|number| format!("vendor-{number}")).collect();
    document["vendors"] = ids.iter().map(|id| serde_json::json!({ "id": id, "name": format!("{id} Ltd.") })).collect();
    for purpose in document["purposes"].as_array_mut().unwrap() {
        if purpose.get("vendors").is_some() {
            purpose["vendors"] = serde_json::json!(ids);
        }
    }
    document.to_string()
}

/// The purposes that can be answered, in the policy's order.
pub fn purposes(consent: &Consent) -> Vec<String> {
    let policy = consent.snapshot().policy.clone();
    policy.purposes.iter().filter(|purpose| purpose.basis == Basis::Consent).map(|purpose| purpose.id.clone()).collect()
}

/// Says yes and no in turn to every purpose until `choices` more are recorded. One form answers them all: a form drawn anew each
/// time would name the withdrawals that wait, and no app has a thousand of those to show.
pub fn say(consent: &Consent, choices: usize) {
    let (purposes, shown) = (purposes(consent), consent.questions("settings").unwrap().shown);
    let mut left = choices;
    for round in 0.. {
        if left == 0 {
            break;
        }
        let answers: Vec<Answer> = purposes.iter().take(left).map(|purpose| turn(purpose, round)).collect();
        left -= consent.record(&shown, &answers).unwrap().items.len();
    }
}

/// Yes in even rounds, no in odd ones.
pub fn turn(purpose: &str, round: usize) -> Answer {
    if round.is_multiple_of(2) { Answer::grant(purpose) } else { Answer::refuse(purpose) }
}

/// Times every task `runs` times, in turn, so that a noisy machine is as noisy to each; gives the median of each in seconds.
/// What the first eighth of the runs meets (cold caches, a short file) is thrown away.
pub fn medians<const N: usize>(runs: usize, tasks: [&mut dyn FnMut() -> f64; N]) -> [f64; N] {
    samples(runs, tasks).map(median)
}

/// The same of two tasks, and the median of how many times the second the first takes in one turn: what a busy disk adds to both of a
/// turn is not taken for the one's own.
pub fn beside_each_other(runs: usize, tasks: [&mut dyn FnMut() -> f64; 2]) -> [f64; 3] {
    let [first, second] = samples(runs, tasks);
    let times = first.iter().zip(&second).map(|(first, second)| first / second).collect();
    [median(first), median(second), median(times)]
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

fn samples<const N: usize>(runs: usize, tasks: [&mut dyn FnMut() -> f64; N]) -> [Vec<f64>; N] {
    let mut samples = [const { Vec::new() }; N];
    for run in 0..runs + runs / 8 {
        for turn in 0..N {
            // Each goes first as often as any other: what one leaves behind (a busy disk) must not fall to the same one always.
            let task = (turn + run) % N;
            let seconds = tasks[task]();
            if run >= runs / 8 {
                samples[task].push(seconds);
            }
        }
    }
    samples
}

/// Seconds that `work` takes.
pub fn timed<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed().as_secs_f64()
}

/// Prints what a figure was made from; `cargo xtask bench` shows it and judges nothing by it.
pub fn beside(name: &str, value: f64, unit: &str) {
    println!("beside {name} {value:.3} {unit}");
}

/// The figures of one bench.
#[derive(Default)]
pub struct Figures {
    past: usize,
}

impl Figures {
    /// Prints one figure and judges it.
    pub fn hold(&mut self, name: &str, value: f64, bound: f64) {
        let passed = value <= bound;
        self.past += usize::from(!passed);
        println!("ratio {name} {value:.3} <= {bound} {}", if passed { "ok" } else { "FAIL" });
    }

    /// 1 where a figure is past its bound.
    pub fn end(self) -> ExitCode {
        if self.past == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
