//! `mutants`: mutation testing of what decides. Each comparison, each operator and each function's result in the decision, the conflict rule
//! and the fold of records is altered, one after the other, and a test has to fail.
//!
//! The work is cargo-mutants', over a copy that holds the pure rings alone, so that one mutant costs seconds. What these rings' own tests do
//! not find is tried again with slower tests. A mutant that still lives fails the command, unless `survival/mutants-explained.txt` says why
//! no test can tell it from the original.

use super::{
    outcome::{Outcome, Stop, while_doing},
    process, project,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The version of the tool. Another one makes other mutants.
const VERSION: &str = "27.1.0";

/// What is altered.
const FILES: [&str; 5] =
    ["src/decision/**/*.rs", "src/sync/server_rule.rs", "src/sync/device_rule.rs", "src/sync/coverage.rs", "src/ledger/fold.rs"];

/// Tests of the pure rings, which take a second.
const QUICK: [&str; 11] = [
    "conflict_rule",
    "count_rule",
    "counting",
    "current_answer",
    "decision_google",
    "decision_korea",
    "decision_platforms",
    "decision_reasons",
    "fold",
    "night",
    "sync_evidence",
];

/// Tests of the pure rings that take a minute: for the mutants that the quick ones do not find.
const SLOW: [&str; 1] = ["decision_properties"];

/// What the copy leaves out of the manifest: the members, and what only tests of the client need.
const LEFT_OUT: [&str; 5] = ["consentkit-server", "rcgen", "rusqlite.workspace", "rustls", "tokio"];

/// The share of mutants that has to be found, in hundredths.
const AT_LEAST: usize = 95;

/// Seconds that the tests may take with a mutant in place, and that a build may take. A mutant that makes them longer counts as found.
const TEST_SECONDS: &str = "240";
const BUILD_SECONDS: &str = "900";

/// Mutants that no test can find, each with the reason.
const EXPLAINED: &str = "survival/mutants-explained.txt";

/// The parts of a night's run: it takes one of so many parts of all mutants, the first one, since a whole run takes hours.
pub const OF_A_NIGHT: &str = "0/4";

/// Makes the mutants, all or the part `shard` of them, such as 0/4 for the first of four.
pub fn run(shard: Option<&str>) -> Outcome {
    if let Some(shard) = shard.filter(|shard| !is_a_part(shard)) {
        return Err(Stop::Usage(format!("`{shard}` is no part: give 0/4 for the first of four")));
    }
    let tool = tool()?;
    let source = copy()?;
    println!("mutants: {} of {}", shard.map_or("all".into(), |shard| format!("part {shard}")), FILES.join(", "));
    let first = mutate(&tool, &source, &QUICK, shard, &[])?;
    let living = if first.missed.is_empty() { vec![] } else { mutate(&tool, &source, &SLOW, None, &first.missed)?.missed };
    judge(first.found + first.missed.len(), living)
}

fn is_a_part(shard: &str) -> bool {
    let number = |text: &str| text.parse::<u32>().ok();
    shard.split_once('/').and_then(|(part, of)| Some(number(part)? < number(of)?)).unwrap_or(false)
}

/// What came of some mutants.
struct Came {
    found: usize,
    missed: Vec<String>,
}

/// Runs these tests over the mutants: over those that are named, or over a part of all.
fn mutate(tool: &Path, source: &Path, tests: &[&str], shard: Option<&str>, only: &[String]) -> Outcome<Came> {
    let folder = project::target().join("mutants");
    let mut command = Command::new(tool);
    command.args(["mutants", "--in-place", "--package", "consentkit", "--no-default-features", "--baseline", "skip"]);
    command.args(["--timeout", TEST_SECONDS, "--build-timeout", BUILD_SECONDS, "--cap-lints", "true", "--colors", "never"]);
    command.arg("--output").arg(&folder);
    command.args(FILES.iter().flat_map(|file| ["--file", file]));
    if let Some(shard) = shard {
        command.args(["--shard", shard, "--sharding", "round-robin"]);
    }
    command.args(only.iter().flat_map(|name| ["--re".to_owned(), format!("^{}$", escaped(name))]));
    // These go to cargo itself, so that nothing else is built.
    command.arg("--cargo-arg=--lib").args(tests.iter().map(|test| format!("--cargo-arg=--test={test}")));
    command.current_dir(source).env("CARGO_TARGET_DIR", folder.join("build")).env("CARGO_INCREMENTAL", "1");
    let status = command.stdin(Stdio::null()).status().map_err(while_doing(format!("run {}", tool.display())))?;
    // 2: some were missed. 3: some took too long. Anything else is no result.
    if !matches!(status.code(), Some(0 | 2 | 3)) {
        return Err(Stop::Failed(format!("cargo-mutants ended with {status}")));
    }
    let listed = |name: &str| -> Outcome<Vec<String>> {
        let list = folder.join("mutants.out").join(name);
        let text = fs::read_to_string(&list).map_err(while_doing(format!("read {}", list.display())))?;
        Ok(text.lines().map(str::to_owned).collect())
    };
    Ok(Came { found: listed("caught.txt")?.len() + listed("timeout.txt")?.len(), missed: listed("missed.txt")? })
}

/// A name as a regular expression that fits it alone.
fn escaped(name: &str) -> String {
    name.chars().fold(String::new(), |mut escaped, letter| {
        if !letter.is_alphanumeric() && letter != ' ' && letter != '_' {
            escaped.push('\\');
        }
        escaped.push(letter);
        escaped
    })
}

/// The name of a mutant without the place in its file, which moves with every change of the file.
fn without_place(name: &str) -> String {
    let mut parts = name.splitn(4, ':');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(file), Some(_), Some(_), Some(what)) => format!("{file}:{what}"),
        _ => name.to_owned(),
    }
}

fn judge(made: usize, living: Vec<String>) -> Outcome {
    let explained = fs::read_to_string(project::root().join(EXPLAINED)).unwrap_or_default();
    let (mut known, mut unknown) = (0, vec![]);
    for mutant in living {
        let name = without_place(&mutant);
        match explained.lines().find_map(|line| line.strip_prefix(&name)?.strip_prefix(" -- ")) {
            Some(why) => {
                known += 1;
                println!("explained  {mutant}\n           {why}");
            }
            None => {
                println!("LIVES      {mutant}");
                unknown.push(mutant);
            }
        }
    }
    let found = made - known - unknown.len();
    let hundredths = (found * 100).checked_div(made).unwrap_or(0);
    println!("mutants: {found} of {made} found, {hundredths} %; {known} others are explained, {} are not", unknown.len());
    if made == 0 || hundredths < AT_LEAST {
        return Err(Stop::Failed(format!("mutants: {hundredths} % were found, and at least {AT_LEAST} % have to be")));
    }
    if unknown.is_empty() { Ok(()) } else { Err(Stop::Survived(unknown.join("; "))) }
}

/// The tool, installed once into the user's cache.
fn tool() -> Outcome<PathBuf> {
    let root = project::cache()?.join(format!("cargo-mutants-{VERSION}"));
    let tool = root.join("bin").join(format!("cargo-mutants{}", std::env::consts::EXE_SUFFIX));
    if !tool.is_file() {
        println!("installing cargo-mutants {VERSION} into {} (once; some minutes)", root.display());
        let mut cargo = process::cargo(&["install", "cargo-mutants", "--version", VERSION, "--locked", "--root"]);
        process::run(cargo.arg(&root)).map_err(|stop| Stop::Missing(format!("cargo-mutants ({stop})")))?;
    }
    Ok(tool)
}

/// A copy of the library alone, without what only the client's tests need.
fn copy() -> Outcome<PathBuf> {
    let copy = project::target().join("mutants").join("source");
    for folder in ["src", "derive", "tests", "examples", "benches"] {
        project::mirror(&project::root().join(folder), &copy.join(folder))?;
    }
    for file in ["Cargo.lock", "clippy.toml", "README.md"] {
        project::update(&project::root().join(file), &copy.join(file))?;
    }
    let manifest = project::root().join("Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(while_doing("read the manifest".into()))?;
    let to = copy.join("Cargo.toml");
    fs::write(&to, alone(&text)).map_err(while_doing(format!("write {}", to.display())))?;
    Ok(copy)
}

/// The manifest of the library without the other members.
fn alone(manifest: &str) -> String {
    let mut of_tests = false;
    let mut text = String::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            of_tests = line == "[dev-dependencies]";
        }
        if of_tests && LEFT_OUT.iter().any(|name| line.starts_with(name)) {
            continue;
        }
        text += if line.starts_with("members = ") { "members = [\".\", \"derive\"]" } else { line };
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{EXPLAINED, LEFT_OUT, QUICK, SLOW, alone, escaped, is_a_part, without_place};
    use crate::project;
    use std::fs;

    #[test]
    fn a_mutant_is_known_by_its_file_and_what_was_altered() {
        assert_eq!(without_place("src/a.rs:10:5: replace == with !="), "src/a.rs: replace == with !=");
        assert_eq!(escaped("a.rs:1: replace == with !="), "a\\.rs\\:1\\: replace \\=\\= with \\!\\=");
        assert!(is_a_part("3/4") && !is_a_part("4/4") && !is_a_part("x/4") && !is_a_part("4"));
    }

    #[test]
    fn the_copys_manifest_has_no_other_member_and_nothing_of_the_clients_tests() {
        let manifest = fs::read_to_string(project::root().join("Cargo.toml")).unwrap_or_default();
        let alone = alone(&manifest);
        assert!(alone.contains("members = [\".\", \"derive\"]") && !alone.contains("path = \"examples/server\""));
        assert!(alone.contains("proptest = ") && LEFT_OUT.iter().all(|name| manifest.contains(name)));
    }

    #[test]
    fn the_tests_are_there_and_every_explanation_has_a_reason() {
        for test in QUICK.iter().chain(&SLOW) {
            assert!(project::root().join(format!("tests/{test}.rs")).is_file(), "{test}");
        }
        let explained = fs::read_to_string(project::root().join(EXPLAINED)).unwrap_or_default();
        for line in explained.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            assert!(line.split_once(" -- ").is_some_and(|(_, why)| why.split(' ').count() > 4), "{line}");
        }
    }
}
