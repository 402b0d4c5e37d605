//! Editions that a sync brings: the one in force at the server, the one that is announced there, and one that this version cannot read.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{Arc, Mutex};

use consentkit::{
    client::{Consent, Options, SyncReport, SyncState},
    error::Error,
    policy::FaultCode,
    signal::Platform,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use serde_json::{Value, json};
use support::{
    Device, INFLUENTIAL,
    announced::{edition, place},
    answer,
};

const ANALYTICS: &str = "cookies.analytics";
/// 2026-12-20 00:00 in Seoul.
const DAY_OF_4: i64 = 1_797_692_400_000;

/// A server that takes everything up and has these documents: the one in force, and the one that is announced.
#[derive(Default)]
struct Server {
    in_force: Mutex<Option<Vec<u8>>>,
    announced: Mutex<Option<Vec<u8>>>,
    fetched: Mutex<Vec<String>>,
}

impl Server {
    fn has(&self, in_force: &str, announced: Option<&str>) {
        *self.in_force.lock().unwrap() = Some(in_force.into());
        *self.announced.lock().unwrap() = announced.map(Into::into);
    }
}

fn reference(document: &[u8]) -> Value {
    let document: Value = serde_json::from_slice(document).unwrap_or(json!({ "id": "influential", "version": "?", "edition": 9 }));
    json!({ "id": document["id"], "version": document["version"], "edition": document["edition"] })
}

impl Transport for Server {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let ok = |body: Vec<u8>| Ok(HttpResponse { status: 200, headers: vec![], body });
        if request.url.ends_with("/v1/installs") {
            return ok(br#"{"token":"t"}"#.to_vec());
        }
        let (in_force, announced) = (self.in_force.lock().unwrap().clone(), self.announced.lock().unwrap().clone());
        if let Some((_, asked)) = request.url.split_once("/v1/policies/") {
            self.fetched.lock().unwrap().push(asked.to_owned());
            return ok(if asked.ends_with("?edition=announced") { announced } else { in_force }.unwrap());
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let results: Vec<Value> = body["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|change| json!({ "op": change["op"], "outcome": "applied", "epoch": 1 }))
            .collect();
        let mut answer =
            json!({ "results": results, "states": [], "history": "h1", "cursor": "h1:1", "server_time": "2026-11-22T03:00:00Z" });
        for (name, document) in [("policy", in_force), ("announced", announced)] {
            if let Some(document) = document {
                answer[name] = reference(&document);
            }
        }
        ok(answer.to_string().into_bytes())
    }
}

fn phone() -> (Device, Arc<Server>, Consent) {
    let (device, server) = (Device::new(Platform::Desktop), Arc::new(Server::default()));
    let options = Options { server: Some("https://consent.example".into()), transport: Some(server.clone()), ..device.options() };
    let consent = Consent::open(options).unwrap();
    answer(&consent, &[ANALYTICS], &[]).unwrap();
    (device, server, consent)
}

fn sync(consent: &Consent) -> SyncReport {
    consent.sync(10_000).unwrap()
}

fn in_force(consent: &Consent) -> u32 {
    consent.snapshot().policy.edition
}

fn fourth() -> String {
    edition(4, "2026-12-20", &[(&place(ANALYTICS, "material"), json!(2))])
}

#[test]
fn f_35_a_sync_brings_the_announced_edition_once_and_it_counts_from_its_day_on() {
    let (device, server, consent) = phone();
    server.has(INFLUENTIAL, Some(&fourth()));
    let first = sync(&consent);
    assert_eq!(
        (first.policy_changed, first.policy_announced, first.policy_faults.len(), first.state),
        (false, true, 0, SyncState::UpToDate)
    );
    let second = sync(&consent);
    assert!(!second.policy_announced && *server.fetched.lock().unwrap() == ["influential?edition=announced"], "it is known already");
    answer(&consent, &[ANALYTICS], &[]).unwrap();
    assert!(consent.allows(ANALYTICS));
    device.clock.set(DAY_OF_4);
    assert!(!consent.allows(ANALYTICS));
    server.has(&fourth(), None);
    let third = sync(&consent);
    assert_eq!((third.policy_changed, in_force(&consent)), (true, 4));
    assert_eq!(server.fetched.lock().unwrap().len(), 1, "nothing has to be fetched for it");
}

#[test]
fn f_35_the_phone_goes_by_its_own_clock_and_not_by_the_servers_word() {
    let (_device, server, consent) = phone();
    server.has(&fourth(), None);
    let early = sync(&consent);
    assert_eq!((early.policy_changed, early.policy_announced, in_force(&consent)), (false, true, 3), "the server's clock is ahead");
    let (device, server, consent) = phone();
    device.clock.set(DAY_OF_4);
    server.has(INFLUENTIAL, Some(&fourth()));
    let late = sync(&consent);
    assert_eq!((late.policy_changed, late.policy_announced, in_force(&consent)), (true, false, 4), "the server's clock is behind");
}

#[test]
fn a_policy_of_a_newer_format_leaves_the_old_edition_in_force_and_tells_the_app() {
    let mut newer: Value = serde_json::from_str(&edition(4, "2026-11-20", &[])).unwrap();
    newer["field_of_2030"] = json!({ "a": 1 });
    let (_device, server, consent) = phone();
    for announced in [false, true] {
        match announced {
            false => server.has(&newer.to_string(), None),
            true => server.has(INFLUENTIAL, Some(&newer.to_string())),
        }
        let report = sync(&consent);
        assert_eq!((report.policy_changed, report.policy_announced, report.state), (false, false, SyncState::UpToDate));
        let faults: Vec<(&str, FaultCode)> = report.policy_faults.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
        assert_eq!(faults, [("/field_of_2030", FaultCode::UnknownField)]);
        assert!(in_force(&consent) == 3 && consent.announced().is_empty());
    }
    assert!(matches!(consent.adopt_policy(&newer.to_string()), Err(Error::PolicyInvalid { faults }) if faults.len() == 1));
    server.has(INFLUENTIAL, None);
    assert_eq!(sync(&consent).policy_faults, []);
}

#[test]
fn what_is_no_policy_and_what_may_not_follow_is_told_by_a_sync_as_well() {
    let (_device, server, consent) = phone();
    *server.in_force.lock().unwrap() = Some(vec![0xff, 0xfe]);
    let faults = sync(&consent).policy_faults;
    assert_eq!((faults.len(), faults[0].code), (1, FaultCode::Syntax), "{faults:?}");
    let loosened = edition(4, "2026-11-20", &[(&place(ANALYTICS, "expires_after_days"), json!(9)), ("/age_of_consent", json!(13))]);
    server.has(&loosened, None);
    let faults = sync(&consent).policy_faults;
    assert!(!faults.is_empty() && in_force(&consent) == 3, "{faults:?}");
}

#[test]
fn f_38_a_delivered_edition_may_keep_a_form_away_for_longer_and_not_for_shorter() {
    let (_device, _server, consent) = phone();
    let with = |number: u32, days: u32| edition(number, "2026-11-20", &[("/cool_down_days", json!(days))]);
    consent.adopt_policy(&with(4, 30)).unwrap();
    match consent.adopt_policy(&with(5, 29)) {
        Err(Error::PolicyRefused { faults }) => {
            assert_eq!((faults[0].pointer.as_str(), faults[0].code), ("/cool_down_days", FaultCode::GuardWeakened), "{faults:?}");
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(consent.adopt_policy(&with(5, 6)), Err(Error::PolicyInvalid { .. })), "the law asks for seven");
    consent.adopt_policy(&with(5, 31)).unwrap();
}
