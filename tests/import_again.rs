//! A row of an older store that an app brings at every start counts once: never again, for nobody else, whatever happens in between.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use consentkit::{
    client::{Consent, ImportChoice, Options},
    ledger::ChoiceKind,
    signal::Platform,
};
use support::{
    Device, NOON, answer,
    loopback::{Host, LogIn, PlainTransport},
    older_store::{COOKIES, DATA_USE, DAY, HOUR, MARCH_2024, MINUTE, codes, no, row, taken, yes},
};

/// What happens to an app between two starts at which it imports.
type Between = fn(&Device, Consent) -> Consent;

/// With its name.
type Named = (&'static str, Between);

fn options(device: &Device) -> Options {
    Options { marker: Some(device.folder.path().join("marker")), ..device.options() }
}

/// What an app meets with, beside whether somebody else is in front of the screen afterwards.
fn what_happens() -> Vec<Named> {
    let reopened: Between = |device, consent| {
        consent.shutdown().unwrap();
        Consent::open(options(device)).unwrap()
    };
    let signed_out: Between = |_, consent| {
        consent.sign_in("acct_81").unwrap();
        consent.sign_out().unwrap();
        consent
    };
    let signed_in: Between = |_, consent| {
        consent.sign_in("acct_81").unwrap();
        consent.sign_in("acct_82").unwrap();
        consent
    };
    let restored: Between = |device, consent| {
        consent.shutdown().unwrap();
        std::fs::write(device.folder.path().join("marker"), "of another phone").unwrap();
        Consent::open(options(device)).unwrap()
    };
    vec![("reopened", reopened), ("signed out", signed_out), ("signed in", signed_in), ("restored", restored)]
}

/// Each of them, and after it the one that stands next to it.
fn pairs() -> Vec<(Named, Named)> {
    let (all, mut next) = (what_happens(), what_happens());
    next.rotate_left(1);
    all.into_iter().zip(next).collect()
}

#[test]
fn f_4_a_row_that_was_brought_changes_nothing_whoever_comes_next() {
    let dates = [None, Some(MARCH_2024), Some(NOON + HOUR)];
    for purpose in [DATA_USE, COOKIES] {
        for (choice, at) in [ChoiceKind::Granted, ChoiceKind::Withdrawn].into_iter().flat_map(|choice| dates.map(|at| (choice, at))) {
            for answered in [None, Some(true), Some(false)] {
                for ((first, before), (then, after)) in pairs() {
                    let told = format!("{purpose} {choice:?} {at:?}, answered {answered:?}, {first}, {then}");
                    let device = Device::new(Platform::Desktop);
                    let consent = Consent::open(options(&device)).unwrap();
                    if answered == Some(false) {
                        answer(&consent, &[], &[purpose]).unwrap();
                    }
                    let rows = [ImportChoice { purpose: purpose.into(), ..row(choice, at) }];
                    consent.import(&rows).unwrap();
                    device.clock.advance(MINUTE);
                    if answered == Some(true) {
                        answer(&consent, &[purpose], &[]).unwrap();
                    }
                    let mut consent = consent;
                    for happens in [before, after] {
                        consent = happens(&device, consent);
                        let standing = consent.snapshot().answers.get(purpose).cloned();
                        let records = consent.verify().unwrap().records;
                        let receipt = consent.import(&rows).unwrap();
                        assert_eq!(taken(&receipt), (0, 1), "{told}");
                        assert!(consent.snapshot().answers.get(purpose).cloned() == standing, "{told}");
                        assert_eq!(consent.verify().unwrap().records, records, "{told}");
                    }
                    assert!(consent.verify().unwrap().ok, "{told}");
                }
            }
        }
    }
}

#[test]
fn f_4_an_old_no_that_is_imported_at_every_start_takes_no_newer_yes_of_the_account_away() {
    let rows = [ImportChoice { purpose: DATA_USE.into(), ..no(MARCH_2024) }];
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let tokens = Some(Arc::new(LogIn(host.clone())) as _);
    let (server, transport) = (Some(host.url()), Some(Arc::new(PlainTransport) as _));
    let consent = Consent::open(Options { server, transport, tokens, ..device.options() }).unwrap();
    consent.sign_in("acct_81").unwrap();
    consent.import(&rows).unwrap();
    device.clock.advance(MINUTE);
    answer(&consent, &[DATA_USE], &[]).unwrap();
    consent.sync(10_000).unwrap();
    for _ in 0..2 {
        consent.sign_out().unwrap();
        assert_eq!(taken(&consent.import(&rows).unwrap()), (0, 1));
        consent.sign_in("acct_81").unwrap();
        consent.sync(10_000).unwrap();
        assert!(consent.allows(DATA_USE), "{:?}", codes(&consent, DATA_USE));
        assert_eq!(host.status("acct_81", DATA_USE), "granted");
    }
}

#[test]
fn f_4_a_yes_that_was_imported_for_one_person_is_not_given_to_the_next() {
    let rows = [ImportChoice { purpose: DATA_USE.into(), ..yes(MARCH_2024) }];
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    consent.sign_in("acct_81").unwrap();
    consent.import(&rows).unwrap();
    assert!(consent.allows(DATA_USE));
    consent.sign_out().unwrap();
    consent.import(&rows).unwrap();
    consent.sign_in("acct_82").unwrap();
    assert_eq!(codes(&consent, DATA_USE), ["not_answered"]);
    // Nor is one that changed nothing when it was brought, since the person had said no here.
    let refused = Device::new(Platform::Desktop);
    let consent = refused.open();
    answer(&consent, &[], &[DATA_USE]).unwrap();
    consent.import(&rows).unwrap();
    consent.sign_in("acct_81").unwrap();
    consent.sign_out().unwrap();
    consent.import(&rows).unwrap();
    consent.sign_in("acct_82").unwrap();
    assert_eq!(codes(&consent, DATA_USE), ["not_answered"]);
}

#[test]
fn f_4_every_date_is_a_row_of_its_own_also_outside_the_years_that_can_be_written() {
    let ends = [i64::MIN, -62_167_219_200_001, 253_402_300_800_000, i64::MAX - 1, i64::MAX];
    for purpose in [DATA_USE, COOKIES] {
        for (first, second) in
            ends.into_iter().flat_map(|first| ends.map(|second| (first, second))).filter(|(first, second)| first != second)
        {
            let told = format!("{purpose} {first} {second}");
            let device = Device::new(Platform::Desktop);
            let consent = device.open();
            let of = |at: i64| [ImportChoice { purpose: purpose.into(), ..no(at) }];
            consent.import(&of(first)).unwrap();
            let records = consent.verify().unwrap().records;
            assert_eq!(taken(&consent.import(&of(second)).unwrap()), if second > first { (1, 0) } else { (0, 1) }, "{told}");
            assert_eq!(consent.verify().unwrap().records, records + 1, "{told}: it is remembered");
            answer(&consent, &[purpose], &[]).unwrap();
            let records = consent.verify().unwrap().records;
            for row in [of(first), of(second)] {
                assert_eq!(taken(&consent.import(&row).unwrap()), (0, 1), "{told}");
            }
            assert_eq!(consent.verify().unwrap().records, records, "{told}");
            assert!(consent.allows(purpose) && consent.verify().unwrap().ok, "{told}");
        }
        let device = Device::new(Platform::Desktop);
        let consent = device.open();
        for at in ends.into_iter().filter(|at| *at > NOON) {
            answer(&consent, &[purpose], &[]).unwrap();
            assert_eq!(taken(&consent.import(&[ImportChoice { purpose: purpose.into(), ..no(at) }]).unwrap()), (1, 0), "{at}");
            assert!(!consent.allows(purpose), "{at}");
        }
    }
}

#[test]
fn f_4_past_the_bound_of_what_is_remembered_a_no_may_come_again_and_a_yes_never() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let dated = |choice: ChoiceKind, at: i64| [row(choice, Some(at))];
    for index in 0..230 {
        consent.import(&dated(ChoiceKind::Granted, MARCH_2024 + index)).unwrap();
    }
    let last_taken = consent.snapshot().answers[COOKIES].at;
    assert_eq!(last_taken, MARCH_2024 + 199, "past 200 no other yes is taken");
    // What was not taken is not taken for anybody else either, and no row of the first 200 was forgotten.
    consent.sign_in("acct_81").unwrap();
    let records = consent.verify().unwrap().records;
    for index in (0..230).rev() {
        assert_eq!(taken(&consent.import(&dated(ChoiceKind::Granted, MARCH_2024 + index)).unwrap()), (0, 1), "{index}");
    }
    assert_eq!(consent.verify().unwrap().records, records);
    for index in 0..230 {
        assert_eq!(taken(&consent.import(&dated(ChoiceKind::Refused, NOON + DAY + index)).unwrap()), (1, 0), "{index}");
    }
    // However many noes there are, none lets a yes come back, and the newest 200 of them are known.
    answer(&consent, &[COOKIES], &[]).unwrap();
    for index in 30..230 {
        assert_eq!(taken(&consent.import(&dated(ChoiceKind::Refused, NOON + DAY + index)).unwrap()), (0, 1), "{index}");
    }
    assert!(consent.allows(COOKIES));
    assert_eq!(taken(&consent.import(&dated(ChoiceKind::Refused, NOON + DAY)).unwrap()), (1, 0), "one that was forgotten is a no again");
    for index in 0..230 {
        consent.import(&dated(ChoiceKind::Granted, MARCH_2024 + index)).unwrap();
        assert!(!consent.allows(COOKIES), "{index}");
    }
    assert!(consent.verify().unwrap().ok);
}
