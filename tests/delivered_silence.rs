//! What a delivered edition may do to purposes that nobody is asked about: `tests/delivered_properties.rs` finds the same for any edition.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{
    client::{Answer, Consent, Options},
    error::Error,
    policy::FaultCode,
    signal::Platform,
};
use serde_json::{Value, json};
use support::{
    Device,
    silent_policy::{edition, purpose},
};

const BASES: [&str; 5] = ["consent", "legitimate_interest", "opt_out", "contract", "law"];

fn refused(shipped: Vec<Value>, delivered: Vec<Value>) -> Vec<(String, FaultCode)> {
    let device = Device::new(Platform::Desktop);
    let consent = Consent::open(Options { policy: edition(4, shipped).to_string(), ..device.options() }).unwrap();
    match consent.adopt_policy(&edition(5, delivered).to_string()) {
        Err(Error::PolicyRefused { faults }) => faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect(),
        Ok(()) => vec![],
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_delivered_edition_moves_no_purpose_to_where_less_can_be_said() {
    let on = |basis: &str, material: u32| vec![purpose("a.one", json!({ "basis": basis, "material": material }))];
    let say = |basis: &str| match basis {
        "consent" => 2,
        "legitimate_interest" | "opt_out" => 1,
        _ => 0,
    };
    for before in BASES {
        for after in BASES {
            let found = refused(on(before, 1), on(after, 2));
            let taken_away = vec![("/purposes/20/basis".to_owned(), FaultCode::ConsentTakenAway)];
            assert_eq!(found, if say(after) < say(before) { taken_away } else { vec![] }, "{before} to {after}");
        }
    }
}

#[test]
fn a_delivered_edition_brings_no_purpose_that_silence_allows() {
    for basis in BASES {
        let found = refused(vec![], vec![purpose("a.one", json!({ "basis": basis }))]);
        let silent = matches!(basis, "legitimate_interest" | "opt_out");
        assert_eq!(found.len(), usize::from(silent), "{basis}: {found:?}");
    }
}

#[test]
fn what_guards_an_objection_is_loosened_by_no_delivered_edition() {
    let guarded = |fields: Value| {
        let one = purpose("a.one", json!({ "basis": "legitimate_interest" }));
        let mut two = purpose("a.two", json!({ "basis": "opt_out", "sharing": true, "requires": ["a.one"] }));
        for (name, value) in fields.as_object().unwrap() {
            two[name] = value.clone();
        }
        vec![one, two]
    };
    for (field, value) in [("sharing", json!(false)), ("requires", json!([])), ("scope", json!("device"))] {
        let found = refused(guarded(json!({})), guarded(json!({ field: value, "material": 2 })));
        assert_eq!(found, [(format!("/purposes/21/{field}"), FaultCode::GuardWeakened)], "{field}");
    }
}

#[test]
fn a_delivered_edition_gives_no_cookie_to_a_purpose_with_less_to_say() {
    let with = |first: &str, second: &str, owner: usize| {
        let cookies = |at: usize| if at == owner { json!(["_one"]) } else { json!([]) };
        vec![
            purpose("a.one", json!({ "basis": first, "scope": "device", "cookies": cookies(0), "material": 1 + owner })),
            purpose("a.two", json!({ "basis": second, "scope": "device", "cookies": cookies(1), "material": 1 + owner })),
        ]
    };
    for (first, second, taken) in [
        ("consent", "opt_out", false),
        ("opt_out", "contract", false),
        // Who objected to one of them did not object to the other.
        ("legitimate_interest", "opt_out", false),
        ("contract", "opt_out", true),
        ("opt_out", "consent", true),
    ] {
        let found = refused(with(first, second, 0), with(first, second, 1));
        assert_eq!(found.is_empty(), taken, "{first} to {second}: {found:?}");
    }
}

/// A document without any law, whose purposes the person refused where one could: `ads` and `mail`.
fn lawless(number: u32, change: impl Fn(&mut Value)) -> String {
    let title = json!({ "en": "A purpose" });
    let notice = json!({ "purpose": { "en": "To count" }, "items": ["i.one"], "retention": { "en": "A year" } });
    let mut policy = json!({
        "id": "app", "version": format!("v{number}"), "edition": number, "languages": ["en"], "surfaces": ["settings"],
        "items": [{ "id": "i.one", "label": title }, { "id": "i.two", "label": title }],
        "third_parties": [{ "id": "p.one", "recipient": title }],
        "transfers": [{ "id": "t.one", "country": title, "recipient": title }],
        "vendors": [{ "id": "v.one", "name": "One" }, { "id": "v.two", "name": "Two" }],
        "purposes": [
            { "id": "ads", "uses": "advertising_id", "cookies": ["_ads*"] },
            { "id": "mail", "scope": "person", "channel": "email" },
            { "id": "own", "basis": "legitimate_interest", "cookies": ["_own*"], "vendors": ["v.one"] },
            { "id": "ownp", "basis": "opt_out", "scope": "person", "requires": ["own"] },
            { "id": "acct", "basis": "contract", "scope": "person" },
            { "id": "law", "basis": "law" },
        ],
    });
    for purpose in policy["purposes"].as_array_mut().unwrap() {
        purpose["title"] = title.clone();
        purpose["notice"] = notice.clone();
        purpose["surfaces"] = json!(["settings"]);
        purpose["material"] = json!(number);
    }
    change(&mut policy);
    policy.to_string()
}

#[test]
fn f_10_a_delivered_edition_adds_nothing_to_a_purpose_that_nobody_is_asked_about_and_the_app_may() {
    const OWN: usize = 2;
    const OWNP: usize = 3;
    const ACCT: usize = 4;
    const LAW: usize = 5;
    let cases = [
        (OWN, "uses", json!("advertising_id"), "uses"),
        (OWN, "sharing", json!(true), "sharing"),
        (OWN, "cookies", json!(["_own*", "_a*"]), "cookies/1"),
        (OWN, "cookies", json!(["_own*", "_ab"]), "cookies/1"),
        (OWN, "cookies", json!(["_own*", "_*"]), "cookies/1"),
        (LAW, "cookies", json!(["_new*"]), "cookies/0"),
        (LAW, "cookies", json!(["_own1"]), "cookies/0"),
        (OWNP, "channel", json!("email"), "channel"),
        (ACCT, "channel", json!("sms"), "channel"),
        (OWNP, "requires", json!([]), "requires"),
        (OWN, "vendors", json!(["v.one", "v.two"]), "vendors"),
        (ACCT, "vendors", json!(["v.two"]), "vendors"),
        (OWN, "third_parties", json!(["p.one"]), "third_parties"),
        (ACCT, "transfers", json!(["t.one"]), "transfers"),
        (OWN, "notice", json!({ "purpose": { "en": "To sell" }, "items": ["i.one"], "retention": { "en": "A year" } }), "notice/purpose"),
        (OWNP, "notice", json!({ "purpose": { "en": "To count" }, "items": ["i.one"], "retention": { "en": "Ever" } }), "notice/retention"),
        (
            ACCT,
            "notice",
            json!({ "purpose": { "en": "To count" }, "items": ["i.one", "i.two"], "retention": { "en": "A year" } }),
            "notice/items",
        ),
    ];
    for (at, field, value, place) in cases {
        let (device, id) = (Device::new(Platform::Desktop), ["ads", "mail", "own", "ownp", "acct", "law"][at]);
        let open = |policy: String| Consent::open(Options { policy, ..device.options() }).unwrap();
        let consent = open(lawless(1, |_| ()));
        let shown = consent.questions("settings").unwrap().shown;
        consent.record(&shown, &[Answer::refuse("ads"), Answer::refuse("mail")]).unwrap();
        assert!(consent.allows(id));
        let wider = lawless(2, |policy| policy["purposes"][at][field] = value.clone());
        let Err(Error::PolicyRefused { faults }) = consent.adopt_policy(&wider) else { panic!("{id} was given {field} {value}") };
        assert!(faults.iter().any(|fault| fault.pointer == format!("/purposes/{at}/{place}")), "{id}, {field}: {faults:?}");
        consent.shutdown().unwrap();
        assert_eq!(open(wider).snapshot().policy.edition, 2, "{id}, {field}: the app's own edition may");
    }
}

#[test]
fn f_10_a_delivered_edition_may_take_from_such_a_purpose_correct_its_letters_and_ask_about_it() {
    let cases: [fn(&mut Value); 6] = [
        |policy| policy["purposes"][2]["cookies"] = json!([]),
        |policy| policy["purposes"][2]["cookies"] = json!(["_own*", "_own1"]),
        |policy| policy["purposes"][2]["vendors"] = json!([]),
        |policy| policy["purposes"][2]["notice"]["items"] = json!([]),
        |policy| {
            policy["purposes"][4]["notice"]["purpose"]["en"] = json!("To count.");
            policy["purposes"][4]["editorial"] = json!(2);
        },
        |policy| {
            policy["purposes"][3]["basis"] = json!("consent");
            policy["purposes"][3]["sharing"] = json!(true);
        },
    ];
    for (number, change) in cases.into_iter().enumerate() {
        let device = Device::new(Platform::Desktop);
        let consent = Consent::open(Options { policy: lawless(1, |_| ()), ..device.options() }).unwrap();
        let taken = consent.adopt_policy(&lawless(2, change));
        assert!(taken.is_ok(), "{number}: {taken:?}");
    }
}

#[test]
fn kr_4_a_delivered_edition_takes_no_channel_out_of_the_night() {
    const MIDNIGHT: i64 = support::NOON + 12 * 3_600_000;
    let with = |number: u32, chat: Value, basis: &str| {
        lawless(number, |policy| {
            policy["channels"] = json!([chat]);
            policy["night"] = json!({ "from": "21:00", "until": "08:00", "utc_offset_minutes": 540 });
            policy["purposes"][4]["channel"] = json!("chat");
            policy["purposes"][4]["basis"] = json!(basis);
        })
    };
    let restricted = json!({ "id": "chat", "night": true });
    for basis in ["contract", "law", "opt_out", "consent"] {
        for loosened in [json!({ "id": "chat", "night": false }), json!({ "id": "chat", "electronic": false })] {
            let device = Device::new(Platform::Desktop);
            let consent = Consent::open(Options { policy: with(1, restricted.clone(), basis), ..device.options() }).unwrap();
            device.clock.set(MIDNIGHT);
            assert!(!consent.allows("acct"), "{basis}: it is night");
            let taken = consent.adopt_policy(&with(2, loosened.clone(), basis));
            let Err(Error::PolicyRefused { faults }) = taken else { panic!("{basis}: {loosened} was taken") };
            assert!(faults.iter().any(|fault| fault.pointer == "/channels/0" && fault.what.contains("KR-4")), "{basis}: {faults:?}");
            assert!(!consent.allows("acct"), "{basis}");
            // Nobody used the channel meanwhile, and it is the same one when it comes back.
            let without = |number| {
                lawless(number, |policy| policy["night"] = json!({ "from": "21:00", "until": "08:00", "utc_offset_minutes": 540 }))
            };
            if matches!(basis, "contract" | "law") {
                consent.adopt_policy(&without(2)).unwrap_or_default();
                assert!(consent.adopt_policy(&with(3, loosened, basis)).is_err(), "{basis}");
            }
        }
    }
}
