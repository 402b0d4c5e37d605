//! `form`: every surface of the form in Chromium, with axe-core, beside its bounds; and the faults that it has to find.

use super::{
    chromium,
    outcome::{Outcome, while_doing},
    process, project,
};
use std::{fs, path::PathBuf, process::Command};

/// The faults that are put into a page on purpose.
const FAULTS: [&str; 7] =
    ["preticked", "refuse-smaller", "hidden-item", "wrong-text", "accept-before-notice", "close-as-refusal", "hidden-granted"];

/// Every surface in each language, appearance, width and size of text, and the time to the first paint.
pub fn run() -> Outcome {
    screen(&[])
}

/// The part of it that `test` runs.
pub fn slice() -> Outcome {
    screen(&["--slice"])
}

/// One fault, which must be found.
pub fn fault(name: &str) -> Outcome {
    screen(&["--fault", name])
}

/// Every fault, each of which must be found.
pub fn faults() -> Outcome {
    FAULTS.iter().try_for_each(|name| fault(name))
}

fn screen(arguments: &[&str]) -> Outcome {
    chromium::ready()?;
    let (tools, pictures) = (tools()?, project::target().join("form"));
    let mut command = process::cargo(&["run", "--quiet", "--package", "consentkit-screen", "--"]);
    process::run(command.arg(tools).arg(pictures).args(arguments).current_dir(project::root()))
}

/// The packages from npm, installed where they are not yet those of the lock file.
fn tools() -> Outcome<PathBuf> {
    let (from, folder) = (project::root().join("screen/browser"), project::target().join("npm-form"));
    let lock = from.join("package-lock.json");
    let wanted = fs::read(&lock).map_err(while_doing(format!("reading {}", lock.display())))?;
    if fs::read(folder.join("installed.json")).ok().as_ref() == Some(&wanted) {
        return Ok(folder);
    }
    for file in ["package.json", "package-lock.json"] {
        project::copy(&from.join(file), &folder.join(file))?;
    }
    process::run(Command::new("npm").args(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder))?;
    // It is written last, so that an installation that was cut off is made again.
    project::copy(&lock, &folder.join("installed.json"))?;
    Ok(folder)
}
