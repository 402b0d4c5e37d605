//! `model`: walks every schedule of a small world with the shipped conflict rule, and with rules that are known to be wrong.

use super::{
    outcome::{Outcome, Stop, while_doing},
    process, project,
};
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// The line of the shipped rule that decides whether a grant takes effect.
const DECIDING: &str = "if !covered || !incoming.may_grant {";

/// What the seeded fault makes of it: any grant is accepted.
const ACCEPT_ANY: &str = "if !covered && incoming.op.is_empty() {";

/// Folders that no build of the model reads.
const LEFT_OUT: [&str; 3] = ["target", "docs", "xtask"];

/// Walks the worlds; the slice is the part that ends within a minute.
pub fn run(slice: bool) -> Outcome {
    let arguments: &[&str] = if slice { &["--slice"] } else { &[] };
    process::run(command(arguments).current_dir(project::root()))
}

fn command(arguments: &[&str]) -> Command {
    let mut command = process::cargo(&["run", "--quiet", "--profile", "model", "--package", "consentkit-model", "--"]);
    command.args(arguments);
    command
}

/// Copies the sources, lets the copy's `merge.rs` accept any grant, and expects the walk to find that out. The switch is in no shipped file.
pub fn fault() -> Outcome {
    let copy = project::target().join("model-fault").join("source");
    project::remove(&copy)?;
    for path in project::entries(&project::root())? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') || LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        let to = copy.join(&name);
        if path.is_dir() { project::copy_folder(&path, &to)? } else { project::copy(&path, &to)? }
    }
    rewrite(&copy.join("src/sync/merge.rs"), DECIDING, ACCEPT_ANY)?;
    for member in [", \"xtask\"", ", \"xtask/bindgen\""] {
        rewrite(&copy.join("Cargo.toml"), member, "")?;
    }
    // Built first, so that a copy that does not build is no fault found.
    let target = project::target().join("model-fault");
    let built = ["build", "--quiet", "--profile", "model", "--package", "consentkit-model"];
    process::run(process::cargo(&built).current_dir(&copy).env("CARGO_TARGET_DIR", &target))?;
    let program = target.join("model").join(format!("consentkit-model{}", std::env::consts::EXE_SUFFIX));
    let output = Command::new(&program).args(["--slice", "--only-shipped"]).stdin(Stdio::null()).output();
    let output = output.map_err(while_doing(format!("run {}", program.display())))?;
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{}", said.trim_end());
    if output.status.code() == Some(1) && said.contains("BROKEN  no resurrection") {
        println!("the seeded fault (accept any grant) was found");
        return Ok(());
    }
    Err(Stop::Failed("the seeded fault (accept any grant) was not found".to_owned()))
}

fn rewrite(file: &Path, from: &str, to: &str) -> Outcome {
    let text = fs::read_to_string(file).map_err(while_doing(format!("read {}", file.display())))?;
    if text.matches(from).count() != 1 {
        return Err(Stop::Failed(format!("`{from}` is not once in {}: the seeded fault needs a new place", file.display())));
    }
    fs::write(file, text.replace(from, to)).map_err(while_doing(format!("write {}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::{ACCEPT_ANY, DECIDING};
    use crate::project;

    #[test]
    fn the_line_that_the_fault_replaces_is_in_the_shipped_rule() {
        let rule = std::fs::read_to_string(project::root().join("src/sync/merge.rs")).unwrap_or_default();
        assert_eq!(rule.matches(DECIDING).count(), 1);
        assert!(!rule.contains(ACCEPT_ANY));
    }
}
