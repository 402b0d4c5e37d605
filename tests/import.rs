//! Consents of an older store: the latest answer of a source wins, a later no always does, and twice does no more than once.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use consentkit::{
    client::{Consent, ImportChoice, Options},
    ledger::{ChoiceKind, Status},
    signal::Platform,
};
use proptest::{collection::vec, prelude::*, sample::select};
use support::{
    Device, NOON, answer,
    loopback::{Host, LogIn, PlainTransport},
    older_store::{COOKIES, DATA_USE, DAY, HOUR, MARCH_2024, MINUTE, codes, no, row, taken, yes},
};

#[test]
fn f_4_a_later_no_wins_over_an_earlier_imported_yes() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    assert_eq!(taken(&consent.import(&[yes(MARCH_2024)]).unwrap()), (1, 0));
    assert!(consent.allows(COOKIES));
    assert_eq!(taken(&consent.import(&[no(MARCH_2024 + DAY)]).unwrap()), (1, 0));
    assert_eq!(codes(&consent, COOKIES), ["withdrawn"]);
    assert_eq!(taken(&consent.import(&[yes(MARCH_2024)]).unwrap()), (0, 1), "the earlier yes comes too late");
    assert_eq!(codes(&consent, COOKIES), ["withdrawn"]);
}

#[test]
fn f_4_of_several_rows_of_one_purpose_the_latest_wins_in_whatever_order_they_come() {
    let (earlier, later) = (MARCH_2024, MARCH_2024 + DAY);
    for (rows, status) in [
        ([yes(earlier), no(later)], Status::Withdrawn),
        ([no(later), yes(earlier)], Status::Withdrawn),
        ([no(earlier), yes(later)], Status::Granted),
        ([yes(later), no(earlier)], Status::Granted),
        ([yes(later), no(later)], Status::Withdrawn),
        ([no(later), yes(later)], Status::Withdrawn),
        ([row(ChoiceKind::Granted, None), yes(earlier)], Status::Granted),
        ([yes(earlier), row(ChoiceKind::Granted, None)], Status::Granted),
    ] {
        let device = Device::new(Platform::Desktop);
        let consent = device.open();
        assert_eq!(taken(&consent.import(&rows).unwrap()), (1, 0), "{rows:?}");
        assert_eq!(consent.snapshot().answers[COOKIES].status, status, "{rows:?}");
        assert_eq!(consent.allows(COOKIES), status == Status::Granted, "{rows:?}");
        let pending = consent.pending().unwrap().len();
        assert_eq!(taken(&consent.import(&rows).unwrap()), (0, 1), "twice does no more than once");
        assert_eq!(consent.pending().unwrap().len(), pending);
    }
}

#[test]
fn f_4_an_import_without_a_date_is_replaced_by_one_with_a_date_here_and_on_the_server() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let tokens = Some(Arc::new(LogIn(host.clone())) as _);
    let (server, transport) = (Some(host.url()), Some(Arc::new(PlainTransport) as _));
    let consent = Consent::open(Options { server, transport, tokens, ..device.options() }).unwrap();
    consent.sign_in("acct_81").unwrap();
    let of_data_use = |row: ImportChoice| ImportChoice { purpose: DATA_USE.into(), ..row };
    consent.import(&[of_data_use(row(ChoiceKind::Granted, None))]).unwrap();
    consent.sync(10_000).unwrap();
    assert_eq!(codes(&consent, DATA_USE), ["ask_again:undated"]);
    assert_eq!(taken(&consent.import(&[of_data_use(yes(MARCH_2024))]).unwrap()), (1, 0));
    assert!(consent.allows(DATA_USE));
    assert_eq!(consent.sync(10_000).unwrap().pending, 0);
    assert!(consent.allows(DATA_USE), "{:?}", codes(&consent, DATA_USE));
    assert_eq!(consent.snapshot().answers[DATA_USE].at, MARCH_2024);
    // And a later yes of the source over its earlier no.
    consent.import(&[of_data_use(no(MARCH_2024 + DAY))]).unwrap();
    consent.sync(10_000).unwrap();
    assert_eq!(host.status("acct_81", DATA_USE), "withdrawn");
    consent.import(&[of_data_use(yes(MARCH_2024 + 2 * DAY))]).unwrap();
    assert!(consent.allows(DATA_USE), "{:?}", codes(&consent, DATA_USE));
    assert_eq!(consent.sync(10_000).unwrap().pending, 0);
    assert_eq!(host.status("acct_81", DATA_USE), "granted");
    assert!(consent.allows(DATA_USE), "{:?}", codes(&consent, DATA_USE));
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_4_a_later_yes_of_the_source_does_not_pass_a_no_that_it_did_not_say() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let tokens = Some(Arc::new(LogIn(host.clone())) as _);
    let (server, transport) = (Some(host.url()), Some(Arc::new(PlainTransport) as _));
    let consent = Consent::open(Options { server, transport, tokens, ..device.options() }).unwrap();
    consent.sign_in("acct_81").unwrap();
    let of_data_use = |row: ImportChoice| ImportChoice { purpose: DATA_USE.into(), ..row };
    consent.import(&[of_data_use(no(MARCH_2024))]).unwrap();
    consent.sync(10_000).unwrap();
    host.web("acct_81", serde_json::json!({ "purpose": DATA_USE, "choice": "withdrawn", "method": "web", "actor": "self" }));
    consent.import(&[of_data_use(yes(MARCH_2024 + DAY))]).unwrap();
    consent.sync(10_000).unwrap();
    assert_eq!(host.status("acct_81", DATA_USE), "withdrawn");
    assert!(!consent.allows(DATA_USE));
}

#[test]
fn f_4_a_no_is_imported_whatever_the_clock_says() {
    for clock in [i64::MIN, -DAY, 0, 1, MARCH_2024, NOON, i64::MAX] {
        for at in [Some(MARCH_2024 + DAY), Some(0), Some(i64::MAX), Some(i64::MIN), None] {
            let device = Device::new(Platform::Desktop);
            device.clock.set(clock);
            let consent = device.open();
            let receipt = consent.import(&[row(ChoiceKind::Refused, at)]).unwrap();
            assert_eq!(taken(&receipt), (1, 0), "{clock} {at:?}");
            assert_eq!(codes(&consent, COOKIES), ["refused"], "{clock} {at:?}");
            assert!(consent.verify().unwrap().ok);
        }
    }
    let device = Device::new(Platform::Desktop);
    device.clock.set(0);
    let consent = device.open();
    assert_eq!(taken(&consent.import(&[yes(MARCH_2024), no(MARCH_2024 + DAY)]).unwrap()), (1, 0), "beside a yes, too");
    assert_eq!(codes(&consent, COOKIES), ["withdrawn"]);
}

#[test]
fn f_4_an_answer_given_here_beats_every_imported_yes_and_yields_to_a_later_no() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[COOKIES], &["cookies.marketing"]).unwrap();
    assert_eq!(taken(&consent.import(&[no(MARCH_2024)]).unwrap()), (0, 1), "an earlier no");
    assert_eq!(taken(&consent.import(&[row(ChoiceKind::Refused, None)]).unwrap()), (0, 1), "a no of no date");
    assert!(consent.allows(COOKIES));
    let marketing = ImportChoice { purpose: "cookies.marketing".into(), ..yes(NOON + 1) };
    assert_eq!(taken(&consent.import(&[marketing]).unwrap()), (0, 1), "a later yes");
    assert_eq!(codes(&consent, "cookies.marketing"), ["refused"]);
    assert_eq!(taken(&consent.import(&[no(NOON + 1)]).unwrap()), (1, 0), "a later no");
    assert_eq!(codes(&consent, COOKIES), ["withdrawn"]);
    assert_eq!(taken(&consent.import(&[no(NOON + 1)]).unwrap()), (0, 1));
}

/// Any write records which dates cannot be by the present clock.
fn notice_dates(consent: &Consent) {
    consent.withdraw(&["cookies.marketing"]).unwrap();
}

/// What an app does that imports at every start: the row was brought before, so nothing changes.
fn brought_again_changes_nothing(consent: &Consent, rows: &[ImportChoice], told: &str) {
    notice_dates(consent);
    let (standing, records) = (consent.snapshot().answers[COOKIES].clone(), consent.verify().unwrap().records);
    let pending = consent.pending().unwrap().len();
    assert_eq!(taken(&consent.import(rows).unwrap()), (0, 1), "{told}");
    assert!(consent.snapshot().answers[COOKIES] == standing, "{told}: what stands");
    assert_eq!(consent.verify().unwrap().records, records, "{told}: nothing is recorded");
    assert_eq!(consent.pending().unwrap().len(), pending, "{told}");
}

#[test]
fn f_4_a_no_that_was_brought_before_takes_no_later_yes_away_whatever_its_date() {
    for choice in [ChoiceKind::Refused, ChoiceKind::Withdrawn] {
        for at in [NOON + 1, NOON + HOUR, NOON + DAY, NOON + 365 * DAY, i64::MAX] {
            for yes_given_at in [NOON + MINUTE, NOON - DAY, 0, MARCH_2024] {
                let told = format!("{choice:?} {at} {yes_given_at}");
                let device = Device::new(Platform::Desktop);
                let consent = device.open();
                let rows = [row(choice, Some(at))];
                assert_eq!(taken(&consent.import(&rows).unwrap()), (1, 0), "{told}");
                device.clock.set(yes_given_at);
                answer(&consent, &[COOKIES], &[]).unwrap();
                assert!(consent.allows(COOKIES));
                for later in [NOON + 2 * MINUTE, NOON, 0, NOON + 400 * DAY] {
                    device.clock.set(later);
                    brought_again_changes_nothing(&consent, &rows, &told);
                    assert!(consent.allows(COOKIES), "{told}");
                }
                drop(consent);
                brought_again_changes_nothing(&device.open(), &rows, &told);
            }
        }
    }
}

#[test]
fn f_4_a_no_that_was_brought_and_changed_nothing_takes_no_later_yes_away_either() {
    let ahead = no(NOON + DAY);
    type Before = fn(&Consent);
    let before: [(&str, Before, &[ImportChoice]); 3] = [
        ("refused here", |consent| answer(consent, &[], &[COOKIES]).unwrap(), &[]),
        ("a later no of the store", |consent| drop(consent.import(&[no(NOON + 2 * DAY)]).unwrap()), &[]),
        ("a later row of the same call", |_| {}, &[no(NOON + 2 * DAY)]),
    ];
    for (told, prepare, beside) in before {
        let device = Device::new(Platform::Desktop);
        let consent = device.open();
        prepare(&consent);
        let rows = [std::slice::from_ref(&ahead), beside].concat();
        consent.import(&rows).unwrap();
        assert!(!consent.allows(COOKIES), "{told}");
        device.clock.advance(MINUTE);
        answer(&consent, &[COOKIES], &[]).unwrap();
        device.clock.advance(MINUTE);
        brought_again_changes_nothing(&consent, &rows, told);
        brought_again_changes_nothing(&consent, std::slice::from_ref(&ahead), told);
        assert!(consent.allows(COOKIES), "{told}");
        let news = [no(NOON + 3 * DAY)];
        assert_eq!(taken(&consent.import(&news).unwrap()), (1, 0), "{told}: a later no of another date is news");
        assert!(!consent.allows(COOKIES) && consent.verify().unwrap().ok, "{told}");
    }
}

#[test]
fn f_4_a_no_that_was_brought_before_is_known_again_after_a_sign_in_and_a_sync() {
    let rows = [ImportChoice { purpose: DATA_USE.into(), ..no(NOON + DAY) }];
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let tokens = Some(Arc::new(LogIn(host.clone())) as _);
    let (server, transport) = (Some(host.url()), Some(Arc::new(PlainTransport) as _));
    let consent = Consent::open(Options { server, transport, tokens, ..device.options() }).unwrap();
    consent.import(&rows).unwrap();
    device.clock.advance(MINUTE);
    answer(&consent, &[DATA_USE], &[]).unwrap();
    consent.sign_in("acct_81").unwrap();
    assert_eq!(taken(&consent.import(&rows).unwrap()), (0, 1));
    assert!(consent.allows(DATA_USE), "{:?}", codes(&consent, DATA_USE));
    consent.sync(10_000).unwrap();
    assert_eq!(taken(&consent.import(&rows).unwrap()), (0, 1), "synchronised");
    assert!(consent.allows(DATA_USE), "{:?}", codes(&consent, DATA_USE));
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_4_a_yes_that_was_brought_before_is_not_brought_anew_by_a_clock_that_fell_back() {
    for clock in [0, -DAY, MARCH_2024 - DAY] {
        let device = Device::new(Platform::Desktop);
        let consent = device.open();
        let rows = [yes(MARCH_2024)];
        assert_eq!(taken(&consent.import(&rows).unwrap()), (1, 0));
        for now in [clock, NOON, clock] {
            device.clock.set(now);
            notice_dates(&consent);
            let records = consent.verify().unwrap().records;
            if now >= MARCH_2024 || now <= 0 {
                assert_eq!(taken(&consent.import(&rows).unwrap()), (0, 1), "{clock} {now}");
            }
            assert_eq!(consent.verify().unwrap().records, records, "{clock} {now}");
        }
    }
}

#[test]
fn f_4_each_later_yes_of_the_source_passes_the_no_that_it_said_before() {
    for last in [MARCH_2024 + 2, MARCH_2024 + DAY] {
        let rows = [no(MARCH_2024), yes(MARCH_2024 + 1), yes(last)];
        let device = Device::new(Platform::Desktop);
        let consent = device.open();
        rows.iter().for_each(|row| drop(consent.import(std::slice::from_ref(row)).unwrap()));
        assert!(consent.allows(COOKIES), "{:?}", codes(&consent, COOKIES));
    }
}

#[test]
fn f_4_another_source_choice_or_date_is_another_row() {
    let rows = [
        no(NOON + DAY),
        no(NOON + DAY + 1),
        row(ChoiceKind::Refused, Some(NOON + DAY)),
        ImportChoice { source: "other-app".into(), ..no(NOON + DAY) },
    ];
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    for row in &rows {
        assert_eq!(taken(&consent.import(std::slice::from_ref(row)).unwrap()), (1, 0), "{row:?}");
        answer(&consent, &[COOKIES], &[]).unwrap();
    }
    brought_again_changes_nothing(&consent, &rows, "all of them");
    assert!(consent.allows(COOKIES));
}

fn any_row() -> impl Strategy<Value = ImportChoice> {
    let choice = select(vec![ChoiceKind::Granted, ChoiceKind::Refused, ChoiceKind::Withdrawn]);
    let at = select(vec![None, Some(MARCH_2024), Some(MARCH_2024 + 1), Some(MARCH_2024 + DAY)]);
    (choice, at).prop_map(|(choice, at)| row(choice, at))
}

fn any_row_of_any_time() -> impl Strategy<Value = ImportChoice> {
    let choice = select(vec![ChoiceKind::Granted, ChoiceKind::Refused, ChoiceKind::Withdrawn]);
    let at = select(vec![None, Some(0), Some(MARCH_2024 - 1), Some(NOON + HOUR), Some(NOON + 2 * DAY), Some(i64::MAX)]);
    (choice, at).prop_map(|(choice, at)| row(choice, at))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn f_4_the_order_and_the_calls_in_which_rows_come_make_no_difference(rows in vec(any_row(), 1..5), seed in any::<u64>()) {
        let lowered = |consent: &Consent| consent.snapshot().answers[COOKIES].status != Status::Granted;
        let device = Device::new(Platform::Desktop);
        let together = device.open();
        together.import(&rows).unwrap();
        let mut shuffled = rows.clone();
        let by = usize::try_from(seed % rows.len() as u64).unwrap();
        shuffled.rotate_left(by);
        if seed % 2 == 0 {
            shuffled.reverse();
        }
        let device = Device::new(Platform::Desktop);
        let apart = device.open();
        for _ in 0..2 {
            for row in &shuffled {
                apart.import(std::slice::from_ref(row)).unwrap();
            }
        }
        prop_assert_eq!(lowered(&together), lowered(&apart), "{:?} {:?}", rows, shuffled);
        prop_assert_eq!(together.allows(COOKIES), apart.allows(COOKIES), "{:?} {:?}", rows, shuffled);
        let records = together.verify().unwrap().records;
        together.import(&shuffled).unwrap();
        prop_assert_eq!(together.verify().unwrap().records, records, "twice does no more than once");
    }

    #[test]
    fn f_4_on_no_walk_does_a_no_that_was_brought_before_change_anything(
        steps in vec((select(vec![NOON, NOON + MINUTE, NOON + DAY, NOON - DAY, 0, MARCH_2024]), 0..3, any_row_of_any_time()), 1..12),
    ) {
        let device = Device::new(Platform::Desktop);
        let consent = device.open();
        let mut brought: Vec<ImportChoice> = vec![];
        for (now, kind, row) in &steps {
            device.clock.set(*now);
            match kind {
                0 => { answer(&consent, &[COOKIES], &[]).unwrap(); }
                1 => { answer(&consent, &[], &[COOKIES]).unwrap(); }
                _ if consent.import(std::slice::from_ref(row)).is_ok() => brought.push(row.clone()),
                _ => {}
            }
            notice_dates(&consent);
            let said = |consent: &Consent| (consent.snapshot().answers.get(COOKIES).cloned(), consent.verify().unwrap().records);
            let before = said(&consent);
            // A yes may come again after an earlier no of the store: of the two it is the latest.
            for row in brought.iter().filter(|row| row.choice.lowers()) {
                consent.import(std::slice::from_ref(row)).unwrap();
            }
            prop_assert!(said(&consent) == before, "{:?}", steps);
        }
    }
}
