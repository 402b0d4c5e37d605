//! Each policy of `examples/policies` and that of the first user opens, asks, records and syncs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::{collections::BTreeSet, sync::Arc};

use consentkit::{
    client::{Answer, Consent, Options, SyncState, TimeZones},
    policy::{Basis, OffsetChange, Policy, ZoneOffsets},
    signal::{AgeBand, Platform, Signals},
};
use support::{
    Device,
    loopback::{Host, LogIn, PlainTransport},
};

const POLICIES: [(&str, &str, usize); 4] = [
    ("minimal", include_str!("../examples/policies/minimal.json"), 1),
    ("game", include_str!("../examples/policies/game.json"), 40),
    ("japanese-shop", include_str!("../examples/policies/japanese-shop.json"), 9),
    ("influential", include_str!("../examples/influential/policy.json"), 20),
];

/// 2026-11-25 08:00 UTC: by day in Seoul and an hour east of Greenwich.
const DAY_EVERYWHERE: i64 = 1_795_593_600_000;

/// A system that knows every zone, an hour ahead of UTC.
struct AnHourAhead;

impl TimeZones for AnHourAhead {
    fn offsets(&self, _zone: &str, from: i64, until: i64) -> Option<ZoneOffsets> {
        Some(ZoneOffsets { changes: vec![OffsetChange { from, utc_offset_minutes: 60 }], until })
    }
}

#[test]
fn every_example_policy_opens_asks_records_and_syncs() {
    for (name, document, purposes) in POLICIES {
        let policy = Policy::parse(document).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        assert_eq!(policy.purposes.len(), purposes, "{name}");
        let device = Device::new(Platform::Android);
        device.clock.set(DAY_EVERYWHERE);
        let host = Host::start_with(device.clock.clone(), document);
        let consent = Consent::open(Options {
            policy: document.into(),
            server: Some(host.url()),
            transport: Some(Arc::new(PlainTransport)),
            tokens: Some(Arc::new(LogIn(host.clone()))),
            zones: Some(Arc::new(AnHourAhead)),
            ..device.options()
        })
        .unwrap();
        consent.sign_in("acct_1").unwrap();
        consent.report_signals(Signals { age: Some(AgeBand::Above), ..Signals::default() }).unwrap();
        assert_eq!(consent.sync(10_000).unwrap().state, SyncState::UpToDate, "{name}");
        let asked: BTreeSet<String> =
            policy.purposes.iter().filter(|purpose| purpose.basis.may_be_answered()).map(|purpose| purpose.id.clone()).collect();
        let forms = if policy.surfaces.is_empty() { vec!["consent".to_owned()] } else { policy.surfaces.clone() };
        let mut met = BTreeSet::new();
        for form in &forms {
            let questions = consent.questions(form).unwrap();
            let answers: Vec<Answer> = questions.questions.iter().map(|question| Answer::grant(&question.purpose)).collect();
            assert!(!answers.is_empty(), "{name}: {form}");
            assert!(questions.questions.iter().all(|question| !question.notice.title.is_empty()), "{name}: {form}");
            met.extend(answers.iter().map(|answer| answer.purpose.clone()));
            consent.record(&questions.shown, &answers).unwrap();
        }
        assert_eq!(met, asked, "{name}: every purpose with a choice is asked for on some form");
        for id in &met {
            let reasons: Vec<String> = consent.explain(id).reasons.iter().map(|reason| reason.code()).collect();
            let by_the_platform = reasons.iter().all(|code| code.starts_with("ad_id") || code.starts_with("requires:ad"));
            assert!(reasons.is_empty() || by_the_platform, "{name}: {id}: {reasons:?}");
        }
        let report = consent.sync(10_000).unwrap();
        assert_eq!((report.state, report.pending), (SyncState::UpToDate, 0), "{name}: {:?}", report.troubles);
        for purpose in policy.purposes.iter().filter(|purpose| purpose.basis == Basis::Consent && met.contains(&purpose.id)) {
            if purpose.scope == consentkit::policy::Scope::Person {
                assert_eq!(host.status("acct_1", &purpose.id), "granted", "{name}: {}", purpose.id);
            }
        }
        assert!(consent.verify().unwrap().ok, "{name}");
    }
}

#[test]
fn the_minimal_policy_fits_on_a_screen_and_the_game_speaks_three_languages() {
    assert!(POLICIES[0].1.lines().count() <= 25);
    let game = Policy::parse(POLICIES[1].1).unwrap();
    for language in ["de-AT", "es-MX", "en-US"] {
        let title = game.text(&game.purposes[0].title, game.language(language));
        assert!(["Spielkonto", "Cuenta", "Account"].contains(&title.as_str()), "{language}");
        assert_eq!(game.language(language), &language[..2]);
    }
}
