//! The app as a process of its own, so that it can be killed: this example starts itself with a hidden argument.

use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::Arc,
};

use consentkit::client::{Answer, Consent};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Result, policy,
    stage::{StoryClock, app},
};

/// The hidden argument.
pub const CHILD: &str = "--child";

const SAY: &str = "say";
const LOOK: &str = "look";

/// How a process looks that had no chance to tidy up.
#[cfg(unix)]
pub const KILLED: &str = "killed by signal 9";
/// How a process looks that had no chance to tidy up.
#[cfg(not(unix))]
pub const KILLED: &str = "terminated";

/// What the process hands out once its record is on disk.
#[derive(Serialize, Deserialize)]
pub struct Acknowledged {
    pub op: String,
    pub seq: i64,
}

/// One change that waits, as the restarted process found it.
#[derive(Serialize, Deserialize)]
struct Waiting {
    purpose: String,
    op: String,
    seq: i64,
}

/// What the restarted process found.
#[derive(Serialize, Deserialize)]
pub struct Found {
    waiting: Vec<Waiting>,
    /// `verified`, or what does not hold.
    pub ledger: String,
}

impl Found {
    pub fn waiting(&self) -> String {
        if self.waiting.is_empty() {
            return "nothing".to_owned();
        }
        self.waiting.iter().map(|change| change.purpose.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Position of an operation among what waits.
    pub fn position_of(&self, op: &str) -> String {
        self.waiting.iter().find(|change| change.op == op).map_or_else(|| "gone".to_owned(), |change| change.seq.to_string())
    }
}

/// The app, running.
pub struct App {
    process: Child,
    output: BufReader<ChildStdout>,
}

impl App {
    /// Starts the app, in which the person says yes to `purpose`.
    pub fn start(ledger: &Path, now: i64, purpose: &str) -> Result<Self> {
        let mut process = command(SAY, ledger, now)?.arg(purpose).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().ok_or("the app's process has no output")?;
        Ok(Self { process, output: BufReader::new(output) })
    }

    /// Waits until the record is on disk.
    pub fn acknowledged(&mut self) -> Result<Acknowledged> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        read(&line)
    }

    /// SIGKILL: no destructor runs, no file is closed by the program.
    pub fn kill(mut self) -> Result<String> {
        self.process.kill()?;
        Ok(ending(self.process.wait()?))
    }
}

/// Starts the app again and asks what it finds.
pub fn look(ledger: &Path, now: i64) -> Result<Found> {
    let output = command(LOOK, ledger, now)?.stderr(Stdio::piped()).output()?;
    if !output.status.success() {
        return Err(format!("the restarted app failed: {}", String::from_utf8_lossy(&output.stderr).trim()).into());
    }
    read(&String::from_utf8_lossy(&output.stdout))
}

/// What the child process does.
pub fn run(mut arguments: impl Iterator<Item = String>) -> Result<()> {
    let (Some(task), Some(ledger), Some(now)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("the child process needs a task, a ledger and a time".into());
    };
    // The story has looked at the policy already.
    if let Some(path) = arguments.next().filter(|path| !path.is_empty()) {
        policy::take(path.as_ref())?;
    }
    let consent = Consent::open(app(ledger.as_ref(), Arc::new(StoryClock::at(now.parse()?))))?;
    match (task.as_str(), arguments.next()) {
        (SAY, Some(purpose)) => say(&consent, &purpose),
        (LOOK, None) => tell(&found(&consent)?),
        _ => Err("the child process knows no such task".into()),
    }
}

fn say(consent: &Consent, purpose: &str) -> Result<()> {
    let form = consent.questions("settings")?;
    let receipt = consent.record(&form.shown, &[Answer::grant(purpose)])?;
    let item = receipt.items.into_iter().next().ok_or("nothing was recorded")?;
    tell(&Acknowledged { op: item.op, seq: item.seq })?;
    // From here on there is only the signal; should the story itself end early, its end of this pipe closes.
    std::io::stdin().read_to_end(&mut vec![])?;
    Ok(())
}

fn found(consent: &Consent) -> Result<Found> {
    let waiting = consent.pending()?.into_iter().map(|change| Waiting { purpose: change.purpose, op: change.op, seq: change.seq });
    let verification = consent.verify()?;
    let ledger = match verification.fault {
        None if verification.ok => "verified".to_owned(),
        fault => fault.map_or_else(|| "not verified".to_owned(), |fault| fault.what),
    };
    Ok(Found { waiting: waiting.collect(), ledger })
}

fn tell(value: &impl Serialize) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(value)?)?;
    Ok(out.flush()?)
}

fn read<T: DeserializeOwned>(line: &str) -> Result<T> {
    Ok(serde_json::from_str(line).map_err(|_| "the app's process ended without an answer")?)
}

fn command(task: &str, ledger: &Path, now: i64) -> Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(CHILD).arg(task).arg(ledger).arg(now.to_string()).arg(policy::path().unwrap_or(Path::new("")));
    Ok(command)
}

#[cfg(unix)]
fn ending(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    status.signal().map_or_else(|| format!("ended by itself ({status})"), |signal| format!("killed by signal {signal}"))
}

#[cfg(not(unix))]
fn ending(status: ExitStatus) -> String {
    if status.success() { "ended by itself".to_owned() } else { "terminated".to_owned() }
}
