//! What a sync hears and what a delivered edition of the policy takes away counts also where the disk refuses it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{Arc, Mutex};

use consentkit::{
    client::{Answer, Consent, Options},
    decision::Reason,
    ledger::AskAgain,
    signal::{AgeBand, Platform, Signals},
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use serde_json::{Value, json};
use support::{
    Device, INFLUENTIAL, answer,
    edition::next_edition,
    loopback::{Host, LogIn, PlainTransport},
    refusing::{Refusing, counts_in_memory},
};

const MEMBER: &str = "acct_81";
const EMAIL: &str = "marketing.email";
const DATA_USE: &str = "marketing.data_use";
const ANALYTICS: &str = "cookies.analytics";

/// What becomes of the file once the answer is on its way.
type Mishap = Box<dyn FnOnce() + Send>;

/// A transport after whose next answer about the member something happens to the file.
#[derive(Default)]
struct Between(Mutex<Option<Mishap>>);

impl Transport for Between {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let about_member = String::from_utf8_lossy(&request.body).contains(MEMBER);
        let response = PlainTransport.send(request);
        if let Some(mishap) = self.0.lock().unwrap().take_if(|_| about_member) {
            mishap();
        }
        response
    }
}

fn open(device: &Device, host: &Arc<Host>, transport: Arc<Between>) -> Consent {
    let options =
        Options { server: Some(host.url()), transport: Some(transport), tokens: Some(Arc::new(LogIn(host.clone()))), ..device.options() };
    let consent = Consent::open(options).unwrap();
    consent.sign_in(MEMBER).unwrap();
    consent
}

fn member(device: &Device, host: &Arc<Host>, transport: Arc<Between>) -> Consent {
    let consent = open(device, host, transport);
    answer(&consent, &[DATA_USE, EMAIL, ANALYTICS], &[]).unwrap();
    consent.sync(10_000).unwrap();
    assert!(consent.allows(EMAIL) && consent.allows(DATA_USE) && consent.allows(ANALYTICS));
    consent
}

#[test]
fn f_2_a_no_that_a_sync_hears_counts_while_the_disk_refuses_and_is_recorded_by_the_next_write() {
    for (choice, reason) in [("withdrawn", Reason::Withdrawn), ("refused", Reason::Refused)] {
        for during in [false, true] {
            let device = Device::new(Platform::Desktop);
            let host = Host::start(device.clock.clone());
            let between = Arc::new(Between::default());
            let consent = member(&device, &host, between.clone());
            host.web(MEMBER, json!({ "purpose": EMAIL, "choice": choice, "method": "web", "actor": "self" }));
            let refusing = Arc::new(Mutex::new(None));
            if during {
                let (folder, refusing) = (device.folder.path().to_owned(), refusing.clone());
                *between.0.lock().unwrap() = Some(Box::new(move || *refusing.lock().unwrap() = Some(Refusing::every_write(&folder))));
            } else {
                *refusing.lock().unwrap() = Some(Refusing::every_write(device.folder.path()));
            }
            counts_in_memory(consent.sync(10_000));
            assert_eq!(consent.explain(EMAIL).reasons, std::slice::from_ref(&reason), "{choice}");
            assert!(consent.allows(DATA_USE) && consent.allows(ANALYTICS), "nothing else");
            let held = consent.unrecorded();
            assert_eq!(held.iter().map(|held| held.purpose.as_deref()).collect::<Vec<_>>(), [Some(EMAIL)]);
            // Whoever saw it in a form may say yes again, and that yes counts.
            let form = consent.questions("settings").unwrap();
            refusing.lock().unwrap().take().unwrap().lift();
            consent.withdraw(&[ANALYTICS]).unwrap();
            assert_eq!((consent.unrecorded(), consent.explain(EMAIL).reasons), (vec![], vec![reason.clone()]), "recorded");
            drop(consent);
            let consent = device.open();
            assert_eq!(consent.explain(EMAIL).reasons, std::slice::from_ref(&reason), "and kept");
            consent.record(&form.shown, &[Answer::grant(EMAIL)]).unwrap();
            assert!(consent.allows(EMAIL), "{:?}", consent.explain(EMAIL));
            assert!(consent.verify().unwrap().ok);
        }
    }
}

#[test]
fn f_2_so_does_one_about_the_device() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = member(&device, &host, Arc::default());
    let database = rusqlite::Connection::open(host.database()).unwrap();
    let sql = "SELECT subject FROM subject WHERE subject LIKE 'device:%'";
    let subject: String = database.query_row(sql, [], |row| row.get(0)).unwrap();
    host.web(&subject, json!({ "purpose": ANALYTICS, "choice": "withdrawn", "method": "web", "actor": "self" }));
    host.web(MEMBER, json!({ "purpose": EMAIL, "choice": "withdrawn", "method": "web", "actor": "self" }));
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.sync(10_000));
    assert_eq!((consent.allows(ANALYTICS), consent.allows(EMAIL), consent.allows(DATA_USE)), (false, false, true));
    assert_eq!(consent.unrecorded().len(), 2, "of each subject");
    refusing.lift();
    consent.sync(10_000).unwrap();
    assert_eq!((consent.unrecorded(), consent.allows(ANALYTICS), consent.allows(EMAIL)), (vec![], false, false));
}

#[test]
fn f_2_a_no_that_a_sync_hears_counts_where_the_file_cannot_even_be_read() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let between = Arc::new(Between::default());
    let consent = member(&device, &host, between.clone());
    host.web(MEMBER, json!({ "purpose": EMAIL, "choice": "withdrawn", "method": "web", "actor": "self" }));
    let file = device.folder.path().join("consent.db");
    let rename = move |from: &str, to: &str| {
        rusqlite::Connection::open(&file).unwrap().execute_batch(&format!("ALTER TABLE {from} RENAME TO {to}")).unwrap();
    };
    let away = rename.clone();
    *between.0.lock().unwrap() = Some(Box::new(move || away("ledger", "gone")));
    assert!(consent.sync(10_000).is_err());
    assert_eq!(consent.explain(EMAIL).reasons, [Reason::Withdrawn]);
    assert!(consent.allows(DATA_USE));
    rename("gone", "ledger");
    consent.sync(10_000).unwrap();
    assert_eq!((consent.unrecorded(), consent.explain(EMAIL).reasons), (vec![], vec![Reason::Withdrawn]));
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_2_a_yes_that_a_later_sync_hears_stands_over_a_no_that_was_held() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = member(&device, &host, Arc::default());
    host.web(MEMBER, json!({ "purpose": EMAIL, "choice": "withdrawn", "method": "web", "actor": "self" }));
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.sync(10_000));
    refusing.lift();
    let other = Device::new(Platform::Desktop);
    let second = open(&other, &host, Arc::default());
    second.sync(10_000).unwrap();
    answer(&second, &[EMAIL], &[]).unwrap();
    second.sync(10_000).unwrap();
    consent.sync(10_000).unwrap();
    assert_eq!(consent.unrecorded(), []);
    assert!(consent.allows(EMAIL), "{:?}", consent.explain(EMAIL));
}

/// The policy's next edition with a change of one field.
fn edition(change: impl FnOnce(&mut Value)) -> String {
    let mut document: Value = serde_json::from_str(&next_edition()).unwrap();
    let former: Value = serde_json::from_str(INFLUENTIAL).unwrap();
    document["purposes"] = former["purposes"].clone();
    change(&mut document);
    document.to_string()
}

fn purpose<'a>(document: &'a mut Value, id: &str) -> &'a mut Value {
    document["purposes"].as_array_mut().unwrap().iter_mut().find(|purpose| purpose["id"] == id).unwrap()
}

/// The same with a change of what analytics cookies may do, which people are asked about again.
fn with_more(change: impl FnOnce(&mut Value)) -> String {
    edition(|document| {
        let analytics = purpose(document, ANALYTICS);
        analytics["material"] = json!(analytics["material"].as_u64().unwrap_or(1) + 1);
        change(analytics);
    })
}

#[test]
fn f_2_what_a_delivered_edition_takes_away_counts_while_the_disk_refuses_and_is_recorded_by_the_next_write() {
    let again = Reason::AskAgain { cause: AskAgain::PolicyChanged };
    let cases = [
        (next_edition(), again.clone()),
        (edition(|document| purpose(document, ANALYTICS)["material"] = json!(9)), again),
        (with_more(|analytics| analytics["sharing"] = json!(true)), Reason::Gpc),
        (with_more(|analytics| analytics["requires"] = json!([EMAIL])), Reason::Requires { purpose: EMAIL.into() }),
        (edition(|document| document["audience"] = json!("mixed")), Reason::GuardianRequired),
    ];
    for (document, reason) in cases {
        let device = Device::new(Platform::Desktop);
        let consent = device.open();
        answer(&consent, &[DATA_USE, ANALYTICS], &[EMAIL]).unwrap();
        consent.report_signals(Signals { gpc: Some(true), ..Signals::default() }).unwrap();
        assert!(consent.allows(ANALYTICS));
        let edition = consent.snapshot().policy.edition;
        let form = consent.questions("settings").unwrap();
        let refusing = Refusing::every_write(device.folder.path());
        counts_in_memory(consent.adopt_policy(&document));
        assert!(consent.explain(ANALYTICS).reasons.contains(&reason), "{reason:?}: {:?}", consent.explain(ANALYTICS));
        assert_eq!(consent.unrecorded().len(), 1);
        assert!(!consent.allows("cookies.more"), "nothing new is allowed by it");
        // What a form shows is what the file says is in force.
        let held = consent.questions("settings").unwrap();
        assert_eq!(held.questions.len(), form.questions.len());
        counts_in_memory(consent.withdraw(&[DATA_USE]));
        refusing.lift();
        consent.refresh().unwrap();
        consent.withdraw(&[DATA_USE]).unwrap();
        assert!(consent.unrecorded().is_empty() && consent.explain(ANALYTICS).reasons.contains(&reason), "recorded");
        assert_eq!(consent.snapshot().policy.edition, edition + 1);
        assert!(consent.verify().unwrap().ok);
        drop(consent);
        assert!(device.open().explain(ANALYTICS).reasons.contains(&reason));
    }
}

#[test]
fn f_2_an_edition_that_takes_nothing_away_and_one_that_may_not_follow_hold_nothing() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[DATA_USE, ANALYTICS], &[]).unwrap();
    let refusing = Refusing::every_write(device.folder.path());
    assert!(consent.adopt_policy(&edition(|_| ())).is_err());
    assert_eq!((consent.unrecorded(), consent.allows(ANALYTICS)), (vec![], true));
    let other = edition(|document| {
        document["id"] = json!("another");
        purpose(document, ANALYTICS)["material"] = json!(9);
    });
    assert!(consent.adopt_policy(&other).is_err());
    assert_eq!((consent.unrecorded(), consent.allows(ANALYTICS)), (vec![], true));
    refusing.lift();
}

#[test]
fn f_2_an_edition_that_raises_the_age_of_consent_counts_for_whoever_was_above_the_lower_one() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    consent.adopt_policy(&edition(|document| document["audience"] = json!("mixed"))).unwrap();
    consent.report_signals(Signals { age: Some(AgeBand::Above), ..Signals::default() }).unwrap();
    answer(&consent, &[ANALYTICS], &[]).unwrap();
    assert!(consent.allows(ANALYTICS));
    let mut document: Value = serde_json::from_str(&edition(|document| document["audience"] = json!("mixed"))).unwrap();
    let number = document["edition"].as_u64().unwrap() + 1;
    let dates = json!({ "edition": number, "version": "older", "announced_on": "2026-10-02", "effective_on": "2026-11-11" });
    for name in ["edition", "version", "announced_on", "effective_on"] {
        document[name] = dates[name].clone();
    }
    document["amendments"]["versions"].as_array_mut().unwrap().push(dates);
    document["age_of_consent"] = json!(16);
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.adopt_policy(&document.to_string()));
    assert!(!consent.allows(ANALYTICS));
    refusing.lift();
    consent.adopt_policy(&document.to_string()).unwrap();
    assert_eq!((consent.unrecorded(), consent.allows(ANALYTICS)), (vec![], false));
}

#[test]
fn f_2_a_no_is_heard_though_another_one_is_held_already() {
    for said_here in [false, true] {
        let device = Device::new(Platform::Desktop);
        let host = Host::start(device.clock.clone());
        let consent = member(&device, &host, Arc::default());
        let refusing = Refusing::every_write(device.folder.path());
        if said_here {
            counts_in_memory(consent.withdraw(&[ANALYTICS]));
        } else {
            web(&host, EMAIL, "withdrawn");
            counts_in_memory(consent.sync(10_000));
            assert!(!consent.allows(EMAIL));
        }
        web(&host, DATA_USE, "withdrawn");
        counts_in_memory(consent.sync(10_000));
        assert_eq!(consent.explain(DATA_USE).reasons, [Reason::Withdrawn], "said here {said_here}");
        assert_eq!(consent.unrecorded().len(), 2);
        refusing.lift();
        consent.sync(10_000).unwrap();
        assert_eq!((consent.unrecorded(), consent.explain(DATA_USE).reasons), (vec![], vec![Reason::Withdrawn]));
        assert!(consent.verify().unwrap().ok);
    }
}

#[test]
fn f_2_a_no_that_was_held_does_not_take_back_a_yes_that_another_handle_heard_since() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let (first, second) = (member(&device, &host, Arc::default()), open(&device, &host, Arc::default()));
    web(&host, EMAIL, "withdrawn");
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(first.sync(10_000));
    refusing.lift();
    second.sync(10_000).unwrap();
    answer(&second, &[EMAIL], &[]).unwrap();
    second.sync(10_000).unwrap();
    second.sync(10_000).unwrap();
    assert_eq!((second.allows(EMAIL), host.status(MEMBER, EMAIL).as_str()), (true, "granted"));
    first.withdraw(&[ANALYTICS]).unwrap();
    assert!(first.allows(EMAIL), "{:?}", first.explain(EMAIL));
    second.refresh().unwrap();
    assert!(second.allows(EMAIL), "{:?}", second.explain(EMAIL));
}

#[test]
fn f_2_a_no_that_is_heard_where_nothing_is_granted_is_not_passed_by_a_form_from_before_it() {
    for (first_answer, refuses) in [(false, false), (false, true), (true, false), (true, true)] {
        let device = Device::new(Platform::Desktop);
        let host = Host::start(device.clock.clone());
        let consent = open(&device, &host, Arc::default());
        answer(&consent, &[DATA_USE, ANALYTICS], if first_answer { &[] } else { &[EMAIL] }).unwrap();
        consent.sync(10_000).unwrap();
        let form = consent.questions("settings").unwrap();
        device.clock.advance(60_000);
        web(&host, EMAIL, "granted");
        device.clock.advance(60_000);
        web(&host, EMAIL, "withdrawn");
        device.clock.advance(60_000);
        let refusing = refuses.then(|| Refusing::every_write(device.folder.path()));
        assert_eq!(consent.sync(10_000).is_err(), refuses);
        if let Some(refusing) = refusing {
            refusing.lift();
        }
        consent.record(&form.shown, &[Answer::grant(EMAIL)]).unwrap();
        let reasons = consent.explain(EMAIL).reasons;
        assert!(!consent.allows(EMAIL), "first answer {first_answer}, refuses {refuses}");
        assert_eq!(reasons, [Reason::AskAgain { cause: AskAgain::StaleGrant }], "first answer {first_answer}, refuses {refuses}");
    }
}

#[test]
fn f_2_a_no_about_the_device_that_was_held_counts_on_the_installation_that_begins_late() {
    let device = Device::new(Platform::Desktop);
    let host = Host::start(device.clock.clone());
    let consent = member(&device, &host, Arc::default());
    consent.shutdown().unwrap();
    let database = rusqlite::Connection::open(host.database()).unwrap();
    let sql = "SELECT subject FROM subject WHERE subject LIKE 'device:%'";
    let subject: String = database.query_row(sql, [], |row| row.get(0)).unwrap();
    host.web(&subject, json!({ "purpose": ANALYTICS, "choice": "withdrawn", "method": "web", "actor": "self" }));
    // A new version of the app opens the file while nothing can be written, and so has not entered itself yet.
    let refusing = Refusing::every_write(device.folder.path());
    let (server, transport) = (Some(host.url()), Some(Arc::new(PlainTransport) as _));
    let tokens = Some(Arc::new(LogIn(host.clone())) as _);
    let consent = Consent::open(Options { server, transport, tokens, app_version: "2.0".into(), ..device.options() }).unwrap();
    counts_in_memory(consent.sync(10_000));
    assert_eq!(consent.explain(ANALYTICS).reasons, [Reason::Withdrawn]);
    refusing.lift();
    // Meanwhile the key is lost of which the installation's name was made, so the first write begins another installation.
    let file = rusqlite::Connection::open(device.folder.path().join("consent.db")).unwrap();
    file.execute("DELETE FROM setting WHERE name = 'install_key'", []).unwrap();
    consent.withdraw(&[EMAIL]).unwrap();
    assert!(consent.history(0, 1000).unwrap().iter().any(|entry| entry.kind == "restore"));
    assert_eq!((consent.unrecorded(), consent.explain(ANALYTICS).reasons), (vec![], vec![Reason::Withdrawn]));
    answer(&consent, &[ANALYTICS], &[]).unwrap();
    assert!(consent.allows(ANALYTICS), "{:?}", consent.explain(ANALYTICS));
    assert!(consent.verify().unwrap().ok);
}

fn web(host: &Arc<Host>, purpose: &str, choice: &str) {
    host.web(MEMBER, json!({ "purpose": purpose, "choice": choice, "method": "web", "actor": "self" }));
}
