//! A server that tells more than is recorded: a no that the ledger has no room for takes nothing away when it is told, and still no yes of a
//! form from before it counts.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use consentkit::{
    client::{Answer, Consent, ImportChoice, Options, TokenProvider},
    decision::Reason,
    ledger::{AskAgain, ChoiceKind},
    signal::Platform,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use serde_json::{Value, json};
use support::{
    Device, NOON, answer,
    silent_policy::{FRAUD, silent_policy},
};

const DATA_USE: &str = "marketing.data_use";
const ANALYTICS: &str = "cookies.analytics";
const ADS: &str = "cookies.marketing";
const NOISE: [&str; 3] = ["marketing.push", "marketing.sms", "ad_id.measurement"];
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Takes up everything, and tells of some purposes something new in every answer until it is told to be quiet.
#[derive(Default)]
struct Noisy {
    answers: AtomicI64,
    is_quiet: AtomicBool,
    /// The number of the last withdrawal that it tells of the purposes in question; 0 for none.
    noes: AtomicI64,
    told: std::sync::Mutex<Vec<&'static str>>,
}

fn state(purpose: &str, status: &str, epoch: i64, listed: i64) -> Value {
    let withdrawals: Vec<Value> =
        (epoch - listed + 1..=epoch).map(|number| json!({ "op": format!("{number:064}"), "epoch": number })).collect();
    json!({ "purpose": purpose, "status": status, "history": "h1", "epoch": epoch, "revision": epoch + 1, "withdrawals": withdrawals })
}

impl Transport for Noisy {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let ok = |body: String| Ok(HttpResponse { status: 200, headers: vec![], body: body.into_bytes() });
        if request.url.ends_with("/v1/installs") {
            return ok(r#"{"token":"t"}"#.into());
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let count = self.answers.fetch_add(1, Ordering::SeqCst) + 1;
        let told = if self.is_quiet.load(Ordering::SeqCst) { 4_000 } else { count };
        let mut states: Vec<Value> =
            NOISE.iter().map(|purpose| state(purpose, if told % 2 == 0 { "refused" } else { "withdrawn" }, told * 64, 64)).collect();
        let noes = self.noes.load(Ordering::SeqCst);
        for purpose in self.told.lock().unwrap().iter().filter(|_| noes > 0) {
            states.push(state(purpose, "withdrawn", noes, noes.min(64)));
        }
        let changes = body["changes"].as_array().unwrap();
        let results: Vec<Value> = changes.iter().map(|change| json!({ "op": change["op"], "outcome": "applied", "epoch": 1 })).collect();
        ok(json!({ "results": results, "states": states, "history": "h1", "cursor": format!("h1:{count}"), "more": false, "server_time": "2026-11-22T03:00:00Z" }).to_string())
    }
}

struct AnyToken;

impl TokenProvider for AnyToken {
    fn token(&self, _subject: &str, _refresh: bool) -> Option<String> {
        Some("t".into())
    }
}

fn open(device: &Device, server: &Arc<Noisy>) -> Consent {
    open_under(device, server, support::INFLUENTIAL.into())
}

fn open_under(device: &Device, server: &Arc<Noisy>, policy: String) -> Consent {
    let (transport, tokens) = (Some(server.clone() as _), Some(Arc::new(AnyToken) as _));
    Consent::open(Options { server: Some("https://consent.example".into()), transport, tokens, policy, ..device.options() }).unwrap()
}

/// Syncs until the server has told more than is recorded.
fn is_told_too_much(consent: &Consent) {
    for _ in 0..200 {
        let report = consent.sync(60_000).unwrap();
        consent.connectivity_restored().unwrap();
        if report.troubles.iter().any(|trouble| trouble.code() == "too_much_told") {
            return;
        }
    }
    panic!("the allowance has no end");
}

/// The server says no to these purposes, and the phone, which has no room for it, hears it.
fn hears_of_noes(consent: &Consent, server: &Noisy, purposes: &[&'static str], number: i64) {
    let records = consent.verify().unwrap().records;
    *server.told.lock().unwrap() = purposes.to_vec();
    server.noes.store(number, Ordering::SeqCst);
    let report = consent.sync(60_000).unwrap();
    assert!(report.troubles.iter().any(|trouble| trouble.code() == "too_much_told"), "{report:?}");
    assert_eq!(consent.verify().unwrap().records, records, "nothing of it is recorded");
    consent.connectivity_restored().unwrap();
}

fn is_stale(consent: &Consent, purpose: &str, told: &str) {
    assert!(!consent.allows(purpose), "{told}");
    assert_eq!(consent.explain(purpose).reasons, [Reason::AskAgain { cause: AskAgain::StaleGrant }], "{told}");
}

#[test]
fn f_2_the_yes_of_an_older_form_does_not_pass_a_no_that_was_held_back() {
    for refused in [false, true] {
        for starts_again in [false, true] {
            let told = format!("refused {refused}, starts again {starts_again}");
            let (device, server) = (Device::new(Platform::Desktop), Arc::new(Noisy::default()));
            let mut consent = open(&device, &server);
            consent.sign_in("acct_81").unwrap();
            answer(&consent, &[], if refused { &[DATA_USE, ANALYTICS] } else { &[ADS] }).unwrap();
            is_told_too_much(&consent);
            let form = consent.questions("settings").unwrap();
            hears_of_noes(&consent, &server, &[DATA_USE, ANALYTICS], 1);
            if starts_again {
                consent.shutdown().unwrap();
                consent = open(&device, &server);
            }
            let records = consent.verify().unwrap().records;
            consent.record(&form.shown, &[Answer::grant(DATA_USE), Answer::grant(ANALYTICS)]).unwrap();
            assert_eq!(consent.verify().unwrap().records, records + 4, "{told}: two noes and two yeses");
            is_stale(&consent, DATA_USE, &told);
            is_stale(&consent, ANALYTICS, &told);
            if !refused {
                // The next form has seen both, and so its yes counts.
                answer(&consent, &[DATA_USE, ANALYTICS], &[]).unwrap();
                assert!(consent.allows(DATA_USE) && consent.allows(ANALYTICS), "{told}");
            }
            assert!(consent.verify().unwrap().ok);
        }
    }
}

#[test]
fn f_2_nor_does_a_yes_that_a_sign_in_or_an_import_brings() {
    for by_import in [false, true] {
        let (device, server) = (Device::new(Platform::Desktop), Arc::new(Noisy::default()));
        let consent = open(&device, &server);
        consent.sign_in("acct_81").unwrap();
        answer(&consent, &[], &[ADS]).unwrap();
        is_told_too_much(&consent);
        hears_of_noes(&consent, &server, &[DATA_USE, ANALYTICS], 1);
        if by_import {
            let yes = |purpose: &str| ImportChoice {
                purpose: purpose.into(),
                choice: ChoiceKind::Granted,
                said_at: Some(NOON - DAY),
                source: "older".into(),
                text_version: None,
                actor: None,
            };
            consent.import(&[yes(DATA_USE), yes(ANALYTICS)]).unwrap();
            assert_eq!(consent.explain(ANALYTICS).reasons, [Reason::Withdrawn]);
        } else {
            consent.sign_out().unwrap();
            answer(&consent, &[DATA_USE], &[]).unwrap();
            assert!(consent.allows(DATA_USE), "of nobody in particular");
            consent.sign_in("acct_81").unwrap();
        }
        assert_eq!(consent.explain(DATA_USE).reasons, [Reason::Withdrawn], "by import {by_import}");
        assert!(consent.verify().unwrap().ok);
    }
}

#[test]
fn f_2_what_is_held_back_is_bounded_and_forgotten_once_it_is_recorded() {
    let (device, server) = (Device::new(Platform::Desktop), Arc::new(Noisy::default()));
    let consent = open(&device, &server);
    consent.sign_in("acct_81").unwrap();
    answer(&consent, &[], &[ADS]).unwrap();
    is_told_too_much(&consent);
    let settings = || {
        let file = rusqlite::Connection::open(device.folder.path().join("consent.db")).unwrap();
        let row = |row: &rusqlite::Row<'_>| Ok::<(i64, i64), _>((row.get(0)?, row.get(1)?));
        file.query_row("SELECT count(*), sum(length(value)) FROM setting", [], row).unwrap()
    };
    hears_of_noes(&consent, &server, &[DATA_USE, ANALYTICS], 30);
    let (count, bytes) = settings();
    for number in 31..60 {
        hears_of_noes(&consent, &server, &[DATA_USE, ANALYTICS], number);
    }
    assert_eq!(settings().0, count, "the last no of each purpose");
    assert!(settings().1 < bytes + 12 * 1024, "{:?} after {bytes}", settings());
    // Once there is room again it is recorded as anything else, and nothing is held back any more.
    server.is_quiet.store(true, Ordering::SeqCst);
    device.clock.advance(20 * DAY);
    consent.connectivity_restored().unwrap();
    consent.sync(60_000).unwrap();
    assert_eq!(consent.explain(DATA_USE).reasons, [Reason::Withdrawn]);
    let left: Vec<String> = {
        let file = rusqlite::Connection::open(device.folder.path().join("consent.db")).unwrap();
        let mut names = file.prepare("SELECT name FROM setting WHERE name LIKE 'held_back%'").unwrap();
        names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(left, Vec::<String>::new());
    answer(&consent, &[DATA_USE], &[]).unwrap();
    assert!(consent.allows(DATA_USE) && consent.verify().unwrap().ok);
}

#[test]
fn an_objection_to_what_silence_allows_is_recorded_however_much_was_told() {
    let (device, server) = (Device::new(Platform::Desktop), Arc::new(Noisy::default()));
    let consent = open_under(&device, &server, silent_policy());
    consent.sign_in("acct_81").unwrap();
    consent.sync(60_000).unwrap();
    assert!(consent.allows(FRAUD), "{:?}", consent.explain(FRAUD).reasons);
    is_told_too_much(&consent);
    *server.told.lock().unwrap() = vec![FRAUD];
    server.noes.store(1, Ordering::SeqCst);
    consent.sync(60_000).unwrap();
    assert_eq!(consent.explain(FRAUD).reasons, [Reason::Withdrawn]);
    drop(consent);
    let consent = open_under(&device, &server, silent_policy());
    assert_eq!(consent.explain(FRAUD).reasons, [Reason::Withdrawn], "it is on the disk");
    assert!(consent.verify().unwrap().ok);
}
