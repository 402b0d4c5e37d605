//! Consents of an older store: the latest answer of a source wins, a later no always does, and twice does no more than once.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use consentkit::{
    client::{Consent, ImportChoice, ImportReceipt, Options},
    ledger::{ChoiceKind, Status},
    signal::Platform,
};
use proptest::{collection::vec, prelude::*, sample::select};
use support::{
    Device, NOON, answer,
    loopback::{Host, LogIn, PlainTransport},
};

const COOKIES: &str = "cookies.analytics";
const DATA_USE: &str = "marketing.data_use";
const DAY: i64 = 86_400_000;
const MARCH_2024: i64 = 1_709_251_200_000;

fn row(choice: ChoiceKind, said_at: Option<i64>) -> ImportChoice {
    ImportChoice { purpose: COOKIES.into(), choice, said_at, source: "old-app".into(), text_version: None, actor: None }
}

fn yes(at: i64) -> ImportChoice {
    row(ChoiceKind::Granted, Some(at))
}

fn no(at: i64) -> ImportChoice {
    row(ChoiceKind::Withdrawn, Some(at))
}

fn taken(receipt: &ImportReceipt) -> (usize, usize) {
    (receipt.imported.len(), receipt.kept.len())
}

fn codes(consent: &Consent, purpose: &str) -> Vec<String> {
    consent.explain(purpose).reasons.iter().map(|reason| reason.code()).collect()
}

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

fn any_row() -> impl Strategy<Value = ImportChoice> {
    let choice = select(vec![ChoiceKind::Granted, ChoiceKind::Refused, ChoiceKind::Withdrawn]);
    let at = select(vec![None, Some(MARCH_2024), Some(MARCH_2024 + 1), Some(MARCH_2024 + DAY)]);
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
}
