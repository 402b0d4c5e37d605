//! What holds of an announced edition whatever it changes and whatever happens meanwhile: before its day it changes no decision, and from its
//! first moment on every decision is by it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{client::Consent, signal::Platform};
use proptest::{collection::vec, prelude::*, sample::subsequence};
use serde_json::json;
use support::{
    Device, NOON,
    announced::{edition, new_purpose, place},
    answer,
};

const DAY: i64 = 86_400_000;
/// 2026-12-20 00:00 in Seoul.
const DAY_OF_4: i64 = 1_797_692_400_000;
const PURPOSES: [&str; 6] =
    ["marketing.data_use", "marketing.email", "marketing.push", "marketing.push.night", "cookies.analytics", "cookies.marketing"];
const NEW: &str = "cookies.more";

/// Something that happens on the phone at a time, milliseconds from the edition's first moment on.
#[derive(Debug, Clone)]
enum Event {
    /// Somebody looks.
    Look(i64),
    /// A purpose is withdrawn.
    Withdraw(i64, usize),
    /// The app's process is killed and starts anew.
    Kill(i64),
}

impl Event {
    fn at(&self) -> i64 {
        match self {
            Self::Look(at) | Self::Withdraw(at, _) | Self::Kill(at) => *at,
        }
    }
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let at = || prop_oneof![-28 * DAY..40 * DAY, Just(-1), Just(0), Just(1), -3_600_000..3_600_000_i64];
    let event = prop_oneof![
        4 => at().prop_map(Event::Look),
        2 => (at(), 0..PURPOSES.len()).prop_map(|(at, purpose)| Event::Withdraw(at, purpose)),
        1 => at().prop_map(Event::Kill),
    ];
    vec(event, 1..12).prop_map(|mut events| {
        events.sort_by_key(Event::at);
        events
    })
}

/// The purposes that edition 4 raises, and whether it brings a new one.
fn fourth(effective_on: &str, raised: &[&str], brings: bool) -> String {
    let numbers: Vec<String> = raised.iter().map(|purpose| place(purpose, "material")).collect();
    let mut changes: Vec<(&str, serde_json::Value)> = numbers.iter().map(|number| (number.as_str(), json!(2))).collect();
    if brings {
        changes.push(("/purposes/-", new_purpose(NEW)));
    }
    edition(4, effective_on, &changes)
}

struct Phone {
    device: Device,
    consent: Option<Consent>,
}

impl Phone {
    fn new(granted: &[&str]) -> Self {
        let device = Device::new(Platform::Android);
        let consent = device.open();
        if !granted.is_empty() {
            answer(&consent, granted, &[]).unwrap();
        }
        Self { device, consent: Some(consent) }
    }

    fn consent(&self) -> &Consent {
        self.consent.as_ref().unwrap()
    }

    fn meets(&mut self, event: &Event) {
        self.device.clock.set(DAY_OF_4 + event.at());
        match event {
            Event::Look(_) => {}
            Event::Withdraw(_, purpose) => drop(self.consent().withdraw(&[PURPOSES[*purpose]]).unwrap()),
            Event::Kill(_) => {
                self.consent = None;
                self.consent = Some(self.device.open());
            }
        }
    }

    fn decisions(&self) -> Vec<(bool, bool, Vec<String>, Option<String>)> {
        let consent = self.consent();
        let status = |purpose: &str| consent.snapshot().answers.get(purpose).map(|answer| format!("{:?}", answer.status));
        let one = |purpose: &&str| {
            let decision = consent.explain(purpose);
            let codes = decision.reasons.iter().map(consentkit::decision::Reason::code).collect();
            (consent.allows(purpose), decision.allowed, codes, status(purpose))
        };
        PURPOSES.iter().chain(&[NEW]).map(one).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn f_35_an_announced_edition_changes_nothing_before_its_day_and_everything_from_its_first_moment_on(
        granted in subsequence(PURPOSES.to_vec(), 0..=6), raised in subsequence(PURPOSES.to_vec(), 0..=6), brings: bool, events in events(),
    ) {
        let mut announced = Phone::new(&granted);
        announced.consent().adopt_policy(&fourth("2026-12-20", &raised, brings)).unwrap();
        let mut never = Phone::new(&granted);
        let mut at_once = Phone::new(&granted);
        at_once.consent().adopt_policy(&fourth("2026-11-20", &raised, brings)).unwrap();
        for event in &events {
            announced.meets(event);
            never.meets(event);
            at_once.meets(event);
            let by = if event.at() < 0 { &never } else { &at_once };
            prop_assert_eq!(announced.decisions(), by.decisions(), "{:?}", event);
            prop_assert!(announced.decisions().iter().all(|(allows, allowed, codes, _)| allows == allowed && *allows == codes.is_empty()));
        }
        prop_assert!(announced.consent().verify().unwrap().ok);
        prop_assert!(NOON < DAY_OF_4);
    }
}
