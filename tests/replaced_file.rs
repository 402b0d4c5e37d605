//! A file that is replaced or removed while it is open: nothing is acknowledged that is lost with it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::{fs, path::Path};

use consentkit::{client::Consent, error::Error, signal::Platform};
use support::{Device, answer, refusing::counts_in_memory};

const EMAIL: &str = "marketing.email";
const DATA_USE: &str = "marketing.data_use";

fn open() -> (Device, Consent) {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[DATA_USE, EMAIL], &[]).unwrap();
    (device, consent)
}

fn is_refused(consent: &Consent, what: &str) {
    assert!(consent.allows(EMAIL), "{what}");
    let refused = answer(consent, &["marketing.sms"], &[]);
    assert!(matches!(&refused, Err(Error::StoreUnavailable { reason, .. }) if reason.contains("open it again")), "{what}: {refused:?}");
    counts_in_memory(consent.withdraw(&[EMAIL]));
    assert!(!consent.allows(EMAIL), "{what}: a withdrawal denies all the same");
    assert_eq!(consent.unrecorded().len(), 1, "{what}");
}

fn aside(path: &Path) -> std::path::PathBuf {
    path.with_extension("aside")
}

#[test]
fn f_32_what_is_written_after_the_file_was_removed_is_not_acknowledged() {
    let (device, consent) = open();
    fs::remove_file(device.options().path).unwrap();
    is_refused(&consent, "removed");
}

#[test]
fn f_32_what_is_written_after_the_file_was_replaced_is_not_acknowledged() {
    let (device, consent) = open();
    let path = device.options().path;
    fs::copy(&path, aside(&path)).unwrap();
    fs::rename(aside(&path), &path).unwrap();
    is_refused(&consent, "replaced");
}

#[test]
fn f_32_a_file_that_was_moved_and_moved_back_takes_what_was_said_meanwhile() {
    let (device, consent) = open();
    let path = device.options().path;
    fs::rename(&path, aside(&path)).unwrap();
    is_refused(&consent, "moved");
    fs::rename(aside(&path), &path).unwrap();
    answer(&consent, &["marketing.sms"], &[]).unwrap();
    assert_eq!(consent.unrecorded(), vec![]);
    consent.shutdown().unwrap();
    assert!(!device.open().allows(EMAIL));
}
