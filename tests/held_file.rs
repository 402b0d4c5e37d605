//! A file that another process holds for longer than anybody waits: it opens for reading, or says what is the matter, in time.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::{Duration, Instant};

use consentkit::{client::Consent, error::Error, signal::Platform};
use support::{
    Device, answer,
    refusing::{Holding, Refusing, counts_in_memory},
};

const ANALYTICS: &str = "cookies.analytics";
const ADS: &str = "cookies.marketing";

/// What opening may take: the time that a write waits, and some for a machine that has other things to do.
const IN_TIME: Duration = Duration::from_millis(5_500);

fn granted(device: &Device) {
    let consent = device.open();
    answer(&consent, &[ANALYTICS, ADS], &[]).unwrap();
    consent.shutdown().unwrap();
}

#[test]
fn f_2_a_file_whose_lock_another_process_keeps_opens_for_reading_in_time() {
    let device = Device::new(Platform::Desktop);
    granted(&device);
    let holding = Holding::the_file(device.folder.path());
    let began = Instant::now();
    let consent = Consent::open(device.options()).unwrap();
    assert!(began.elapsed() < IN_TIME, "{:?}", began.elapsed());
    assert!(consent.allows(ANALYTICS), "{:?}", consent.explain(ANALYTICS));
    counts_in_memory(consent.withdraw(&[ANALYTICS]));
    assert!(!consent.allows(ANALYTICS));
    holding.let_go();
    answer(&consent, &[], &[ADS]).unwrap();
    assert_eq!((consent.unrecorded(), consent.allows(ANALYTICS)), (vec![], false));
    drop(consent);
    assert!(!device.open().allows(ANALYTICS));
}

#[test]
fn f_2_so_does_one_with_a_date_that_cannot_be() {
    let device = Device::new(Platform::Desktop);
    device.clock.set(support::NOON + 400 * 24 * 60 * 60 * 1000);
    granted(&device);
    device.clock.set(support::NOON);
    let holding = Holding::the_file(device.folder.path());
    let began = Instant::now();
    let consent = Consent::open(device.options()).unwrap();
    assert!(began.elapsed() < IN_TIME, "waited once: {:?}", began.elapsed());
    assert!(consent.verify().unwrap().ok);
    holding.let_go();
}

#[test]
fn f_2_a_file_that_another_process_lets_nobody_even_read_says_so_in_time() {
    let device = Device::new(Platform::Desktop);
    granted(&device);
    let connection = rusqlite::Connection::open(device.folder.path().join("consent.db")).unwrap();
    connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; CREATE TABLE other (a)").unwrap();
    let began = Instant::now();
    let refused = Consent::open(device.options()).map(drop);
    assert!(began.elapsed() < IN_TIME, "{:?}", began.elapsed());
    let Err(Error::StoreUnavailable { reason, .. }) = refused else { panic!("{refused:?}") };
    assert!(reason.contains("another process holds it"), "{reason}");
    connection.execute_batch("ROLLBACK").unwrap();
}

#[test]
fn an_error_of_a_call_that_takes_nothing_away_says_what_happened_and_what_to_do() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let refusing = Refusing::every_write(device.folder.path());
    let Err(Error::StoreUnavailable { reason, .. }) = answer(&consent, &[ANALYTICS], &[]) else { panic!("expected StoreUnavailable") };
    assert!(reason.contains("nothing of this call was done") && reason.contains("make it again"), "{reason}");
    assert!(!consent.allows(ANALYTICS) && consent.unrecorded().is_empty());
    refusing.lift();
}

#[test]
fn the_error_of_a_form_that_the_policy_does_not_have_names_those_that_it_has() {
    let device = Device::new(Platform::Desktop);
    let Err(Error::Invalid { field, reason }) = device.open().questions("nowhere") else { panic!("expected Invalid") };
    assert_eq!(field, "surface");
    for form in &device.open().snapshot().policy.surfaces {
        assert!(reason.contains(form.as_str()), "{reason}");
    }
}

#[test]
fn f_31_a_fresh_file_that_another_process_reads_without_end_is_given_up_in_time() {
    let device = Device::new(Platform::Desktop);
    // An empty file has no log yet, and whoever reads it keeps it from being given one.
    let other = rusqlite::Connection::open(device.options().path).unwrap();
    other.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema").unwrap();
    let began = Instant::now();
    let opened = Consent::open(device.options());
    assert!(began.elapsed() < IN_TIME, "{:?}", began.elapsed());
    assert!(matches!(&opened, Err(Error::StoreUnavailable { reason, .. }) if reason.contains("another process")), "{:?}", opened.err());
    drop(other);
    assert!(Consent::open(device.options()).is_ok());
}
