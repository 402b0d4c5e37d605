//! `size`: what the library weighs as it ships.

use super::{
    outcome::{Outcome, Stop},
    process, project, shipped,
};
use std::{
    env::consts::{DLL_PREFIX, DLL_SUFFIX},
    path::PathBuf,
    process::Command,
};

/// A build, its features, and the most it may weigh in bytes.
struct Build {
    name: &'static str,
    features: &'static [&'static str],
    bound: u64,
}

/// An app pays for every byte on every phone: the first is what the wrappers ship, the second what a host without its own HTTP takes.
const BUILDS: &[Build] = &[
    Build { name: "without-http", features: shipped::FOR_WRAPPERS, bound: 2_400_000 },
    Build { name: "with-http", features: &[], bound: 4_600_000 },
];

/// Builds each, strips a copy, and prints the sizes beside their bounds.
pub fn run() -> Outcome {
    if !process::is_installed("strip") {
        return Err(Stop::Missing("`strip` is not on PATH; it comes with binutils".to_owned()));
    }
    let sizes: Vec<(&Build, u64)> = BUILDS.iter().map(|build| Ok((build, project::size(&stripped(build)?)?))).collect::<Outcome<_>>()?;
    println!("{:14} {:>12} {:>12}", "library", "bytes", "bound");
    for (build, bytes) in &sizes {
        let word = if *bytes <= build.bound { "ok" } else { "FAIL" };
        println!("{:14} {:>12} {:>12}  {word}", build.name, bytes, build.bound);
    }
    let over: Vec<&str> = sizes.iter().filter(|(build, bytes)| *bytes > build.bound).map(|(build, _)| build.name).collect();
    if over.is_empty() { Ok(()) } else { Err(Stop::Failed(format!("past its bound: {}", over.join(", ")))) }
}

/// Strips a copy. The original keeps its symbols, so that one can look up what weighs how much.
fn stripped(build: &Build) -> Outcome<PathBuf> {
    process::run(&mut shipped::build(None, build.features))?;
    let name = format!("{DLL_PREFIX}consentkit{DLL_SUFFIX}");
    let copy = project::target().join("size").join(build.name).join(&name);
    project::copy(&project::target().join("release").join(&name), &copy)?;
    process::run(Command::new("strip").arg(&copy))?;
    Ok(copy)
}
