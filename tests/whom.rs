//! Whom a choice is about: it lands under the right name, whoever is in front of the screen and whatever became of the file since.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use consentkit::{
    client::{Consent, Options, SyncState},
    signal::Platform,
};
use serde_json::{Value, json};
use support::{
    Device, INFLUENTIAL, answer,
    loopback::{Host, LogIn, PlainTransport},
};

const MEMBER: &str = "acct_81";
const DATA_USE: &str = "marketing.data_use";
const ANALYTICS: &str = "cookies.analytics";
const KAKAO: &str = "marketing.kakao";

fn options(device: &Device, host: &Arc<Host>) -> Options {
    Options {
        server: Some(host.url()),
        transport: Some(Arc::new(PlainTransport)),
        tokens: Some(Arc::new(LogIn(host.clone()))),
        marker: Some(device.folder.path().join("marker")),
        ..device.options()
    }
}

fn open(device: &Device, host: &Arc<Host>) -> Consent {
    Consent::open(options(device, host)).unwrap()
}

fn settle(consent: &Consent) {
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.stuck, report.troubles.len()), (SyncState::UpToDate, 0, 0), "{report:?}");
    assert!(consent.pending().unwrap().iter().all(|change| !change.lowers), "a no waits");
    assert!(consent.verify().unwrap().ok, "{:?}", consent.verify());
}

/// The company's policy in a later edition, without a purpose or with another basis for it.
fn edition(number: u32, edit: impl FnOnce(&mut Vec<Value>)) -> String {
    let mut policy: Value = serde_json::from_str(INFLUENTIAL).unwrap();
    policy["edition"] = json!(number);
    policy["amendments"]["versions"].as_array_mut().unwrap().last_mut().unwrap()["edition"] = json!(number);
    edit(policy["purposes"].as_array_mut().unwrap());
    policy.to_string()
}

fn without_kakao(purposes: &mut Vec<Value>) {
    purposes.retain(|purpose| !purpose["id"].as_str().unwrap().starts_with(KAKAO));
}

fn start(device: &Device, policy: String) -> Consent {
    Consent::open(Options { policy, ..device.options() }).unwrap()
}

#[test]
fn f_6_what_was_granted_can_be_withdrawn_after_an_edition_left_it_out_and_does_not_come_back() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[DATA_USE, KAKAO], &[]).unwrap();
    drop(consent);
    let consent = start(&device, edition(4, without_kakao));
    let receipt = consent.withdraw(&[KAKAO]).unwrap();
    assert_eq!(receipt.items.len(), 1);
    drop(consent);
    let consent = start(&device, edition(5, |_| ()));
    assert!(!consent.allows(KAKAO), "withdrawn while it was left out");
    assert_eq!(consent.explain(KAKAO).reasons, [consentkit::decision::Reason::Withdrawn]);
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_6_so_can_what_no_longer_rests_on_consent_and_what_belongs_to_the_device() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[ANALYTICS, "cookies.marketing"], &[]).unwrap();
    drop(consent);
    let changed = edition(4, |purposes| {
        purposes.retain(|purpose| purpose["id"] != "cookies.marketing");
        let analytics = purposes.iter_mut().find(|purpose| purpose["id"] == ANALYTICS).unwrap();
        analytics["basis"] = json!("contract");
        analytics.as_object_mut().unwrap().remove("google");
        analytics["material"] = json!(analytics["material"].as_u64().unwrap_or(1) + 1);
    });
    let consent = start(&device, changed);
    let receipt = consent.withdraw(&[ANALYTICS, "cookies.marketing"]).unwrap();
    assert_eq!(receipt.items.len(), 2);
    let error = consent.withdraw(&["cookies.never"]).unwrap_err().to_string();
    assert!(error.contains("purposes[0]"), "{error}");
    let error = consent.withdraw(&["membership"]).unwrap_err().to_string();
    assert!(error.contains("purposes[0]"), "never asked for: {error}");
    drop(consent);
    let back = edition(5, |purposes| {
        for purpose in purposes.iter_mut().filter(|purpose| purpose["id"] == ANALYTICS) {
            purpose["material"] = json!(purpose["material"].as_u64().unwrap_or(1) + 2);
        }
    });
    let consent = start(&device, back);
    assert!(!consent.allows(ANALYTICS) && !consent.allows("cookies.marketing"));
}

#[test]
fn f_6_the_withdrawal_reaches_the_server() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host);
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, KAKAO], &[]).unwrap();
    settle(&consent);
    drop(consent);
    let consent = Consent::open(Options { policy: edition(4, without_kakao), ..options(&device, &host) }).unwrap();
    consent.withdraw(&[KAKAO]).unwrap();
    settle(&consent);
    assert_eq!(host.status(MEMBER, KAKAO), "withdrawn");
}
