//! The command line.

use std::{net::SocketAddr, path::PathBuf};

/// Shown for `--help`.
pub const HELP: &str = "\
The reference server of ConsentKit's sync protocol.

Usage: consentkit-server [--listen ADDRESS] [--database FILE | --in-memory] [--restored] [--policy FILE]...

  --listen ADDRESS   where to listen, 127.0.0.1:8787 if not given; port 0 takes a free one
  --database FILE    the SQLite file, consentkit-server.db if not given; made if it is not there
  --in-memory        keep nothing
  --restored         the database was put back from a backup: withdrawals get new numberings, so no form drawn before can override them
  --policy FILE      a policy document, examples/influential/policy.json if not given; of several editions the one counts whose day has come
  --help             this text

CONSENTKIT_OPERATOR_KEY opens the operator's endpoints. Where it is not set, a key is made and kept beside the database.
It speaks plain HTTP: put a proxy with TLS before it wherever others can reach it.
Ctrl-C or SIGTERM stops it. Exit code 0 after that, 1 if it could not start, 2 if the command line is wrong.";

const DEFAULT_LISTEN: &str = "127.0.0.1:8787";
const DEFAULT_DATABASE: &str = "consentkit-server.db";
const DEFAULT_POLICY: &str = "examples/influential/policy.json";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Show the help.
    Help,
    /// Run.
    Run(Run),
}

/// How to run.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The file; none keeps nothing.
    pub database: Option<PathBuf>,
    /// True where the file was put back from a backup.
    pub restored: bool,
    /// The policy documents.
    pub policies: Vec<PathBuf>,
}

/// Reads the arguments after the program's name; the error says what to change.
pub fn read(arguments: impl IntoIterator<Item = String>) -> Result<Command, String> {
    let mut arguments = arguments.into_iter();
    let (mut listen, mut database, mut in_memory, mut restored, mut policies) = (None, None, false, false, Vec::new());
    while let Some(argument) = arguments.next() {
        let (name, joined) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument, None),
        };
        let mut value = || {
            let value = joined.clone().or_else(|| arguments.next()).filter(|value| !value.is_empty());
            value.ok_or_else(|| format!("{name} needs a value"))
        };
        match name.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--listen" => once(&mut listen, value()?, &name)?,
            "--database" => once(&mut database, value()?, &name)?,
            "--policy" => policies.push(PathBuf::from(value()?)),
            "--in-memory" => in_memory = true,
            "--restored" => restored = true,
            _ => return Err(format!("{name} is not known")),
        }
    }
    if in_memory && database.is_some() {
        return Err("--database and --in-memory exclude each other".into());
    }
    if in_memory && restored {
        return Err("--restored and --in-memory exclude each other".into());
    }
    let listen = listen.unwrap_or_else(|| DEFAULT_LISTEN.into());
    let listen = listen.parse().map_err(|_| format!("--listen needs an IP address and a port, such as {DEFAULT_LISTEN}"))?;
    let database = (!in_memory).then(|| database.unwrap_or_else(|| DEFAULT_DATABASE.into()).into());
    if policies.is_empty() {
        policies.push(DEFAULT_POLICY.into());
    }
    Ok(Command::Run(Run { listen, database, restored, policies }))
}

fn once(slot: &mut Option<String>, value: String, name: &str) -> Result<(), String> {
    if slot.replace(value).is_some() { Err(format!("{name} is there twice")) } else { Ok(()) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::{Command, Run, read};

    fn words(line: &str) -> Result<Command, String> {
        read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn nothing_said_is_enough_from_the_root_of_the_project() {
        let Command::Run(run) = words("").unwrap() else { panic!("help") };
        let paths = (run.database.unwrap(), run.policies[0].clone());
        assert_eq!(paths, ("consentkit-server.db".into(), "examples/influential/policy.json".into()));
        assert!(run.listen.ip().is_loopback());
    }

    #[test]
    fn every_option_is_read() {
        let run = Run { listen: "0.0.0.0:1".parse().unwrap(), database: None, restored: false, policies: vec!["a".into(), "b".into()] };
        assert_eq!(words("--listen 0.0.0.0:1 --in-memory --policy a --policy=b"), Ok(Command::Run(run)));
        let Command::Run(run) = words("--database a --restored").unwrap() else { panic!("help") };
        assert!(run.restored);
        assert_eq!(words("--policy a --help"), Ok(Command::Help));
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let table = [
            ("--listen", "needs a value"),
            ("--listen=", "needs a value"),
            ("--listen localhost", "IP address and a port"),
            ("--listen 127.0.0.1:99999", "IP address and a port"),
            ("--database a --database b", "twice"),
            ("--database a --in-memory", "exclude"),
            ("--restored --in-memory", "exclude"),
            ("--verbose", "not known"),
            ("policy.json", "not known"),
        ];
        for (line, reason) in table {
            let error = words(line).unwrap_err();
            assert!(error.contains(reason), "{line}: {error}");
        }
    }
}
