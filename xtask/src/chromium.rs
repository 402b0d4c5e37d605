//! Chromium, in which the tests of real pages run, and the fonts that their pictures need.

use super::{
    outcome::{Outcome, Stop},
    process,
};
use std::process::Command;

/// What is installed where it is missing: a program, and Debian's package of it.
const BROWSER: (&str, &str) = ("chromium", "chromium");

/// Without it every Korean and Japanese letter of a picture is an empty box.
const FONTS: &str = "fonts-noto-cjk";

/// Installs the browser where it is missing, as root on a Debian. Where that is not possible, what needs it fails: a page that no browser
/// showed was not tested.
pub fn ready() -> Outcome {
    let (program, package) = BROWSER;
    if process::is_installed(program) {
        return Ok(());
    }
    if !process::is_installed("apt-get") {
        return Err(Stop::Failed(format!("`{program}` is not on PATH; install Chromium 120 or later, and {FONTS}")));
    }
    apt(&["update", "-qq"])?;
    apt(&["install", "-y", "-qq", "--no-install-recommends", package, FONTS])
}

fn apt(arguments: &[&str]) -> Outcome {
    process::run(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
        .map_err(|stop| Stop::Failed(format!("Chromium could not be installed: {stop}")))
}
