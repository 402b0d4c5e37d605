//! A server that never ends, or that changes its mind in every answer: what it costs a phone is bounded.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use consentkit::{
    client::{Consent, Options, SyncState},
    signal::Platform,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use serde_json::{Value, json};
use support::{Device, INFLUENTIAL, answer};

const DATA_USE: &str = "marketing.data_use";
const EMAIL: &str = "marketing.email";
const NEW: &str = "marketing.newsletter";
const MIB: u64 = 1024 * 1024;

type States = Box<dyn Fn(&Value, usize) -> (Value, bool) + Send + Sync>;

/// Takes up everything, and tells the states of a script; the number says which answer it is.
struct Server {
    states: Mutex<States>,
    policy: Mutex<Option<String>>,
    answers: AtomicUsize,
    cursors: Mutex<Vec<bool>>,
    /// Another name of the numbering in every answer.
    renames: AtomicBool,
    /// Whether an answer says that the file is a copy, by the number of the answer that takes up changes.
    forks: Mutex<Box<dyn Fn(usize) -> bool + Send>>,
    /// Answers that took up changes.
    taken: AtomicUsize,
    /// Says of every installation that its name is in use.
    names_taken: AtomicBool,
}

fn server(states: impl Fn(&Value, usize) -> (Value, bool) + Send + Sync + 'static) -> Arc<Server> {
    Arc::new(Server {
        states: Mutex::new(Box::new(states)),
        policy: Mutex::new(None),
        answers: AtomicUsize::new(0),
        cursors: Mutex::new(vec![]),
        renames: AtomicBool::new(false),
        forks: Mutex::new(Box::new(|_| false)),
        taken: AtomicUsize::new(0),
        names_taken: AtomicBool::new(false),
    })
}

fn ok(body: String) -> Result<HttpResponse, TransportError> {
    Ok(HttpResponse { status: 200, headers: vec![], body: body.into_bytes() })
}

impl Transport for Server {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if request.url.ends_with("/v1/installs") && self.names_taken.load(Ordering::SeqCst) {
            let body = br#"{"error":{"code":"already_registered"}}"#.to_vec();
            return Ok(HttpResponse { status: 409, headers: vec![], body });
        }
        if request.url.ends_with("/v1/installs") {
            return ok(r#"{"token":"t"}"#.into());
        }
        let policy = self.policy.lock().unwrap().clone();
        if request.url.contains("/v1/policies/") {
            return ok(policy.unwrap());
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        self.cursors.lock().unwrap().push(body["cursor"].is_string());
        let count = self.answers.fetch_add(1, Ordering::SeqCst);
        let (states, more) = self.states.lock().unwrap()(&body, count);
        let changes = body["changes"].as_array().unwrap();
        let forks = !changes.is_empty() && self.forks.lock().unwrap()(self.taken.fetch_add(1, Ordering::SeqCst));
        let reason = if forks { json!("fork") } else { Value::Null };
        let result = |change: &Value| json!({ "op": change["op"], "outcome": "applied", "epoch": 1, "reason": reason });
        let results: Vec<Value> = changes.iter().map(result).collect();
        let mut answer = json!({
            "results": results, "states": states, "history": "h1", "cursor": format!("h1:{count}"), "more": more,
            "server_time": "2026-11-22T03:00:00Z"
        });
        if self.renames.load(Ordering::SeqCst) {
            answer["history"] = json!(format!("h{count}"));
        }
        if let Some(policy) = policy {
            let policy: Value = serde_json::from_str(&policy).unwrap();
            answer["policy"] = json!({ "id": policy["id"], "version": policy["version"], "edition": policy["edition"] });
        }
        ok(answer.to_string())
    }
}

fn open(device: &Device, wire: &Arc<Server>) -> Consent {
    let options = Options { server: Some("https://consent.example".into()), transport: Some(wire.clone()), ..device.options() };
    Consent::open(options).unwrap()
}

fn state(purpose: &str, status: &str, epoch: i64) -> Value {
    json!({ "purpose": purpose, "status": status, "history": "h1", "epoch": epoch, "revision": epoch + 1 })
}

fn bytes_on_disk(device: &Device) -> u64 {
    std::fs::read_dir(device.folder.path()).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

#[test]
fn f_20_purposes_that_the_policy_does_not_know_are_counted_and_not_kept() {
    let wire = server(|_, page| {
        let states: Vec<Value> = (0..6_000).map(|index| state(&format!("p.{page}.{index}"), "granted", 0)).collect();
        (json!(states), true)
    });
    let device = Device::new(Platform::Desktop);
    let consent = open(&device, &wire);
    answer(&consent, &[DATA_USE], &[EMAIL]).unwrap();
    let records = consent.verify().unwrap().records;
    let mut told = 0;
    for _ in 0..3 {
        let report = consent.sync(60_000).unwrap();
        assert!(report.unknown_purposes >= 6_000, "{report:?}");
        told += report.unknown_purposes;
        consent.connectivity_restored().unwrap();
    }
    assert!(wire.answers.load(Ordering::SeqCst) <= 60, "{} answers of 6,000 states each", wire.answers.load(Ordering::SeqCst));
    assert!(told >= 18_000);
    assert!(consent.verify().unwrap().records <= records + 2, "only what became of the two answers is recorded");
    assert!(bytes_on_disk(&device) < 2 * MIB, "{} bytes", bytes_on_disk(&device));
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_20_a_server_that_flips_a_state_in_every_answer_is_followed_so_far_and_no_further() {
    let wire = server(|_, page| {
        let epoch = i64::try_from(page).unwrap() + 1;
        let listed: Vec<Value> = (1..=64).map(|number| json!({ "op": format!("{number:064}"), "epoch": epoch * 64 + number })).collect();
        let mut flipped = state(DATA_USE, "withdrawn", epoch * 64 + 64);
        flipped["withdrawals"] = json!(listed);
        (json!([flipped, state("cookies.analytics", if page.is_multiple_of(2) { "withdrawn" } else { "refused" }, epoch)]), true)
    });
    let device = Device::new(Platform::Desktop);
    let consent = open(&device, &wire);
    answer(&consent, &[DATA_USE], &[]).unwrap();
    for _ in 0..3 {
        let before = bytes_on_disk(&device);
        consent.sync(60_000).unwrap();
        let grown = bytes_on_disk(&device).saturating_sub(before);
        assert!(grown < 8 * MIB, "{grown} bytes in one sync");
        consent.connectivity_restored().unwrap();
    }
    assert!(consent.verify().unwrap().ok);
}

fn with_newsletter(edition: u32) -> String {
    let mut policy: Value = serde_json::from_str(INFLUENTIAL).unwrap();
    let mut purpose = policy["purposes"].as_array().unwrap().iter().find(|purpose| purpose["id"] == EMAIL).unwrap().clone();
    purpose["id"] = json!(NEW);
    policy["purposes"].as_array_mut().unwrap().push(purpose);
    next(policy, edition)
}

/// The policy under a later edition.
fn next(mut policy: Value, edition: u32) -> String {
    let day = format!("2021-{:02}-{:02}", 1 + edition / 28, 1 + edition % 28);
    policy["edition"] = json!(edition);
    policy["version"] = json!(day);
    policy["announced_on"] = json!("2020-11-01");
    policy["effective_on"] = json!(day);
    let entry = json!({ "edition": edition, "version": day, "announced_on": "2020-11-01", "effective_on": day });
    policy["amendments"]["versions"].as_array_mut().unwrap().push(entry);
    policy.to_string()
}

#[test]
fn f_20_what_was_said_of_a_new_purpose_is_heard_once_its_edition_is_in_force() {
    let wire = server(|body, _| {
        // As a real server: what changed since the cursor, and everything without one.
        (if body["cursor"].is_string() { json!([]) } else { json!([state(NEW, "withdrawn", 3)]) }, false)
    });
    let device = Device::new(Platform::Desktop);
    let consent = open(&device, &wire);
    answer(&consent, &["cookies.analytics", DATA_USE], &[]).unwrap();
    assert_eq!(consent.sync(10_000).unwrap().unknown_purposes, 2, "of the device and of the person");
    assert_eq!(consent.sync(10_000).unwrap().unknown_purposes, 0, "a cursor was kept");
    consent.adopt_policy(&with_newsletter(4)).unwrap();
    assert!(consent.explain(NEW).reasons.iter().any(|reason| reason.code() == "not_answered"));
    assert_eq!(consent.sync(10_000).unwrap().unknown_purposes, 0);
    let reasons: Vec<String> = consent.explain(NEW).reasons.iter().map(|reason| reason.code()).collect();
    assert!(reasons.contains(&"withdrawn".to_owned()), "{reasons:?}");
}

#[test]
fn f_20_an_edition_that_the_app_ships_forgets_the_cursors_too() {
    let wire = server(|body, _| (if body["cursor"].is_string() { json!([]) } else { json!([state(NEW, "withdrawn", 3)]) }, false));
    let device = Device::new(Platform::Desktop);
    let consent = open(&device, &wire);
    answer(&consent, &["cookies.analytics", DATA_USE], &[]).unwrap();
    consent.sync(10_000).unwrap();
    drop(consent);
    let newer = Options {
        policy: with_newsletter(4),
        server: Some("https://consent.example".into()),
        transport: Some(wire.clone()),
        ..device.options()
    };
    let consent = Consent::open(newer).unwrap();
    consent.sync(10_000).unwrap();
    let reasons: Vec<String> = consent.explain(NEW).reasons.iter().map(|reason| reason.code()).collect();
    assert!(reasons.contains(&"withdrawn".to_owned()), "{reasons:?}");
}

#[test]
fn f_20_a_key_that_was_ever_answered_here_is_kept_although_an_edition_left_its_purpose_out() {
    let told = Arc::new(AtomicUsize::new(0));
    let script = told.clone();
    let wire = server(move |_, _| {
        let epoch = i64::try_from(script.load(Ordering::SeqCst)).unwrap();
        (if epoch == 0 { json!([]) } else { json!([state("marketing.kakao.night", "withdrawn", epoch)]) }, false)
    });
    let device = Device::new(Platform::Desktop);
    let consent = open(&device, &wire);
    answer(&consent, &["marketing.kakao.night"], &[]).unwrap();
    consent.sync(10_000).unwrap();
    let mut policy: Value = serde_json::from_str(INFLUENTIAL).unwrap();
    policy["purposes"].as_array_mut().unwrap().retain(|purpose| purpose["id"] != "marketing.kakao.night");
    consent.adopt_policy(&next(policy, 4)).unwrap();
    told.store(7, Ordering::SeqCst);
    assert_eq!(consent.sync(10_000).unwrap().unknown_purposes, 1, "the device never answered it, the person did");
    consent.adopt_policy(&next(serde_json::from_str(INFLUENTIAL).unwrap(), 5)).unwrap();
    let reasons: Vec<String> = consent.explain("marketing.kakao.night").reasons.iter().map(|reason| reason.code()).collect();
    assert!(reasons.contains(&"withdrawn".to_owned()), "{reasons:?}");
}

#[test]
fn f_20_a_server_that_delivers_an_edition_in_every_answer_does_not_fill_the_file() {
    let wire = server(|_, _| (json!([]), false));
    let device = Device::new(Platform::Desktop);
    let consent = open(&device, &wire);
    answer(&consent, &["cookies.analytics", DATA_USE], &[]).unwrap();
    let mut changed = 0;
    for edition in 4..=60 {
        *wire.policy.lock().unwrap() = Some(next(serde_json::from_str(INFLUENTIAL).unwrap(), edition));
        changed += i32::from(consent.sync(10_000).unwrap().policy_changed);
    }
    assert_eq!(changed, 32);
    drop(consent);
    let shipped = Options { policy: next(serde_json::from_str(INFLUENTIAL).unwrap(), 60), ..device.options() };
    let consent = Consent::open(shipped).unwrap();
    assert_eq!(consent.snapshot().policy.edition, 60, "the app's own is taken");
    consent.adopt_policy(&next(serde_json::from_str(INFLUENTIAL).unwrap(), 61)).unwrap();
    assert_eq!(consent.snapshot().policy.edition, 61, "and from there on the server's again");
}

/// Every consent purpose of the policy.
fn purposes() -> Vec<String> {
    let policy: Value = serde_json::from_str(INFLUENTIAL).unwrap();
    let consents =
        policy["purposes"].as_array().unwrap().iter().filter(|purpose| purpose["basis"].as_str().is_none_or(|basis| basis == "consent"));
    consents.map(|purpose| purpose["id"].as_str().unwrap().to_owned()).collect()
}

/// All purposes in every answer, each with the longest list of the longest names, another name of the numbering and another status.
fn ever_new(purposes: &[String], page: usize, width: usize) -> Value {
    let epoch = 64 * (i64::try_from(page).unwrap() + 1);
    let listed: Vec<Value> = (1..=64).map(|number| json!({ "op": format!("{number:0width$}"), "epoch": epoch - 64 + number })).collect();
    let states = purposes.iter().map(|purpose| {
        json!({
            "purpose": purpose, "status": if page.is_multiple_of(2) { "withdrawn" } else { "refused" }, "history": format!("{page:0width$}"), "epoch": epoch,
            "revision": epoch, "withdrawals": listed,
        })
    });
    json!(states.collect::<Vec<_>>())
}

#[test]
fn f_20_a_server_that_tells_all_anew_in_every_answer_does_not_fill_the_file_however_often_the_phone_syncs() {
    let purposes = purposes();
    assert!(purposes.len() >= 10, "{purposes:?}");
    for (width, renames) in [(900, true), (64, true), (64, false)] {
        let told = purposes.clone();
        let wire = server(move |_, page| {
            let mut states = ever_new(&told, page, width);
            for state in states.as_array_mut().into_iter().flatten().filter(|_| !renames) {
                state["history"] = json!("h1");
            }
            (states, true)
        });
        wire.renames.store(renames, Ordering::SeqCst);
        let device = Device::new(Platform::Desktop);
        let consent = open(&device, &wire);
        answer(&consent, &[DATA_USE, EMAIL, "cookies.analytics"], &["marketing.sms"]).unwrap();
        let before = bytes_on_disk(&device);
        let mut grown = vec![];
        for _ in 0..8 {
            let _ = consent.sync(60_000);
            consent.connectivity_restored().unwrap();
            device.clock.advance(60_000);
            grown.push(bytes_on_disk(&device).saturating_sub(before));
        }
        assert!(grown[7] < 4 * MIB, "{grown:?} bytes after each of eight syncs");
        assert!(grown[7] - grown[4] < 64 * 1024, "{grown:?}: in the end nothing is kept any more");
        assert!(consent.verify().unwrap().ok);
        // Days later it is no more than what a day allows.
        for _ in 0..4 {
            device.clock.advance(24 * 60 * 60 * 1000);
            let _ = consent.sync(60_000);
            consent.connectivity_restored().unwrap();
        }
        let later = bytes_on_disk(&device).saturating_sub(before);
        assert!(later - grown[7] < MIB, "{later} after {grown:?}");
    }
}

#[test]
fn f_20_a_no_is_taken_from_a_server_that_tells_too_much_and_the_rest_is_heard_later() {
    let noise = purposes().into_iter().filter(|purpose| purpose != EMAIL && purpose != DATA_USE).collect::<Vec<_>>();
    let (quiet, no) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (is_quiet, is_no) = (quiet.clone(), no.clone());
    let yeses: Mutex<Vec<Value>> = Mutex::default();
    let wire = server(move |body, page| {
        // What is told of the noise changes each time, until the server comes to its senses.
        let mut states = ever_new(&noise, if is_quiet.load(Ordering::SeqCst) > 0 { 4_000 } else { page }, 64);
        states.as_array_mut().unwrap().iter_mut().for_each(|state| state["history"] = json!("h1"));
        let of_person = body["subject"].as_str().is_some_and(|subject| subject.starts_with("anonymous:"));
        for change in body["changes"].as_array().unwrap().iter().filter(|_| of_person) {
            let record: Value = serde_json::from_str(change["record"].as_str().unwrap()).unwrap();
            let mut granted = state(record["purpose"].as_str().unwrap(), "granted", 0);
            (granted["op"], granted["record"]) = (change["op"].clone(), change["record"].clone());
            yeses.lock().unwrap().push(granted);
        }
        let says_no = is_no.load(Ordering::SeqCst) > 0;
        for yes in yeses.lock().unwrap().iter().filter(|_| of_person) {
            let no = says_no && yes["purpose"] == EMAIL;
            states.as_array_mut().unwrap().push(if no { state(EMAIL, "withdrawn", 5) } else { yes.clone() });
        }
        (states, false)
    });
    let device = Device::new(Platform::Desktop);
    let consent = open(&device, &wire);
    answer(&consent, &[DATA_USE, EMAIL, "cookies.analytics"], &[]).unwrap();
    for _ in 0..30 {
        consent.sync(60_000).unwrap();
        consent.connectivity_restored().unwrap();
    }
    let full = consent.verify().unwrap().records;
    consent.sync(60_000).unwrap();
    assert_eq!(consent.verify().unwrap().records, full, "no more of it is kept");
    consent.connectivity_restored().unwrap();
    let report = consent.sync(60_000).unwrap();
    assert_eq!(report.state, SyncState::Waiting, "{report:?}");
    assert!(report.troubles.iter().any(|trouble| trouble.code() == "too_much_told"), "{report:?}");
    assert!(consent.allows(EMAIL), "{:?}", consent.explain(EMAIL));
    no.store(1, Ordering::SeqCst);
    consent.sync(60_000).unwrap();
    assert!(!consent.allows(EMAIL), "{:?}", consent.explain(EMAIL));
    assert_eq!(consent.verify().unwrap().records, full + 1, "the no alone");
    consent.sync(60_000).unwrap();
    assert_eq!(consent.verify().unwrap().records, full + 1, "once");
    // The cursor did not pass what was not kept: once the server is quiet, all of it is heard, whatever else it says.
    quiet.store(1, Ordering::SeqCst);
    device.clock.advance(20 * 24 * 60 * 60 * 1000);
    consent.connectivity_restored().unwrap();
    consent.sync(60_000).unwrap();
    assert!(consent.verify().unwrap().records > full + 1);
    let settled = consent.verify().unwrap().records;
    consent.sync(60_000).unwrap();
    assert_eq!(consent.verify().unwrap().records, settled);
}

fn restores(consent: &Consent) -> usize {
    let mut restores = 0;
    let mut after = 0;
    loop {
        let entries = consent.history(after, 1000).unwrap();
        let Some(last) = entries.last() else { return restores };
        after = last.seq;
        restores += entries.iter().filter(|entry| entry.kind == "restore").count();
    }
}

/// So many syncs, each with a withdrawal to send.
fn withdraws_and_syncs(consent: &Consent, device: &Device, times: usize) {
    for _ in 0..times {
        consent.withdraw(&[DATA_USE]).unwrap();
        device.clock.advance(60_000);
        consent.connectivity_restored().unwrap();
        consent.sync(10_000).unwrap();
    }
}

#[test]
fn f_20_a_server_that_calls_the_file_a_copy_in_every_answer_lets_one_installation_begin() {
    let (device, server) = (Device::new(Platform::Desktop), server(|_, _| (json!([]), false)));
    let consent = open(&device, &server);
    answer(&consent, &[DATA_USE], &[EMAIL]).unwrap();
    *server.forks.lock().unwrap() = Box::new(|_| true);
    withdraws_and_syncs(&consent, &device, 12);
    assert_eq!(restores(&consent), 1);
    // Once it took up a change and did not say so, its word counts again.
    *server.forks.lock().unwrap() = Box::new(|_| false);
    withdraws_and_syncs(&consent, &device, 1);
    *server.forks.lock().unwrap() = Box::new(|_| true);
    withdraws_and_syncs(&consent, &device, 5);
    assert_eq!(restores(&consent), 2);
    assert!(!consent.allows(DATA_USE) && !consent.allows(EMAIL) && consent.verify().unwrap().ok);
}

#[test]
fn f_20_installations_that_a_server_lets_begin_by_turns_are_bounded() {
    let (device, server) = (Device::new(Platform::Desktop), server(|_, _| (json!([]), false)));
    let consent = open(&device, &server);
    answer(&consent, &[DATA_USE], &[]).unwrap();
    *server.forks.lock().unwrap() = Box::new(|answer| answer % 2 == 1);
    withdraws_and_syncs(&consent, &device, 300);
    assert!((2..=70).contains(&restores(&consent)), "{}", restores(&consent));
    assert!(!consent.allows(DATA_USE) && consent.verify().unwrap().ok);
}

#[test]
fn f_20_a_server_to_which_every_name_is_in_use_lets_one_installation_begin() {
    let (device, server) = (Device::new(Platform::Desktop), server(|_, _| (json!([]), false)));
    server.names_taken.store(true, Ordering::SeqCst);
    let consent = open(&device, &server);
    withdraws_and_syncs(&consent, &device, 8);
    assert_eq!(restores(&consent), 1);
    server.names_taken.store(false, Ordering::SeqCst);
    withdraws_and_syncs(&consent, &device, 1);
    assert_eq!(consent.sync(10_000).unwrap().pending, 0);
}
