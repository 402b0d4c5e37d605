//! The form in a browser: `cargo run --example form`.
//!
//! It prints an address on this machine. There one can answer, come back, change, withdraw, and read the history and the policy, while the
//! terminal shows each record as it is written. Everything works as a plain form post as well, without script.

mod app;
mod http;
mod site;

use std::{env, error::Error, fs, path::PathBuf, process::ExitCode};

use consentkit::{
    client::{Consent, Options},
    signal::Platform,
};
use site::Site;

const POLICY: &str = include_str!("../influential/policy.json");

const HELP: &str = "\
Usage: cargo run --example form [-- OPTIONS]

  --language TAG   language of the form, ko unless told otherwise (the policy below has ko and en)
  --policy FILE    another policy, such as examples/policies/japanese-shop.json
  --folder DIR     where the ledger is kept, to come back to it another day; a new folder unless told otherwise
  --port N         port on 127.0.0.1; any free one unless told otherwise";

/// What the command line asks for.
struct Arguments {
    language: String,
    policy: String,
    folder: Option<PathBuf>,
    port: u16,
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut read = Self { language: "ko".into(), policy: POLICY.into(), folder: None, port: 0 };
        while let Some(word) = words.next() {
            let value = words.next().ok_or(HELP)?;
            match word.as_str() {
                "--language" => read.language = value,
                "--policy" => read.policy = fs::read_to_string(&value).map_err(|error| format!("{value}: {error}"))?,
                "--folder" => read.folder = Some(value.into()),
                "--port" => read.port = value.parse().map_err(|_| HELP)?,
                _ => return Err(HELP.into()),
            }
        }
        Ok(read)
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(env::args().skip(1))?;
    let fresh = tempfile::tempdir()?;
    let folder = arguments.folder.unwrap_or_else(|| fresh.path().to_owned());
    fs::create_dir_all(&folder)?;
    let options = Options::new(folder.join("consent.db"), arguments.policy);
    let options = Options { language: arguments.language, platform: Platform::Android, os_version: "14".into(), ..options };
    let mut site = Site::new(Consent::open(options)?)?;
    let server = http::Server::on_loopback(arguments.port)?;
    println!("Open http://{}/?token={} (good for one browser).", server.address(), site.token());
    let records = site.consent().snapshot().seq;
    println!("The ledger has {records} records. Each new one is shown here as it is written. End with Ctrl-C.\n");
    server.serve(move |request| {
        let response = site.answer(request);
        site.news().iter().for_each(|line| println!("{line}"));
        response
    })?;
    Ok(())
}
