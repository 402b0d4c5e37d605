//! Saying and withdrawing, on one device without a server.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{client::Answer, decision::Reason, error::Error, ledger::ChoiceKind, signal::Platform};
use support::{Device, answer};

#[test]
fn nothing_is_allowed_before_an_answer() {
    let device = Device::new(Platform::Ios);
    let consent = device.open();
    for purpose in consent
        .snapshot()
        .policy
        .purposes
        .iter()
        .filter(|purpose| purpose.notice.is_some() && purpose.basis == consentkit::policy::Basis::Consent)
    {
        assert!(!consent.allows(&purpose.id), "{}", purpose.id);
    }
    assert!(consent.pending().unwrap().is_empty());
}

#[test]
fn a_grant_counts_at_once_and_after_a_restart() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &["marketing.data_use", "marketing.email"], &["marketing.sms"]).unwrap();
    assert!(consent.allows("marketing.email"));
    assert!(!consent.allows("marketing.sms"));
    assert_eq!(consent.explain("marketing.sms").reasons, [Reason::Refused]);
    drop(consent);
    let consent = device.open();
    assert!(consent.allows("marketing.email"));
    assert_eq!(consent.pending().unwrap().len(), 3);
    let verified = consent.verify().unwrap();
    assert!(verified.ok, "{verified:?}");
}

#[test]
fn a_grant_needs_the_notice_it_answers() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let grant = [Answer::grant("marketing.email")];
    assert!(matches!(consent.record("forged", &grant), Err(Error::Shown { .. })));
    assert!(consent.history(0, 100).unwrap().iter().all(|entry| entry.kind != "choice"));
}

#[test]
fn a_no_after_a_yes_is_a_withdrawal() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &["marketing.data_use"], &[]).unwrap();
    let questions = consent.questions("settings").unwrap();
    let receipt = consent.record(&questions.shown, &[Answer::refuse("marketing.data_use")]).unwrap();
    assert_eq!(receipt.items[0].choice, ChoiceKind::Withdrawn);
}

#[test]
fn a_form_drawn_before_a_withdrawal_cannot_bring_the_grant_back() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &["marketing.data_use"], &[]).unwrap();
    let stale = consent.questions("settings").unwrap();
    consent.withdraw(&["marketing.data_use"]).unwrap();
    consent.record(&stale.shown, &[Answer::grant("marketing.data_use")]).unwrap();
    assert!(!consent.allows("marketing.data_use"));
    let fresh = consent.questions("settings").unwrap();
    consent.record(&fresh.shown, &[Answer::grant("marketing.data_use")]).unwrap();
    assert!(consent.allows("marketing.data_use"));
}

#[test]
fn a_refused_call_leaves_what_was_said() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &["marketing.data_use", "marketing.email"], &[]).unwrap();
    assert!(matches!(consent.record("forged", &[Answer::refuse("marketing.email")]), Err(Error::Shown { .. })));
    consent.withdraw(&["marketing.data_use"]).unwrap();
    assert_eq!(consent.explain("marketing.data_use").reasons, [Reason::Withdrawn]);
    assert_eq!(consent.explain("marketing.email").reasons, [Reason::Requires { purpose: "marketing.data_use".into() }]);
    let verified = consent.verify().unwrap();
    assert!(verified.ok, "{verified:?}");
}

#[test]
fn opening_again_writes_nothing() {
    let device = Device::new(Platform::Desktop);
    answer(&device.open(), &["marketing.data_use"], &[]).unwrap();
    let file = device.folder.path().join("consent.db");
    let before = std::fs::read(&file).unwrap();
    drop(device.open());
    assert!(before == std::fs::read(&file).unwrap());
}

struct Owner(std::sync::Mutex<Option<consentkit::client::Subscription>>);

impl consentkit::client::Observer for Owner {
    fn changed(&self, _: std::sync::Arc<consentkit::client::Snapshot>, _: i64) {
        self.0.lock().unwrap().take();
    }
}

#[test]
fn an_observer_that_owns_a_subscription_can_be_cancelled() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let inner = consent.subscribe(std::sync::Arc::new(Owner(None.into())));
    let outer = consent.subscribe(std::sync::Arc::new(Owner(Some(inner).into())));
    outer.cancel();
    drop(outer);
    answer(&consent, &["marketing.data_use"], &[]).unwrap();
}
