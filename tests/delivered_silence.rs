//! Whoever controls the server can deliver an edition of the policy. None that is taken allows what was refused or unanswered before without
//! asking, in however many steps, whatever the bases and whoever is in front of the screen.
//!
//! One thing is left aside: a purpose that no edition ever had, on the basis of a contract or a law. Nobody can be asked about such a purpose,
//! and no app can have asked whether it is allowed.
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
}

type Purposes = BTreeMap<usize, Shape>;

fn any_shape() -> impl Strategy<Value = Shape> {
    let days = option::weighted(0.2, 1..30_u32);
    (select(&BASES[..]), select(vec!["device", "person"]), any::<bool>(), 1..3_u32, days, prop::collection::btree_set(0..5_usize, 0..2))
        .prop_map(|(basis, scope, sharing, material, days, requires)| Shape { basis, scope, sharing, material, days, requires })
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
        Change::Material(material) => shape.material = *material,
        Change::Lasting => (shape.days, shape.material) = (None, shape.material + 1),
        Change::RequiresNothing => (shape.requires, shape.material) = (BTreeSet::new(), shape.material + 1),
        Change::Gone | Change::Back(_) => {}
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
        if let Some(days) = shape.days {
            written["expires_after_days"] = json!(days);
        }
        written
    });
    let mut policy = edition(number, written.collect());
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

fn allowed(consent: &Consent) -> BTreeSet<&'static str> {
    IDS.into_iter().filter(|id| consent.allows(id)).collect()
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
            let (before, mut offered) = (allowed(&consent), in_force.clone());
            changes.iter().for_each(|(at, change)| apply(&mut offered, &ever, *at, change));
            let document = document(5 + u32::try_from(number).unwrap(), audiences[number + 1 - number / 7], &offered);
            let taken = consent.adopt_policy(&document).is_ok();
            let now = allowed(&consent);
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
        ("legitimate_interest", "opt_out", true),
        ("opt_out", "consent", true),
    ] {
        let found = refused(with(first, second, 0), with(first, second, 1));
        assert_eq!(found.is_empty(), taken, "{first} to {second}: {found:?}");
    }
}
