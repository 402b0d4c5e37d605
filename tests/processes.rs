//! Four processes on one file, as an app with services has them: a no of one is obeyed by all within a second, nobody is told that the file is
//! locked, and one sends at a time.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    fs::{self, File, OpenOptions},
    io::{BufRead, BufReader, Lines, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use consentkit::{
    client::{Consent, Options},
    clock::SystemClock,
    error::Error,
    signal::Signals,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use support::{INFLUENTIAL, answer};

const ANALYTICS: &str = "cookies.analytics";
const EMAIL: &str = "marketing.email";
const DATA_USE: &str = "marketing.data_use";

/// Where the file lies, in a process that another one started.
const FOLDER: &str = "CONSENTKIT_TEST_FOLDER";

/// Processes beside the one that starts them.
const OTHERS: usize = 3;

/// What a no of another process may take until it counts.
const OBEYED_WITHIN: Duration = Duration::from_secs(1);

/// Writes that each process makes at the same time as the others.
const WRITES: usize = 60;

/// A way to a server that is out of order. It says in a file when a request begins and ends, and takes a while in between.
struct Slow(PathBuf);

impl Transport for Slow {
    fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        let say = |word: &str| writeln!(OpenOptions::new().create(true).append(true).open(&self.0).unwrap(), "{word}").unwrap();
        say("begins");
        thread::sleep(Duration::from_millis(20));
        say("ends");
        Ok(HttpResponse { status: 503, headers: vec![], body: vec![] })
    }
}

fn open(folder: &Path) -> Consent {
    let server = Some("http://127.0.0.1:9".into());
    let transport: Option<Arc<dyn Transport>> = Some(Arc::new(Slow(folder.join("requests"))));
    let defaults = Options::new(folder.join("consent.db"), INFLUENTIAL);
    Consent::open(Options { server, transport, clock: Arc::new(SystemClock), ..defaults }).unwrap()
}

/// A process that runs the test `name` in its part of another process.
struct Other {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
    input: ChildStdin,
}

impl Other {
    fn start(name: &str, folder: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", name, "--nocapture"]).env(FOLDER, folder);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { said, input: child.stdin.take().unwrap(), child }
    }

    /// Waits until it says this.
    fn hear(&mut self, word: &str) {
        self.said.by_ref().map(Result::unwrap).find(|line| line.ends_with(word)).unwrap_or_else(|| panic!("it never said {word}"));
    }

    /// Lets it go on.
    fn go(&mut self) {
        writeln!(self.input, "go").unwrap();
    }

    fn ends(mut self) {
        drop(self.input);
        self.said.by_ref().for_each(drop);
        assert!(self.child.wait().unwrap().success());
    }
}

/// In a process that another one started: its folder.
fn started_by_another() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// Says something to the process that started this one.
fn say(word: &str) {
    println!("\n{word}");
}

/// Waits for the process that started this one.
fn wait() {
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

#[test]
fn f_9_a_no_of_one_process_is_obeyed_within_a_second_by_three_that_only_ask() {
    const NAME: &str = "f_9_a_no_of_one_process_is_obeyed_within_a_second_by_three_that_only_ask";
    if let Some(folder) = started_by_another() {
        let consent = open(&folder);
        let purpose = consent.purpose(ANALYTICS);
        assert!(consent.allows(EMAIL) && purpose.allows());
        say("ready");
        // Nothing but `allows` is called from here on.
        let asks: [(&str, &dyn Fn() -> bool); 2] = [("email", &|| consent.allows(EMAIL)), ("analytics", &|| purpose.allows())];
        for (word, allows) in asks {
            while allows() {
                thread::sleep(Duration::from_millis(5));
            }
            say(word);
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let consent = open(folder.path());
    answer(&consent, &[DATA_USE, EMAIL, ANALYTICS], &[]).unwrap();
    let mut others: Vec<Other> = (0..OTHERS).map(|_| Other::start(NAME, folder.path())).collect();
    others.iter_mut().for_each(|other| other.hear("ready"));
    for (purpose, word) in [(EMAIL, "email"), (ANALYTICS, "analytics")] {
        consent.withdraw(&[purpose]).unwrap();
        let began = Instant::now();
        others.iter_mut().for_each(|other| other.hear(word));
        assert!(began.elapsed() < OBEYED_WITHIN, "{word}: {:?}", began.elapsed());
    }
    others.into_iter().for_each(Other::ends);
}

#[test]
fn f_9_a_no_that_an_extension_left_counts_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let consent = open(folder.path());
    answer(&consent, &[DATA_USE, EMAIL], &[]).unwrap();
    Consent::leave_withdrawal(&Options::new(folder.path().join("consent.db"), INFLUENTIAL), &[EMAIL]).unwrap();
    let began = Instant::now();
    while consent.allows(EMAIL) {
        assert!(began.elapsed() < OBEYED_WITHIN, "it still counts");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn f_9_four_processes_write_at_once_and_none_is_told_that_the_file_is_locked() {
    const NAME: &str = "f_9_four_processes_write_at_once_and_none_is_told_that_the_file_is_locked";
    let write = |consent: &Consent| {
        for turn in 0..WRITES {
            match turn % 4 {
                0 => consent.withdraw(&[EMAIL]).map(drop),
                1 => consent.report_signals(Signals { gpc: Some(turn % 8 == 1), ..Signals::default() }),
                2 => answer(consent, &[ANALYTICS], &["marketing.sms"]),
                _ => consent.pending().map(drop),
            }
            .unwrap_or_else(|error| panic!("write {turn}: {error}"));
        }
    };
    if let Some(folder) = started_by_another() {
        let consent = open(&folder);
        say("ready");
        wait();
        write(&consent);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let consent = open(folder.path());
    let mut others: Vec<Other> = (0..OTHERS).map(|_| Other::start(NAME, folder.path())).collect();
    others.iter_mut().for_each(|other| other.hear("ready"));
    others.iter_mut().for_each(Other::go);
    write(&consent);
    others.into_iter().for_each(Other::ends);
    let verified = consent.verify().unwrap();
    assert!(verified.ok, "{verified:?}");
    let of_email = |entry: &consentkit::client::HistoryEntry| entry.purpose.as_deref() == Some(EMAIL);
    let mut after = 0;
    let mut withdrawn = 0;
    loop {
        let read = consent.history(after, 1000).unwrap();
        let Some(last) = read.last() else { break };
        after = last.seq;
        withdrawn += read.iter().filter(|entry| of_email(entry)).count();
    }
    assert_eq!(withdrawn, (OTHERS + 1) * WRITES / 4, "every withdrawal of every process is there");
}

#[test]
fn f_9_of_four_processes_one_sends_at_a_time() {
    const NAME: &str = "f_9_of_four_processes_one_sends_at_a_time";
    /// Syncs that each process tries.
    const SYNCS: usize = 20;
    let sync = |consent: &Consent| {
        for _ in 0..SYNCS {
            consent.connectivity_restored().unwrap();
            match consent.sync(5_000) {
                Ok(_) | Err(Error::AlreadySyncing) => {}
                Err(other) => panic!("{other}"),
            }
        }
    };
    if let Some(folder) = started_by_another() {
        let consent = open(&folder);
        say("ready");
        wait();
        sync(&consent);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let consent = open(folder.path());
    answer(&consent, &[DATA_USE], &[EMAIL]).unwrap();
    let mut others: Vec<Other> = (0..OTHERS).map(|_| Other::start(NAME, folder.path())).collect();
    others.iter_mut().for_each(|other| other.hear("ready"));
    others.iter_mut().for_each(Other::go);
    sync(&consent);
    others.into_iter().for_each(Other::ends);
    let requests: Vec<String> = BufReader::new(File::open(folder.path().join("requests")).unwrap()).lines().map(Result::unwrap).collect();
    assert!(requests.len() >= 2 && requests.chunks(2).all(|pair| pair == ["begins", "ends"]), "{requests:?}");
    assert!(fs::metadata(folder.path().join("consent.db.sync")).is_ok());
}
