//! Two processes and one file: what one brings into force, the other obeys by itself. Each has a connection of its own.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{
    client::{Answer, Consent},
    decision::Reason,
    error::Error,
    ledger::AskAgain,
    signal::Platform,
};
use support::{
    Device, answer,
    edition::{NEXT, next_edition},
};

const ANALYTICS: &str = "cookies.analytics";

#[test]
fn f_41_asking_again_helps_by_itself_after_another_process_adopted_an_edition() {
    let device = Device::new(Platform::Desktop);
    let (mine, other) = (device.open(), device.open());
    answer(&mine, &[ANALYTICS], &[]).unwrap();
    let before = mine.questions("settings").unwrap().shown;
    other.adopt_policy(&next_edition()).unwrap();

    let refused = mine.record(&before, &[Answer::grant(ANALYTICS)]);
    assert!(matches!(&refused, Err(Error::Shown { reason }) if reason.contains("ask again")), "{refused:?}");
    assert_eq!(mine.explain(ANALYTICS).reasons, [Reason::AskAgain { cause: AskAgain::PolicyChanged }], "no stale policy decides any more");
    assert_eq!(mine.snapshot().policy.version, NEXT);
    let again = mine.questions("settings").unwrap();
    assert!(again.questions.iter().any(|question| question.purpose == "cookies.more"));
    mine.record(&again.shown, &[Answer::grant(ANALYTICS), Answer::grant("cookies.more")]).unwrap();
    assert!(mine.allows(ANALYTICS) && mine.allows("cookies.more"));
}

#[test]
fn f_41_whatever_meets_the_newer_file_brings_its_policy_into_force() {
    type Call = (&'static str, fn(&Consent));
    let calls: [Call; 8] = [
        ("questions", |consent| drop(consent.questions("settings").unwrap())),
        ("pending", |consent| drop(consent.pending().unwrap())),
        ("history", |consent| drop(consent.history(0, 1).unwrap())),
        ("withdraw", |consent| drop(consent.withdraw(&["marketing.email"]).unwrap())),
        ("withdraw what is new", |consent| drop(consent.withdraw(&["cookies.more"]).unwrap())),
        ("report_signals", |consent| {
            consent.report_signals(consentkit::signal::Signals { gpc: Some(true), ..Default::default() }).unwrap()
        }),
        ("sign_in", |consent| consent.sign_in("acct_81").unwrap()),
        ("a record that fails", |consent| assert!(consent.record("forged", &[Answer::refuse("marketing.email")]).is_err())),
    ];
    for (name, call) in calls {
        let device = Device::new(Platform::Desktop);
        let (mine, other) = (device.open(), device.open());
        answer(&mine, &[ANALYTICS], &[]).unwrap();
        other.adopt_policy(&next_edition()).unwrap();
        assert!(mine.allows(ANALYTICS), "nothing was read yet");
        call(&mine);
        assert!(!mine.allows(ANALYTICS), "{name}");
        assert_eq!(mine.snapshot().policy.version, NEXT, "{name}");
        assert_eq!(mine.policy().version, NEXT, "{name}");
    }
}

#[test]
fn f_41_a_form_of_the_newer_edition_is_taken_by_a_process_that_has_not_read_it() {
    let device = Device::new(Platform::Desktop);
    let (mine, other) = (device.open(), device.open());
    other.adopt_policy(&next_edition()).unwrap();
    let shown = other.questions("settings").unwrap().shown;
    mine.record(&shown, &[Answer::grant("cookies.more"), Answer::refuse(ANALYTICS)]).unwrap();
    assert!(mine.allows("cookies.more") && !mine.allows(ANALYTICS));
}
