//! Starts the reference server, and stops it when asked to.

mod args;

use std::{env, fs, process::ExitCode};

use args::{Command, HELP, Run};
use consentkit_server::{KeySource, Options, Running, Server};
use tokio::runtime::Builder;

/// Holds the operator's key where the company keeps it elsewhere than beside the database.
const KEY_VARIABLE: &str = "CONSENTKIT_OPERATOR_KEY";

fn main() -> ExitCode {
    let run = match args::read(env::args().skip(1)) {
        Ok(Command::Help) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Ok(Command::Run(run)) => run,
        Err(error) => {
            eprintln!("consentkit-server: {error} (--help shows all options)");
            return ExitCode::from(2);
        }
    };
    match start(&run).and_then(|running| tell(&run, running)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("consentkit-server: {error}");
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "a program is told its secrets by its environment")]
fn start(run: &Run) -> Result<Running, String> {
    let read = |path| fs::read_to_string(path).map_err(|error| format!("read the policy {}: {error}", std::path::Path::display(path)));
    let policies = run.policies.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let operator_key = match env::var(KEY_VARIABLE) {
        Ok(key) => Some(key),
        Err(env::VarError::NotPresent) => None,
        Err(env::VarError::NotUnicode(_)) => return Err(format!("{KEY_VARIABLE} is no text")),
    };
    if let Some(path) = run.database.as_deref().filter(|_| run.restored) {
        let renewed = Server::renew_numberings(path).map_err(|error| error.to_string())?;
        println!("restored from a backup: {renewed} subjects have a new numbering");
    }
    let options = Options { database: run.database.clone(), listen: run.listen, policies, operator_key, clock: None };
    Server::start(options).map_err(|error| error.to_string())
}

fn tell(run: &Run, running: Running) -> Result<(), String> {
    // Before the address is told, so that whoever waits for that line may stop the server at once.
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| format!("wait for signals: {error}"))?;
    let stop = runtime.block_on(async { Stop::listen() }).map_err(|error| format!("wait for signals: {error}"))?;
    match &run.database {
        Some(path) => println!("database: {}", path.display()),
        None => println!("database: in memory, gone when the server stops"),
    }
    match &running.key_source {
        KeySource::Given => println!("operator key: from {KEY_VARIABLE}"),
        KeySource::File(path) => println!("operator key: in {}", path.display()),
        KeySource::Memory => println!("operator key: {}", running.operator_key),
    }
    if !running.address.ip().is_loopback() {
        println!("note: others can reach this address, and it speaks plain HTTP: put a proxy with TLS before it");
    }
    println!("listening on http://{}", running.address);
    runtime.block_on(stop.wait());
    println!("stopping");
    running.stop();
    Ok(())
}

#[cfg(unix)]
struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn wait(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Stop;

#[cfg(not(unix))]
impl Stop {
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn wait(self) {
        // Without a way to hear Ctrl-C the system ends the process by itself.
        let _ = tokio::signal::ctrl_c().await;
    }
}
