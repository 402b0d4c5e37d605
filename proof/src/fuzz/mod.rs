//! Fuzzing from a seed: documents that are nearly right, for everything that reads what came from outside. Whatever comes in, nothing panics,
//! nothing takes long, no yes counts that was not given, and the ledger verifies.

mod mutate;

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use consentkit::{
    client::{Consent, ImportChoice, Options},
    error::Error,
    ledger::ChoiceKind,
    policy::Policy,
};
use serde_json::Value;

use crate::{
    chance::Chance,
    hostile::{
        honest,
        scene::{MANY, Scene, Scenes, http, registered},
    },
    stage::{Clock, Done, NOON, POLICY, Tally, answer, folder, granted, verify},
};

/// The policies that are spoilt.
const POLICIES: [&str; 5] = [
    include_str!("../../../examples/influential/policy.json"),
    include_str!("../../../examples/policies/as-published-2020.json"),
    include_str!("../../../examples/policies/game.json"),
    include_str!("../../../examples/policies/japanese-shop.json"),
    include_str!("../../../examples/policies/minimal.json"),
];

/// The longest that one case may take on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);

/// Of so many spoilt policies one is delivered to a phone too, which costs more than reading it.
const ONE_DELIVERED_IN: usize = 8;

/// What can be fuzzed: its name, and one case of a seed.
type Target = (&'static str, fn(&Scenes, &mut Chance) -> Done);

const TARGETS: [Target; 3] = [("answers", answers), ("policies", policies), ("imports", imports)];

/// Plays so many cases of each target.
pub fn run(wanted: u64) -> Done {
    let scenes = Scenes::build()?;
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut tally = Tally::default();
    for (name, case) in TARGETS {
        let played: Vec<Done<Vec<(u64, Done)>>> = thread::scope(|scope| {
            let running: Vec<_> = (0..threads as u64)
                .map(|first| {
                    let scenes = &scenes;
                    scope.spawn(move || {
                        let seeds = (first..wanted).step_by(threads);
                        seeds.map(|seed| (seed, guarded(|| case(scenes, &mut Chance::of(seed))))).collect()
                    })
                })
                .collect();
            running.into_iter().map(|thread| thread.join().map_err(|_| "a thread of the proof panicked".into())).collect()
        });
        for one in played {
            one?.into_iter().for_each(|(seed, outcome)| tally.case(&format!("{name}, seed {seed}"), outcome));
        }
        println!("fuzz: {wanted} {name}");
    }
    tally.close("fuzz")
}

/// Runs one case. A panic is a failure, and so is a case that takes long.
fn guarded(case: impl FnOnce() -> Done) -> Done {
    let begun = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(case)).unwrap_or_else(|_| Err("PANIC".into()));
    if begun.elapsed() > LONGEST {
        return Err(format!("SLOW: it took {:?}", begun.elapsed()).into());
    }
    outcome
}

/// An honest answer of the server, spoilt. What it names may leave the queue, and nothing else.
fn answers(scenes: &Scenes, chance: &mut Chance) -> Done {
    let of: [&Scene; 7] =
        [&scenes.grant, &scenes.withdrawal, &scenes.grants, &scenes.withdrawals, &scenes.withdrawn, &scenes.all_granted, &scenes.member];
    let scene = chance.pick(&of);
    let named: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let chance = Mutex::new(Chance::of(chance.below(usize::MAX) as u64));
    let told = named.clone();
    let script = registered(move |asked| {
        let body = mutate::spoilt(&honest::answer(asked), &mut chance.lock().unwrap_or_else(PoisonError::into_inner));
        if let Ok(answer) = serde_json::from_slice::<Value>(&body) {
            let results = answer["results"].as_array().map(Vec::as_slice).unwrap_or_default();
            let ops = results.iter().filter_map(|result| result["op"].as_str().map(str::to_owned));
            told.lock().unwrap_or_else(PoisonError::into_inner).extend(ops);
        }
        http(200, body)
    });
    scenes.attack(scene, |op| named.lock().unwrap_or_else(PoisonError::into_inner).contains(op), script).map(drop)
}

/// A phone on which everything was granted and then withdrawn.
fn withdrawn(policy: &str) -> Done<(tempfile::TempDir, Consent)> {
    let folder = folder()?;
    let options = Options { clock: Clock::noon(), ..Options::new(folder.path().join("consent.db"), policy) };
    let consent = Consent::open(options)?;
    answer(&consent, &MANY, &[])?;
    consent.withdraw(&MANY)?;
    Ok((folder, consent))
}

fn nothing_counts(consent: &Consent) -> Done {
    match granted(consent).first() {
        Some(purpose) => Err(format!("ALLOWED: {purpose} counts after its withdrawal").into()),
        None => verify(consent),
    }
}

/// A policy, spoilt: it is refused with its faults, or read, and then it says the same when it is read again.
fn policies(_: &Scenes, chance: &mut Chance) -> Done {
    let document: Value = serde_json::from_str(chance.pick(&POLICIES))?;
    let bytes = mutate::spoilt(&document, chance);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match Policy::parse(&text) {
        Ok(policy) => {
            drop(policy.validate());
            let written = serde_json::to_string(&policy)?;
            if Policy::parse(&written).is_err() {
                return Err("UNSTABLE: a policy that was read is refused once it is written".into());
            }
        }
        Err(faults) if faults.is_empty() => return Err("a policy is refused without a fault".into()),
        Err(_) => {}
    }
    if !chance.once_in(ONE_DELIVERED_IN) {
        return Ok(());
    }
    let (_folder, consent) = withdrawn(&POLICY)?;
    drop(consent.adopt_policy(&text));
    nothing_counts(&consent)
}

/// Rows of an older store, spoilt: each is taken or refused with its field, and none takes a withdrawal back.
fn imports(_: &Scenes, chance: &mut Chance) -> Done {
    let (_folder, consent) = withdrawn(&POLICY)?;
    for _ in 0..=chance.below(4) {
        let rows: Vec<ImportChoice> = (0..=chance.below(5)).map(|_| row(chance)).collect();
        match consent.import(&rows) {
            Ok(_) | Err(Error::Invalid { .. }) => {}
            Err(other) => return Err(format!("CATEGORY: the rows are at fault, and the error says: {other}").into()),
        }
    }
    nothing_counts(&consent)
}

fn row(chance: &mut Chance) -> ImportChoice {
    let mut text = |usual: &str| match chance.once_in(3) {
        true => mutate::odd(chance).as_str().unwrap_or(usual).to_owned(),
        false => usual.to_owned(),
    };
    let (purpose, source, version) = (text(MANY[0]), text("old"), text("1"));
    let dates = [None, Some(0), Some(NOON - 1), Some(NOON + 1), Some(i64::MAX), Some(i64::MIN), Some(NOON - 1_000_000_000)];
    let choice = chance.pick(&[ChoiceKind::Granted, ChoiceKind::Granted, ChoiceKind::Refused, ChoiceKind::Withdrawn]);
    let text_version = chance.once_in(2).then_some(version);
    ImportChoice { purpose, choice, said_at: chance.pick(&dates), source, text_version, actor: None }
}
