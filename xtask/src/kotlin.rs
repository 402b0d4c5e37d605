//! `kotlin`: the Kotlin packages, compiled and tested by Maven; their sample; their figures.

use super::{
    outcome::{Outcome, Stop},
    process, project, shipped,
};
use std::{
    fmt::Write as _,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Opens the operator's endpoints of the server that the sample talks to. It lives as long as the sample.
const SAMPLE_KEY: &str = "operator-key-of-one-run-of-the-sample";

/// Says what is missing, before anything is built for nothing.
pub fn ready() -> Outcome {
    for (program, package) in [("mvn", "Maven 3.8 or later"), ("javac", "a JDK, 17 or later")] {
        if !process::is_installed(program) {
            return Err(Stop::Missing(format!("`{program}` is not on PATH; the Kotlin packages need {package}")));
        }
    }
    Ok(())
}

/// Compiles every module and runs its tests.
pub fn test() -> Outcome {
    ready()?;
    server()?;
    tests(maven()?.arg("test"))
}

/// Plays random histories on the fake and on the library, from a seed on. What one concludes, the other must.
pub fn histories(count: u32, seed: u32) -> Outcome {
    ready()?;
    let mut command = maven()?;
    command.args([
        "--projects",
        "scenarios",
        "--also-make",
        "-Dtest=AgreementTest,DeliveredEditionsTest",
        "-Dconsentkit.tests.expected=false",
        "-Dsurefire.failIfNoSpecifiedTests=false",
        "test",
    ]);
    tests(command.arg(format!("-Dconsentkit.histories={count}")).arg(format!("-Dconsentkit.seed={seed}")))
}

/// Runs Maven's tests, and shows what is worth it.
fn tests(command: &mut Command) -> Outcome {
    let mut reported = false;
    let mut faults = String::new();
    let ended = process::run_lines(command, |line| {
        reported |= line.contains("Tests run:");
        let line = plain(line);
        if is_worth_showing(&line) {
            println!("{line}");
        }
        if line.starts_with("[ERROR] Tests run:") {
            let _ = write!(faults, "{line} ");
        }
    });
    ended.map_err(|stop| if faults.is_empty() { stop } else { Stop::Failed(faults.trim_end().to_owned()) })?;
    if reported { Ok(()) } else { Err(Stop::Failed("Maven ended well but ran no test".to_owned())) }
}

/// Runs the sample: the quickstart story on the Kotlin face, against the reference server.
pub fn sample() -> Outcome {
    ready()?;
    let mut running = Running::start(server()?)?;
    let address = running.address()?;
    let mut command = run_module("sample")?;
    command.env("CONSENTKIT_SERVER", address).env("CONSENTKIT_OPERATOR_KEY", SAMPLE_KEY);
    story(&mut command, &mut |line| println!("{line}"))
}

/// Runs the figures on the library as it ships, and hands over each line.
pub fn bench(line: &mut dyn FnMut(&str)) -> Outcome {
    ready()?;
    process::run(&mut shipped::build(None, shipped::FOR_WRAPPERS))?;
    let library = format!("-Dconsentkit.library={}", project::target().join("release").display());
    story(run_module("bench")?.arg(library), line)
}

/// What a program of ours prints; Maven itself is heard only where it finds fault.
fn story(command: &mut Command, line: &mut dyn FnMut(&str)) -> Outcome {
    process::run_lines(command, |text| {
        let text = plain(text);
        if !text.starts_with("[INFO]") && !text.starts_with("[WARNING]") && !text.is_empty() {
            line(&text);
        }
    })
}

/// Compiles one module with what it needs and runs its program in a JVM of its own.
fn run_module(module: &str) -> Outcome<Command> {
    let mut command = maven()?;
    command.args(["--projects", module, "--also-make", "compile", "exec:exec"]);
    Ok(command)
}

/// Maven, on the Kotlin packages, with its output on one stream and no class of an earlier build left.
pub fn maven() -> Outcome<Command> {
    forget_classes(&project::target().join("kotlin"))?;
    // Standard error joins standard output, so that one filter sees both.
    let mut command = Command::new("sh");
    command.args(["-c", "exec mvn \"$@\" 2>&1", "mvn"]);
    command.args(["--batch-mode", "--no-transfer-progress", "-Dstyle.color=never", "--file"]);
    command.arg(project::root().join("bindings/kotlin/pom.xml"));
    command.arg(format!("-Dconsentkit.target={}", project::target().display()));
    Ok(command)
}

/// Removes what was compiled before. The compiler writes every class anew at each run and removes none, so a class whose source is gone would
/// still be tested and would go into the jars.
fn forget_classes(modules: &Path) -> Outcome {
    if !modules.exists() {
        return Ok(());
    }
    for module in project::entries(modules)? {
        for classes in ["classes", "test-classes"] {
            project::remove(&module.join(classes))?;
        }
    }
    Ok(())
}

/// The reference server, built.
fn server() -> Outcome<PathBuf> {
    process::run(process::cargo(&["build", "--quiet", "--package", "consentkit-server"]).current_dir(project::root()))?;
    Ok(project::target().join("debug/consentkit-server"))
}

/// A server that ends with us.
struct Running(Child);

impl Running {
    fn start(program: PathBuf) -> Outcome<Self> {
        let mut command = Command::new(&program);
        command.args(["--in-memory", "--listen", "127.0.0.1:0", "--policy"]).arg(project::root().join("examples/influential/policy.json"));
        command.env("CONSENTKIT_OPERATOR_KEY", SAMPLE_KEY).stdin(Stdio::null()).stdout(Stdio::piped());
        command.spawn().map(Self).map_err(|error| Stop::Failed(format!("`{}` did not start: {error}", program.display())))
    }

    /// Where it listens, once it does.
    fn address(&mut self) -> Outcome<String> {
        let output = self.0.stdout.take().into_iter().flat_map(|output| BufReader::new(output).lines().map_while(Result::ok));
        let address = output.filter_map(|line| line.strip_prefix("listening on ").map(str::to_owned)).next();
        address.ok_or_else(|| Stop::Failed("the server ended before it listened".to_owned()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Maven's launcher resets the colours even when it was told to use none.
fn plain(line: &str) -> String {
    line.replace("\u{1b}[0m", "")
}

/// Maven tells every step it takes; the tests, their count and what went wrong are enough.
fn is_worth_showing(line: &str) -> bool {
    (!line.is_empty() && !line.starts_with("[INFO]")) || line.contains("Tests run:") || line.contains("Running ") || line.contains("BUILD")
}

#[cfg(test)]
mod tests {
    use super::{forget_classes, is_worth_showing, project};
    use std::fs;

    #[test]
    fn a_class_whose_source_is_gone_is_neither_tested_nor_packed() -> Result<(), Box<dyn std::error::Error>> {
        let modules = project::target().join("xtask-tests/classes");
        fs::create_dir_all(modules.join("core"))?;
        for folder in ["classes/app", "test-classes/app", "surefire-reports/app"] {
            fs::create_dir_all(modules.join("core").join(folder))?;
            fs::write(modules.join("core").join(folder).join("GoneTest.class"), "")?;
        }
        forget_classes(&modules).map_err(|stop| stop.to_string())?;
        let left = project::entries(&modules.join("core")).map_err(|stop| stop.to_string())?;
        assert_eq!(left, [modules.join("core/surefire-reports")]);
        forget_classes(&modules.join("never-built")).map_err(|stop| stop.to_string())?;
        Ok(())
    }

    #[test]
    fn the_closing_lines_and_the_faults_are_shown() {
        for line in
            ["[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0", "[ERROR] no", "[WARNING] old", "[INFO] BUILD SUCCESS", "plain"]
        {
            assert!(is_worth_showing(line), "{line}");
        }
        for line in ["[INFO] Scanning for projects...", "[INFO] --- kotlin:2.4.20:compile (compile) @ consentkit ---"] {
            assert!(!is_worth_showing(line), "{line}");
        }
    }
}
