//! `suspend` lets go of the file and of every lock, and the handle goes on.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;

use consentkit::{client::Consent, error::Error, signal::Platform};
use rusqlite::Connection;
use support::{
    Device, answer,
    refusing::{Refusing, counts_in_memory},
};

const ANALYTICS: &str = "cookies.analytics";
const EMAIL: &str = "marketing.email";
const DATA_USE: &str = "marketing.data_use";

fn granted(device: &Device) -> Consent {
    let consent = device.open();
    answer(&consent, &[ANALYTICS, DATA_USE, EMAIL], &[]).unwrap();
    consent
}

/// True where nobody has a lock on the file, not even one for reading: only then it can be taken out of the mode with a log.
fn is_free(device: &Device) -> bool {
    let other = Connection::open(device.options().path).unwrap();
    let mode: Result<String, _> = other.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0));
    let free = mode.is_ok_and(|mode| mode == "delete");
    if free {
        other.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
    }
    free
}

#[test]
fn a_suspended_app_keeps_no_lock_and_no_log_and_answers_and_writes_again() {
    let device = Device::new(Platform::Ios);
    let consent = granted(&device);
    assert!(!is_free(&device), "an open file is locked");
    consent.suspend().unwrap();
    assert!(is_free(&device) && !device.folder.path().join("consent.db-wal").exists());
    assert!(consent.allows(EMAIL) && consent.explain(EMAIL).allowed, "answers go on, from memory");
    consent.suspend().unwrap();
    consent.withdraw(&[EMAIL]).unwrap();
    assert!(!consent.allows(EMAIL) && !is_free(&device));
    consent.suspend().unwrap();
    assert!(consent.verify().unwrap().ok && consent.pending().unwrap().len() == 4);
    consent.suspend().unwrap();
    consent.shutdown().unwrap();
    assert!(matches!(consent.suspend(), Err(Error::ShutDown)));
    assert!(!device.open().allows(EMAIL) && device.open().allows(ANALYTICS));
}

#[test]
fn what_another_process_said_meanwhile_is_heard_with_the_next_call() {
    let device = Device::new(Platform::Ios);
    let consent = granted(&device);
    consent.suspend().unwrap();
    device.open().withdraw(&[EMAIL]).unwrap();
    consent.refresh().unwrap();
    assert!(!consent.allows(EMAIL));
}

#[test]
fn a_file_that_is_gone_when_the_app_comes_back_is_told_and_none_is_created_in_its_place() {
    let device = Device::new(Platform::Ios);
    let consent = granted(&device);
    consent.suspend().unwrap();
    let (path, aside) = (device.options().path, device.folder.path().join("aside"));
    fs::rename(&path, &aside).unwrap();
    assert!(matches!(consent.pending(), Err(Error::StoreUnavailable { .. })));
    counts_in_memory(consent.withdraw(&[EMAIL]));
    assert!(!path.exists() && !consent.allows(EMAIL) && consent.allows(ANALYTICS));
    fs::rename(&aside, &path).unwrap();
    consent.withdraw(&[ANALYTICS]).unwrap();
    assert_eq!(consent.unrecorded(), []);
    drop(consent);
    assert!(!device.open().allows(EMAIL));
}

#[test]
fn suspending_records_what_is_held_in_memory_alone() {
    let device = Device::new(Platform::Ios);
    let consent = granted(&device);
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.withdraw(&[EMAIL]));
    assert!(matches!(consent.suspend(), Err(Error::StoreUnavailable { .. })), "it says that something is held still");
    assert!(!consent.allows(EMAIL));
    refusing.lift();
    consent.suspend().unwrap();
    assert_eq!(consent.unrecorded(), []);
}

#[test]
fn f_24_the_log_is_short_after_a_checkpoint_however_much_was_written_while_somebody_read() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let log = || fs::metadata(device.folder.path().join("consent.db-wal")).map_or(0, |file| file.len());
    // A reader of another process keeps SQLite from folding the log back.
    let reader = Connection::open(device.options().path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM ledger").unwrap();
    while log() < 5 * 1024 * 1024 {
        let every: Vec<String> = consent.questions("settings").unwrap().questions.into_iter().map(|question| question.purpose).collect();
        let every: Vec<&str> = every.iter().map(String::as_str).collect();
        answer(&consent, &[], &every).unwrap();
    }
    reader.execute_batch("COMMIT").unwrap();
    answer(&consent, &[ANALYTICS], &[]).unwrap();
    answer(&consent, &[], &[ANALYTICS]).unwrap();
    assert!(log() <= 4 * 1024 * 1024, "{} bytes", log());
    consent.suspend().unwrap();
    assert_eq!(log(), 0);
}
