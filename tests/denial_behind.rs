//! Two handles on one file, of which one has not read what the other wrote: what its call takes away is taken from whoever is there.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{
    client::{Answer, Consent, ImportChoice},
    error::Error,
    ledger::ChoiceKind,
    signal::{AgeBand, Platform, Signals},
};
use support::{
    Device, answer,
    refusing::{Holding, Refusing, counts_in_memory},
};

const DATA_USE: &str = "marketing.data_use";

type Call = (&'static str, fn(&Consent) -> Result<(), Error>);

fn calls() -> Vec<Call> {
    vec![
        ("sign_out", |consent| consent.sign_out()),
        ("sign_out_within", |consent| consent.sign_out_within(0).map(drop)),
        ("sign_in", |consent| consent.sign_in("acct_D")),
        ("withdraw", |consent| consent.withdraw(&[DATA_USE]).map(drop)),
        ("age", |consent| consent.report_signals(Signals { age: Some(AgeBand::Below), ..Signals::default() })),
        ("import", |consent| {
            let no = ImportChoice {
                purpose: DATA_USE.into(),
                choice: ChoiceKind::Refused,
                said_at: Some(support::NOON + 1),
                source: "older".into(),
                text_version: None,
                actor: None,
            };
            consent.import(&[no]).map(drop)
        }),
        ("record", |consent| {
            let form = consent.questions("settings")?;
            consent.record(&form.shown, &[Answer::refuse(DATA_USE)]).map(drop)
        }),
    ]
}

/// A handle that believes in `before`, while the file says that another account is there and granted.
fn behind(device: &Device, before: Option<&str>) -> (Consent, Consent) {
    let ahead = device.open();
    if let Some(before) = before {
        ahead.sign_in(before).unwrap();
    }
    answer(&ahead, &[DATA_USE], &[]).unwrap();
    let behind = device.open();
    ahead.sign_in("acct_C").unwrap();
    if !ahead.allows(DATA_USE) {
        answer(&ahead, &[DATA_USE], &[]).unwrap();
    }
    assert!(ahead.allows(DATA_USE));
    (ahead, behind)
}

#[test]
fn f_3_what_a_handle_that_is_behind_takes_away_is_taken_from_whoever_is_there_while_the_disk_refuses() {
    for before in [Some("acct_A"), None] {
        for (name, call) in calls() {
            let device = Device::new(Platform::Desktop);
            let (ahead, behind) = behind(&device, before);
            let refusing = Refusing::every_write(device.folder.path());
            counts_in_memory(call(&behind));
            assert!(!behind.allows(DATA_USE), "{name}, {before:?}");
            refusing.lift();
            behind.report_signals(Signals { gpc: Some(true), ..Signals::default() }).unwrap();
            assert_eq!(behind.unrecorded(), [], "{name}");
            if name != "sign_in" {
                assert!(!behind.allows(DATA_USE), "{name}, {before:?}: recorded");
                ahead.refresh().unwrap();
                assert!(!ahead.allows(DATA_USE), "{name}, {before:?}: for whoever was there");
            }
            assert!(behind.verify().unwrap().ok);
        }
    }
}

#[test]
fn f_3_and_while_another_process_holds_the_file() {
    for (name, call) in calls().into_iter().take(2) {
        let device = Device::new(Platform::Desktop);
        let (_ahead, behind) = behind(&device, Some("acct_A"));
        let holding = Holding::the_file(device.folder.path());
        counts_in_memory(call(&behind));
        assert!(!behind.allows(DATA_USE) && !behind.snapshot().signed_in, "{name}");
        holding.let_go();
        behind.sign_out().unwrap();
        assert!(!device.open().snapshot().signed_in, "{name}");
    }
}
