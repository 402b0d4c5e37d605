//! `defects`: faults that the public issues and sources of other SDKs tell of, made in a copy of this one. The test or the proof that a defect
//! names has to find it.
//!
//! Each is a patch in `survival/defects`, whose first two lines name where the fault is told and what has to find it here.

use super::{
    fault,
    outcome::{Outcome, Stop, while_doing},
    process, project,
    survival::PACKAGE,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Instant,
};

/// Where the patches lie.
const FOLDER: &str = "survival/defects";

/// How a defect is found.
#[derive(Debug, PartialEq, Eq)]
enum Killer {
    /// By one test of the library.
    Test { file: String, name: String },
    /// By a proof of survival with so many cases, whose failures say this word.
    Proof { proof: String, cases: String, finds: String },
}

impl Killer {
    /// Reads what a patch says of it.
    fn read(text: &str) -> Option<Self> {
        let own = |text: &str| text.to_owned();
        if let Some(test) = text.strip_prefix("cargo test --test ") {
            let (file, name) = test.split_once(' ')?;
            return Some(Self::Test { file: own(file), name: own(name) });
        }
        let (command, finds) = text.strip_prefix("cargo xtask ")?.split_once(": ")?;
        let (proof, cases) = command.split_once(' ')?;
        Some(Self::Proof { proof: own(proof), cases: own(cases), finds: own(finds) })
    }
}

/// A fault of another SDK.
struct Defect {
    name: String,
    patch: PathBuf,
    source: String,
    killer: Killer,
    /// The files that it changes.
    files: Vec<String>,
}

impl Defect {
    fn read(patch: PathBuf) -> Outcome<Self> {
        let text = fs::read_to_string(&patch).map_err(while_doing(format!("read {}", patch.display())))?;
        let said = |begins: &str| text.lines().find_map(|line| line.strip_prefix(begins));
        let killer = said("Killed-by: ").and_then(Killer::read);
        let (Some(source), Some(killer)) = (said("Source: "), killer) else {
            return Err(Stop::Failed(format!("{} does not say where it is from and what finds it", patch.display())));
        };
        let name = patch.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let files = text.lines().filter_map(|line| line.strip_prefix("+++ b/")).map(str::to_owned).collect();
        Ok(Self { name, source: source.to_owned(), killer, files, patch })
    }

    /// Seeds it into a copy.
    fn seed(&self, copy: &Path) -> Outcome {
        // The copy lies below the project's own repository, and git would look there for the files.
        let above = copy.parent().unwrap_or(copy);
        let mut git = Command::new("git");
        process::run(git.args(["apply", "--whitespace=nowarn"]).arg(&self.patch).current_dir(copy).env("GIT_CEILING_DIRECTORIES", above))
    }

    /// Puts the files back that it changed.
    fn remove(&self, copy: &Path) -> Outcome {
        self.files.iter().try_for_each(|file| project::copy(&project::root().join(file), &copy.join(file)))
    }

    /// Says in a line what its killer found, or nothing where that found nothing.
    fn hunt(&self, copy: &Path) -> Outcome<Option<String>> {
        let target = fault::target();
        let cargo = |arguments: &[&str]| {
            let mut cargo = process::cargo(arguments);
            cargo.current_dir(copy).env("CARGO_TARGET_DIR", &target).env("CARGO_INCREMENTAL", "0");
            cargo
        };
        // It is built first, so that a defect which does not build is not taken for one that was found.
        match &self.killer {
            Killer::Test { file, name } => {
                let test = ["test", "--quiet", "--package", "consentkit", "--test", file];
                process::run(cargo(&test).arg("--no-run"))?;
                let output = output(cargo(&test).args(["--", "--exact", name, "--format=pretty"]))?;
                let failed = format!("test {name} ... FAILED");
                Ok((!output.status.success() && said(&output).lines().any(|line| line == failed)).then_some(failed))
            }
            Killer::Proof { proof, cases, finds } => {
                process::run(&mut cargo(&["build", "--quiet", "--profile", "proof", "--package", PACKAGE]))?;
                let program = target.join("proof").join(format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX));
                let output = output(Command::new(program).args([proof, cases]))?;
                let found = said(&output).lines().find(|line| line.contains(finds)).map(str::to_owned);
                Ok(found.filter(|_| output.status.code() == Some(1)))
            }
        }
    }
}

fn output(command: &mut Command) -> Outcome<Output> {
    command.stdin(Stdio::null()).stderr(Stdio::null()).output().map_err(while_doing("run what has to find a defect".into()))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// All defects, those of one test together, so that less is built.
fn all() -> Outcome<Vec<Defect>> {
    let patches = project::entries(&project::root().join(FOLDER))?.into_iter();
    let mut defects: Vec<Defect> =
        patches.filter(|path| path.extension().is_some_and(|ending| ending == "patch")).map(Defect::read).collect::<Outcome<_>>()?;
    defects.sort_by_key(|defect| format!("{:?} {}", defect.killer, defect.name));
    Ok(defects)
}

/// Makes every defect, or the one that is named, and lets what it names find it.
pub fn run(only: Option<&str>) -> Outcome {
    let mut defects = all()?;
    if let Some(only) = only {
        defects.retain(|defect| defect.name == only);
        if defects.is_empty() {
            return Err(Stop::Usage(format!("no defect `{only}`; {FOLDER} holds them")));
        }
    }
    let copy = fault::copy(&[])?;
    let mut survived = vec![];
    for defect in &defects {
        let begun = Instant::now();
        defect.seed(&copy)?;
        let found = defect.hunt(&copy);
        defect.remove(&copy)?;
        let seconds = begun.elapsed().as_secs();
        match found? {
            Some(found) => println!("killed    {seconds:>4} s  {}: {}  ({})", defect.name, found.trim(), defect.source),
            None => {
                println!("SURVIVED  {seconds:>4} s  {}: {:?}  ({})", defect.name, defect.killer, defect.source);
                survived.push(defect.name.as_str());
            }
        }
    }
    println!("defects: {} of {} killed", defects.len() - survived.len(), defects.len());
    if survived.is_empty() { Ok(()) } else { Err(Stop::Survived(survived.join(", "))) }
}

#[cfg(test)]
mod tests {
    use super::{Killer, all};
    use crate::{project, survival::NAMES};
    use std::process::Command;

    /// So many defects there are at least.
    const AT_LEAST: usize = 20;

    #[test]
    fn every_defect_still_applies_and_names_a_test_that_is_there() {
        let defects = all().unwrap_or_default();
        assert!(defects.len() >= AT_LEAST, "{}", defects.len());
        for defect in defects {
            let mut git = Command::new("git");
            let applies = git.args(["apply", "--check"]).arg(&defect.patch).current_dir(project::root()).status();
            assert!(applies.is_ok_and(|status| status.success()), "{} does not apply any more", defect.name);
            match &defect.killer {
                Killer::Test { file, name } => {
                    let test = std::fs::read_to_string(project::root().join(format!("tests/{file}.rs"))).unwrap_or_default();
                    assert!(test.contains(&format!("fn {name}()")), "{}: no test {name} in {file}", defect.name);
                }
                Killer::Proof { proof, cases, .. } => {
                    assert!(NAMES.contains(&proof.as_str()) && cases.parse::<u32>().is_ok(), "{}: {proof} {cases}", defect.name);
                }
            }
        }
    }

    #[test]
    fn what_finds_a_defect_is_read() {
        let proof = Killer::Proof { proof: "crash".into(), cases: "2000".into(), finds: "LOST".into() };
        assert_eq!(Killer::read("cargo xtask crash 2000: LOST"), Some(proof));
        assert_eq!(Killer::read("cargo test --test one two"), Some(Killer::Test { file: "one".into(), name: "two".into() }));
        assert_eq!(Killer::read("somebody"), None);
        assert_eq!(Killer::read("cargo xtask crash"), None);
    }
}
