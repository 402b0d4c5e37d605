//! A device that is locked: the file is there and cannot be read. It denies, waits for nothing, creates nothing, and works again with the
//! storage.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::{
    fs::{self, Permissions},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use consentkit::{client::Consent, decision::Reason, error::Error, signal::Platform};
use support::{Device, answer, refusing::counts_in_memory};

const ANALYTICS: &str = "cookies.analytics";
const DATA_USE: &str = "marketing.data_use";
const EMAIL: &str = "marketing.email";

/// In a process that runs as somebody for whom a file can be locked.
const AS_NOBODY: &str = "CONSENTKIT_TEST_AS_NOBODY";

/// A user and a group that own nothing.
const NOBODY: u32 = 65_534;

/// What a call may take on a locked device.
const IN_TIME: Duration = Duration::from_millis(5_500);

/// Runs a test as somebody other than root, for whom no file is locked.
fn as_nobody(name: &str, test: impl FnOnce()) {
    if std::env::var_os(AS_NOBODY).is_some() {
        return test();
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture"]).env(AS_NOBODY, "1");
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if is_root {
        command.uid(NOBODY).gid(NOBODY);
    }
    let ended = command.output().unwrap();
    assert!(ended.status.success(), "{}\n{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
}

/// Locks every file of the ledger, or unlocks them.
fn lock(device: &Device, locked: bool) {
    for entry in fs::read_dir(device.folder.path()).unwrap() {
        fs::set_permissions(entry.unwrap().path(), Permissions::from_mode(if locked { 0o000 } else { 0o600 })).unwrap();
    }
}

fn names(device: &Device) -> Vec<std::ffi::OsString> {
    let mut names: Vec<_> = fs::read_dir(device.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

fn granted() -> Device {
    let device = Device::new(Platform::Ios);
    let consent = device.open();
    consent.sign_in("acct_81").unwrap();
    answer(&consent, &[ANALYTICS, DATA_USE, EMAIL], &[]).unwrap();
    consent.shutdown().unwrap();
    device
}

#[test]
fn a_locked_file_opens_denies_and_works_again_with_the_storage() {
    as_nobody("a_locked_file_opens_denies_and_works_again_with_the_storage", || {
        let device = granted();
        lock(&device, true);
        let before = names(&device);
        let began = Instant::now();
        let consent = device.open();
        for purpose in [ANALYTICS, EMAIL] {
            assert_eq!(consent.explain(purpose).reasons, [Reason::StoreUnavailable]);
        }
        assert!(matches!(consent.questions("settings"), Err(Error::StoreUnavailable { .. })));
        assert!(matches!(consent.sign_in("acct_91"), Err(Error::StoreUnavailable { .. })));
        assert!(matches!(consent.pending(), Err(Error::StoreUnavailable { .. })));
        assert!(began.elapsed() < IN_TIME, "{:?}", began.elapsed());
        assert_eq!(names(&device), before, "nothing is created");
        lock(&device, false);
        consent.refresh().unwrap();
        assert!(consent.allows(ANALYTICS) && consent.snapshot().signed_in);
        answer(&consent, &["marketing.sms"], &[]).unwrap();
        assert!(consent.rolled_back().is_none() && consent.verify().unwrap().ok, "it is the ledger that was there");
    });
}

#[test]
fn a_no_on_a_locked_device_is_recorded_for_whoever_is_signed_in_once_the_storage_comes_back() {
    as_nobody("a_no_on_a_locked_device_is_recorded_for_whoever_is_signed_in_once_the_storage_comes_back", || {
        let device = granted();
        lock(&device, true);
        let consent = device.open();
        counts_in_memory(consent.withdraw(&[EMAIL]));
        assert_eq!(consent.unrecorded().len(), 1);
        lock(&device, false);
        // Nobody calls anything: the storage is found again by itself.
        let began = Instant::now();
        while !consent.snapshot().available {
            assert!(began.elapsed() < Duration::from_secs(1), "the storage is not found again");
            thread::sleep(Duration::from_millis(5));
        }
        assert!(!consent.allows(EMAIL) && consent.allows(ANALYTICS));
        consent.connectivity_restored().unwrap();
        assert_eq!(consent.unrecorded(), []);
        drop(consent);
        let consent = device.open();
        assert_eq!(consent.explain(EMAIL).reasons, [Reason::Withdrawn]);
        let pending = consent.pending().unwrap();
        assert!(pending.iter().any(|change| change.lowers && change.purpose == EMAIL));
    });
}

#[test]
fn a_sign_out_on_a_locked_device_ends_what_the_account_granted() {
    as_nobody("a_sign_out_on_a_locked_device_ends_what_the_account_granted", || {
        let device = granted();
        lock(&device, true);
        let consent = device.open();
        counts_in_memory(consent.sign_out());
        lock(&device, false);
        consent.refresh().unwrap();
        assert!(!consent.allows(EMAIL) && consent.allows(ANALYTICS), "what is the device's stays");
        consent.connectivity_restored().unwrap();
        assert!(!consent.snapshot().signed_in && consent.unrecorded().is_empty());
        consent.sign_in("acct_81").unwrap();
        assert!(consent.allows(EMAIL) && consent.verify().unwrap().ok);
    });
}

#[test]
fn a_locked_folder_without_a_file_is_an_error_and_no_ledger_begins() {
    as_nobody("a_locked_folder_without_a_file_is_an_error_and_no_ledger_begins", || {
        let device = Device::new(Platform::Ios);
        fs::set_permissions(device.folder.path(), Permissions::from_mode(0o500)).unwrap();
        assert!(matches!(Consent::open(device.options()), Err(Error::StoreUnavailable { .. })));
        fs::set_permissions(device.folder.path(), Permissions::from_mode(0o700)).unwrap();
        assert_eq!(names(&device).len(), 0);
    });
}
