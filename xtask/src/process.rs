//! Runs other programs.

use super::outcome::{Outcome, Stop};
use std::{
    env,
    ffi::OsStr,
    io::{BufRead, BufReader, ErrorKind},
    path::Path,
    process::{Command, Stdio},
};

/// The cargo that runs us.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    // What cargo told us about this package must not reach the next cargo, since build scripts that watch it would run again every time.
    for (name, _) in env::vars_os() {
        if is_about_a_package(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    command
}

fn is_about_a_package(variable: &str) -> bool {
    ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_", "CARGO_CRATE_"].iter().any(|prefix| variable.starts_with(prefix))
}

/// Runs a program to its end. Its output joins ours, and its input is empty.
pub fn run(command: &mut Command) -> Outcome {
    let status = command.stdin(Stdio::null()).status();
    judge(command, status)
}

/// Runs a program to its end and hands over each line of its standard output as it comes.
pub fn run_lines(command: &mut Command, mut line: impl FnMut(&str)) -> Outcome {
    let mut child = match command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => return judge(command, Err(error)),
    };
    if let Some(output) = child.stdout.take() {
        // A line that is no UTF-8 must not hide the ones after it.
        for bytes in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            line(String::from_utf8_lossy(&bytes).trim_end());
        }
    }
    let status = child.wait();
    judge(command, status)
}

fn judge(command: &Command, status: std::io::Result<std::process::ExitStatus>) -> Outcome {
    let shown = || {
        let parts = std::iter::once(command.get_program()).chain(command.get_args());
        parts.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
    };
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Stop::Failed(format!("`{}` ended with {status}", shown()))),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(Stop::Missing(format!("`{}` is not on PATH", command.get_program().to_string_lossy())))
        }
        Err(error) => Err(Stop::Failed(format!("`{}` did not start: {error}", shown()))),
    }
}

/// Whether a program is on PATH.
pub fn is_installed(program: &str) -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).any(|folder| Path::new(&folder).join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::{cargo, run, run_lines};
    use std::process::Command;

    #[test]
    fn a_program_that_fails_and_one_that_is_not_there_are_told_apart() {
        assert_eq!(run(&mut Command::new("true")).map_err(|stop| stop.code()), Ok(()));
        assert_eq!(run(&mut Command::new("false")).map_err(|stop| stop.code()), Err(1));
        assert_eq!(run(&mut Command::new("no-such-program-here")).map_err(|stop| stop.code()), Err(3));
    }

    #[test]
    fn the_next_cargo_hears_nothing_of_this_package() {
        let cargo = cargo(&["--version"]);
        let removed: Vec<_> = cargo.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name.to_owned()).collect();
        assert!(removed.contains(&"CARGO_PKG_NAME".into()) && removed.contains(&"CARGO_MANIFEST_DIR".into()), "{removed:?}");
        assert!(!removed.contains(&"CARGO_TARGET_DIR".into()) && !removed.contains(&"CARGO_HOME".into()));
    }

    #[test]
    fn every_line_is_handed_over_even_when_the_program_fails() {
        let mut lines = Vec::new();
        let ended = run_lines(Command::new("sh").args(["-c", "echo one; printf '\\377\\n'; printf two; exit 4"]), |line| {
            lines.push(line.to_owned())
        });
        assert_eq!(lines, ["one", "\u{fffd}", "two"]);
        assert_eq!(ended.map_err(|stop| stop.code()), Err(1));
    }
}
