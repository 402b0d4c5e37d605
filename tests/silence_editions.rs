//! What silence is worth under an edition that follows another: one that brings a purpose which silence allows, one that moves a purpose there, and one
//! that changes its text.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use consentkit::client::{Answer, Consent, Options, Why};
use serde_json::json;
use support::{
    loopback::{Host, PlainTransport},
    silent_policy::{FRAUD, PARTNERS, USAGE, edition, purpose, silent_policy, under},
    story::Phone,
};

const SYNC_MS: i64 = 10_000;

#[test]
fn an_edition_that_brings_such_a_purpose_lets_silence_wait_for_what_was_said_elsewhere() {
    let (mut phone, server) = under(edition(4, vec![]).to_string(), Arc::new(PlainTransport));
    phone.signs_in();
    phone.says_yes(&["marketing.data_use"]);
    phone.sends_everything();
    // The company's page has the new edition already.
    server.publish(silent_policy().replace("\"edition\":4", "\"edition\":5"));
    server.hears_on_the_web(FRAUD, "refused");
    phone.sends_everything();
    phone.stops();
    let device_policy = silent_policy().replace("\"edition\":4", "\"edition\":5");
    let newer = Options { policy: device_policy, ..options_like(&phone, &server) };
    let consent = Consent::open(newer).unwrap();
    assert!(!consent.allows(FRAUD) && !consent.allows(PARTNERS));
    assert_eq!(consent.explain(FRAUD).reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>(), ["not_pulled"]);
    assert!(consent.allows(USAGE));
    consent.sync(SYNC_MS).unwrap();
    assert_eq!(consent.explain(FRAUD).reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>(), ["refused"]);
    assert!(consent.verify().unwrap().ok);
}

/// The options of a phone's app, to open its file under another policy.
fn options_like(phone: &Phone, server: &Arc<Host>) -> Options {
    use consentkit::signal::Platform;
    Options {
        platform: Platform::Desktop,
        app_version: "2.0".into(),
        clock: support::FakeClock::at(phone.now()),
        server: Some(server.url()),
        transport: Some(Arc::new(PlainTransport)),
        tokens: Some(Arc::new(support::loopback::LogIn(server.clone()))),
        marker: Some(phone.folder().join("marker")),
        ..Options::new(phone.folder().join("consent.db"), silent_policy())
    }
}

#[test]
fn who_was_asked_for_consent_is_not_taken_to_agree_by_silence_later() {
    let asked = |material: u32, basis: &str| {
        let ids = ["a.refused", "a.granted", "a.unanswered"];
        ids.map(|id| purpose(id, json!({ "basis": basis, "material": material, "scope": "device" }))).to_vec()
    };
    let (mut phone, server) = under(edition(4, asked(1, "consent")).to_string(), Arc::new(PlainTransport));
    phone.answers(&["a.granted"], &["a.refused"]);
    phone.stops();
    let moved = edition(5, asked(2, "legitimate_interest")).to_string();
    let open = |policy: &str| Consent::open(Options { policy: policy.into(), ..options_like(&phone, &server) }).unwrap();
    let consent = open(&moved);
    assert!(!consent.allows("a.refused") && !consent.allows("a.unanswered") && consent.allows("a.granted"));
    assert_eq!(consent.explain("a.unanswered").reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>(), ["not_answered"]);
    let form = consent.questions("settings").unwrap();
    let why = |id: &str| form.questions.iter().find(|question| question.purpose == id).unwrap().why;
    assert_eq!((why("a.unanswered"), why("a.refused"), why("a.granted")), (Why::FirstTime, Why::Answered, Why::Answered));
    assert!(form.due);
    consent.record(&form.shown, &[Answer::grant("a.unanswered")]).unwrap();
    assert!(consent.allows("a.unanswered"));
    consent.withdraw(&["a.unanswered"]).unwrap();
    consent.shutdown().unwrap();
    // It stays so under editions that follow.
    let later = open(&edition(6, asked(2, "opt_out")).to_string().replace("\"material\":2", "\"material\":3"));
    assert!(!later.allows("a.unanswered") && !later.allows("a.refused") && later.allows("a.granted"));
    let fresh = support::Device::new(consentkit::signal::Platform::Desktop);
    let fresh = Consent::open(Options { policy: moved, ..fresh.options() }).unwrap();
    assert!(fresh.allows("a.unanswered"), "nobody was asked on a phone that never had the earlier edition");
}

#[test]
fn neither_time_nor_another_text_asks_again_or_ends_an_objection() {
    let with = |number: u32, material: u32| {
        let fields = json!({ "basis": "legitimate_interest", "scope": "device", "expires_after_days": 10, "material": material });
        edition(number, ["a.silent", "a.taken_back", "a.objected"].map(|id| purpose(id, fields.clone())).to_vec()).to_string()
    };
    let (mut phone, server) = under(with(4, 1), Arc::new(PlainTransport));
    phone.says_no(&["a.taken_back", "a.objected"]);
    phone.says_yes(&["a.taken_back"]);
    phone.waits(11 * 24 * 60 * 60 * 1000);
    assert!(phone.allows("a.silent") && phone.allows("a.taken_back") && !phone.allows("a.objected"));
    phone.stops();
    let consent = Consent::open(Options { policy: with(5, 2), ..options_like(&phone, &server) }).unwrap();
    assert!(consent.allows("a.silent") && consent.allows("a.taken_back") && !consent.allows("a.objected"));
}

fn codes(consent: &Consent, purpose: &str) -> Vec<String> {
    consent.explain(purpose).reasons.iter().map(|reason| reason.code()).collect()
}

#[test]
fn an_objection_is_not_forgotten_where_the_apps_edition_changes_whom_it_belongs_to() {
    for basis in ["opt_out", "legitimate_interest"] {
        for (before, after) in [("device", "person"), ("person", "device")] {
            let under_scope = |number: u32, scope: &str| {
                let fields = json!({ "basis": basis, "scope": scope, "material": number });
                edition(number, ["a.objected", "a.silent", "a.agreed"].map(|id| purpose(id, fields.clone())).to_vec()).to_string()
            };
            let device = support::Device::new(consentkit::signal::Platform::Desktop);
            let open = |policy: String| Consent::open(Options { policy, ..device.options() }).unwrap();
            let consent = open(under_scope(4, before));
            let shown = consent.questions("settings").unwrap().shown;
            consent.record(&shown, &[Answer::refuse("a.objected"), Answer::grant("a.agreed")]).unwrap();
            assert!(!consent.allows("a.objected") && consent.allows("a.silent"));
            consent.shutdown().unwrap();
            let consent = open(under_scope(5, after));
            for id in ["a.objected", "a.silent", "a.agreed"] {
                assert_eq!(codes(&consent, id), ["not_answered"], "{basis}, {before} to {after}: {id}");
            }
            let form = consent.questions("settings").unwrap();
            assert!(form.due, "the new kind of answer is asked for");
            consent.record(&form.shown, &[Answer::grant("a.silent")]).unwrap();
            assert!(consent.allows("a.silent") && !consent.allows("a.objected"));
            consent.shutdown().unwrap();
            // Back to the former scope the objection is known again, and in both editions that follow nothing else is allowed by silence.
            let consent = open(under_scope(6, before));
            assert_eq!(codes(&consent, "a.objected"), ["refused"], "{basis}, {before} to {after} and back");
            assert!(!consent.allows("a.silent") && consent.allows("a.agreed"));
        }
    }
}

#[test]
fn a_changed_scope_is_seen_through_an_edition_without_the_purpose_and_one_in_which_nobody_has_a_say() {
    let with = |number: u32, basis: &str, scope: &str| {
        let fields = json!({ "basis": basis, "scope": scope, "material": number });
        edition(number, vec![purpose("a.objected", fields)]).to_string()
    };
    for between in [edition(5, vec![]).to_string(), with(5, "contract", "person")] {
        let device = support::Device::new(consentkit::signal::Platform::Desktop);
        let open = |policy: String| Consent::open(Options { policy, ..device.options() }).unwrap();
        let consent = open(with(4, "opt_out", "device"));
        let shown = consent.questions("settings").unwrap().shown;
        consent.record(&shown, &[Answer::refuse("a.objected")]).unwrap();
        consent.shutdown().unwrap();
        open(between.clone()).shutdown().unwrap();
        let consent = open(with(6, "opt_out", "person"));
        assert_eq!(codes(&consent, "a.objected"), ["not_answered"], "{between}");
    }
}

#[test]
fn an_announced_edition_that_changes_the_scope_denies_from_its_first_moment() {
    let with = |number: u32, scope: &str, day: &str| {
        let mut policy = edition(number, vec![purpose("a.objected", json!({ "basis": "opt_out", "scope": scope, "material": number }))]);
        policy["effective_on"] = json!(day);
        policy["amendments"]["versions"].as_array_mut().unwrap().last_mut().unwrap()["effective_on"] = json!(day);
        policy.to_string()
    };
    let device = support::Device::new(consentkit::signal::Platform::Desktop);
    let open = |policy: String| Consent::open(Options { policy, ..device.options() }).unwrap();
    let consent = open(with(4, "device", "2021-01-01"));
    let shown = consent.questions("settings").unwrap().shown;
    consent.record(&shown, &[Answer::refuse("a.objected")]).unwrap();
    consent.shutdown().unwrap();
    let consent = open(with(5, "person", "2099-01-01"));
    assert_eq!(codes(&consent, "a.objected"), ["refused"]);
    device.clock.set(consentkit::ledger::millis("2099-01-02T00:00:00Z").unwrap());
    assert_eq!(codes(&consent, "a.objected"), ["not_answered"]);
}
