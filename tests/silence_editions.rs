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
