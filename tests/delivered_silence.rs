//! Whoever controls the server can deliver an edition of the policy. None that is taken allows what was refused or unanswered before without
//! asking, in however many steps, whatever the bases and whoever is in front of the screen.
//!
//! One thing is left aside: a purpose that no edition ever had, on the basis of a contract or a law. Nobody can be asked about such a purpose,
//! and no app can have asked whether it is allowed.
//!
//! To be allowed means to be allowed with what the purpose does. What an edition adds to a purpose that nobody is asked about is not allowed
//! by the silence, or the contract, of before.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use consentkit::{
    client::{Answer, Consent, Options},
    error::Error,
    ledger::Actor,
    policy::FaultCode,
    signal::{AgeBand, Guardian, Platform, Signals},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};
use support::{
    Device,
    silent_policy::{edition, purpose},
};

const IDS: [&str; 5] = ["a.one", "a.two", "a.three", "a.four", "a.five"];
const BASES: [&str; 5] = ["consent", "legitimate_interest", "opt_out", "contract", "law"];

/// One purpose of an edition. It requires only purposes that stand before it, so that there are no circles.
#[derive(Debug, Clone)]
struct Shape {
    basis: &'static str,
    scope: &'static str,
    sharing: bool,
    material: u32,
    days: Option<u32>,
    requires: BTreeSet<usize>,
    /// What was added to it: a part of what it does, by its name.
    adds: BTreeSet<&'static str>,
}

/// What an edition may add to a purpose. A channel fits a purpose of the person, and a cookie one of the device.
const ADDED: [&str; 5] = ["channel", "cookies", "vendors", "items", "notice"];

type Purposes = BTreeMap<usize, Shape>;

fn any_shape() -> impl Strategy<Value = Shape> {
    let days = option::weighted(0.2, 1..30_u32);
    (select(&BASES[..]), select(vec!["device", "person"]), any::<bool>(), 1..3_u32, days, prop::collection::btree_set(0..5_usize, 0..2))
        .prop_map(|(basis, scope, sharing, material, days, requires)| Shape {
            basis,
            scope,
            // Nobody can say no to the others, so they may not share.
            sharing: sharing && !matches!(basis, "contract" | "law"),
            material,
            days,
            requires,
            adds: BTreeSet::new(),
        })
}

fn any_purposes() -> impl Strategy<Value = Purposes> {
    prop::collection::btree_map(0..IDS.len(), any_shape(), 1..5)
}

/// What a server changes from one edition to the next. Most of it loosens something.
#[derive(Debug, Clone)]
enum Change {
    Basis(&'static str),
    Scope(&'static str),
    NoSharing,
    Sharing,
    Adds(&'static str),
    Material(u32),
    Lasting,
    RequiresNothing,
    Gone,
    Back(Shape),
}

fn any_change() -> impl Strategy<Value = (usize, Change)> {
    let change = prop_oneof![
        6 => select(&BASES[..]).prop_map(Change::Basis),
        1 => select(vec!["device", "person"]).prop_map(Change::Scope),
        1 => Just(Change::NoSharing),
        1 => Just(Change::Sharing),
        4 => select(&ADDED[..]).prop_map(Change::Adds),
        3 => (1..9_u32).prop_map(Change::Material),
        1 => Just(Change::Lasting),
        2 => Just(Change::RequiresNothing),
        2 => Just(Change::Gone),
        4 => any_shape().prop_map(Change::Back),
    ];
    (0..IDS.len(), change)
}

fn apply(purposes: &mut Purposes, ever: &BTreeSet<usize>, at: usize, change: &Change) {
    if matches!(change, Change::Basis("contract" | "law")) && !ever.contains(&at) {
        return;
    }
    if let Change::Back(shape) = change {
        if ever.contains(&at) || !matches!(shape.basis, "contract" | "law") {
            purposes.insert(at, shape.clone());
        }
        return;
    }
    if matches!(change, Change::Gone) {
        purposes.remove(&at);
    }
    let Some(shape) = purposes.get_mut(&at) else { return };
    match change {
        Change::Basis(basis) => (shape.basis, shape.material) = (basis, shape.material + 1),
        Change::Scope(scope) => (shape.scope, shape.material) = (scope, shape.material + 1),
        Change::NoSharing => (shape.sharing, shape.material) = (false, shape.material + 1),
        Change::Sharing => (shape.sharing, shape.material) = (true, shape.material + 1),
        Change::Adds(part) => {
            shape.adds.insert(part);
            shape.material += 1;
        }
        Change::Material(material) => shape.material = *material,
        Change::Lasting => (shape.days, shape.material) = (None, shape.material + 1),
        Change::RequiresNothing => (shape.requires, shape.material) = (BTreeSet::new(), shape.material + 1),
        Change::Gone | Change::Back(_) => {}
    }
}

/// Adds a part to a purpose as it is written.
fn add(written: &mut Value, scope: &str, at: usize, part: &str) {
    match part {
        "channel" if scope == "person" => written["channel"] = json!("email"),
        "cookies" if scope == "device" => written["cookies"] = json!([format!("_{at}")]),
        "vendors" => written["vendors"] = json!(["vendor.one"]),
        "items" => written["notice"]["items"].as_array_mut().unwrap().push(json!("member_id")),
        "notice" => written["notice"]["purpose"]["ko"] = json!("모든 목적"),
        _ => {}
    }
}

fn document(number: u32, audience: &str, purposes: &Purposes) -> String {
    let written = purposes.iter().map(|(at, shape)| {
        let answerable = |of: &Shape| !matches!(of.basis, "contract" | "law");
        let requires = shape.requires.iter().filter(|required| *required < at);
        // A purpose that nobody can refuse may not hang on one that can be refused.
        let requires = requires
            .filter_map(|required| purposes.get(required).filter(|of| answerable(shape) || !answerable(of)).map(|_| IDS[*required]));
        let fields = json!({
            "basis": shape.basis, "scope": shape.scope, "sharing": shape.sharing, "material": shape.material,
            "requires": requires.collect::<Vec<_>>(),
        });
        let mut written = purpose(IDS[*at], fields);
        shape.adds.iter().for_each(|part| add(&mut written, shape.scope, *at, part));
        if let Some(days) = shape.days {
            written["expires_after_days"] = json!(days);
        }
        written
    });
    let mut policy = edition(number, written.collect());
    // No law forbids a channel without consent, so that the guards alone have to hold it back.
    policy["regimes"] = json!([]);
    policy["vendors"] = json!([{ "id": "vendor.one", "name": "One" }]);
    policy["audience"] = json!(audience);
    policy.to_string()
}

fn any_signals() -> impl Strategy<Value = Signals> {
    let age = option::of(select(vec![AgeBand::Below, AgeBand::Above]));
    let guardian = option::of(select(vec![Guardian::Verified, Guardian::NotVerified]));
    (age, guardian, option::of(any::<bool>())).prop_map(|(age, guardian, gpc)| Signals { age, guardian, gpc, ..Signals::default() })
}

fn any_answers() -> impl Strategy<Value = Vec<(usize, bool)>> {
    vec((0..IDS.len(), any::<bool>()), 0..6)
}

fn say(consent: &Consent, answers: &[(usize, bool)]) {
    let shown = consent.questions("settings").unwrap().shown;
    for (at, yes) in answers {
        let answer = if *yes { Answer { actor: Actor::Guardian, ..Answer::grant(IDS[*at]) } } else { Answer::refuse(IDS[*at]) };
        // Where there is no such purpose, or nobody has a say about it, nothing is said.
        drop(consent.record(&shown, &[answer]));
    }
}

/// What is allowed: each purpose by itself, and with each part that it has.
fn allowed(consent: &Consent, purposes: &Purposes) -> BTreeSet<(&'static str, &'static str)> {
    let parts = purposes.iter().filter(|(at, _)| consent.allows(IDS[**at])).flat_map(|(at, shape)| {
        let sharing = shape.sharing.then_some("sharing");
        let does = |part: &&str| match *part {
            "channel" => shape.scope == "person",
            "cookies" => shape.scope == "device",
            _ => true,
        };
        let added = shape.adds.iter().copied().filter(does);
        std::iter::once("").chain(sharing).chain(added).map(|part| (IDS[*at], part))
    });
    parts.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_delivered_edition_allows_what_was_refused_or_unanswered(
        shipped in any_purposes(),
        audiences in vec(select(vec!["adult", "mixed", "child"]), 8),
        signals in any_signals(),
        signs_in in prop::bool::weighted(0.2),
        answers in any_answers(),
        editions in vec(vec(any_change(), 1..4), 1..8),
    ) {
        let device = Device::new(Platform::Desktop);
        let open = Consent::open(Options { policy: document(4, audiences[0], &shipped), ..device.options() });
        prop_assume!(open.is_ok());
        let consent = open.unwrap();
        consent.report_signals(signals).unwrap();
        if signs_in {
            consent.sign_in("acct_81").unwrap();
        }
        say(&consent, &answers);
        let (mut in_force, mut audience) = (shipped.clone(), audiences[0]);
        let mut ever: BTreeSet<usize> = shipped.keys().copied().collect();
        for (number, changes) in editions.iter().enumerate() {
            let (before, mut offered) = (allowed(&consent, &in_force), in_force.clone());
            changes.iter().for_each(|(at, change)| apply(&mut offered, &ever, *at, change));
            let document = document(5 + u32::try_from(number).unwrap(), audiences[number + 1 - number / 7], &offered);
            let taken = consent.adopt_policy(&document).is_ok();
            let now = allowed(&consent, if taken { &offered } else { &in_force });
            prop_assert!(now.is_subset(&before), "{:?} from {:?} by {:?}, taken: {}", now, before, offered, taken);
            if taken {
                (in_force, audience) = (offered, audiences[number + 1 - number / 7]);
                ever.extend(in_force.keys());
            }
        }
        prop_assert!(!audience.is_empty());
        prop_assert!(consent.verify().unwrap().ok);
    }
}

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
