//! `smoke kotlin`: the generated Kotlin, compiled and run on a plain JVM by Maven.

use super::{
    outcome::{Outcome, Stop},
    process, project,
};
use std::process::Command;

/// Says what is missing, before anything is built for nothing.
pub fn ready() -> Outcome {
    for (program, package) in [("mvn", "Maven 3.8 or later"), ("javac", "a JDK, 17 or later")] {
        if !process::is_installed(program) {
            return Err(Stop::Missing(format!("`{program}` is not on PATH; the Kotlin smoke test needs {package}")));
        }
    }
    Ok(())
}

/// Compiles the generated Kotlin with its smoke test and runs it.
pub fn smoke() -> Outcome {
    ready()?;
    let mut reported = false;
    let ended = process::run_lines(&mut maven(), |line| {
        // Maven's launcher resets the colours even when it was told to use none.
        let line = line.replace("\u{1b}[0m", "");
        reported |= line.contains("Tests run:");
        if is_worth_showing(&line) {
            println!("{line}");
        }
    });
    ended?;
    if reported { Ok(()) } else { Err(Stop::Failed("Maven ended well but ran no test".to_owned())) }
}

fn maven() -> Command {
    // Standard error joins standard output, so that one filter sees both.
    let mut command = Command::new("sh");
    command.args(["-c", "exec mvn \"$@\" 2>&1", "mvn"]);
    let place = |name: &str, path: std::path::PathBuf| format!("-D{name}={}", path.display());
    command.args(["--batch-mode", "--no-transfer-progress", "-Dstyle.color=never", "--file"]);
    command.arg(project::root().join("tests/bindings/kotlin/pom.xml"));
    command.args([
        place("smoke.build", project::target().join("smoke/kotlin")),
        place("smoke.generated", project::bindings().join("kotlin")),
        place("smoke.library", project::bindings().join("lib")),
        place("smoke.policy", project::root().join("examples/influential/policy.json")),
    ]);
    command.arg("test");
    command
}

/// Maven tells every step it takes; the tests, their count and what went wrong are enough.
fn is_worth_showing(line: &str) -> bool {
    (!line.is_empty() && !line.starts_with("[INFO]")) || line.contains("Tests run:") || line.contains("Running ") || line.contains("BUILD")
}

#[cfg(test)]
mod tests {
    use super::is_worth_showing;

    #[test]
    fn the_closing_lines_and_the_faults_are_shown() {
        for line in
            ["[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0", "[ERROR] no", "[WARNING] old", "[INFO] BUILD SUCCESS", "plain"]
        {
            assert!(is_worth_showing(line), "{line}");
        }
        for line in ["[INFO] Scanning for projects...", "[INFO] --- kotlin:2.4.20:compile (compile) @ smoke ---"] {
            assert!(!is_worth_showing(line), "{line}");
        }
    }
}
