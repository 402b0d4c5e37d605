//! Children and their guardians: whose yes counts, and to whom an age and a guardian belong (PIPA-8).
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use consentkit::{
    client::{Answer, Consent, ImportChoice, Options},
    decision::Reason,
    ledger::{Actor, ChoiceKind},
    policy::Policy,
    signal::{AgeBand, Guardian, Platform, Signals},
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::json;
use support::{
    Device, INFLUENTIAL, NOON, answer,
    loopback::{Host, LogIn, PlainTransport},
    refusing::Refusing,
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

#[test]
fn f_13_a_host_can_say_that_it_no_longer_knows() {
    let device = Device::new(Platform::Android);
    let consent = open_with(&device, policy_for("mixed", None));
    consent.report_signals(of_age(AgeBand::Above)).unwrap();
    answer(&consent, &[DATA_USE], &[]).unwrap();
    assert!(consent.allows(DATA_USE));
    consent.report_signals(Signals::default()).unwrap();
    assert!(consent.allows(DATA_USE), "nothing said is no news");
    consent.report_signals(of_age(AgeBand::Unknown)).unwrap();
    assert_eq!((consent.snapshot().signals.age, consent.allows(DATA_USE)), (None, false));
    drop(consent);
    let consent = open_with(&device, policy_for("mixed", None));
    assert_eq!((consent.snapshot().signals.age, consent.allows(DATA_USE)), (None, false), "and so it stays");
    let before = consent.history(0, 100).unwrap().len();
    consent.report_signals(of_age(AgeBand::Unknown)).unwrap();
    assert_eq!(consent.history(0, 100).unwrap().len(), before, "said twice it is no news");
}

#[test]
fn f_13_who_was_known_for_a_child_stays_one_by_signing_in_and_nobody_becomes_a_grown_up_by_it() {
    for (before, after) in [(AgeBand::Below, Some(AgeBand::Below)), (AgeBand::Above, None), (AgeBand::Unknown, None)] {
        let device = Device::new(Platform::Android);
        let consent = device.open();
        consent.report_signals(Signals { guardian: Some(Guardian::Verified), ..of_age(before) }).unwrap();
        consent.sign_in("acct_1").unwrap();
        let known = consent.snapshot().signals;
        assert_eq!((known.age, known.guardian), (after, None), "{before:?}");
        // The account's own word stands against whatever is known of nobody in particular.
        consent.report_signals(of_age(AgeBand::Above)).unwrap();
        consent.sign_out().unwrap();
        consent.report_signals(of_age(AgeBand::Below)).unwrap();
        consent.sign_in("acct_1").unwrap();
        assert_eq!(consent.snapshot().signals.age, Some(AgeBand::Above), "{before:?}");
        assert!(consent.verify().unwrap().ok);
    }
}

#[test]
fn f_13_a_band_is_about_the_age_of_consent_it_was_reported_against() {
    let edition = |number: u32, age: Option<u32>| {
        let mut policy: serde_json::Value = serde_json::from_str(&policy_for("mixed", age)).unwrap();
        policy["edition"] = json!(number);
        policy["amendments"]["versions"].as_array_mut().unwrap().last_mut().unwrap()["edition"] = json!(number);
        policy.to_string()
    };
    for (band, after_raise, after_fall) in
        [(AgeBand::Above, None, Some(AgeBand::Above)), (AgeBand::Below, Some(AgeBand::Below), Some(AgeBand::Below))]
    {
        let device = Device::new(Platform::Android);
        let consent = open_with(&device, edition(3, None));
        consent.report_signals(of_age(band)).unwrap();
        consent.adopt_policy(&edition(4, Some(16))).unwrap();
        assert_eq!(consent.snapshot().signals.age, after_raise, "{band:?}: who is above 14 may be below 16");
        consent.report_signals(of_age(band)).unwrap();
        assert_eq!(consent.snapshot().signals.age, Some(band), "said again of 16");
        for lowered in [Some(15), None] {
            assert!(consent.adopt_policy(&edition(5, lowered)).is_err(), "a delivered policy may only raise it");
        }
        drop(consent);
        let consent = open_with(&device, edition(5, None));
        assert_eq!(consent.snapshot().signals.age, after_fall, "{band:?}: the app itself may lower it");
    }
}

#[test]
fn f_13_ages_of_consent_that_no_law_knows_are_faults_of_the_policy() {
    let under = |regimes: serde_json::Value, age| {
        let mut policy: serde_json::Value = serde_json::from_str(&policy_for("mixed", age)).unwrap();
        policy["regimes"] = regimes;
        Policy::parse(&policy.to_string())
    };
    for regimes in [json!(["kr"]), json!([])] {
        for age in [0, 1, 12, 22, 100, u32::MAX] {
            let faults = under(regimes.clone(), Some(age)).unwrap_err();
            let places: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
            assert_eq!(places, ["/age_of_consent"], "one mistake is told once: {age} under {regimes}");
        }
        for age in [14, 16, 18, 21] {
            assert_eq!(under(regimes.clone(), Some(age)).unwrap().age_of_consent(), age);
        }
        assert_eq!(under(regimes, None).unwrap().age_of_consent(), 14);
    }
    // Some laws let a person consent alone from 13. The one of Korea does not (PIPA-8), and the fault names the age that it asks for.
    assert_eq!(under(json!([]), Some(13)).unwrap().age_of_consent(), 13);
    let faults = under(json!(["kr"]), Some(13)).unwrap_err();
    assert_eq!(faults.iter().map(|fault| fault.fix.as_str()).collect::<Vec<_>>(), ["write 14 or more, or leave it out"]);
}

#[test]
fn f_13_the_words_of_before_are_still_read() {
    let read = |word: &str| serde_json::from_value::<AgeBand>(json!(word)).ok();
    assert_eq!([read("under14"), read("below")], [Some(AgeBand::Below); 2]);
    assert_eq!([read("over14"), read("above")], [Some(AgeBand::Above); 2]);
    assert_eq!([read("unknown"), read("adult")], [Some(AgeBand::Unknown), None]);
    assert_eq!(serde_json::to_value(AgeBand::Below).unwrap(), "below");
}

#[test]
fn f_13_what_is_held_in_memory_of_a_person_is_that_persons_too() {
    let device = Device::new(Platform::Android);
    let consent = device.open();
    consent.sign_in("acct_1").unwrap();
    consent.report_signals(of_age(AgeBand::Above)).unwrap();
    answer(&consent, &[DATA_USE, ANALYTICS], &[]).unwrap();
    let refusing = Refusing::every_write(device.folder.path());
    consent.report_signals(of_age(AgeBand::Below)).unwrap_err();
    assert!(!consent.allows(ANALYTICS));
    consent.sign_out().unwrap_err();
    assert!(!consent.allows(ANALYTICS), "the child has left, and what could not be written gives no permission");
    consent.report_signals(of_age(AgeBand::Below)).unwrap_err();
    assert!(!consent.allows(ANALYTICS), "another one came");
    refusing.lift();
    consent.refresh().unwrap();
    consent.withdraw(&["marketing.sms"]).unwrap();
    assert_eq!((consent.unrecorded(), consent.snapshot().signals.age), (vec![], Some(AgeBand::Below)), "recorded in order");
    consent.sign_out().unwrap();
    consent.sign_in("acct_1").unwrap();
    assert_eq!(consent.snapshot().signals.age, Some(AgeBand::Below), "the first child's band was recorded as its own");
    assert!(consent.verify().unwrap().ok);
}

/// What may happen in front of one screen.
#[derive(Debug, Clone, Copy)]
enum Happens {
    SignIn(usize),
    SignOut,
    Report(Option<AgeBand>, Option<Guardian>),
    Restart,
}

fn happens() -> impl Strategy<Value = Happens> {
    let age = select(vec![None, Some(AgeBand::Unknown), Some(AgeBand::Below), Some(AgeBand::Above)]);
    let guardian = select(vec![None, Some(Guardian::NotVerified), Some(Guardian::Verified)]);
    prop_oneof![
        3 => (0..3_usize).prop_map(Happens::SignIn),
        2 => Just(Happens::SignOut),
        4 => (age, guardian).prop_map(|(age, guardian)| Happens::Report(age, guardian)),
        1 => Just(Happens::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the order, what counts of a person is what was said of that person.
    #[test]
    fn f_13_in_any_order_age_and_guardian_are_those_of_the_person_in_front_of_the_screen(steps in vec(happens(), 1..16)) {
        type Said = (Option<AgeBand>, Option<Guardian>);
        let device = Device::new(Platform::Android);
        let mut consent = device.open();
        let mut accounts = [Said::default(); 3];
        let mut anonymous = Said::default();
        let mut present: Option<usize> = None;
        for step in steps {
            match step {
                Happens::SignIn(account) => {
                    consent.sign_in(&format!("acct_{account}")).unwrap();
                    if present.is_none() && anonymous.0 == Some(AgeBand::Below) && accounts[account].0.is_none() {
                        accounts[account].0 = Some(AgeBand::Below);
                    }
                    present = Some(account);
                }
                Happens::SignOut => {
                    consent.sign_out().unwrap();
                    if present.take().is_some() {
                        anonymous = Said::default();
                    }
                }
                Happens::Report(age, guardian) => {
                    consent.report_signals(Signals { age, guardian, ..Signals::default() }).unwrap();
                    let said = present.map_or(&mut anonymous, |account| &mut accounts[account]);
                    match age {
                        Some(AgeBand::Unknown) => said.0 = None,
                        Some(band) => said.0 = Some(band),
                        None => {}
                    }
                    said.1 = guardian.or(said.1);
                }
                Happens::Restart => {
                    drop(consent);
                    consent = device.open();
                }
            }
            let known = consent.snapshot().signals;
            prop_assert_eq!((known.age, known.guardian), present.map_or(anonymous, |account| accounts[account]), "{:?}", step);
        }
        prop_assert!(consent.verify().unwrap().ok);
    }
}
