//! A copy of a phone that nobody noticed: both write under one installation's name, and what the copy says is no record of this ledger.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{fs, sync::Arc};

use consentkit::{
    client::{Consent, Options},
    signal::Platform,
};
use serde_json::json;
use support::{
    Device, answer,
    loopback::{Host, LogIn, PlainTransport},
};

const MEMBER: &str = "acct_81";
const EMAIL: &str = "marketing.email";
const DATA_USE: &str = "marketing.data_use";
const ANALYTICS: &str = "cookies.analytics";

fn open(device: &Device, host: &Arc<Host>) -> Consent {
    let transport = Some(Arc::new(PlainTransport) as _);
    let tokens = Some(Arc::new(LogIn(host.clone())) as _);
    Consent::open(Options { server: Some(host.url()), transport, tokens, ..device.options() }).unwrap()
}

fn sync(consent: &Consent) {
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.pending, report.restored), (0, false), "{report:?}");
}

/// A phone with a server and a refusal of the anonymous person, and a copy of its file.
struct Pair {
    host: Arc<Host>,
    phone: Consent,
    copy: Consent,
    _folders: [Device; 2],
}

fn pair() -> Pair {
    let first = Device::new(Platform::Desktop);
    let host = Host::start(first.clock.clone());
    let second = Device { clock: first.clock.clone(), ..Device::new(Platform::Desktop) };
    let phone = open(&first, &host);
    answer(&phone, &[], &[EMAIL]).unwrap();
    phone.shutdown().unwrap();
    fs::copy(first.folder.path().join("consent.db"), second.folder.path().join("consent.db")).unwrap();
    Pair { phone: open(&first, &host), copy: open(&second, &host), host, _folders: [first, second] }
}

/// Lets a ledger grow by records that are no changes, so that no change of the two takes one place.
fn grow(pair: &Pair, consent: &Consent, times: usize) {
    for _ in 0..times {
        for choice in ["refused", "withdrawn"] {
            pair.host.web(MEMBER, json!({ "purpose": "marketing.sms", "choice": choice }));
        }
        sync(consent);
    }
}

#[test]
fn f_19_a_yes_of_a_copy_counts_though_the_copy_names_the_account_by_a_reference_of_its_own() {
    let pair = pair();
    // What the copy hears of its anonymous person takes the places in which the phone writes its sign-in.
    sync(&pair.copy);
    pair.phone.sign_in(MEMBER).unwrap();
    sync(&pair.phone);
    for _ in 0..4 {
        answer(&pair.copy, &[], &[EMAIL]).unwrap();
    }
    sync(&pair.copy);
    pair.copy.sign_in(MEMBER).unwrap();
    answer(&pair.copy, &[DATA_USE], &[]).unwrap();
    sync(&pair.copy);
    assert_eq!(pair.host.status(MEMBER, DATA_USE), "granted");
    sync(&pair.phone);
    let reasons = pair.phone.explain(DATA_USE).reasons;
    assert!(pair.phone.allows(DATA_USE), "{reasons:?}");
    assert!(!pair.phone.allows(EMAIL) && pair.phone.verify().unwrap().ok);
}

#[test]
fn f_19_a_yes_that_a_copys_sign_in_brought_along_counts_on_the_phone_too() {
    let pair = pair();
    sync(&pair.copy);
    pair.phone.sign_in(MEMBER).unwrap();
    sync(&pair.phone);
    for _ in 0..4 {
        answer(&pair.copy, &[DATA_USE], &[EMAIL]).unwrap();
    }
    sync(&pair.copy);
    pair.copy.sign_in(MEMBER).unwrap();
    sync(&pair.copy);
    assert_eq!(pair.host.status(MEMBER, DATA_USE), "granted");
    sync(&pair.phone);
    assert!(pair.phone.allows(DATA_USE), "{:?}", pair.phone.explain(DATA_USE).reasons);
}

#[test]
fn f_19_the_place_of_a_copys_yes_says_nothing_of_what_was_withdrawn_on_the_phone() {
    let pair = pair();
    sync(&pair.copy);
    pair.phone.sign_in(MEMBER).unwrap();
    sync(&pair.phone);
    grow(&pair, &pair.phone, 8);
    answer(&pair.phone, &[], &[DATA_USE]).unwrap();
    sync(&pair.phone);
    // The copy hears of the no before its form is drawn, and its ledger is far shorter than the phone's.
    pair.copy.sign_in(MEMBER).unwrap();
    sync(&pair.copy);
    answer(&pair.copy, &[DATA_USE], &[]).unwrap();
    sync(&pair.copy);
    assert_eq!(pair.host.status(MEMBER, DATA_USE), "granted", "its giver had the no on the screen");
    sync(&pair.phone);
    assert!(pair.phone.allows(DATA_USE), "{:?}", pair.phone.explain(DATA_USE).reasons);
    assert!(!pair.phone.allows(ANALYTICS));
}
