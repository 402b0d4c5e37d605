//! What denies counts also where the file cannot even be read.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{Arc, Mutex};

use consentkit::{
    client::{AdIdProvider, Consent, DenialKind, Options},
    decision::Reason,
    ledger::AskAgain,
    signal::{AdIdAnswer, AdIdSignal, AdIdUnavailable, AgeBand, Platform, Signals},
};
use support::{Device, answer};

const ADS: &str = "ad_id.personalised_ads";
const EMAIL: &str = "marketing.email";

/// A provider whose id the test changes.
struct Ids(Mutex<AdIdAnswer>);

impl AdIdProvider for Ids {
    fn advertising_id(&self) -> AdIdAnswer {
        self.0.lock().unwrap().clone()
    }
}

fn an_id(first: char) -> AdIdAnswer {
    AdIdAnswer::Id { value: format!("{first}8400e29-b41d-4a16-8446-655440000000"), limited: false }
}

/// Renames tables of the file, so that it cannot even be read.
fn rename(device: &Device, from: &str, to: &str) {
    let connection = rusqlite::Connection::open(device.folder.path().join("consent.db")).unwrap();
    connection.execute_batch(&format!("ALTER TABLE {from} RENAME TO {to}")).unwrap();
}

#[test]
fn f_1_what_the_provider_says_counts_where_the_file_cannot_even_be_read() {
    let zeros = AdIdAnswer::Id { value: "00000000-0000-0000-0000-000000000000".into(), limited: false };
    let limited = AdIdAnswer::Id { value: "a8400e29-b41d-4a16-8446-655440000000".into(), limited: true };
    let cases = [
        (limited, DenialKind::AdvertisingId, Reason::AdIdLimited),
        (zeros, DenialKind::AdvertisingId, Reason::AdIdLimited),
        (
            AdIdAnswer::Unavailable { kind: AdIdUnavailable::TimedOut },
            DenialKind::AdvertisingId,
            Reason::AdIdUnavailable { kind: AdIdUnavailable::TimedOut },
        ),
        (an_id('b'), DenialKind::AnotherAdvertisingId, Reason::AskAgain { cause: AskAgain::AdIdChanged }),
    ];
    for (said, kind, reason) in cases {
        for (table, reopened) in [("setting", false), ("ledger", false), ("setting", true)] {
            let device = Device::new(Platform::Android);
            let ids = Arc::new(Ids(an_id('a').into()));
            let options = || Options { ad_id: Some(ids.clone()), ..device.options() };
            let mut consent = Consent::open(options()).unwrap();
            consent
                .report_signals(Signals { ad_id: Some(AdIdSignal::Available), age: Some(AgeBand::Above), ..Signals::default() })
                .unwrap();
            answer(&consent, &[ADS, EMAIL], &[]).unwrap();
            assert!(consent.allows(ADS));
            consent.advertising_id(ADS).unwrap();
            if reopened {
                consent.shutdown().unwrap();
                consent = Consent::open(options()).unwrap();
            }
            rename(&device, table, "gone");
            // The id that was known all along takes nothing away.
            assert!(consent.advertising_id(ADS).is_err(), "{table}");
            assert!(consent.allows(ADS), "{table}: {:?}", consent.explain(ADS));
            *ids.0.lock().unwrap() = said.clone();
            assert!(consent.advertising_id(ADS).is_err(), "{table}, {said:?}");
            assert_eq!(consent.explain(ADS).reasons, std::slice::from_ref(&reason), "{table}, {said:?}");
            assert_eq!(consent.unrecorded().iter().map(|held| held.kind).collect::<Vec<_>>(), [kind], "{table}, {said:?}");
            rename(&device, "gone", table);
            consent.refresh().unwrap();
            consent.withdraw(&[EMAIL]).unwrap();
            assert_eq!((consent.unrecorded(), consent.explain(ADS).reasons), (vec![], vec![reason.clone()]), "{table}, {said:?}: recorded");
        }
    }
}
