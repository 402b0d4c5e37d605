//! A phone of today before a server of before there were marks, heads and proofs: it ends in a clear state, and no withdrawal is lost.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use consentkit::{
    client::{Consent, Options, SyncState},
    signal::Platform,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use serde_json::{Value, json};
use support::{
    Device, answer,
    loopback::{Host, LogIn, PlainTransport},
};

const MEMBER: &str = "acct_81";
const DATA_USE: &str = "marketing.data_use";
const EMAIL: &str = "marketing.email";

/// Makes of the server of today one of before: its answers hold no head and no `base`, and a relay is a kind that it does not know. It takes
/// everybody for who they say they are, so the phone's own proof may go through.
#[derive(Default)]
struct Older {
    /// The cursors of today, by the ones that were told.
    cursors: Mutex<HashMap<String, String>>,
    /// How many relays it refused.
    refused: Mutex<usize>,
}

impl Transport for Older {
    fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut refused = vec![];
        if let Ok(mut body) = serde_json::from_slice::<Value>(&request.body) {
            if let Some(told) = body["cursor"].as_str().map(str::to_owned) {
                assert_eq!(told.matches(':').count(), 1, "what it wrote comes back as it was");
                body["cursor"] = self.cursors.lock().unwrap().get(&told).cloned().unwrap_or(told).into();
            }
            if let Some(changes) = body["changes"].as_array_mut() {
                refused = changes.iter().filter(|change| change["kind"] == "relay").map(|change| change["op"].clone()).collect();
                changes.retain(|change| change["kind"] != "relay");
            }
            request.body = serde_json::to_vec(&body).unwrap();
        }
        *self.refused.lock().unwrap() += refused.len();
        let mut response = PlainTransport.send(request)?;
        if let Ok(mut answer) = serde_json::from_slice::<Value>(&response.body)
            && let Some(cursor) = answer["cursor"].as_str().map(str::to_owned)
        {
            let told = cursor.rsplit_once(':').unwrap().0.to_owned();
            answer["cursor"] = json!(told);
            self.cursors.lock().unwrap().insert(told, cursor);
            for state in answer["states"].as_array_mut().unwrap() {
                state.as_object_mut().unwrap().remove("base");
            }
            let rejected = |op: Value| json!({ "op": op, "outcome": "rejected", "reason": "unknown_kind" });
            answer["results"].as_array_mut().unwrap().extend(refused.into_iter().map(rejected));
            response.body = serde_json::to_vec(&answer).unwrap();
        }
        Ok(response)
    }
}

fn open(device: &Device, host: &Arc<Host>, wire: &Arc<Older>) -> Consent {
    let options = Options {
        server: Some(host.url()),
        transport: Some(wire.clone()),
        tokens: Some(Arc::new(LogIn(host.clone()))),
        ..device.options()
    };
    Consent::open(options).unwrap()
}

#[test]
fn f_43_before_an_older_server_choices_travel_as_before() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host, &Arc::default());
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, EMAIL, "cookies.analytics"], &[]).unwrap();
    for (step, email) in ["granted", "withdrawn", "granted", "withdrawn"].into_iter().enumerate() {
        let report = consent.sync(10_000).unwrap();
        assert_eq!((report.state, report.pending, report.server_lost_data), (SyncState::UpToDate, 0, false), "{step}: {report:?}");
        assert_eq!((host.status(MEMBER, EMAIL).as_str(), consent.allows(EMAIL)), (email, email == "granted"), "{step}");
        match email {
            "granted" => drop(consent.withdraw(&[EMAIL]).unwrap()),
            _ => answer(&consent, &[EMAIL], &[]).unwrap(),
        }
    }
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_43_an_older_server_that_lost_data_and_says_so_is_sent_the_noes_again() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let wire = Arc::<Older>::default();
    let consent = open(&device, &host, &wire);
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE, EMAIL], &[]).unwrap();
    consent.sync(10_000).unwrap();
    host.back_up();
    consent.withdraw(&[EMAIL]).unwrap();
    host.web(MEMBER, json!({ "purpose": DATA_USE, "choice": "withdrawn" }));
    consent.sync(10_000).unwrap();
    host.restore();
    // The operator started it with `--restored`.
    host.change("UPDATE subject SET history = 'renewed-' || id;");
    for _round in 0..2 {
        consent.sync(10_000).unwrap();
    }
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.pending, report.stuck), (SyncState::UpToDate, 0, 0), "{report:?}");
    assert_eq!(host.status(MEMBER, EMAIL), "withdrawn", "the own no is sent again");
    assert!(!consent.allows(EMAIL));
    assert_eq!(*wire.refused.lock().unwrap(), 1, "what it does not know is offered once, and not kept for ever");
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_43_a_list_that_an_older_server_cut_covers_nothing_and_every_no_lands() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = open(&device, &host, &Arc::default());
    consent.sign_in(MEMBER).unwrap();
    answer(&consent, &[DATA_USE], &[]).unwrap();
    consent.sync(10_000).unwrap();
    for _ in 0..70 {
        host.web(MEMBER, json!({ "purpose": DATA_USE, "choice": "withdrawn" }));
    }
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.pending, report.stuck), (SyncState::UpToDate, 0, 0), "{report:?}");
    assert!(!consent.allows(DATA_USE));
    consent.withdraw(&[DATA_USE]).unwrap();
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.pending, report.stuck), (SyncState::UpToDate, 0, 0), "{report:?}");
    let (_, view) = host.operate("GET", &format!("/v1/subjects/{MEMBER}"), None);
    let state = view["states"].as_array().unwrap().iter().find(|state| state["purpose"] == DATA_USE).unwrap().clone();
    assert_eq!((&state["status"], &state["epoch"]), (&json!("withdrawn"), &json!(71)));
    // A yes without a mark is asked again, and says so.
    answer(&consent, &[DATA_USE], &[]).unwrap();
    consent.sync(10_000).unwrap();
    assert!(!consent.allows(DATA_USE));
    assert_eq!(consent.pending().unwrap(), vec![]);
}

/// What a merge brought is answered under the merge's own name, without a number, each time that it is sent.
#[test]
fn f_43_the_noes_that_a_merge_brought_are_sent_again_once_under_another_name_and_not_for_ever() {
    for older in [true, false] {
        for signed_out in [true, false] {
            let device = Device::new(Platform::Desktop);
            let host = Host::start(device.clock.clone());
            let consent = if older { open(&device, &host, &Arc::default()) } else { today(&device, &host) };
            answer(&consent, &[DATA_USE], &[EMAIL, "marketing.sms"]).unwrap();
            consent.sync(10_000).unwrap();
            consent.sign_in(MEMBER).unwrap();
            consent.sync(10_000).unwrap();
            assert_eq!(host.status(MEMBER, EMAIL), "refused");
            host.back_up();
            if signed_out {
                consent.sign_out().unwrap();
            }
            answer(&consent, &[], &[DATA_USE, "cookies.analytics"]).unwrap();
            consent.sync(10_000).unwrap();
            host.restore();
            host.change("UPDATE subject SET history = 'renewed-' || id;");
            for _round in 0..2 {
                consent.sync(10_000).unwrap();
            }
            let records = consent.history(0, 1000).unwrap().len();
            for _round in 0..3 {
                let report = consent.sync(10_000).unwrap();
                let told = (report.state, report.pending, report.acknowledged, report.server_lost_data);
                assert_eq!(told, (SyncState::UpToDate, 0, 0, false), "older server: {older}, signed out: {signed_out}: {report:?}");
            }
            assert_eq!(consent.history(0, 1000).unwrap().len(), records, "older server: {older}, signed out: {signed_out}");
            assert_eq!(host.status(MEMBER, EMAIL), "refused");
            assert!(consent.verify().unwrap().ok);
        }
    }
}

fn today(device: &Device, host: &Arc<Host>) -> Consent {
    let tokens = Some(Arc::new(LogIn(host.clone())) as _);
    Consent::open(Options { server: Some(host.url()), transport: Some(Arc::new(PlainTransport)), tokens, ..device.options() }).unwrap()
}
