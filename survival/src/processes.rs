//! Processes: four on one file, some of which are killed and replaced while they work. None is told that the file is locked, only one sends at
//! a time, and whatever any of them was told to be on the disk is there in the end.

use std::{
    collections::BTreeSet,
    env,
    fs::{self, OpenOptions},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use consentkit::{
    client::{Answer, Consent, Receipt, TokenProvider},
    error::Error,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use consentkit_proof::{
    chance::Chance,
    stage::{Clock, Device, PASS_MS},
    wire::{Host, Plain},
};

use crate::{
    phone::{PURPOSES, Phone},
    stage::{Done, Tally, folder},
};

/// Processes on one file.
const PROCESSES: u64 = 4;

/// Calls of one process.
const CALLS: usize = 25;

/// Of so many processes one is killed while it works, and another one takes its place.
const ONE_KILLED_IN: usize = 4;

/// The longest that a process lives that is killed, milliseconds.
const LIFE: usize = 120;

/// How long a no of another process may take until it is obeyed.
const OBEYED_WITHIN: Duration = Duration::from_secs(1);

/// More records than a round writes.
const MANY: i64 = 1_000;

/// The file in which each process says when it begins to send and when it has an answer.
const SENT: &str = "sent";

/// A wire that writes down who sends.
struct Watched(PathBuf);

impl Watched {
    fn note(&self, what: &str) {
        // One short write at the end of a file is never mixed with another one.
        if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(&self.0) {
            let _ = file.write_all(format!("{what} {}\n", std::process::id()).as_bytes());
        }
    }
}

impl Transport for Watched {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.note("begins");
        let answered = Plain.send(request);
        self.note("ends");
        answered
    }
}

/// Nobody is signed in.
struct Nobody;

impl TokenProvider for Nobody {
    fn token(&self, _: &str, _: bool) -> Option<String> {
        None
    }
}

/// One of the processes: makes its calls and says which records it was told to be on the disk.
pub fn worker(folder: &Path, server: &str, seed: u64) -> Done {
    let device = Device {
        path: folder.join("consent.db"),
        marker: Some(folder.join("marker")),
        clock: Clock::noon(),
        server: server.to_owned(),
        transport: Arc::new(Watched(folder.join(SENT))),
        tokens: Arc::new(Nobody),
    };
    let mut chance = Chance::of(seed);
    let mut consent = device.open()?;
    for _ in 0..CALLS {
        let purpose = chance.pick(&PURPOSES);
        let done = match chance.below(12) {
            0..=3 => consent.withdraw(&[purpose]).and_then(|receipt| acknowledged(&receipt)),
            4..=6 => answer(&consent, purpose, chance.once_in(2)),
            7 | 8 => consent.connectivity_restored().and_then(|()| consent.sync(PASS_MS)).map(drop),
            9 => consent.pending().map(drop),
            10 => consent.history(0, MANY).map(drop),
            _ => {
                consent.shutdown()?;
                consent = device.open()?;
                Ok(())
            }
        };
        match done {
            // Another process sends just now, and this one need not.
            Ok(()) | Err(Error::AlreadySyncing) => {}
            Err(error @ Error::StoreUnavailable { .. }) => return Err(format!("LOCKED: {error}").into()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(consent.shutdown()?)
}

fn answer(consent: &Consent, purpose: &str, yes: bool) -> consentkit::error::Result<()> {
    let answer = if yes { Answer::grant(purpose) } else { Answer::refuse(purpose) };
    loop {
        let form = consent.questions("settings")?;
        match consent.record(&form.shown, std::slice::from_ref(&answer)) {
            // Another process changed meanwhile what the form shows, so it is drawn anew.
            Err(Error::Shown { .. }) => continue,
            recorded => return acknowledged(&recorded?),
        }
    }
}

fn acknowledged(receipt: &Receipt) -> consentkit::error::Result<()> {
    for item in &receipt.items {
        println!("wrote {} {} {}", item.seq, item.purpose, item.op);
    }
    Ok(())
}

/// What one process was told to be on the disk: the place in the ledger, the purpose and the operation.
type Written = (i64, String, String);

fn spawn(folder: &Path, host: &Host, seed: u64) -> Done<Child> {
    let arguments = ["worker", &folder.to_string_lossy(), &host.url(), &seed.to_string()].map(str::to_owned);
    Ok(Command::new(env::current_exe()?).args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?)
}

/// Runs one process to its end, or to its kill, and gives what it was told. A process that is killed is noted.
fn follow(mut child: Child, life: Option<Duration>, killed: &Mutex<BTreeSet<u32>>) -> Done<Vec<Written>> {
    if let Some(life) = life {
        thread::sleep(life);
        killed.lock().unwrap_or_else(PoisonError::into_inner).insert(child.id());
        child.kill()?;
    }
    let mut written = vec![];
    let mut wrong = None;
    if let Some(said) = child.stdout.take() {
        for line in BufReader::new(said).lines() {
            let line = line?;
            match line.strip_prefix("wrote ").map(|said| said.split(' ').collect::<Vec<_>>()).as_deref() {
                Some([seq, purpose, op]) => written.push((seq.parse()?, (*purpose).to_owned(), (*op).to_owned())),
                _ => wrong = Some(line),
            }
        }
    }
    let ended = child.wait()?;
    match wrong {
        _ if ended.success() || life.is_some() => Ok(written),
        Some(wrong) => Err(wrong.into()),
        None => Err("PANIC: a process ended by itself".into()),
    }
}

/// Four processes at once on a fresh file. Gives how many records they were told to be on the disk.
fn round(seed: u64) -> Done<usize> {
    let folder = folder()?;
    let host = Host::start(&folder.path().join("server.db"), Clock::noon())?;
    let mut chance = Chance::of(seed);
    let killed = Mutex::new(BTreeSet::new());
    let mut lives = vec![];
    for number in 0..PROCESSES {
        let life = chance.once_in(ONE_KILLED_IN).then(|| Duration::from_millis(chance.below(LIFE) as u64));
        lives.push((seed * PROCESSES * 2 + number, life));
    }
    let told: Vec<Done<Vec<Written>>> = thread::scope(|scope| {
        let (folder, host, killed) = (folder.path(), &host, &killed);
        let running: Vec<_> = lives
            .iter()
            .map(|(seed, life)| {
                scope.spawn(move || {
                    let mut written = follow(spawn(folder, host, *seed)?, *life, killed)?;
                    if life.is_some() {
                        written.extend(follow(spawn(folder, host, *seed + PROCESSES)?, None, killed)?);
                    }
                    Ok(written)
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("PANIC: a thread of the proof".into()))).collect()
    });
    let mut written = vec![];
    for one in told {
        written.extend(one?);
    }
    let killed = killed.into_inner().unwrap_or_else(PoisonError::into_inner);
    one_sends(&folder.path().join(SENT), &killed)?;
    judge(folder.path(), &host, &written)?;
    obeyed(folder.path(), &host)?;
    Ok(written.len())
}

/// Fails where two processes sent at the same time. One that was killed sends no more.
fn one_sends(noted: &Path, killed: &BTreeSet<u32>) -> Done {
    let mut sends: Option<u32> = None;
    for line in fs::read_to_string(noted).unwrap_or_default().lines() {
        let Some((what, process)) = line.split_once(' ') else { continue };
        let process: u32 = process.parse()?;
        if let Some(other) = sends.filter(|other| *other != process && !killed.contains(other)) {
            return Err(format!("TWO UPLOADERS: process {process} sends while {other} does").into());
        }
        sends = (what == "begins").then_some(process);
    }
    Ok(())
}

/// Everything that was written is there and comes to the server.
fn judge(folder: &Path, host: &Arc<Host>, written: &[Written]) -> Done {
    let mut phone = Phone::on(folder, host);
    phone.start()?;
    phone.verify()?;
    if phone.app()?.rolled_back().is_some() {
        return Err("ALARM: it says that records are lost, and none are".into());
    }
    let history = phone.app()?.history(0, MANY)?;
    let there = |(seq, purpose, _): &&Written| {
        history.iter().any(|entry| entry.seq == *seq && entry.kind == "choice" && entry.purpose.as_ref() == Some(purpose))
    };
    let lost = written.iter().filter(|one| !there(one)).count();
    if lost > 0 {
        return Err(format!("LOST: {lost} of {} acknowledged records", written.len()).into());
    }
    let places: BTreeSet<i64> = written.iter().map(|(seq, ..)| *seq).collect();
    if places.len() < written.len() {
        return Err("LOST: two processes were told the same place in the ledger".into());
    }
    phone.app()?.connectivity_restored()?;
    phone.deliver()?;
    phone.end()
}

/// A no that one process writes is obeyed by another that has the file open, without a call of its own.
fn obeyed(folder: &Path, host: &Arc<Host>) -> Done {
    let (mut here, mut there) = (Phone::on(folder, host), Phone::on(folder, host));
    here.start()?;
    there.start()?;
    let purpose = PURPOSES[2];
    here.answer(purpose, true)?;
    if !here.app()?.allows(purpose) {
        return Err("a yes does not count".into());
    }
    there.app()?.withdraw(&[purpose])?;
    let since = Instant::now();
    while here.app()?.allows(purpose) {
        if since.elapsed() > OBEYED_WITHIN {
            return Err(format!("NOT OBEYED: {purpose} is allowed a second after another process withdrew it").into());
        }
        thread::sleep(Duration::from_millis(5));
    }
    here.end()?;
    there.end()
}

/// Runs so many rounds.
pub fn run(wanted: usize) -> Done {
    let mut tally = Tally::default();
    let mut records = 0;
    for seed in 0..wanted as u64 {
        let outcome = round(seed).map(|written| records += written);
        tally.case(|| format!("round {seed}"), outcome);
    }
    println!("processes: {records} records that {PROCESSES} processes on one file were told to be on the disk");
    tally.close("processes", "rounds of four processes on one file")
}
