//! Code of the host that panics is no answer, and no call of the app fails for it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/edit.rs"]
mod edit;
mod support;

use std::sync::Arc;

use consentkit::{
    client::{AdIdProvider, AdvertisingId, Consent, Options, TimeZones, TokenProvider},
    policy::ZoneOffsets,
    signal::{AdIdAnswer, Platform},
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use edit::{Edit::Set, edited};
use serde_json::json;
use support::{Device, answer};

const DATA_USE: &str = "marketing.data_use";
const PUSH: &str = "marketing.push";

struct Panics;

/// A value that a panic carries, whose own end panics as well.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("and once more");
    }
}

impl TimeZones for Panics {
    fn offsets(&self, _: &str, _: i64, _: i64) -> Option<ZoneOffsets> {
        std::panic::panic_any(Bomb)
    }
}

impl AdIdProvider for Panics {
    fn advertising_id(&self) -> AdIdAnswer {
        std::panic::panic_any(Bomb)
    }
}

impl TokenProvider for Panics {
    fn token(&self, _: &str, _: bool) -> Option<String> {
        std::panic::panic_any(Bomb)
    }
}

impl Transport for Panics {
    fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        std::panic::panic_any(Bomb)
    }
}

fn night_in(zone: &str) -> String {
    edited(&[Set("/regimes", json!([])), Set("/night", json!({ "from": "21:00", "until": "08:00", "zone": zone }))]).to_string()
}

#[test]
fn what_knows_the_time_zones_may_panic_and_it_is_quiet_all_day() {
    let device = Device::new(Platform::Android);
    let consent = Consent::open(Options { policy: night_in("Europe/Berlin"), zones: Some(Arc::new(Panics)), ..device.options() }).unwrap();
    answer(&consent, &[DATA_USE, PUSH], &[]).unwrap();
    let codes: Vec<String> = consent.explain(PUSH).reasons.iter().map(consentkit::decision::Reason::code).collect();
    assert_eq!((consent.allows(PUSH), codes), (false, vec!["zone_unknown".to_owned()]));
    consent.refresh().unwrap();
}

#[test]
fn what_gives_the_advertising_id_may_panic_and_there_is_none() {
    let device = Device::new(Platform::Android);
    let consent = Consent::open(Options { ad_id: Some(Arc::new(Panics)), ..device.options() }).unwrap();
    answer(&consent, &["ad_id.personalised_ads"], &[]).unwrap();
    let AdvertisingId::Refused { reasons } = consent.advertising_id("ad_id.personalised_ads").unwrap() else {
        panic!("there is no id to give");
    };
    assert_eq!(reasons.iter().map(consentkit::decision::Reason::code).collect::<Vec<_>>(), ["ad_id_unavailable:failed"]);
}

#[test]
fn what_sends_and_what_has_the_tokens_may_panic_and_the_changes_stay_in_the_queue() {
    let device = Device::new(Platform::Android);
    let options = Options {
        server: Some("https://example.com".into()),
        transport: Some(Arc::new(Panics)),
        tokens: Some(Arc::new(Panics)),
        ..device.options()
    };
    let consent = Consent::open(options).unwrap();
    answer(&consent, &[DATA_USE], &[]).unwrap();
    consent.sign_in("acct_81").unwrap();
    let waiting = consent.pending().unwrap().len();
    for _ in 0..3 {
        consent.sync(5_000).unwrap();
        device.clock.advance(86_400_000);
    }
    assert!(waiting > 0 && consent.pending().unwrap().len() == waiting);
}
