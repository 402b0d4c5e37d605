//! `browser`: real pages in Chromium, and whether the script that pages are handed is the one that was written.

use super::{
    chromium,
    outcome::{Outcome, Stop, while_doing},
    process, project,
};
use std::{fs, path::PathBuf, process::Command};

const WRITTEN: &str = "src/web/hand_off.js";
const SHORT: &str = "src/web/hand_off.min.js";

/// What the script is made short with. Three passes find all that there is to find.
const HOW: &[&str] = &["--compress", "passes=3,ecma=2018", "--mangle", "--ecma", "2018"];

/// Runs the tests of real pages.
pub fn test() -> Outcome {
    chromium::ready()?;
    if fs::read_to_string(project::root().join(SHORT)).ok().as_deref() != Some(&short()?) {
        return Err(Stop::Failed(format!("{SHORT} is not what {WRITTEN} comes to; `cargo xtask browser --refresh`, and commit both")));
    }
    process::run(process::cargo(&["test", "--package", "consentkit-browser"]).current_dir(project::root()))
}

/// Makes the short script anew.
pub fn refresh() -> Outcome {
    fs::write(project::root().join(SHORT), short()?).map_err(while_doing(format!("writing {SHORT}")))
}

/// The script with short names and without comments.
fn short() -> Outcome<String> {
    let folder = tools()?;
    let short = folder.join("short.js");
    process::run(
        Command::new(folder.join("node_modules/.bin/terser")).arg(project::root().join(WRITTEN)).args(HOW).arg("--output").arg(&short),
    )?;
    fs::read_to_string(&short).map_err(while_doing("reading the short script".into()))
}

/// The tools from npm, installed where they are not yet those of the lock file.
fn tools() -> Outcome<PathBuf> {
    let folder = project::target().join("npm-browser");
    let lock = project::root().join("browser/package-lock.json");
    let wanted = fs::read(&lock).map_err(while_doing("reading browser/package-lock.json".into()))?;
    if fs::read(folder.join("package-lock.json")).ok().as_ref() == Some(&wanted) && folder.join("node_modules/.bin/terser").exists() {
        return Ok(folder);
    }
    fs::create_dir_all(&folder).map_err(while_doing(format!("making {}", folder.display())))?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(project::root().join("browser").join(file), folder.join(file)).map_err(while_doing(format!("copying {file}")))?;
    }
    process::run(Command::new("npm").args(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder))?;
    Ok(folder)
}
