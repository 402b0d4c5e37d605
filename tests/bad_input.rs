//! Every public call with hostile input: a typed error that names the field, nothing half written, nothing lost.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;

use consentkit::{
    client::{Answer, Consent, ImportChoice, Options, verify_file},
    error::{Error, Result},
    ledger::{Actor, ChoiceKind},
    policy::{Basis, FaultCode},
    signal::{AgeBand, Platform, Signals},
};
use support::{Device, INFLUENTIAL, NOON, answer};

/// Text that no name, form, subject or version may be.
fn hostile() -> Vec<String> {
    vec![
        String::new(),
        " ".into(),
        "a".repeat(1024 * 1024),
        "nul\0inside".into(),
        "line\nbreak".into(),
        "right\u{202e}to left".into(),
        "isolate\u{2066}d".into(),
        "\u{1b}[31mred".into(),
    ]
}

/// The field that an error names.
fn field<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Invalid { field, reason }) => {
            assert!(!reason.is_empty() && reason.len() < 300, "{reason}");
            field
        }
        other => panic!("expected Invalid, got {other:?}"),
    }
}

/// Runs a call that must fail, and checks that it wrote nothing.
fn refused<T>(consent: &Consent, call: impl FnOnce(&Consent) -> T) -> T {
    let before = (consent.history(0, 1000).unwrap(), consent.pending().unwrap());
    let value = call(consent);
    assert_eq!((consent.history(0, 1000).unwrap(), consent.pending().unwrap()), before, "something was written");
    value
}

#[test]
fn hostile_text_is_refused_by_name_everywhere() {
    let device = Device::new(Platform::Ios);
    let consent = device.open();
    answer(&consent, &["marketing.data_use"], &[]).unwrap();
    for text in hostile() {
        let shown = consent.questions("settings").unwrap().shown;
        assert_eq!(field(refused(&consent, |c| c.questions(&text))), "surface");
        assert_eq!(field(refused(&consent, |c| c.record(&shown, &[Answer::grant(text.as_str())]))), "answers[0].purpose");
        assert_eq!(field(refused(&consent, |c| c.withdraw(&["marketing.data_use", &text]))), "purposes[1]");
        assert_eq!(field(refused(&consent, |c| c.sign_in(&text))), "subject");
        assert_eq!(field(refused(&consent, |c| c.advertising_id(&text))), "purpose");
        let import = ImportChoice { source: text.clone(), ..older("marketing.email") };
        assert_eq!(field(refused(&consent, |c| c.import(&[import]))), "choices[0].source");
        let import = ImportChoice { text_version: Some(text.clone()), ..older("marketing.email") };
        assert_eq!(field(refused(&consent, |c| c.import(&[import]))), "choices[0].text_version");
        let import = ImportChoice { purpose: text.clone(), ..older("marketing.email") };
        assert_eq!(field(refused(&consent, |c| c.import(&[import]))), "choices[0].purpose");
        assert!(matches!(refused(&consent, |c| c.record(&text, &[Answer::grant("marketing.email")])), Err(Error::Shown { .. })));
        assert!(!consent.allows(&text) && !consent.explain(&text).allowed);
        assert!(matches!(refused(&consent, |c| c.adopt_policy(&text)), Err(Error::PolicyInvalid { .. })));
    }
    assert!(consent.verify().unwrap().ok);
}

fn older(purpose: &str) -> ImportChoice {
    ImportChoice {
        actor: None,
        purpose: purpose.into(),
        choice: ChoiceKind::Granted,
        said_at: Some(NOON - 1000),
        source: "old app".into(),
        text_version: None,
    }
}

#[test]
fn what_cannot_be_answered_is_refused_whole() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let shown = consent.questions("settings").unwrap().shown;
    let email = Answer::grant("marketing.email");
    let with = |second: Answer| [email.clone(), second];
    assert_eq!(field(refused(&consent, |c| c.record(&shown, &[]))), "answers");
    assert_eq!(field(refused(&consent, |c| c.record(&shown, &vec![email.clone(); 201]))), "answers");
    assert_eq!(field(refused(&consent, |c| c.record(&shown, &with(email.clone())))), "answers[1].purpose");
    assert_eq!(field(refused(&consent, |c| c.record(&shown, &with(Answer::refuse("no.such.purpose"))))), "answers[1].purpose");
    let contract = consent.snapshot().policy.purposes.iter().find(|purpose| purpose.basis == Basis::Contract).unwrap().id.clone();
    assert_eq!(field(refused(&consent, |c| c.record(&shown, &with(Answer::grant(contract.as_str()))))), "answers[1].purpose");
    assert_eq!(field(refused(&consent, |c| c.withdraw(&[&contract]))), "purposes[0]");
    assert_eq!(field(refused(&consent, |c| c.withdraw(&[]))), "purposes");
    assert_eq!(field(refused(&consent, |c| c.withdraw(&["marketing.email", "marketing.email"]))), "purposes[1]");
    assert_eq!(field(refused(&consent, |c| c.history(0, 0))), "limit");
    assert_eq!(field(refused(&consent, |c| c.history(0, i64::MAX))), "limit");
    assert_eq!(field(refused(&consent, |c| c.advertising_id("marketing.email"))), "purpose");
    assert!(consent.history(i64::MAX, 1).unwrap().is_empty());
    assert!(!consent.history(i64::MIN, 1).unwrap().is_empty());
}

#[test]
fn times_far_off_are_refused_or_harmless() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    for said_at in [i64::MIN, 0, NOON + 2 * 86_400_000, i64::MAX] {
        let import = ImportChoice { said_at: Some(said_at), ..older("marketing.email") };
        assert_eq!(field(refused(&consent, |c| c.import(&[import]))), "choices[0].said_at");
    }
    for at in [i64::MIN, -1, 0, i64::MAX] {
        consent.state_at(at).unwrap();
    }
    for now in [i64::MIN, -62_135_596_800_001, 0, 253_402_300_800_000, i64::MAX] {
        device.clock.set(now);
        answer(&consent, &["marketing.data_use"], &[]).unwrap();
        assert!(consent.allows("marketing.data_use"));
    }
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn a_shown_token_must_be_this_ledgers_and_fit() {
    let (device, other) = (Device::new(Platform::Desktop), Device::new(Platform::Desktop));
    let (consent, stranger) = (device.open(), other.open());
    let grant = [Answer::grant("marketing.email")];
    let shown = consent.questions("settings").unwrap().shown;
    let foreign = stranger.questions("settings").unwrap().shown;
    let forged = shown.replace("settings", "first_run");
    let cut = &shown[..shown.len() - 1];
    for token in [foreign.as_str(), &forged, cut, ".", "00.{}"] {
        assert!(matches!(refused(&consent, |c| c.record(token, &grant)), Err(Error::Shown { .. })));
    }
    consent.sign_in("acct_81").unwrap();
    assert!(matches!(refused(&consent, |c| c.record(&shown, &grant)), Err(Error::Shown { .. })), "it was shown to somebody else");
}

#[test]
fn a_grant_by_a_child_alone_is_refused() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    consent.report_signals(Signals { age: Some(AgeBand::Below), ..Signals::default() }).unwrap();
    let shown = consent.questions("settings").unwrap().shown;
    let grant = Answer::grant("marketing.data_use");
    assert_eq!(field(refused(&consent, |c| c.record(&shown, std::slice::from_ref(&grant)))), "answers[0].actor");
    consent.record(&shown, &[Answer { actor: Actor::Guardian, ..grant }]).unwrap();
    assert!(!consent.allows("marketing.data_use"), "the guardian is not verified yet (PIPA-8)");
}

#[test]
fn options_are_checked_before_the_file_is_made() {
    let device = Device::new(Platform::Desktop);
    let open = |change: &dyn Fn(&mut Options)| {
        let mut options = device.options();
        change(&mut options);
        field(Consent::open(options).map(drop))
    };
    assert_eq!(open(&|options| options.path = "".into()), "path");
    assert_eq!(open(&|options| options.language = "k\0".into()), "language");
    assert_eq!(open(&|options| options.app_version = "v".repeat(1000)), "app_version");
    assert_eq!(open(&|options| options.os_version = "\u{202e}".into()), "os_version");
    for server in [
        "",
        "example.com",
        "ftp://example.com",
        "http://example.com",
        "https://",
        "https://a@b",
        "https://a?b",
        "https://a#b",
        "https://a b",
    ] {
        assert_eq!(open(&|options| options.server = Some(server.into())), "server", "{server:?}");
    }
    assert!(fs::read_dir(device.folder.path()).unwrap().next().is_none(), "a file was made");
}

#[test]
fn a_file_that_is_not_ours_is_left_alone() {
    let device = Device::new(Platform::Desktop);
    let path = device.folder.path().join("consent.db");
    let text = "a shopping list, long enough to be read as a page\n".repeat(100);
    fs::write(&path, &text).unwrap();
    assert_eq!(Consent::open(device.options()).err(), Some(Error::NotADatabase));
    assert_eq!(verify_file(&path).err(), Some(Error::NotADatabase));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    fs::remove_file(&path).unwrap();
    assert_eq!(field(verify_file(&path)), "path", "a mistyped path is no proof");
    assert!(!path.exists());
    fs::write(&path, "").unwrap();
    assert!(!verify_file(&path).unwrap().ok, "an empty file is no proof");
    fs::remove_file(&path).unwrap();
    let foreign = rusqlite::Connection::open(&path).unwrap();
    foreign.execute_batch("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')").unwrap();
    assert_eq!(Consent::open(device.options()).err(), Some(Error::NotADatabase));
    let kept: String = foreign.query_row("SELECT text FROM notes", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, "mine");
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let device = Device::new(Platform::Desktop);
    answer(&device.open(), &["marketing.data_use"], &[]).unwrap();
    let path = device.folder.path().join("consent.db");
    let file = || rusqlite::Connection::open(&path).unwrap();
    let version: i64 = file().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    file().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Consent::open(device.options()), Err(Error::NewerStore { found: 99, .. })));
    file().pragma_update(None, "user_version", version).unwrap();
    assert!(device.open().allows("marketing.data_use"), "nothing was lost");
}

#[test]
fn a_policy_that_may_not_follow_is_refused_and_nothing_is_lost() {
    let device = Device::new(Platform::Desktop);
    answer(&device.open(), &["marketing.data_use"], &[]).unwrap();
    let edit = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut document: serde_json::Value = serde_json::from_str(INFLUENTIAL).unwrap();
        change(&mut document);
        let refused = Consent::open(Options { policy: document.to_string(), ..device.options() }).map(drop);
        match refused {
            Err(Error::PolicyRefused { faults } | Error::PolicyInvalid { faults }) => faults[0].code,
            other => panic!("{other:?}"),
        }
    };
    let older = |document: &mut serde_json::Value| {
        document["edition"] = 2.into();
        document["version"] = "2019-12-26".into();
        (document["announced_on"], document["effective_on"]) = ("2019-12-19".into(), "2019-12-26".into());
        document["amendments"]["versions"].as_array_mut().unwrap().pop();
    };
    assert_eq!(edit(&older), FaultCode::OlderEdition);
    assert_eq!(edit(&|document| document["id"] = "another".into()), FaultCode::OtherPolicy);
    assert_eq!(edit(&|document| document["purposes"][0]["title"]["en"] = "Other".into()), FaultCode::SameEditionChanged);
    assert!(device.open().allows("marketing.data_use"));
}

#[test]
fn after_shutdown_everything_is_a_typed_no() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &["marketing.data_use"], &[]).unwrap();
    let shown = consent.questions("settings").unwrap().shown;
    consent.shutdown().unwrap();
    consent.shutdown().unwrap();
    assert!(!consent.allows("marketing.data_use"));
    assert_eq!(consent.explain("marketing.data_use").reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>(), ["store_unavailable"]);
    assert_eq!(consent.questions("settings").map(drop), Err(Error::ShutDown));
    assert_eq!(consent.record(&shown, &[Answer::grant("marketing.email")]).map(drop), Err(Error::ShutDown));
    assert_eq!(consent.withdraw(&["marketing.data_use"]).map(drop), Err(Error::ShutDown));
    assert_eq!(consent.sign_in("acct_81"), Err(Error::ShutDown));
    assert_eq!(consent.pending().map(drop), Err(Error::ShutDown));
    assert_eq!(consent.verify().map(drop), Err(Error::ShutDown));
    assert!(device.open().allows("marketing.data_use"));
}

#[test]
fn errors_tell_nothing_about_a_person() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    for canary in ["kim.canary@example.com", "010-5555-7777"] {
        let error = consent.sign_in(canary).unwrap_err();
        assert!(error.to_string().contains("pseudonym"), "advice is missing: {error}");
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(!text.contains(canary) && !text.contains("5555") && !text.contains("kim"), "{text}");
        }
    }
}
