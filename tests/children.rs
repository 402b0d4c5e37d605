//! Children and their guardians: whose yes counts, and to whom an age and a guardian belong (PIPA-8).
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use consentkit::{
    client::{Answer, Consent, ImportChoice, Options},
    decision::Reason,
    ledger::{Actor, ChoiceKind},
    signal::{AgeBand, Guardian, Platform, Signals},
};
use serde_json::json;
use support::{
    Device, INFLUENTIAL, NOON, answer,
    loopback::{Host, LogIn, PlainTransport},
};

const MEMBER: &str = "acct_81";
const DATA_USE: &str = "marketing.data_use";
const EMAIL: &str = "marketing.email";
const ANALYTICS: &str = "cookies.analytics";

/// The company's policy for another audience, with another age where one is given.
fn policy_for(audience: &str, age: Option<u32>) -> String {
    let mut policy: serde_json::Value = serde_json::from_str(INFLUENTIAL).unwrap();
    policy["audience"] = json!(audience);
    if let Some(age) = age {
        policy["age_of_consent"] = json!(age);
    }
    policy.to_string()
}

fn open_with(device: &Device, policy: String) -> Consent {
    Consent::open(Options { policy, ..device.options() }).unwrap()
}

fn open_online(device: &Device, host: &Arc<Host>) -> Consent {
    Consent::open(Options {
        server: Some(host.url()),
        transport: Some(Arc::new(PlainTransport)),
        tokens: Some(Arc::new(LogIn(host.clone()))),
        ..device.options()
    })
    .unwrap()
}

fn of_age(age: AgeBand) -> Signals {
    Signals { age: Some(age), ..Signals::default() }
}

fn child_with_guardian() -> Signals {
    Signals { age: Some(AgeBand::Below), guardian: Some(Guardian::Verified), ..Signals::default() }
}

fn by_guardian(consent: &Consent, purposes: &[&str]) {
    let shown = consent.questions("settings").unwrap().shown;
    let answers: Vec<Answer> = purposes.iter().map(|purpose| Answer { actor: Actor::Guardian, ..Answer::grant(*purpose) }).collect();
    consent.record(&shown, &answers).unwrap();
}

fn imported(purpose: &str) -> ImportChoice {
    ImportChoice {
        purpose: purpose.into(),
        choice: ChoiceKind::Granted,
        said_at: Some(NOON - 1_000),
        source: "older".into(),
        text_version: None,
        actor: None,
    }
}

fn granted_and_refused(consent: &Consent) -> [bool; 2] {
    [DATA_USE, ANALYTICS].map(|purpose| consent.allows(purpose))
}

#[test]
fn f_11_a_childs_own_grant_from_before_its_age_was_known_does_not_count_under_a_guardian() {
    let device = Device::new(Platform::Android);
    let consent = device.open();
    answer(&consent, &[DATA_USE, EMAIL, ANALYTICS], &[]).unwrap();
    assert_eq!(granted_and_refused(&consent), [true, true]);
    consent.report_signals(of_age(AgeBand::Below)).unwrap();
    assert_eq!(granted_and_refused(&consent), [false, false]);
    consent.report_signals(child_with_guardian()).unwrap();
    assert_eq!(granted_and_refused(&consent), [false, false], "no guardian gave these");
    assert!(consent.questions("settings").unwrap().due, "the guardian has to be asked");
    by_guardian(&consent, &[DATA_USE]);
    assert_eq!(granted_and_refused(&consent), [true, false]);
    consent.report_signals(of_age(AgeBand::Above)).unwrap();
    assert_eq!(granted_and_refused(&consent), [true, true], "a grown-up's own grant counts, and so does the guardian's");
}

#[test]
fn f_11_nor_does_one_that_was_imported_or_brought_into_an_account_or_pulled() {
    let device = Device::new(Platform::Android);
    let host = Host::start(device.clock.clone());
    let consent = open_online(&device, &host);
    consent.import(&[imported(DATA_USE)]).unwrap();
    consent.report_signals(child_with_guardian()).unwrap();
    assert!(!consent.allows(DATA_USE), "imported");
    consent.sign_in(MEMBER).unwrap();
    consent.report_signals(child_with_guardian()).unwrap();
    assert!(!consent.allows(DATA_USE), "brought into the account");
    consent.sync(10_000).unwrap();
    assert!(!consent.allows(DATA_USE), "acknowledged");

    let second = Device { clock: device.clock.clone(), ..Device::new(Platform::Android) };
    let consent = open_online(&second, &host);
    consent.sign_in(MEMBER).unwrap();
    host.web(MEMBER, json!({ "purpose": EMAIL, "choice": "granted", "actor": "self" }));
    host.web(MEMBER, json!({ "purpose": "marketing.sms", "choice": "granted", "actor": "guardian" }));
    consent.sync(10_000).unwrap();
    consent.report_signals(child_with_guardian()).unwrap();
    by_guardian(&consent, &[DATA_USE]);
    assert!(!consent.allows(EMAIL), "pulled, and the child's own");
    assert!(consent.allows("marketing.sms"), "pulled, and the guardian's");
}

#[test]
fn f_11_a_guardians_grant_is_still_the_guardians_in_the_account_and_on_the_next_phone() {
    let device = Device::new(Platform::Android);
    let host = Host::start(device.clock.clone());
    let consent = open_online(&device, &host);
    consent.report_signals(child_with_guardian()).unwrap();
    by_guardian(&consent, &[DATA_USE, ANALYTICS]);
    consent.sign_in(MEMBER).unwrap();
    consent.report_signals(child_with_guardian()).unwrap();
    assert_eq!(granted_and_refused(&consent), [true, true]);
    consent.sync(10_000).unwrap();
    assert_eq!(granted_and_refused(&consent), [true, true], "acknowledged");
    let second = Device { clock: device.clock.clone(), ..Device::new(Platform::Android) };
    let consent = open_online(&second, &host);
    consent.sign_in(MEMBER).unwrap();
    consent.sync(10_000).unwrap();
    consent.report_signals(child_with_guardian()).unwrap();
    assert!(consent.allows(DATA_USE), "pulled");
}

#[test]
fn f_12_an_imported_yes_of_a_child_is_refused_as_record_refuses_it() {
    for guardian in [None, Some(Guardian::NotVerified), Some(Guardian::Verified)] {
        let device = Device::new(Platform::Android);
        let consent = device.open();
        consent.report_signals(Signals { age: Some(AgeBand::Below), guardian, ..Signals::default() }).unwrap();
        let refusal = ImportChoice { choice: ChoiceKind::Refused, ..imported(EMAIL) };
        let error = consent.import(&[refusal.clone(), imported(DATA_USE)]).unwrap_err().to_string();
        assert!(error.contains("choices[1].actor") && error.contains("guardian"), "{error}");
        assert!(!consent.allows(DATA_USE));
        assert_eq!(consent.history(0, 10).unwrap().iter().filter(|entry| entry.kind == "import").count(), 0, "all or none");
        assert_eq!(consent.import(&[refusal]).unwrap().imported.len(), 1, "a no needs nobody");
    }
}

#[test]
fn f_12_where_children_are_expected_an_import_needs_an_age_first() {
    let device = Device::new(Platform::Android);
    let consent = open_with(&device, policy_for("mixed", None));
    let error = consent.import(&[imported(DATA_USE)]).unwrap_err().to_string();
    assert!(error.contains("choices[0].actor") && error.contains("report_signals"), "{error}");
    consent.report_signals(of_age(AgeBand::Above)).unwrap();
    consent.import(&[imported(DATA_USE)]).unwrap();
    assert!(consent.allows(DATA_USE));
}
#[test]
fn f_13_the_age_and_the_guardian_belong_to_the_person_who_left() {
    let device = Device::new(Platform::Android);
    let consent = open_with(&device, policy_for("mixed", None));
    consent.sign_in("parent-1").unwrap();
    consent.report_signals(of_age(AgeBand::Above)).unwrap();
    consent.sign_out().unwrap();
    assert_eq!(consent.snapshot().signals.age, None, "nobody in particular has no age");
    consent.sign_in("child-2").unwrap();
    let error = answer(&consent, &[DATA_USE], &[]).unwrap_err().to_string();
    assert!(error.contains("actor") && error.contains("report_signals"), "{error}");
    assert!(!consent.allows(DATA_USE));
    consent.report_signals(child_with_guardian()).unwrap();
    by_guardian(&consent, &[DATA_USE]);
    assert!(consent.allows(DATA_USE));
    for other in ["child-3", "child-4"] {
        consent.sign_in(other).unwrap();
        assert_eq!((consent.snapshot().signals.age, consent.snapshot().signals.guardian), (None, None), "{other}");
        consent.report_signals(of_age(AgeBand::Below)).unwrap();
        by_guardian(&consent, &[DATA_USE]);
        assert_eq!(consent.explain(DATA_USE).reasons, [Reason::GuardianRequired], "the guardian of another child");
    }
    consent.sign_in("child-2").unwrap();
    assert!(consent.allows(DATA_USE), "who comes back is who they were");
}

#[test]
fn f_13_the_error_before_any_age_is_known_asks_for_one() {
    for audience in ["mixed", "child"] {
        let device = Device::new(Platform::Android);
        let consent = open_with(&device, policy_for(audience, None));
        let error = answer(&consent, &[DATA_USE], &[]).unwrap_err().to_string();
        assert!(error.contains("answers[0].actor") && error.contains("report_signals") && !error.contains("14"), "{error}");
        consent.report_signals(of_age(AgeBand::Below)).unwrap();
        let error = answer(&consent, &[DATA_USE], &[]).unwrap_err().to_string();
        assert!(error.contains("guardian") && !error.contains("report_signals"), "{error}");
    }
}
