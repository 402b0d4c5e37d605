//! Random histories over real clients and the real server. They are held against a ghost, which keeps who said what and what was on the
//! screen then.

mod agreement;
mod ghost;
mod happened;
mod lossy;
mod person;
mod world;

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

use crate::stage::Done;
use happened::Happened;
use world::World;

/// Seeds of a whole run, where nothing else is asked for.
const SEEDS: u64 = 10_000;
/// Seeds of the slice.
const SLICE: u64 = 300;
/// How many failing seeds are told in words. The others are only listed.
const TOLD: usize = 3;
/// Most failing seeds that are listed.
const LISTED: usize = 20;

/// Which histories to play.
pub enum Wanted {
    /// So many seeds, from one on.
    Many {
        /// How many.
        count: u64,
        /// The first seed.
        first: u64,
    },
    /// One seed, told step by step.
    One(u64),
}

impl Wanted {
    /// Reads the command line.
    pub fn read(arguments: &[&str]) -> Option<Self> {
        match arguments {
            [] => Some(Self::Many { count: SEEDS, first: 0 }),
            ["--slice"] => Some(Self::Many { count: SLICE, first: 0 }),
            ["--seeds", count] => Some(Self::Many { count: count.parse().ok()?, first: 0 }),
            ["--seeds", count, "--from", first] => Some(Self::Many { count: count.parse().ok()?, first: first.parse().ok()? }),
            ["--seed", seed] => seed.parse().ok().map(Self::One),
            _ => None,
        }
    }
}

/// What went wrong in a history, with its steps.
struct Failure {
    what: String,
    steps: Vec<String>,
}

/// A history that held.
struct Played {
    steps: Vec<String>,
    quiet: u64,
    lost_grants: u64,
    happened: Happened,
}

fn history(seed: u64) -> Result<Played, Failure> {
    let mut world = World::new(seed).map_err(|what| Failure { what: what.to_string(), steps: vec![] })?;
    match world.play() {
        Ok(()) => {
            let (quiet, lost_grants) = (world.quiet(), world.lost_grants);
            Ok(Played { quiet, lost_grants, happened: world.happened, steps: world.steps })
        }
        Err(what) => Err(Failure { what: what.to_string(), steps: world.steps }),
    }
}

/// Plays them.
pub fn run(wanted: Wanted) -> Done {
    match wanted {
        Wanted::One(seed) => one(seed),
        Wanted::Many { count, first } => many(count, first),
    }
}

fn one(seed: u64) -> Done {
    let (steps, outcome) = match history(seed) {
        Ok(played) => (played.steps, Ok(())),
        Err(failure) => (failure.steps, Err(failure.what)),
    };
    for (number, step) in steps.iter().enumerate() {
        println!("{:>3}  {step}", number + 1);
    }
    println!("histories: 1 cases, {} failures", usize::from(outcome.is_err()));
    outcome.map_err(Into::into)
}

fn many(count: u64, first: u64) -> Done {
    let begun = Instant::now();
    let next = AtomicU64::new(first);
    let failures: Mutex<BTreeMap<u64, Failure>> = Mutex::default();
    let steps = AtomicU64::new(0);
    let lost_grants = AtomicU64::new(0);
    let quiet = AtomicU64::new(0);
    let happened: Mutex<Happened> = Mutex::default();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= first.saturating_add(count) {
                        break;
                    }
                    match history(seed) {
                        Ok(played) => {
                            steps.fetch_add(played.steps.len() as u64, Ordering::SeqCst);
                            lost_grants.fetch_add(played.lost_grants, Ordering::SeqCst);
                            quiet.fetch_add(played.quiet, Ordering::SeqCst);
                            happened.lock().unwrap_or_else(PoisonError::into_inner).add(played.happened);
                        }
                        Err(failure) => drop(failures.lock().unwrap_or_else(PoisonError::into_inner).insert(seed, failure)),
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (seed, failure) in failures.iter().take(TOLD) {
        println!("FAIL  seed {seed}: {}", failure.what);
        failure.steps.iter().enumerate().for_each(|(number, step)| println!("{:>5}  {step}", number + 1));
        println!("      again: cargo xtask histories --seed {seed}");
    }
    for (seed, failure) in failures.iter().skip(TOLD).take(LISTED) {
        println!("FAIL  seed {seed}: {}", failure.what);
    }
    println!("phones on which nothing was ever said, left out of the agreement: {}", quiet.into_inner());
    println!("grants that a restored server lost and the phone does not send again: {}", lost_grants.into_inner());
    let happened = happened.into_inner().unwrap_or_else(PoisonError::into_inner).close();
    println!("{} steps in {:.0} s", steps.into_inner(), begun.elapsed().as_secs_f64());
    println!("histories: {count} cases, {} failures", failures.len());
    match failures.is_empty() && count > 0 {
        true if count >= SLICE => happened,
        true => Ok(()),
        false => Err("histories failed".into()),
    }
}
