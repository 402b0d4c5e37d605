//! A phone whose disk refuses for a while ends where one ends whose disk never did, but for the grants that were lost.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{
    client::{Answer, Consent},
    policy::Basis,
    signal::{AgeBand, Platform, Signals, Tracking},
};
use proptest::{collection::vec, prelude::*};
use support::{Device, refusing::Refusing};

const PURPOSES: [&str; 6] =
    ["marketing.data_use", "marketing.email", "marketing.sms", "cookies.analytics", "cookies.marketing", "ad_id.measurement"];
const ACCOUNTS: [&str; 2] = ["acct_81", "acct_82"];

/// One thing that happens on the phone.
#[derive(Debug, Clone)]
enum Act {
    Withdraw(usize),
    Refuse(usize),
    Grant(usize),
    Report(Signals),
    SignIn(usize),
    SignOut,
    Refresh,
}

fn act() -> impl Strategy<Value = Act> {
    let signals = prop_oneof![
        any::<bool>().prop_map(|gpc| Signals { gpc: Some(gpc), ..Signals::default() }),
        prop_oneof![Just(Tracking::Denied), Just(Tracking::Authorized), Just(Tracking::Restricted)]
            .prop_map(|tracking| Signals { tracking: Some(tracking), ..Signals::default() }),
        prop_oneof![Just(AgeBand::Below), Just(AgeBand::Above), Just(AgeBand::Unknown)]
            .prop_map(|age| Signals { age: Some(age), ..Signals::default() }),
    ];
    prop_oneof![
        3 => (0..PURPOSES.len()).prop_map(Act::Withdraw),
        2 => (0..PURPOSES.len()).prop_map(Act::Refuse),
        4 => (0..PURPOSES.len()).prop_map(Act::Grant),
        2 => signals.prop_map(Act::Report),
        1 => (0..ACCOUNTS.len()).prop_map(Act::SignIn),
        1 => Just(Act::SignOut),
        1 => Just(Act::Refresh),
    ]
}

impl Act {
    fn on(&self, consent: &Consent) -> bool {
        let record = |answer: Answer| {
            let shown = consent.questions("settings").unwrap().shown;
            consent.record(&shown, &[answer]).is_ok()
        };
        match self {
            Self::Withdraw(purpose) => consent.withdraw(&[PURPOSES[*purpose]]).is_ok(),
            Self::Refuse(purpose) => record(Answer::refuse(PURPOSES[*purpose])),
            Self::Grant(purpose) => record(Answer::grant(PURPOSES[*purpose])),
            Self::Report(signals) => consent.report_signals(*signals).is_ok(),
            Self::SignIn(account) => consent.sign_in(ACCOUNTS[*account]).is_ok(),
            Self::SignOut => consent.sign_out().is_ok(),
            Self::Refresh => consent.refresh().is_ok(),
        }
    }
}

fn allowed(consent: &Consent) -> Vec<String> {
    let snapshot = consent.snapshot();
    let asked = snapshot.policy.purposes.iter().filter(|purpose| purpose.basis == Basis::Consent);
    asked.filter(|purpose| consent.allows(&purpose.id)).map(|purpose| purpose.id.clone()).collect()
}

fn everything_allowed(device: &Device) -> Consent {
    let consent = device.open();
    consent.report_signals(Signals { tracking: Some(Tracking::Authorized), gpc: Some(false), ..Signals::default() }).unwrap();
    let grants: Vec<Answer> = PURPOSES.iter().copied().map(Answer::grant).collect();
    let shown = consent.questions("settings").unwrap().shown;
    consent.record(&shown, &grants).unwrap();
    assert_eq!(allowed(&consent).len(), PURPOSES.len());
    consent
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn f_1_f_2_f_3_what_denies_while_the_disk_refuses_denies_as_if_it_had_been_written(
        before in vec(act(), 0..4),
        during in vec(act(), 1..8),
        after in vec(act(), 0..4),
    ) {
        let (flaky_device, steady_device) = (Device::new(Platform::Ios), Device::new(Platform::Ios));
        let (flaky, steady) = (everything_allowed(&flaky_device), everything_allowed(&steady_device));
        for act in &before {
            prop_assert_eq!(act.on(&flaky), act.on(&steady));
        }
        prop_assert_eq!(allowed(&flaky), allowed(&steady));
        let refusing = Refusing::every_write(flaky_device.folder.path());
        for act in &during {
            let before = allowed(&flaky);
            let failed = !act.on(&flaky);
            act.on(&steady);
            let now = allowed(&flaky);
            // Nothing that could not be written gives a permission, and what takes one away takes it away here as it does there.
            prop_assert!(now.iter().all(|purpose| before.contains(purpose)), "{act:?} gave {now:?} over {before:?}");
            let takes = matches!(act, Act::Withdraw(_) | Act::Refuse(_) | Act::Report(_) | Act::SignOut);
            let steady_now = allowed(&steady);
            let lost: Vec<&String> = before.iter().filter(|purpose| !steady_now.contains(purpose)).collect();
            prop_assert!(!takes || lost.iter().all(|purpose| !now.contains(purpose)), "{act:?} left {now:?}, steady {steady_now:?}");
            if failed && matches!(act, Act::Withdraw(_) | Act::Refuse(_)) {
                prop_assert!(!flaky.unrecorded().is_empty());
            }
        }
        let held = allowed(&flaky);
        refusing.lift();
        // The next write records all of it, and nothing counts then that did not before.
        flaky.connectivity_restored().unwrap();
        prop_assert!(flaky.unrecorded().is_empty());
        let recorded = allowed(&flaky);
        let signed_in_vainly = during.iter().any(|act| matches!(act, Act::SignIn(_)));
        let signed_out = during.iter().any(|act| matches!(act, Act::SignOut));
        // Age and guardian end with the leaving once it is recorded, as they do on the steady phone.
        let lawful = |purpose: &String| held.contains(purpose) || (signed_out && allowed(&steady).contains(purpose));
        prop_assert!(signed_in_vainly || recorded.iter().all(lawful), "{recorded:?} after {held:?}");
        prop_assert!(signed_in_vainly || held.iter().all(|purpose| recorded.contains(purpose)), "{recorded:?} after {held:?}");
        prop_assert!(flaky.verify().unwrap().ok);
        for act in &after {
            act.on(&flaky);
        }
        // A permission to track is read anew in each process.
        let tracking = Signals { tracking: Some(tracking_of(&before, &during, &after)), ..Signals::default() };
        flaky.report_signals(tracking).unwrap();
        let answers = allowed(&flaky);
        drop(flaky);
        let again = flaky_device.open();
        again.report_signals(tracking).unwrap();
        prop_assert_eq!(allowed(&again), answers, "the file says what the memory said");
        prop_assert!(again.verify().unwrap().ok);
    }
}

/// The tracking status that was reported last.
fn tracking_of(before: &[Act], during: &[Act], after: &[Act]) -> Tracking {
    let all = before.iter().chain(during).chain(after);
    let mut reported = all.filter_map(|act| match act {
        Act::Report(signals) => signals.tracking,
        _ => None,
    });
    reported.next_back().unwrap_or(Tracking::Authorized)
}
