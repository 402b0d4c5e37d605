//! Seeded faults: a copy of the sources in which some lines are replaced, such as one whose conflict rule accepts any grant. The proof that
//! is built from it must find that, or the command fails. No switch is in a shipped file.

use super::{
    outcome::{Outcome, Stop, while_doing},
    process, project,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Lines of a shipped file that are replaced: the file, what stands there once, and what stands there instead.
pub type Rewrite = (&'static str, &'static str, &'static str);

/// The lines of the shipped rule that decide whether a grant counts, each with its file, and what the fault makes of them: at the server, and
/// on a device.
pub const ANY_GRANT: [Rewrite; 2] = [
    ("src/sync/server_rule.rs", "if !informed || !incoming.may_grant {", "if !informed && incoming.op.is_empty() {"),
    (
        "src/ledger/precedence.rs",
        "Status::Granted => told.ask_again != Some(AskAgain::Unproven) && !self.withdrawn_since(remote, install),",
        "Status::Granted => remote.op.is_some() || (told.ask_again.is_none() && !self.withdrawn_since(remote, install)),",
    ),
];

/// Folders that no proof reads.
const LEFT_OUT: [&str; 3] = ["target", "docs", "xtask"];

/// How one proof is built from the faulted copy, and what it must say.
pub struct Proof<'a> {
    /// Its package, and its program's name.
    pub package: &'static str,
    /// The profile it is built with.
    pub profile: &'static str,
    /// Its arguments.
    pub arguments: &'a [&'a str],
    /// What it says when it finds the fault.
    pub finds: &'a str,
}

/// Runs one proof over a copy with these faults, and expects it to fail by what it finds. `fault` says in the last line what was seeded.
pub fn run(proof: &Proof<'_>, fault: &str, rewrites: &[Rewrite]) -> Outcome {
    let said = found(proof, fault, rewrites)?;
    println!("the seeded fault ({fault}) was found: {said}");
    Ok(())
}

/// The same, and gives the line in which the proof says what it found.
pub fn found(proof: &Proof<'_>, fault: &str, rewrites: &[Rewrite]) -> Outcome<String> {
    let (target, copy) = (target(), copy(rewrites)?);
    // The copy is built first, so that one which does not build is not taken for a fault that was found.
    let built = ["build", "--quiet", "--profile", proof.profile, "--package", proof.package];
    // It is built without incremental compilation, whose files a build that was killed leaves unusable. The sources are a fresh copy anyway.
    let mut cargo = process::cargo(&built);
    process::run(cargo.current_dir(&copy).env("CARGO_TARGET_DIR", &target).env("CARGO_INCREMENTAL", "0"))?;
    let program = target.join(proof.profile).join(format!("{}{}", proof.package, std::env::consts::EXE_SUFFIX));
    let output = Command::new(&program).args(proof.arguments).stdin(Stdio::null()).output();
    let output = output.map_err(while_doing(format!("run {}", program.display())))?;
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{}", said.trim_end());
    let found = said.lines().find(|line| line.contains(proof.finds)).filter(|_| output.status.code() == Some(1));
    found.map(|line| line.trim_start_matches("FAIL").trim().to_owned()).ok_or_else(|| Stop::Survived(fault.to_owned()))
}

/// Where what is built from a copy goes.
pub fn target() -> PathBuf {
    project::target().join("fault")
}

/// Copies the sources and seeds the faults. What is there already and the same is left alone, so that little is built anew.
pub fn copy(rewrites: &[Rewrite]) -> Outcome<PathBuf> {
    let copy = target().join("source");
    for path in project::entries(&project::root())? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') || LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        let to = copy.join(&name);
        if path.is_dir() { project::mirror(&path, &to)? } else { project::update(&path, &to)? }
    }
    for (file, from, to) in rewrites {
        rewrite(&copy.join(file), from, to)?;
    }
    for member in [", \"xtask\"", ", \"xtask/bindgen\""] {
        rewrite(&copy.join("Cargo.toml"), member, "")?;
    }
    Ok(copy)
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
    use super::ANY_GRANT;
    use crate::project;

    #[test]
    fn the_lines_that_the_fault_replaces_are_in_the_shipped_rule() {
        for (file, shipped, fault) in ANY_GRANT {
            let rule = std::fs::read_to_string(project::root().join(file)).unwrap_or_default();
            assert_eq!(rule.matches(shipped).count(), 1, "{shipped}");
            assert!(!rule.contains(fault), "{fault}");
        }
    }
}
