//! Two processes and one file: what one brings into force, the other obeys by itself. Each has a connection of its own.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{
    client::{Answer, Consent},
    decision::Reason,
    error::Error,
    ledger::AskAgain,
    signal::Signals,
};
use support::{
    edition::{NEXT, next_edition},
    story::{ANALYTICS, EMAIL, MEMBER, Phone, phone_and_server},
};

const MORE: &str = "cookies.more";

/// A phone on which analytics was granted, and whose other process then adopted the next edition of the policy.
fn phone_whose_other_process_adopted_an_edition() -> (Phone, Consent) {
    let (phone, _server) = phone_and_server();
    let other = phone.in_another_process();
    phone.says_yes(&[ANALYTICS]);
    other.adopt_policy(&next_edition()).unwrap();
    (phone, other)
}

#[test]
fn f_41_a_form_from_before_another_process_adopted_an_edition_is_refused_and_no_stale_policy_decides_any_more() {
    let (phone, _server) = phone_and_server();
    let other = phone.in_another_process();
    phone.says_yes(&[ANALYTICS]);
    let form = phone.draws_the_form();
    other.adopt_policy(&next_edition()).unwrap();
    let refused = phone.app().record(form.token(), &[Answer::grant(ANALYTICS)]);
    assert!(matches!(&refused, Err(Error::Shown { reason }) if reason.contains("ask again")), "{refused:?}");
    assert_eq!(phone.reasons(ANALYTICS), [Reason::AskAgain { cause: AskAgain::PolicyChanged }]);
    assert_eq!(phone.app().snapshot().policy.version, NEXT);
}

#[test]
fn f_41_asking_again_helps_by_itself_after_another_process_adopted_an_edition() {
    let (phone, _other) = phone_whose_other_process_adopted_an_edition();
    let again = phone.app().questions("settings").unwrap();
    assert!(again.questions.iter().any(|question| question.purpose == MORE));
    phone.app().record(&again.shown, &[Answer::grant(ANALYTICS), Answer::grant(MORE)]).unwrap();
    assert!(phone.allows(ANALYTICS) && phone.allows(MORE));
}

#[test]
fn f_41_whatever_meets_the_newer_file_brings_its_policy_into_force() {
    type Call = (&'static str, fn(&Consent));
    let calls: [Call; 8] = [
        ("questions", |app| drop(app.questions("settings").unwrap())),
        ("pending", |app| drop(app.pending().unwrap())),
        ("history", |app| drop(app.history(0, 1).unwrap())),
        ("withdraw", |app| drop(app.withdraw(&[EMAIL]).unwrap())),
        ("withdraw what is new", |app| drop(app.withdraw(&[MORE]).unwrap())),
        ("report_signals", |app| app.report_signals(Signals { gpc: Some(true), ..Signals::default() }).unwrap()),
        ("sign_in", |app| app.sign_in(MEMBER).unwrap()),
        ("a record that fails", |app| assert!(app.record("forged", &[Answer::refuse(EMAIL)]).is_err())),
    ];
    for (name, call) in calls {
        let (phone, _other) = phone_whose_other_process_adopted_an_edition();
        call(phone.app());
        // Without the call it would be heard within a second, and this does not wait for that.
        assert!(!phone.allows(ANALYTICS), "{name}");
        assert_eq!(phone.app().snapshot().policy.version, NEXT, "{name}");
        assert_eq!(phone.app().policy().version, NEXT, "{name}");
    }
}

#[test]
fn f_41_a_form_of_the_newer_edition_is_taken_by_a_process_that_has_not_read_it() {
    let (phone, _server) = phone_and_server();
    let other = phone.in_another_process();
    other.adopt_policy(&next_edition()).unwrap();
    let shown = other.questions("settings").unwrap().shown;
    phone.app().record(&shown, &[Answer::grant(MORE), Answer::refuse(ANALYTICS)]).unwrap();
    assert!(phone.allows(MORE) && !phone.allows(ANALYTICS));
}
