//! Records that were acknowledged and are gone: a log that was cut or altered, an older copy that was put back, a file that is empty. It is
//! told, nothing that was granted counts, and no withdrawal is made up.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{fs, path::PathBuf, sync::Arc};

use consentkit::{
    client::{Consent, Options, RolledBack},
    decision::Reason,
    error::Error,
    ledger::{AskAgain, Status},
    signal::Platform,
};
use support::{
    Device, NOON, answer,
    loopback::{Host, LogIn, PlainTransport},
};

const DATABASE: &str = "consent.db";
const LOG: &str = "consent.db-wal";
const WATERMARK: &str = "consent.db-watermark";
const EMAIL: &str = "marketing.email";
const DATA_USE: &str = "marketing.data_use";
const MEMBER: &str = "acct_81";

fn file(device: &Device, name: &str) -> PathBuf {
    device.folder.path().join(name)
}

/// The files of a device as they are now, in a folder of their own.
fn copy(device: &Device) -> Device {
    let copy = Device { clock: device.clock.clone(), ..Device::new(device.platform) };
    for name in [DATABASE, LOG, WATERMARK, "marker"] {
        if file(device, name).exists() {
            fs::copy(file(device, name), file(&copy, name)).unwrap();
        }
    }
    name_the_file(&copy);
    copy
}

/// Lets the marker of a copied folder name the database that lies there, since the copy stands for the same file at another time.
#[cfg(unix)]
fn name_the_file(device: &Device) {
    use std::os::unix::fs::MetadataExt;
    let database = fs::metadata(file(device, DATABASE)).unwrap();
    let marker = fs::read_to_string(file(device, "marker")).unwrap();
    let (install, _) = marker.split_once('\n').unwrap();
    fs::write(file(device, "marker"), format!("{install}\n{} {}", database.ino(), database.dev())).unwrap();
}

#[cfg(not(unix))]
fn name_the_file(_: &Device) {}

fn with_marker(device: &Device) -> Options {
    Options { marker: Some(file(device, "marker")), ..device.options() }
}

/// A device on which two purposes were granted in an earlier run, and one of them was withdrawn in this one. The app still runs, so the
/// withdrawal is in the write-ahead log.
fn withdrawn() -> (Device, Consent) {
    let device = Device::new(Platform::Desktop);
    let consent = Consent::open(with_marker(&device)).unwrap();
    answer(&consent, &[DATA_USE, EMAIL], &[]).unwrap();
    consent.shutdown().unwrap();
    device.clock.advance(1_000);
    let consent = Consent::open(with_marker(&device)).unwrap();
    assert!(consent.allows(EMAIL));
    consent.withdraw(&[EMAIL]).unwrap();
    (device, consent)
}

/// Opens what is left, and fails where the withdrawal is gone and nothing says so.
fn is_kept_or_told(device: &Device, what: &str) -> Option<RolledBack> {
    let consent = match Consent::open(with_marker(device)) {
        Ok(consent) => consent,
        Err(Error::Damaged { .. } | Error::NotADatabase) => return None,
        Err(other) => panic!("{what}: {other}"),
    };
    assert!(!consent.allows(EMAIL), "{what}: the withdrawal is undone");
    let rolled_back = consent.rolled_back();
    if rolled_back.is_some() {
        assert!(!consent.allows(DATA_USE), "{what}: a grant counts though records are lost");
        assert_ne!(consent.snapshot().answers.get(DATA_USE).map(|answer| answer.status), Some(Status::Withdrawn), "{what}: made up");
        assert!(consent.verify().unwrap().ok, "{what}");
    } else {
        let seen = &consent.snapshot().answers[EMAIL];
        assert_eq!(seen.status, Status::Withdrawn, "{what}: it is gone without a word");
    }
    rolled_back
}

#[test]
fn f_24_a_withdrawal_that_a_cut_log_took_away_is_told() {
    let (device, _running) = withdrawn();
    let length = fs::metadata(file(&device, LOG)).unwrap().len();
    let mut told = 0;
    for keep in (0..length).step_by(501) {
        let left = copy(&device);
        fs::OpenOptions::new().write(true).open(file(&left, LOG)).unwrap().set_len(keep).unwrap();
        told += usize::from(is_kept_or_told(&left, &format!("cut to {keep} of {length} bytes")).is_some());
    }
    assert!(told > 10, "{told}");
    let left = copy(&device);
    fs::remove_file(file(&left, LOG)).unwrap();
    let told = is_kept_or_told(&left, "no log at all").unwrap();
    assert_eq!(told.records, 1, "{told:?}");
    assert_eq!(told.since, Some(NOON), "{told:?}");
    assert!(is_kept_or_told(&copy(&device), "untouched").is_none());
}

#[test]
fn f_24_a_withdrawal_that_a_flipped_bit_of_the_log_took_away_is_told() {
    let (device, _running) = withdrawn();
    let log = fs::read(file(&device, LOG)).unwrap();
    let mut told = 0;
    for at in (0..log.len()).step_by(97) {
        let left = copy(&device);
        let mut altered = log.clone();
        altered[at] ^= 1 << (at % 8);
        fs::write(file(&left, LOG), altered).unwrap();
        told += usize::from(is_kept_or_told(&left, &format!("a bit of byte {at} flipped")).is_some());
    }
    assert!(told > 50, "{told}");
}

#[test]
fn f_24_without_the_watermark_the_same_cut_would_go_unseen() {
    let (device, _running) = withdrawn();
    let left = copy(&device);
    fs::remove_file(file(&left, LOG)).unwrap();
    fs::remove_file(file(&left, WATERMARK)).unwrap();
    let consent = Consent::open(with_marker(&left)).unwrap();
    assert!(consent.allows(EMAIL) && consent.rolled_back().is_none(), "what the tests beside this one guard against");
}

#[test]
fn f_24_an_older_copy_that_is_put_back_is_told() {
    let (device, running) = withdrawn();
    running.shutdown().unwrap();
    let older = copy(&device);
    let consent = Consent::open(with_marker(&device)).unwrap();
    answer(&consent, &[EMAIL, "marketing.sms"], &[]).unwrap();
    consent.withdraw(&[EMAIL, "marketing.sms"]).unwrap();
    consent.shutdown().unwrap();
    fs::copy(file(&older, DATABASE), file(&device, DATABASE)).unwrap();
    let told = is_kept_or_told(&device, "an older copy").unwrap();
    assert_eq!(told.records, 4);
    // It is told once: what is written after it is whole.
    let again = Consent::open(with_marker(&device)).unwrap();
    assert_eq!(again.rolled_back(), Some(told));
    assert_eq!(again.explain(DATA_USE).reasons, [Reason::AskAgain { cause: AskAgain::Restored }]);
    let kinds: Vec<String> = again.history(0, 1000).unwrap().into_iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "rolled_back").count(), 1, "{kinds:?}");
    answer(&again, &[DATA_USE], &[]).unwrap();
    assert!(again.allows(DATA_USE), "a new answer counts");
}

#[test]
fn f_24_a_ledger_that_went_on_from_an_older_copy_is_not_the_one_that_came_so_far() {
    let (device, running) = withdrawn();
    running.shutdown().unwrap();
    let other = copy(&device);
    let consent = Consent::open(with_marker(&device)).unwrap();
    consent.withdraw(&[DATA_USE]).unwrap();
    consent.shutdown().unwrap();
    let consent = Consent::open(with_marker(&other)).unwrap();
    for _ in 0..3 {
        answer(&consent, &[EMAIL], &[]).unwrap();
    }
    consent.shutdown().unwrap();
    fs::copy(file(&other, DATABASE), file(&device, DATABASE)).unwrap();
    assert_eq!(is_kept_or_told(&device, "another ledger").unwrap().records, 0);
}

#[test]
fn f_29_an_empty_or_missing_file_beside_a_watermark_does_not_begin_anew_in_silence() {
    for left_of_it in [None, Some(vec![]), Some(vec![0])] {
        let (device, running) = withdrawn();
        running.shutdown().unwrap();
        match &left_of_it {
            None => fs::remove_file(file(&device, DATABASE)).unwrap(),
            Some(bytes) => fs::write(file(&device, DATABASE), bytes).unwrap(),
        }
        match Consent::open(with_marker(&device)) {
            Ok(consent) => {
                let told = consent.rolled_back().unwrap_or_else(|| panic!("{left_of_it:?}: it begins anew in silence"));
                assert_eq!((told.records, told.since), (5, None));
                assert!(!consent.allows(DATA_USE) && !consent.allows(EMAIL) && consent.verify().unwrap().ok);
            }
            Err(error) => assert!(matches!(error, Error::NotADatabase | Error::Damaged { .. }), "{left_of_it:?}: {error}"),
        }
    }
}

#[test]
fn f_24_a_grant_counts_again_once_the_server_shows_it_and_a_lost_withdrawal_that_it_knows_is_heard() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let open = || {
        let (transport, tokens) = (Some(Arc::new(PlainTransport) as _), Some(Arc::new(LogIn(host.clone())) as _));
        Consent::open(Options { server: Some(host.url()), transport, tokens, ..with_marker(&device) }).unwrap()
    };
    let consent = open();
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, EMAIL], &[]).unwrap();
    consent.sync(10_000).unwrap();
    consent.shutdown().unwrap();
    let older = copy(&device);
    let consent = open();
    consent.withdraw(&[EMAIL]).unwrap();
    consent.sync(10_000).unwrap();
    consent.shutdown().unwrap();
    fs::copy(file(&older, DATABASE), file(&device, DATABASE)).unwrap();
    let consent = open();
    assert!(consent.rolled_back().is_some() && !consent.allows(DATA_USE));
    consent.sync(10_000).unwrap();
    assert!(consent.allows(DATA_USE), "{:?}", consent.explain(DATA_USE).reasons);
    assert_eq!(consent.snapshot().answers[EMAIL].status, Status::Withdrawn);
    assert_eq!((host.status(MEMBER, EMAIL), host.status(MEMBER, DATA_USE)), ("withdrawn".to_owned(), "granted".to_owned()));
}
