//! `cookies`: thousands of `Set-Cookie` headers to this library, to tough-cookie and to set-cookie-parser. What they differ in must be known.

use super::{
    outcome::{Outcome, Stop},
    process, project,
};
use std::process::Command;

/// Where the comparison lies in the repository.
const FOLDER: &str = "tests/cookies/differential";

/// Its files; what npm installs stays in the target folder beside copies of them.
const FILES: &[&str] = &["package.json", "package-lock.json", "compare.mjs"];

/// Says what is missing, before anything is built for nothing.
pub fn ready() -> Outcome {
    for program in ["node", "npm"] {
        if !process::is_installed(program) {
            return Err(Stop::Missing(format!("`{program}` is not on PATH; the comparison with tough-cookie needs Node.js 20 or later")));
        }
    }
    install()
}

/// Runs the comparison. Every difference that is not explained in `compare.mjs` fails it, and so does an explanation that no header needs.
pub fn run() -> Outcome {
    ready()?;
    process::run(process::cargo(&["build", "--quiet", "--example", "judge_cookies"]).current_dir(project::root()))?;
    let judge = project::target().join("debug/examples").join(format!("judge_cookies{}", std::env::consts::EXE_SUFFIX));
    process::run(Command::new("node").arg("compare.mjs").arg(judge).current_dir(folder()))
}

/// Installs the two packages, at the versions and with the hashes of the lock file, once.
fn install() -> Outcome {
    std::fs::create_dir_all(folder()).map_err(|fault| Stop::Failed(format!("make {}: {fault}", folder().display())))?;
    for file in FILES {
        project::update(&project::root().join(FOLDER).join(file), &folder().join(file))?;
    }
    if folder().join("node_modules/tough-cookie").is_dir() {
        return Ok(());
    }
    process::run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(folder()))
}

fn folder() -> std::path::PathBuf {
    project::target().join("npm-cookies")
}
