//! What the proofs share: a clock that stands still, a folder in memory, a device, a count of cases.

use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, Ordering},
    },
};

use consentkit::{
    client::{Answer, Consent, Options, PendingChange, TokenProvider},
    clock,
    ledger::Status,
    transport::Transport,
};
use serde_json::Value;

/// What a step answers. The text of an error says what was wrong.
pub type Done<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// 2026-11-22 12:00 in Seoul.
pub const NOON: i64 = 1_795_316_400_000;

/// Milliseconds of a day.
pub const DAY: i64 = 24 * 60 * 60 * 1000;

/// The policy of the first user, in which one purpose is allowed until somebody objects.
pub static POLICY: LazyLock<String> = LazyLock::new(|| {
    let mut document: Value = serde_json::from_str(include_str!("../../examples/influential/policy.json")).unwrap_or_default();
    let purposes = document["purposes"].as_array_mut().map(Vec::as_mut_slice).unwrap_or_default();
    for purpose in purposes.iter_mut().filter(|purpose| purpose["id"] == SILENT) {
        purpose["basis"] = "legitimate_interest".into();
    }
    document.to_string()
});

/// The purpose that is allowed until somebody objects. It follows the person.
pub const SILENT: &str = "membership";

/// How long a sync may take. The clock stands still, so no pass ends because its time is over.
pub const PASS_MS: i64 = 60_000;

/// A folder that is in memory on Linux. Each commit waits for its disk, and these proofs are about order and not about disks.
const MEMORY: &str = "/dev/shm";

/// A clock that moves only when it is told to.
pub struct Clock {
    now: AtomicI64,
    monotonic: AtomicI64,
}

impl Clock {
    /// A clock that stands at noon.
    pub fn noon() -> Arc<Self> {
        Arc::new(Self { now: AtomicI64::new(NOON), monotonic: AtomicI64::new(0) })
    }

    /// Moves the wall clock alone.
    pub fn jump(&self, millis: i64) {
        self.now.fetch_add(millis, Ordering::SeqCst);
    }

    /// Lets time pass.
    pub fn pass(&self, millis: i64) {
        self.jump(millis);
        self.monotonic.fetch_add(millis, Ordering::SeqCst);
    }
}

impl clock::Clock for Clock {
    fn now(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    fn monotonic(&self) -> i64 {
        self.monotonic.load(Ordering::SeqCst)
    }

    fn utc_offset(&self) -> i32 {
        540
    }
}

/// A new folder. It is removed when the value is dropped.
pub fn folder() -> Done<tempfile::TempDir> {
    let memory = Path::new(MEMORY);
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    Ok(made.or_else(|_| tempfile::tempdir())?)
}

/// How a device is opened.
pub struct Device {
    /// The database.
    pub path: PathBuf,
    /// The file that tells a copy from the original.
    pub marker: Option<PathBuf>,
    /// Time.
    pub clock: Arc<Clock>,
    /// The server's address.
    pub server: String,
    /// The wire.
    pub transport: Arc<dyn Transport>,
    /// The account's tokens.
    pub tokens: Arc<dyn TokenProvider>,
}

impl Device {
    /// The app starts.
    pub fn open(&self) -> Done<Consent> {
        Ok(Consent::open(Options {
            marker: self.marker.clone(),
            clock: self.clock.clone(),
            app_version: "1.0".into(),
            server: Some(self.server.clone()),
            transport: Some(self.transport.clone()),
            tokens: Some(self.tokens.clone()),
            ..Options::new(&self.path, POLICY.as_str())
        })?)
    }
}

/// Answers the settings form.
pub fn answer(consent: &Consent, grants: &[&str], refusals: &[&str]) -> Done {
    let form = consent.questions("settings")?;
    let answers: Vec<Answer> = grants.iter().copied().map(Answer::grant).chain(refusals.iter().copied().map(Answer::refuse)).collect();
    consent.record(&form.shown, &answers)?;
    Ok(())
}

/// Purposes of the policy that need consent, as the first user's app ships it.
pub const CONSENTS: [&str; 8] = [
    "cookies.analytics",
    "cookies.marketing",
    "ad_id.measurement",
    "marketing.data_use",
    "marketing.email",
    "marketing.sms",
    "marketing.push",
    "marketing.kakao",
];

/// The purposes whose grant counts on this device now, whatever they require besides, and the uses that are allowed.
pub fn granted(consent: &Consent) -> Vec<String> {
    let snapshot = consent.snapshot();
    let ids = CONSENTS.iter().filter(|purpose| consent.allows(purpose)).map(|purpose| format!("use of {purpose}"));
    let counts = snapshot.answers.iter().filter(|(_, answer)| answer.status == Status::Granted && answer.ask_again.is_none());
    counts.map(|(purpose, _)| purpose.clone()).chain(ids).collect()
}

/// What waits, as the queue's operations.
pub fn waiting(consent: &Consent) -> Done<Vec<PendingChange>> {
    Ok(consent.pending()?)
}

/// Fails where the ledger does not hold.
pub fn verify(consent: &Consent) -> Done {
    let found = consent.verify()?;
    if found.ok { Ok(()) } else { Err(format!("the ledger does not verify: {:?}", found.fault).into()) }
}

/// Counts cases and keeps the failures.
#[derive(Default)]
pub struct Tally {
    cases: usize,
    failures: usize,
}

/// How many failures are printed in full. The others are only counted.
const SHOWN_FAILURES: usize = 20;

impl Tally {
    /// Counts one case and keeps its failure.
    pub fn case(&mut self, name: &str, outcome: Done) {
        self.cases += 1;
        if let Err(what) = outcome {
            self.failures += 1;
            if self.failures <= SHOWN_FAILURES {
                println!("FAIL  {name}: {what}");
            }
        }
    }

    /// Cases so far.
    pub fn cases(&self) -> usize {
        self.cases
    }

    /// Prints the closing line. It is an error where a case failed, and where none ran.
    pub fn close(&self, what: &str) -> Done {
        println!("{what}: {} cases, {} failures", self.cases, self.failures);
        if self.failures > 0 || self.cases == 0 { Err(format!("{what} failed").into()) } else { Ok(()) }
    }
}
