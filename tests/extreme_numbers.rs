//! Every number that comes from outside, at the ends of its range: refused by name, or taken and harmless. Nothing overflows.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use consentkit::{
    client::{Answer, Consent, ImportChoice, Options},
    json::MAX_INTEGER,
    ledger::{ChoiceKind, State, Status},
    policy::Scope,
    signal::{Platform, Signals},
    sync::{
        answer::{self, AnswerFaultKind},
        protocol::WireState,
        pulled_subject::PulledSubject,
        reply::{Sent, SentOp},
        retry::{MAX_RETRY_AFTER_MS, retry_after},
    },
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{
    Device, answer as answer_form,
    loopback::{Host, PlainTransport},
};

/// The ends of every range that a number may have, and what lies beside them.
const ENDS: [i64; 14] = [
    i64::MIN,
    i64::MIN + 1,
    -(1 << 53) - 1,
    -(1 << 53),
    -1,
    0,
    1,
    u32::MAX as i64,
    u32::MAX as i64 + 1,
    MAX_INTEGER - 1,
    MAX_INTEGER,
    1 << 53,
    (1 << 53) + 1,
    i64::MAX,
];

fn sent() -> Sent {
    let change = |op: &str, lowers| SentOp { op: op.into(), lowers };
    Sent { lane: 0, ops: vec![change("grant", false), change("withdrawal", true)], waiting: false, cursor: None }
}

fn valid() -> Value {
    json!({
        "results": [{"op": "grant", "outcome": "applied", "epoch": 1}, {"op": "withdrawal", "outcome": "applied", "epoch": 4}],
        "states": [
            {"purpose": "marketing.email", "status": "withdrawn", "history": "h7", "epoch": 4, "revision": 19, "op": "withdrawal",
             "withdrawals": [{"op": "earlier", "epoch": 2}, {"op": "withdrawal", "epoch": 4}]},
            {"purpose": "marketing.sms", "status": "granted", "history": "h7", "epoch": 3, "revision": 18, "op": "g1", "withdrawals": []}
        ],
        "history": "h7", "cursor": "c19", "more": false, "anchor": {"seq": 41, "hash": "ab"},
        "policy": {"id": "influential", "version": "2020-05-27", "edition": 3}, "server_time": "2026-11-22T20:00:00.000Z"
    })
}

/// The places of the numbers in an answer, and whether 0 is one of theirs.
const PLACES: [(&str, bool); 8] = [
    ("/results/0/epoch", true),
    ("/results/1/epoch", false),
    ("/states/0/revision", true),
    ("/states/1/epoch", true),
    ("/states/1/revision", true),
    ("/anchor/seq", true),
    ("/states/0/epoch", false),
    ("/states/0/withdrawals/1/epoch", false),
];

#[test]
fn f_18_a_number_past_what_json_carries_is_refused_and_its_place_is_named() {
    for (place, _) in PLACES.iter().filter(|(place, _)| !place.starts_with("/states/0/withdrawals") && *place != "/states/0/epoch") {
        for number in [MAX_INTEGER + 1, (1 << 53) + 1, i64::MAX - 1, i64::MAX] {
            let mut answer = valid();
            *answer.pointer_mut(place).unwrap() = json!(number);
            let fault = answer::read(answer.to_string().as_bytes(), &sent()).err().unwrap_or_else(|| panic!("{place} {number}"));
            assert_eq!((fault.place.as_str(), fault.kind), (*place, AnswerFaultKind::TooGreat), "{number}");
        }
    }
    let mut listed = valid();
    listed["states"][0]["epoch"] = json!(i64::MAX);
    listed["states"][0]["withdrawals"][1]["epoch"] = json!(i64::MAX);
    let fault = answer::read(listed.to_string().as_bytes(), &sent()).err().unwrap();
    assert_eq!(fault.kind, AnswerFaultKind::TooGreat, "{fault}");
}

#[test]
fn f_18_every_number_of_an_answer_is_read_or_refused_and_never_goes_round() {
    for (place, zero) in PLACES {
        for number in ENDS {
            let mut answer = valid();
            *answer.pointer_mut(place).unwrap() = json!(number);
            if place == "/states/0/epoch" {
                answer["states"][0]["withdrawals"] = json!([]);
            }
            if place == "/states/0/withdrawals/1/epoch" {
                answer["states"][0]["epoch"] = json!(number);
            }
            let least = if place.starts_with("/states/0/withdrawals") { 3 } else { i64::from(!zero && place.starts_with("/results")) };
            let taken = answer::read(answer.to_string().as_bytes(), &sent()).is_ok();
            assert_eq!(taken, (least..=MAX_INTEGER).contains(&number), "{place} {number}");
        }
    }
    for edition in ENDS {
        let mut answer = valid();
        answer["policy"]["edition"] = json!(edition);
        assert_eq!(answer::read(answer.to_string().as_bytes(), &sent()).is_ok(), u32::try_from(edition).is_ok(), "{edition}");
    }
}

#[test]
fn f_18_a_pulled_record_with_a_number_out_of_its_range_is_no_evidence() {
    let record = |seq: Value, material: Value, edition: Value, offset: Value, format: Value| {
        json!({
            "format": format, "install": "i1", "seq": seq, "op": "o1", "at": "2026-11-01T09:00:00.000Z", "offset": offset, "app": "1",
            "sdk": "0.1.0", "kind": "choice", "subject": "s", "scope": "person", "purpose": "marketing.email", "choice": "granted",
            "policy": {"id": "influential", "version": "v", "edition": edition, "material": material}, "language": "ko",
            "surface": "settings", "method": "toggle", "actor": "self"
        })
    };
    let found = |record: Value| {
        let state = WireState {
            record: Some(record.to_string()),
            ..serde_json::from_value(json!({
                "purpose": "marketing.email", "status": "granted", "history": "h", "epoch": 0, "revision": 1, "op": "o1"
            }))
            .unwrap()
        };
        assert_eq!(state.status, Status::Granted);
        let phone = State::default();
        answer::evidence(&state, &PulledSubject { reference: "s", scope: Scope::Person, account: true, state: &phone }).is_some()
    };
    assert!(found(record(json!(7), json!(1), json!(3), json!(540), json!(1))));
    for number in ENDS {
        let (n, small) = (json!(number), u32::try_from(number).is_ok());
        assert_eq!(found(record(n.clone(), json!(1), json!(3), json!(0), json!(1))), (1..=MAX_INTEGER).contains(&number), "seq {number}");
        assert_eq!(found(record(json!(7), n.clone(), json!(3), json!(0), json!(1))), small, "material {number}");
        assert_eq!(found(record(json!(7), json!(1), n.clone(), json!(0), json!(1))), small, "edition {number}");
        assert_eq!(found(record(json!(7), json!(1), json!(3), n.clone(), json!(1))), i32::try_from(number).is_ok(), "offset {number}");
    }
    let mut long = record(json!(7), json!(1), json!(3), json!(0), json!(1));
    long["at"] = json!(format!("2026-11-01T09:00:00.{}Z", "0".repeat(100_000)));
    assert!(!found(long), "what is kept of a record is bounded");
    let mut long = record(json!(7), json!(1), json!(3), json!(0), json!(1));
    long["install"] = json!("i".repeat(100_000));
    assert!(!found(long));
}

/// A server that answers with the greatest number everywhere: it cannot lower an answer by going round, nor end the process.
struct Greatest(i64, AtomicUsize);

impl Transport for Greatest {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if request.url.ends_with("/v1/installs") {
            return Ok(HttpResponse { status: 200, headers: vec![], body: br#"{"token":"t"}"#.to_vec() });
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let round = self.1.fetch_add(1, Ordering::SeqCst);
        let results: Vec<Value> = body["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|change| json!({ "op": change["op"], "outcome": "applied", "epoch": self.0 }))
            .collect();
        let state = |purpose: &str| {
            json!({ "purpose": purpose, "status": "withdrawn", "history": "h1", "epoch": self.0, "revision": self.0,
                    "withdrawals": [{ "op": "elsewhere", "epoch": self.0 }] })
        };
        let answer = json!({
            "results": results, "states": [state("marketing.email"), state("cookies.analytics")], "history": "h1",
            "cursor": format!("h1:{round}"), "anchor": { "seq": self.0, "hash": "ab" }, "server_time": "9999-12-31T23:59:59.999Z"
        });
        Ok(HttpResponse { status: 200, headers: vec![], body: answer.to_string().into_bytes() })
    }
}

struct AnyToken;

impl consentkit::client::TokenProvider for AnyToken {
    fn token(&self, _: &str, _: bool) -> Option<String> {
        Some("t".into())
    }
}

#[test]
fn f_18_the_greatest_number_from_a_server_goes_through_the_fold_without_going_round() {
    for greatest in [1, MAX_INTEGER - 1, MAX_INTEGER, MAX_INTEGER + 1, i64::MAX - 1, i64::MAX] {
        let device = Device::new(Platform::Desktop);
        let wire = Arc::new(Greatest(greatest, AtomicUsize::new(0)));
        let server = Some("https://consent.example".into());
        let options = Options { server, transport: Some(wire), tokens: Some(Arc::new(AnyToken)), ..device.options() };
        let consent = Consent::open(options).unwrap();
        answer_form(&consent, &["marketing.data_use", "cookies.analytics"], &["marketing.email"]).unwrap();
        consent.sync(10_000).unwrap();
        // The merge's withdrawals get the number after the highest that was heard.
        consent.sign_in("acct_81").unwrap();
        consent.connectivity_restored().unwrap();
        consent.sync(10_000).unwrap();
        consent.withdraw(&["marketing.data_use"]).unwrap();
        answer_form(&consent, &["marketing.email"], &[]).unwrap();
        consent.connectivity_restored().unwrap();
        consent.sync(10_000).unwrap();
        assert!(!consent.allows("marketing.data_use"), "{greatest}");
        assert!(consent.verify().unwrap().ok);
    }
}

#[test]
fn f_18_a_clock_at_any_time_ends_no_call() {
    for at in ENDS.into_iter().chain([-62_135_596_800_001, 253_402_300_800_000, 8_210_266_876_799_999, 8_210_266_876_800_000]) {
        let device = Device::new(Platform::Ios);
        let host = Host::start(device.clock.clone());
        let consent =
            Consent::open(Options { server: Some(host.url()), transport: Some(Arc::new(PlainTransport)), ..device.options() }).unwrap();
        answer_form(&consent, &["cookies.analytics"], &["marketing.sms"]).unwrap();
        device.clock.set(at);
        let _ = answer_form(&consent, &["marketing.data_use", "marketing.email"], &["cookies.marketing"]);
        consent.withdraw(&["cookies.analytics"]).unwrap();
        consent.report_signals(Signals { gpc: Some(true), ..Signals::default() }).unwrap();
        let imported = ImportChoice {
            purpose: "marketing.kakao".into(),
            choice: ChoiceKind::Refused,
            source: "old".into(),
            said_at: Some(at),
            text_version: None,
            actor: Default::default(),
        };
        let _ = consent.import(&[imported]);
        consent.sign_in("acct_81").unwrap();
        let _ = (consent.snapshot(), consent.explain("marketing.push.night"), consent.next_prompt(), consent.state_at(at));
        for other in [i64::MIN, i64::MAX] {
            let _ = consent.state_at(other);
        }
        let _ = consent.sync(10_000);
        let _ = consent.connectivity_restored();
        consent.sign_out().unwrap();
        assert!(!consent.allows("cookies.analytics"), "{at}");
        assert!(consent.verify().unwrap().ok, "{at}");
        drop(consent);
        assert!(!device.open().allows("cookies.analytics"), "{at}");
    }
}

#[test]
fn f_18_a_time_limit_or_a_page_of_any_size_is_taken_or_refused_by_name() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent =
        Consent::open(Options { server: Some(host.url()), transport: Some(Arc::new(PlainTransport)), ..device.options() }).unwrap();
    answer_form(&consent, &["cookies.analytics"], &[]).unwrap();
    for number in ENDS {
        assert_eq!(consent.sync(number).is_ok(), number > 0, "{number}");
        let _ = consent.history(number, 10);
        assert_eq!(consent.history(0, number).is_ok(), (1..=1000).contains(&number), "{number}");
        let _ = consent.questions("settings").unwrap();
    }
    assert!(consent.record(&consent.questions("settings").unwrap().shown, &[Answer::refuse("cookies.analytics")]).is_ok());
}

#[test]
fn f_18_any_wait_that_a_server_names_is_bounded() {
    for number in ENDS {
        let wait = retry_after(&number.to_string(), None, i64::MAX);
        assert!(wait.is_none_or(|wait| (0..=MAX_RETRY_AFTER_MS).contains(&wait)), "{number}: {wait:?}");
    }
}

/// A request to the server with one number replaced.
struct Spoilt(Mutex<Option<(&'static str, i64)>>, Mutex<Vec<i32>>);

impl Transport for Spoilt {
    fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if let (Some((place, number)), true) = (*self.0.lock().unwrap(), request.url.ends_with("/v1/sync")) {
            let mut body: Value = serde_json::from_slice(&request.body).unwrap();
            match place {
                "limit" => body["limit"] = json!(number),
                "acknowledged" => body["acknowledged"] = json!({ "seq": number, "hash": "00".repeat(32) }),
                "cursor" => body["cursor"] = json!(format!("h1:{number}")),
                place => *body["policy"].get_mut(place).unwrap() = json!(number),
            }
            request.body = body.to_string().into_bytes();
        }
        let response = PlainTransport.send(request)?;
        self.1.lock().unwrap().push(response.status);
        Ok(response)
    }
}

#[test]
fn f_18_a_number_in_a_request_ends_no_server() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let wire = Arc::new(Spoilt(Mutex::new(None), Mutex::new(vec![])));
    let consent = Consent::open(Options { server: Some(host.url()), transport: Some(wire.clone()), ..device.options() }).unwrap();
    answer_form(&consent, &["cookies.analytics"], &[]).unwrap();
    for place in ["limit", "acknowledged", "cursor", "edition"] {
        for number in ENDS {
            *wire.0.lock().unwrap() = Some((place, number));
            consent.connectivity_restored().unwrap();
            let _ = consent.sync(10_000);
        }
    }
    for number in ENDS {
        for query in ["limit", "before"] {
            let (status, _) = host.operate("GET", &format!("/v1/subjects/acct_1?{query}={number}"), None);
            assert!([200, 400, 404].contains(&status), "{query} {number}: {status}");
        }
        let grant =
            json!({ "purpose": "marketing.email", "choice": "granted", "seen": { "subject": "acct_1", "history": "h", "epoch": number } });
        let (status, body) = host.operate("POST", "/v1/subjects/acct_1/changes", Some(json!({ "changes": [grant] })));
        assert_eq!(status, 200);
        let bounded = (0..=MAX_INTEGER).contains(&number);
        assert_eq!(body["results"][0]["reason"] == "bad_seen", !bounded, "{number}: {body}");
        let no =
            json!({ "purpose": "marketing.sms", "choice": "withdrawn", "seen": { "subject": "acct_1", "history": "h", "epoch": number } });
        let (_, body) = host.operate("POST", "/v1/subjects/acct_1/changes", Some(json!({ "changes": [no] })));
        assert_eq!(body["results"][0]["outcome"], "applied", "a withdrawal lands whatever it says it saw: {body}");
    }
    let statuses = wire.1.lock().unwrap().clone();
    assert!(!statuses.is_empty() && statuses.iter().all(|status| *status < 500), "{statuses:?}");
    *wire.0.lock().unwrap() = None;
    consent.connectivity_restored().unwrap();
    assert_eq!(consent.sync(10_000).unwrap().pending, 0, "and goes on serving");
}

proptest! {
    /// Whatever numbers stand in an answer, it is read or refused, and what is read is within bounds.
    #[test]
    fn f_18_any_numbers_in_an_answer_are_within_bounds_or_it_is_refused(
        numbers in prop::collection::vec(prop_oneof![any::<i64>(), prop::sample::select(ENDS.to_vec())], PLACES.len()),
    ) {
        let mut answer = valid();
        for ((place, _), number) in PLACES.iter().zip(&numbers) {
            *answer.pointer_mut(place).unwrap() = json!(number);
        }
        if let Ok(read) = answer::read(answer.to_string().as_bytes(), &sent()) {
            let states = read.states.iter().flat_map(|state| [state.epoch, state.revision]);
            let results = read.results.iter().filter_map(|result| result.epoch);
            let anchor = read.anchor.iter().map(|anchor| anchor.seq);
            prop_assert!(states.chain(results).chain(anchor).all(|number| (0..=MAX_INTEGER).contains(&number)));
        }
    }
}
