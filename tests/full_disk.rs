//! A disk that is full, or that takes no writes at all: a no is recorded all the same, a yes is not, and the file opens.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(target_os = "linux")]

mod support;

use std::{fs, path::PathBuf, sync::Arc};

use consentkit::{
    client::{Answer, Consent, Options},
    decision::Reason,
    error::Error,
    signal::Signals,
};
use support::{
    FakeClock, INFLUENTIAL, NOON, answer,
    refusing::counts_in_memory,
    small_disk::{SmallDisk, on_a_small_disk},
};

const ANALYTICS: &str = "cookies.analytics";
const DATA_USE: &str = "marketing.data_use";
const EMAIL: &str = "marketing.email";
const SMS: &str = "marketing.sms";

fn options(disk: &SmallDisk) -> Options {
    let clock: Arc<FakeClock> = FakeClock::at(NOON);
    Options { clock, app_version: "1.0".into(), ..Options::new(disk.path().join("consent.db"), INFLUENTIAL) }
}

fn granted(disk: &SmallDisk) -> Consent {
    let consent = Consent::open(options(disk)).unwrap();
    consent.sign_in("acct_81").unwrap();
    answer(&consent, &[ANALYTICS, DATA_USE, EMAIL, SMS], &[]).unwrap();
    consent
}

/// Nothing was said that needs room: the log has some of its own, so a few grants may still find it.
fn takes_no_yes(consent: &Consent, purpose: &str) {
    let full = (0..1_000).find_map(|_| answer(consent, &[purpose], &[]).err()).expect("the disk is full");
    assert!(matches!(&full, Error::StoreUnavailable { reason, .. } if reason.contains("full")), "{full:?}");
}

/// The files of the ledger as they lie there while it is open.
fn files(disk: &SmallDisk) -> Vec<(PathBuf, Vec<u8>)> {
    let paths = fs::read_dir(disk.path()).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// Records one no after the other, for as long as the calls answer that it is on the disk.
fn noes(consent: &Consent, times: usize) -> usize {
    (0..times)
        .take_while(|_| {
            let shown = consent.questions("settings").unwrap().shown;
            consent.record(&shown, &[Answer::refuse("marketing.kakao")]).is_ok()
        })
        .count()
}

#[test]
fn f_28_a_full_disk_takes_every_kind_of_no_and_no_yes() {
    on_a_small_disk("f_28_a_full_disk_takes_every_kind_of_no_and_no_yes", |disk| {
        let consent = granted(disk);
        disk.fill();
        takes_no_yes(&consent, "marketing.push");
        consent.withdraw(&[EMAIL]).unwrap();
        answer(&consent, &[], &["marketing.kakao"]).unwrap();
        consent.report_signals(Signals { gpc: Some(true), ..Signals::default() }).unwrap();
        disk.fill();
        consent.sign_out().unwrap();
        assert_eq!(consent.unrecorded(), []);
        takes_no_yes(&consent, ANALYTICS);
        drop(consent);
        let consent = Consent::open(options(disk)).unwrap();
        assert!(consent.snapshot().signals.gpc == Some(true) && !consent.snapshot().signed_in);
        disk.clear();
        consent.sign_in("acct_81").unwrap();
        assert_eq!(consent.explain(EMAIL).reasons, [Reason::Withdrawn]);
        assert!(consent.verify().unwrap().ok);
        answer(&consent, &["marketing.push"], &[]).unwrap();
    });
}

#[test]
fn f_28_the_room_that_is_kept_takes_fifty_noes_and_is_made_again() {
    on_a_small_disk("f_28_the_room_that_is_kept_takes_fifty_noes_and_is_made_again", |disk| {
        let consent = granted(disk);
        for round in 0..3 {
            disk.fill();
            assert_eq!(noes(&consent, 50), 50, "round {round}");
            takes_no_yes(&consent, "marketing.push");
            disk.clear();
            answer(&consent, &["marketing.push"], &[]).unwrap();
        }
        assert!(consent.verify().unwrap().ok);
    });
}

#[test]
fn f_28_room_that_another_app_gives_back_is_kept_for_the_next_no_first() {
    on_a_small_disk("f_28_room_that_another_app_gives_back_is_kept_for_the_next_no_first", |disk| {
        let consent = granted(disk);
        disk.fill();
        let reserve = || fs::metadata(disk.path().join("consent.db-reserve")).unwrap().len();
        while reserve() > 128 * 1024 {
            assert_eq!(noes(&consent, 10), 10);
        }
        // A grant would fit into this, and the reserve would not be whole with it.
        disk.give_back(64 * 1024);
        let refused = answer(&consent, &["marketing.push"], &[]);
        assert!(matches!(&refused, Err(Error::StoreUnavailable { reason, .. }) if reason.contains("kept for refusals")), "{refused:?}");
        disk.fill();
        assert_eq!(noes(&consent, 20), 20, "the next noes have it");
    });
}

#[test]
fn f_28_a_no_beside_a_yes_is_recorded_and_the_yes_is_not() {
    on_a_small_disk("f_28_a_no_beside_a_yes_is_recorded_and_the_yes_is_not", |disk| {
        let consent = granted(disk);
        disk.fill();
        takes_no_yes(&consent, SMS);
        let refused = answer(&consent, &["marketing.push"], &[EMAIL]);
        assert!(matches!(&refused, Err(Error::StoreUnavailable { reason, .. }) if reason.contains("is recorded")), "{refused:?}");
        assert_eq!(consent.unrecorded(), [], "the no is on the disk");
        drop(consent);
        let consent = Consent::open(options(disk)).unwrap();
        assert_eq!(consent.explain(EMAIL).reasons, [Reason::Withdrawn]);
        assert!(!consent.allows("marketing.push") && consent.pending().unwrap().iter().any(|change| change.lowers));
    });
}

#[test]
fn f_28_a_file_that_was_closed_opens_on_a_full_disk_and_takes_a_withdrawal() {
    on_a_small_disk("f_28_a_file_that_was_closed_opens_on_a_full_disk_and_takes_a_withdrawal", |disk| {
        granted(disk).shutdown().unwrap();
        disk.fill();
        let consent = Consent::open(options(disk)).unwrap();
        assert!(consent.allows(EMAIL), "{:?}", consent.explain(EMAIL));
        consent.withdraw(&[EMAIL]).unwrap();
        consent.shutdown().unwrap();
        disk.fill();
        let consent = Consent::open(options(disk)).unwrap();
        assert_eq!(consent.explain(EMAIL).reasons, [Reason::Withdrawn]);
    });
}

#[test]
fn f_28_where_somebody_takes_the_reserve_too_the_file_opens_for_reading() {
    on_a_small_disk("f_28_where_somebody_takes_the_reserve_too_the_file_opens_for_reading", |disk| {
        granted(disk).shutdown().unwrap();
        for entry in fs::read_dir(disk.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|name| name != "db" && name != "db-watermark") {
                fs::remove_file(path).unwrap();
            }
        }
        disk.fill();
        let consent = Consent::open(options(disk)).unwrap();
        assert!(consent.allows(EMAIL) && consent.pending().unwrap().len() > 3 && consent.verify().unwrap().ok);
        counts_in_memory(consent.withdraw(&[EMAIL]));
        assert!(!consent.allows(EMAIL));
        disk.clear();
        consent.withdraw(&[SMS]).unwrap();
        assert_eq!(consent.unrecorded(), []);
        drop(consent);
        let consent = Consent::open(options(disk)).unwrap();
        assert!(!consent.allows(EMAIL) && !consent.allows(SMS) && consent.allows(ANALYTICS));
    });
}

#[test]
fn f_28_a_read_only_disk_opens_answers_and_says_that_it_cannot_write() {
    on_a_small_disk("f_28_a_read_only_disk_opens_answers_and_says_that_it_cannot_write", |disk| {
        // Closed in order, there is no log; and one that was not closed has one.
        for closed in [true, false] {
            let consent = granted(disk);
            let left = if closed { vec![] } else { files(disk) };
            consent.shutdown().unwrap();
            left.iter().for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
            disk.read_only(true);
            let consent = Consent::open(options(disk)).unwrap();
            assert!(consent.allows(EMAIL) && consent.allows(ANALYTICS), "closed {closed}");
            assert!(consent.questions("settings").is_ok() && consent.history(0, 10).is_ok() && consent.verify().unwrap().ok);
            assert!(matches!(answer(&consent, &[], &[]), Err(Error::Invalid { .. })));
            assert!(matches!(answer(&consent, &["marketing.push"], &[]), Err(Error::StoreUnavailable { .. })));
            counts_in_memory(consent.withdraw(&[EMAIL]));
            assert!(!consent.allows(EMAIL) && consent.allows(ANALYTICS), "closed {closed}");
            disk.read_only(false);
            consent.refresh().unwrap();
            consent.withdraw(&[SMS]).unwrap();
            assert_eq!(consent.unrecorded(), []);
            consent.shutdown().unwrap();
            assert!(!Consent::open(options(disk)).unwrap().allows(EMAIL), "closed {closed}");
        }
    });
}
