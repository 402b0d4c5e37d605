//! A damaged file is no dead end: what can still be read is carried over, and no withdrawal among it is undone.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{fs, path::PathBuf, sync::Arc};

use consentkit::{
    client::{Consent, Options, Recovered},
    error::Error,
    ledger::Status,
    signal::Platform,
};
use rusqlite::Connection;
use serde_json::json;
use support::{
    Device, answer,
    edition::next_edition,
    loopback::{Host, LogIn, PlainTransport},
};

const EMAIL: &str = "marketing.email";
const SMS: &str = "marketing.sms";
const DATA_USE: &str = "marketing.data_use";
const MEMBER: &str = "acct_81";

fn file(device: &Device, name: &str) -> PathBuf {
    device.folder.path().join(name)
}

fn options(device: &Device) -> Options {
    Options { marker: Some(file(device, "marker")), ..device.options() }
}

/// A phone with two grants, of which one was withdrawn, and a refusal.
fn phone() -> Device {
    let device = Device::new(Platform::Desktop);
    let consent = Consent::open(options(&device)).unwrap();
    answer(&consent, &[DATA_USE, EMAIL], &[SMS]).unwrap();
    consent.withdraw(&[EMAIL]).unwrap();
    consent.shutdown().unwrap();
    device
}

fn edit(device: &Device, sql: &str) {
    let edited = Connection::open(file(device, "consent.db")).unwrap().execute(sql, []).unwrap();
    assert!(edited >= 1, "{sql}");
}

fn recovered(device: &Device) -> Recovered {
    let opened = Consent::open(options(device));
    assert!(matches!(opened, Err(Error::Damaged { .. } | Error::NotADatabase)), "{:?}", opened.err());
    Consent::recover(&options(device)).unwrap()
}

fn status(consent: &Consent, purpose: &str) -> Status {
    consent.snapshot().answers.get(purpose).map_or(Status::NotAnswered, |answer| answer.status)
}

#[test]
fn f_27_a_file_whose_state_was_altered_is_recovered_with_every_record() {
    let device = phone();
    edit(&device, "UPDATE state SET value = replace(value, 'withdrawn', 'granted') WHERE value LIKE '%withdrawn%'");
    let saved = recovered(&device);
    assert_eq!((saved.records, saved.lost, saved.noes), (6, 0, 2), "{saved:?}");
    assert!(saved.aside.exists(), "the damaged file is kept");
    let consent = Consent::open(options(&device)).unwrap();
    assert_eq!((status(&consent, EMAIL), status(&consent, SMS)), (Status::Withdrawn, Status::Refused));
    assert!(!consent.allows(DATA_USE) && consent.verify().unwrap().ok);
    assert!(consent.rolled_back().is_some(), "the app is told");
    let waiting = consent.pending().unwrap();
    let noes: Vec<&str> = waiting.iter().filter(|change| change.lowers).map(|change| change.purpose.as_str()).collect();
    assert_eq!(noes, [SMS, EMAIL]);
    answer(&consent, &[DATA_USE], &[]).unwrap();
    assert!(consent.allows(DATA_USE));
    consent.shutdown().unwrap();
    let again = Consent::open(options(&device)).unwrap();
    assert!(again.allows(DATA_USE), "it was recovered once, and goes on");
}

#[test]
fn f_27_of_a_ledger_that_breaks_everything_before_the_break_is_kept() {
    for (broken, kept) in [(6, 5), (4, 3), (1, 0)] {
        let device = phone();
        edit(&device, &format!("UPDATE ledger SET body = zeroblob(length(body)) WHERE seq = {broken}"));
        // A record that was altered is found where it is read; the state beside it, when the file is opened.
        edit(&device, "UPDATE state SET value = value || ' ' WHERE value LIKE '%granted%' OR key = 0");
        let saved = recovered(&device);
        assert_eq!((saved.records, saved.lost), (kept, 6 - kept), "{saved:?}");
        let consent = Consent::open(options(&device)).unwrap();
        let told = consent.rolled_back().unwrap();
        assert_eq!(told.records, 6 - kept);
        assert!([DATA_USE, EMAIL, SMS].iter().all(|purpose| !consent.allows(purpose)));
        assert!(consent.verify().unwrap().ok, "{:?}", consent.verify().unwrap());
    }
}

#[test]
fn f_27_a_file_that_is_no_database_any_more_is_recovered_as_an_empty_one() {
    for bytes in [vec![7; 5000], vec![0; 16]] {
        let device = phone();
        fs::write(file(&device, "consent.db"), &bytes).unwrap();
        let saved = recovered(&device);
        assert_eq!((saved.records, saved.lost), (0, 6), "{saved:?}");
        assert_eq!(fs::read(&saved.aside).unwrap(), bytes, "it lies there as it was");
        let consent = Consent::open(options(&device)).unwrap();
        assert_eq!(consent.rolled_back().unwrap().records, 6);
        answer(&consent, &[DATA_USE], &[]).unwrap();
        assert!(consent.allows(DATA_USE));
    }
}

#[test]
fn f_27_where_the_policy_in_force_was_altered_the_one_that_the_app_ships_takes_its_place() {
    let device = phone();
    let consent = Consent::open(options(&device)).unwrap();
    consent.adopt_policy(&next_edition()).unwrap();
    consent.shutdown().unwrap();
    edit(&device, "UPDATE policy SET document = replace(document, '21:00', '23:00') WHERE document LIKE '%\"next\"%'");
    recovered(&device);
    let consent = Consent::open(options(&device)).unwrap();
    assert_ne!(consent.snapshot().policy.version, "next");
    assert_eq!(status(&consent, EMAIL), Status::Withdrawn);
    assert!(consent.adopt_policy(&next_edition()).is_ok(), "the later edition can be delivered again");
}

#[test]
fn f_27_what_is_not_damaged_is_left_alone() {
    let device = phone();
    let before = fs::read(file(&device, "consent.db")).unwrap();
    assert!(matches!(Consent::recover(&options(&device)), Err(Error::Invalid { field, .. }) if field == "path"));
    assert_eq!(fs::read(file(&device, "consent.db")).unwrap(), before);
    Connection::open(file(&device, "consent.db")).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    assert!(matches!(Consent::recover(&options(&device)), Err(Error::NewerStore { .. })));
    assert!(file(&device, "consent.db").exists());
}

#[test]
fn f_27_a_withdrawal_reaches_the_server_after_the_recovery_and_a_grant_counts_once_the_server_shows_it() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let open = || {
        let (transport, tokens) = (Some(Arc::new(PlainTransport) as _), Some(Arc::new(LogIn(host.clone())) as _));
        Consent::open(Options { server: Some(host.url()), transport, tokens, ..options(&device) })
    };
    let consent = open().unwrap();
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, EMAIL], &[]).unwrap();
    consent.sync(10_000).unwrap();
    consent.withdraw(&[EMAIL]).unwrap();
    consent.shutdown().unwrap();
    edit(&device, "UPDATE state SET value = value || ' ' WHERE key = 0");
    assert_eq!(recovered(&device).noes, 1);
    let consent = open().unwrap();
    assert!(!consent.snapshot().signed_in, "nobody is signed in after a recovery");
    consent.sync(10_000).unwrap();
    assert_eq!(host.status(MEMBER, EMAIL), "withdrawn", "{:?}", consent.stuck().unwrap());
    assert_eq!(host.status(MEMBER, DATA_USE), "granted");
    consent.sign_in(MEMBER).unwrap();
    consent.sync(10_000).unwrap();
    assert!(consent.allows(DATA_USE), "{:?}", consent.explain(DATA_USE).reasons);
    assert!(!consent.allows(EMAIL));
    host.web(MEMBER, json!({ "purpose": DATA_USE, "choice": "withdrawn" }));
    consent.sync(10_000).unwrap();
    assert!(!consent.allows(DATA_USE));
}
