//! What the tests of the client share: a clock that stands still, a device on a temporary file.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod announced;
pub mod edition;
pub mod faulty;
pub mod loopback;
pub mod older_store;
pub mod refusing;
pub mod silent_policy;
#[cfg(target_os = "linux")]
pub mod small_disk;
pub mod story;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use consentkit::{
    client::{Answer, Consent, Options},
    clock::Clock,
    error::Result,
    signal::Platform,
};

/// 2026-11-22 12:00 in Seoul.
pub const NOON: i64 = 1_795_316_400_000;

pub const INFLUENTIAL: &str = include_str!("../../examples/influential/policy.json");

pub struct FakeClock {
    now: AtomicI64,
    monotonic: AtomicI64,
}

impl FakeClock {
    pub fn at(now: i64) -> Arc<Self> {
        Arc::new(Self { now: AtomicI64::new(now), monotonic: AtomicI64::new(0) })
    }

    pub fn set(&self, now: i64) {
        self.now.store(now, Ordering::SeqCst);
    }

    pub fn advance(&self, millis: i64) {
        self.now.fetch_add(millis, Ordering::SeqCst);
        self.monotonic.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
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

/// A device on a temporary folder; `open` again is the app's next start.
pub struct Device {
    pub folder: tempfile::TempDir,
    pub clock: Arc<FakeClock>,
    pub platform: Platform,
}

impl Device {
    pub fn new(platform: Platform) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), clock: FakeClock::at(NOON), platform }
    }

    pub fn options(&self) -> Options {
        Options {
            platform: self.platform,
            clock: self.clock.clone(),
            app_version: "1.0".into(),
            ..Options::new(self.folder.path().join("consent.db"), INFLUENTIAL)
        }
    }

    pub fn open(&self) -> Consent {
        Consent::open(self.options()).unwrap()
    }
}

/// Answers the settings form.
pub fn answer(consent: &Consent, grants: &[&str], refusals: &[&str]) -> Result<()> {
    let questions = consent.questions("settings")?;
    let answers: Vec<Answer> = grants.iter().copied().map(Answer::grant).chain(refusals.iter().copied().map(Answer::refuse)).collect();
    consent.record(&questions.shown, &answers).map(drop)
}
