//! Whoever controls the server can deliver an edition of the policy. None that is taken allows what was refused or unanswered before without
//! asking, in however many steps, whatever the bases and whoever is in front of the screen, by day and by night.
//!
//! One thing is left aside: a purpose that no edition ever had, on the basis of a contract or a law. Nobody can be asked about such a purpose,
//! and no app can have asked whether it is allowed. So are further cookies of such a purpose that has some, since their names are technical.
//!
//! To be allowed means to be allowed with what the purpose does, and by the words that its person read. What an edition adds to a purpose that
//! nobody is asked about is not allowed by the silence, or the contract, of before; and what it adds to any other is not allowed by the yes of
//! before.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use consentkit::{
    client::{Answer, Consent, Options},
    ledger::Actor,
    signal::{AgeBand, Guardian, Platform, Signals},
};
use proptest::{
    collection::{btree_map, btree_set, vec},
    option,
    prelude::*,
    sample::select,
};
use serde_json::{Value, json};
use support::{
    Device, NOON,
    silent_policy::{edition, purpose},
};

const IDS: [&str; 5] = ["a.one", "a.two", "a.three", "a.four", "a.five"];
const BASES: [&str; 5] = ["consent", "legitimate_interest", "opt_out", "contract", "law"];

/// Midnight in Seoul, half a day later.
const MIDNIGHT: i64 = NOON + 12 * 3_600_000;

/// What a purpose may do beside its basis. A channel fits a purpose of the person, a cookie and the advertising id one of the device; what
/// does not fit is left out when the purpose is written.
const PARTS: [&str; 14] = [
    "push",
    "email",
    "chat",
    "uses",
    "sharing",
    "cookie",
    "neighbour",
    "vendor",
    "third_party",
    "transfer",
    "items",
    "notice",
    "title",
    "retention",
];

/// One purpose of an edition.
#[derive(Debug, Clone)]
struct Shape {
    basis: &'static str,
    scope: &'static str,
    material: u32,
    days: Option<u32>,
    /// Only purposes that stand before it, so that there are no circles.
    requires: BTreeSet<usize>,
    /// True where its title is all that a person reads of it.
    bare: bool,
    parts: BTreeSet<&'static str>,
}

impl Shape {
    /// True where somebody can say no to it.
    fn is_answerable(&self) -> bool {
        !matches!(self.basis, "contract" | "law")
    }

    /// The parts that it has as it is written.
    fn has(&self, part: &str) -> bool {
        let fits = match part {
            "push" => self.scope == "person" && !self.has("email") && !self.has("chat"),
            "email" => self.scope == "person" && !self.has("chat"),
            "chat" => self.scope == "person",
            "uses" => self.scope == "device" && self.is_answerable(),
            "sharing" => self.is_answerable(),
            "cookie" => self.scope == "device",
            "neighbour" => self.scope == "device" && self.is_answerable(),
            "title" => self.bare,
            "items" | "notice" | "retention" => !self.bare,
            _ => true,
        };
        fits && self.parts.contains(part)
    }

    fn channel(&self) -> Option<&'static str> {
        ["chat", "email", "push"].into_iter().find(|channel| self.has(channel))
    }

    /// The cookies of the purpose at this place: its own, and the one of the next purpose.
    fn cookies(&self, at: usize) -> Vec<String> {
        let named = |part: &str, at: usize| self.has(part).then(|| format!("_{}", at % IDS.len()));
        named("cookie", at).into_iter().chain(named("neighbour", at + 1)).collect()
    }
}

type Purposes = BTreeMap<usize, Shape>;

/// What an edition says beside its purposes.
#[derive(Debug, Clone)]
struct Rest {
    audience: &'static str,
    languages: [&'static str; 2],
    /// When the night ends.
    night: &'static str,
    /// True where the night does not hold back messages by the channel that the policy defines.
    chat_at_night: bool,
    /// Another name of the recipients.
    renamed: bool,
}

fn any_shape() -> impl Strategy<Value = Shape> {
    let days = option::weighted(0.2, 1..30_u32);
    let requires = btree_set(0..5_usize, 0..2);
    let parts = btree_set(select(&PARTS[..]), 0..4);
    (select(&BASES[..]), select(vec!["device", "person"]), 1..3_u32, days, requires, prop::bool::weighted(0.3), parts)
        .prop_map(|(basis, scope, material, days, requires, bare, parts)| Shape { basis, scope, material, days, requires, bare, parts })
}

/// What an edition changes beside its purposes: one thing, so that the fault of one does not hide what another would let pass.
#[derive(Debug, Clone)]
enum RestChange {
    Audience(&'static str),
    EnglishFirst(bool),
    Night(&'static str),
    ChatAtNight(bool),
    Renamed(bool),
}

const AUDIENCES: [&str; 3] = ["adult", "mixed", "child"];

fn any_rest() -> impl Strategy<Value = Rest> {
    (select(&AUDIENCES[..]), select(vec!["08:00", "09:00"])).prop_map(|(audience, night)| Rest {
        audience,
        languages: ["ko", "en"],
        night,
        chat_at_night: false,
        renamed: false,
    })
}

fn any_rest_change() -> impl Strategy<Value = RestChange> {
    prop_oneof![
        select(&AUDIENCES[..]).prop_map(RestChange::Audience),
        any::<bool>().prop_map(RestChange::EnglishFirst),
        select(vec!["09:00", "08:00", "06:00"]).prop_map(RestChange::Night),
        any::<bool>().prop_map(RestChange::ChatAtNight),
        any::<bool>().prop_map(RestChange::Renamed),
    ]
}

impl Rest {
    fn changed(&self, change: &RestChange) -> Self {
        let mut rest = self.clone();
        match change {
            RestChange::Audience(audience) => rest.audience = audience,
            RestChange::EnglishFirst(first) => rest.languages = if *first { ["en", "ko"] } else { ["ko", "en"] },
            RestChange::Night(until) => rest.night = until,
            RestChange::ChatAtNight(spared) => rest.chat_at_night = *spared,
            RestChange::Renamed(renamed) => rest.renamed = *renamed,
        }
        rest
    }
}

/// What a server changes from one edition to the next. Most of it loosens something.
#[derive(Debug, Clone)]
enum Change {
    Basis(&'static str),
    Scope(&'static str),
    Adds(&'static str),
    Drops(&'static str),
    Material(u32),
    Lasting,
    RequiresNothing,
    Gone,
    Back(Shape),
}

/// A change of one purpose, and whether the number of its meaning rises with it.
fn any_change() -> impl Strategy<Value = (usize, Change, bool)> {
    let change = prop_oneof![
        6 => select(&BASES[..]).prop_map(Change::Basis),
        2 => select(vec!["device", "person"]).prop_map(Change::Scope),
        8 => select(&PARTS[..]).prop_map(Change::Adds),
        3 => select(&PARTS[..]).prop_map(Change::Drops),
        2 => prop_oneof![1..9_u32, Just(1_000_002), Just(i32::MAX as u32)].prop_map(Change::Material),
        1 => Just(Change::Lasting),
        2 => Just(Change::RequiresNothing),
        2 => Just(Change::Gone),
        4 => any_shape().prop_map(Change::Back),
    ];
    (0..IDS.len(), change, prop::bool::weighted(0.8))
}

fn apply(purposes: &mut Purposes, ever: &BTreeSet<usize>, at: usize, change: &Change, raises: bool) {
    if matches!(change, Change::Basis("contract" | "law")) && !ever.contains(&at) {
        return;
    }
    if let Change::Back(shape) = change {
        if ever.contains(&at) || shape.is_answerable() {
            purposes.insert(at, shape.clone());
        }
        return;
    }
    if matches!(change, Change::Gone) {
        purposes.remove(&at);
    }
    let Some(shape) = purposes.get_mut(&at) else { return };
    match change {
        Change::Basis(basis) => shape.basis = basis,
        Change::Scope(scope) => shape.scope = scope,
        Change::Adds(part) => drop(shape.parts.insert(part)),
        Change::Drops(part) => drop(shape.parts.remove(part)),
        Change::Material(material) => shape.material = *material,
        Change::Lasting => shape.days = None,
        Change::RequiresNothing => shape.requires = BTreeSet::new(),
        Change::Gone | Change::Back(_) => {}
    }
    if raises && !matches!(change, Change::Material(_)) {
        shape.material += 1;
    }
}

fn written(at: usize, shape: &Shape, purposes: &Purposes) -> Value {
    let requires = shape.requires.iter().filter(|required| **required < at);
    // A purpose that nobody can refuse may not hang on one that can be refused.
    let requires = requires
        .filter_map(|required| purposes.get(required).filter(|of| shape.is_answerable() || !of.is_answerable()).map(|_| IDS[*required]));
    let one = |part: &str, id: &str| if shape.has(part) { json!([id]) } else { json!([]) };
    let fields = json!({
        "basis": shape.basis, "scope": shape.scope, "material": shape.material, "requires": requires.collect::<Vec<_>>(),
        "sharing": shape.has("sharing"), "cookies": shape.cookies(at), "vendors": one("vendor", "vendor.one"),
        "third_parties": one("third_party", "party.one"), "transfers": one("transfer", "abroad.one"),
    });
    let mut written = purpose(IDS[at], fields);
    if let Some(channel) = shape.channel() {
        written["channel"] = json!(channel);
    }
    if shape.has("uses") {
        written["uses"] = json!("advertising_id");
    }
    if let Some(days) = shape.days {
        written["expires_after_days"] = json!(days);
    }
    if shape.has("title") {
        written["title"]["ko"] = json!("모든 것");
    }
    if shape.has("items") {
        written["notice"]["items"].as_array_mut().unwrap().push(json!("member_id"));
    }
    for (part, field) in [("notice", "purpose"), ("retention", "retention")] {
        if shape.has(part) {
            written["notice"][field]["ko"] = json!("모든 목적");
        }
    }
    if shape.bare {
        written.as_object_mut().unwrap().remove("notice");
    }
    written
}

fn document(number: u32, rest: &Rest, purposes: &Purposes) -> String {
    let mut policy = edition(number, purposes.iter().map(|(at, shape)| written(*at, shape, purposes)).collect());
    let name = if rest.renamed { "Another" } else { "One" };
    let text = |text: &str| json!({ "ko": text, "en": text });
    policy["vendors"] = json!([{ "id": "vendor.one", "name": name }]);
    policy["third_parties"] = json!([{ "id": "party.one", "recipient": text(name), "items": ["email"] }]);
    policy["transfers"] = json!([{ "id": "abroad.one", "recipient": text(name), "country": text("US"), "items": ["email"] }]);
    policy["channels"] = json!([{ "id": "chat", "night": !rest.chat_at_night }]);
    policy["night"]["until"] = json!(rest.night);
    policy["languages"] = json!(rest.languages);
    policy["audience"] = json!(rest.audience);
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

/// What is allowed now: each purpose by itself, and with each part that it has. A cookie is one thing, whichever purpose has it.
fn allowed_now(consent: &Consent, rest: &Rest, purposes: &Purposes) -> Vec<(String, String)> {
    let parts = purposes.iter().filter(|(at, _)| consent.allows(IDS[**at])).flat_map(|(at, shape)| {
        let does = PARTS.iter().filter(|part| shape.has(part) && !matches!(**part, "cookie" | "neighbour"));
        let of_recipient = |part: &str| matches!(part, "vendor" | "third_party" | "transfer") && rest.renamed;
        let parts = does.map(move |part| if of_recipient(part) { format!("{part} of another name") } else { (*part).to_owned() });
        let cookies = shape.cookies(*at).into_iter().map(|cookie| (cookie, "cookie".to_owned()));
        std::iter::once(String::new()).chain(parts).map(|part| (IDS[*at].to_owned(), part)).chain(cookies)
    });
    parts.collect()
}

/// The same by day and by night.
fn allowed(device: &Device, consent: &Consent, rest: &Rest, purposes: &Purposes) -> BTreeSet<(&'static str, String, String)> {
    let mut all = BTreeSet::new();
    for (hour, at) in [("night", MIDNIGHT), ("day", NOON)] {
        device.clock.set(at);
        all.extend(allowed_now(consent, rest, purposes).into_iter().map(|(id, part)| (hour, id, part)));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_delivered_edition_allows_what_was_refused_or_unanswered(
        shipped in btree_map(0..IDS.len(), any_shape(), 1..5),
        begins in any_rest(),
        signals in any_signals(),
        signs_in in prop::bool::weighted(0.2),
        answers in any_answers(),
        editions in vec((vec(any_change(), 0..3), option::weighted(0.4, any_rest_change())), 1..8),
    ) {
        let device = Device::new(Platform::Android);
        let open = Consent::open(Options { policy: document(4, &begins, &shipped), ..device.options() });
        prop_assume!(open.is_ok());
        let consent = open.unwrap();
        consent.report_signals(signals).unwrap();
        if signs_in {
            consent.sign_in("acct_81").unwrap();
        }
        say(&consent, &answers);
        let (mut in_force, mut rest) = (shipped.clone(), begins.clone());
        let mut ever: BTreeSet<usize> = shipped.keys().copied().collect();
        for (number, (changes, of_rest)) in editions.iter().enumerate() {
            let (before, mut offered) = (allowed(&device, &consent, &rest, &in_force), in_force.clone());
            changes.iter().for_each(|(at, change, raises)| apply(&mut offered, &ever, *at, change, *raises));
            let with = of_rest.as_ref().map_or_else(|| rest.clone(), |change| rest.changed(change));
            let taken = consent.adopt_policy(&document(5 + u32::try_from(number).unwrap(), &with, &offered)).is_ok();
            if taken {
                (in_force, rest) = (offered.clone(), with.clone());
                ever.extend(in_force.keys());
            }
            let now = allowed(&device, &consent, &rest, &in_force);
            prop_assert!(now.is_subset(&before), "{:?} and not {:?}, by {:?} {:?}, taken: {}", now, before, offered, with, taken);
        }
        prop_assert!(consent.verify().unwrap().ok);
    }
}
