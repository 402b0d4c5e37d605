//! A backup of the server that is put back and nobody says so: two phones, a web page, and the promises that hold all the same.
//!
//! A schedule is written in short: `o1` phone 1 draws the form, `g1` yes on it, `w1` no, `s1` sync; `WO` the tab is drawn, `WG` yes on it,
//! `WW` no on the web; `B` the server is backed up, `R` the backup is put back in silence.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use consentkit::{
    client::{Answer, Consent, Options},
    signal::Platform,
};
use serde_json::{Value, json};
use support::{
    Device,
    loopback::{Host, LogIn, PlainTransport},
};

const MEMBER: &str = "acct_81";
const PURPOSE: &str = "marketing.data_use";

/// Operations of refusals and withdrawals.
type Noes = BTreeSet<String>;

/// A phone, and apart from what it knows itself, what was on its screens.
struct Phone {
    consent: Consent,
    _device: Device,
    form: Option<(String, Noes)>,
    /// The noes of the server's state that it heard last.
    heard: Noes,
    own: Vec<String>,
}

/// Everything, with an account of its own of who saw what.
struct World {
    host: Arc<Host>,
    phones: Vec<Phone>,
    tab: Option<(Value, Noes)>,
    /// What the giver of each yes had before their eyes.
    saw: BTreeMap<String, Noes>,
    minted: usize,
}

impl World {
    fn new() -> Self {
        let first = Device::new(Platform::Desktop);
        let host = Host::start(first.clock.clone());
        let second = Device { clock: first.clock.clone(), ..Device::new(Platform::Desktop) };
        let phone = |device: Device| {
            let consent = Consent::open(Options {
                server: Some(host.url()),
                transport: Some(Arc::new(PlainTransport)),
                tokens: Some(Arc::new(LogIn(host.clone()))),
                ..device.options()
            });
            let consent = consent.unwrap();
            consent.sign_in(MEMBER).unwrap();
            Phone { consent, _device: device, form: None, heard: Noes::new(), own: vec![] }
        };
        let phones = vec![phone(first), phone(second)];
        // The server knows the account from the start, and so does every backup: its numbering has the same name before and after.
        for phone in &phones {
            phone.consent.sync(10_000).unwrap();
        }
        Self { host, phones, tab: None, saw: BTreeMap::new(), minted: 0 }
    }

    /// Where the purpose stands on the server; nothing where it knows nothing of it.
    fn state(&self) -> Value {
        let (_, body) = self.host.operate("GET", &format!("/v1/subjects/{MEMBER}"), None);
        let states = body["states"].as_array().cloned().unwrap_or_default();
        states.into_iter().find(|state| state["purpose"] == PURPOSE).unwrap_or(Value::Null)
    }

    fn held(&self) -> Noes {
        let state = self.state();
        let listed = state["withdrawals"].as_array().cloned().unwrap_or_default();
        listed.iter().map(|known| known["op"].as_str().unwrap().to_owned()).collect()
    }

    fn step(&mut self, step: &str) {
        match step {
            "B" => self.host.back_up(),
            "R" => self.host.restore(),
            "WO" => self.tab = Some((self.state()["seen"].clone(), self.held())),
            "WG" => {
                let (seen, shown) = self.tab.clone().expect("a tab");
                self.minted += 1;
                let op = format!("web-{}", self.minted);
                self.saw.insert(op.clone(), shown);
                self.host.web(MEMBER, json!({ "op": op, "purpose": PURPOSE, "choice": "granted", "seen": seen }));
            }
            "WW" => {
                self.minted += 1;
                self.host.web(MEMBER, json!({ "op": format!("web-{}", self.minted), "purpose": PURPOSE, "choice": "withdrawn" }));
            }
            _ => {
                let (what, which) = step.split_at(1);
                let index = which.parse::<usize>().unwrap() - 1;
                let phone = &mut self.phones[index];
                match what {
                    "o" => {
                        let shown = phone.heard.iter().chain(&phone.own).cloned().collect();
                        phone.form = Some((phone.consent.questions("settings").unwrap().shown, shown));
                    }
                    "g" => {
                        let (form, shown) = phone.form.clone().expect("a form");
                        let receipt = phone.consent.record(&form, &[Answer::grant(PURPOSE)]).unwrap();
                        self.saw.insert(receipt.items[0].op.clone(), shown);
                    }
                    "w" => {
                        let receipt = phone.consent.withdraw(&[PURPOSE]).unwrap();
                        phone.own.extend(receipt.items.iter().map(|item| item.op.clone()));
                    }
                    _ => self.sync(index),
                }
            }
        }
        self.no_resurrection(step);
    }

    fn sync(&mut self, index: usize) {
        self.phones[index].consent.sync(10_000).unwrap();
        let held = self.held();
        self.phones[index].heard = held;
    }

    /// Where the server says yes, every no that it holds was on the form of that yes. So it is where a phone says yes after it heard.
    fn no_resurrection(&self, step: &str) {
        let state = self.state();
        if state["status"] == "granted" {
            let op = state["op"].as_str().unwrap();
            let unseen: Vec<String> = self.held().difference(&self.saw[op]).cloned().collect();
            assert!(unseen.is_empty(), "after {step} the server says yes over {unseen:?}");
        }
        for (index, phone) in self.phones.iter().enumerate() {
            let last_said_yes = phone.own.last().is_none_or(|own| self.saw.values().any(|seen| seen.contains(own)));
            assert!(!phone.consent.allows(PURPOSE) || last_said_yes, "after {step} phone {} says yes over its own no", index + 1);
        }
    }

    /// After two rounds without trouble all say the same, and the newest no of each phone is held or was on the form of the yes that counts.
    fn settles(&mut self, schedule: &str) {
        for _round in 0..2 {
            for index in 0..self.phones.len() {
                self.sync(index);
                self.no_resurrection("a round");
            }
        }
        let (state, held) = (self.state(), self.held());
        let granted = state["status"] == "granted";
        for (index, phone) in self.phones.iter().enumerate() {
            let number = index + 1;
            let report = phone.consent.sync(10_000).unwrap();
            assert_eq!((report.pending, report.stuck), (0, 0), "{schedule}: phone {number} {report:?}");
            assert!(state.is_null() || phone.consent.allows(PURPOSE) == granted, "{schedule}: phone {number} and the server do not agree");
            if let Some(own) = phone.own.last() {
                let overtaken = granted && self.saw[state["op"].as_str().unwrap()].contains(own);
                assert!(held.contains(own) || overtaken, "{schedule}: the newest no of phone {number} is held by nobody else");
            }
            assert!(phone.consent.verify().unwrap().ok, "{schedule}");
        }
    }
}

fn holds(schedule: &str) -> World {
    let mut world = World::new();
    for step in schedule.split(' ') {
        world.step(step);
    }
    world.settles(schedule);
    world
}

#[test]
fn f_43_a_tab_from_before_the_loss_overrides_no_withdrawal_that_took_a_lost_number() {
    let world = holds("B WW WO R WW WG");
    assert_eq!(world.state()["status"], "withdrawn");
}

#[test]
fn f_43_a_yes_on_a_phone_overrides_no_withdrawal_that_took_a_lost_number() {
    let world = holds("w1 B WW s2 o2 g2 R s1 s2");
    assert_eq!(world.state()["status"], "withdrawn");
}

#[test]
fn f_43_another_phone_is_told_of_a_no_that_took_the_place_of_a_lost_yes() {
    let world = holds("w1 WO B WG s2 R s1");
    assert!(!world.phones[1].consent.allows(PURPOSE));
    assert_eq!(world.state()["status"], "withdrawn");
}

#[test]
fn f_43_a_loss_shows_although_the_count_is_the_same_again() {
    holds("w1 B s1 R WW");
    holds("WW w1 B s1 R WW s1");
    holds("WW B w1 s1 R w2 s2 s1");
}

#[test]
fn f_43_the_loss_of_all_that_was_said_shows() {
    holds("w1 B s1 R");
    holds("B w1 s1 s2 R s2 s1");
}

#[test]
fn f_43_a_second_loss_that_brings_an_old_name_back_shows_too() {
    holds("WW B WW s1 R s1 R s1");
    holds("B WW s1 R s1 R");
    holds("w1 s1 B WW s1 s2 R s2 R s1 s2");
}

#[test]
fn f_43_a_yes_that_followed_a_no_does_not_keep_the_no_from_being_sent_again() {
    holds("o1 w1 B s1 g1 R");
    holds("w1 B s1 o1 g1 s1 R s1");
}

#[test]
fn f_43_a_withdrawal_made_elsewhere_is_brought_back_by_a_phone_that_heard_it() {
    for schedule in ["o1 g1 s1 B WW s1 R s1", "o1 g1 s1 B w2 s2 s1 R s1", "WO WG B WW s1 R s1 s2", "WO WG s1 B WW s1 R WO s1"] {
        let world = holds(schedule);
        assert_eq!(world.state()["status"], "withdrawn", "{schedule}");
        assert!(world.phones.iter().all(|phone| !phone.consent.allows(PURPOSE)), "{schedule}");
    }
}

#[test]
fn f_43_what_the_server_lost_is_counted_once_however_many_bring_it_back() {
    let world = holds("o1 g1 s1 B w2 s2 s1 R s1 s2 s1 s2");
    assert_eq!(world.held().len(), 1, "the same operation, by its maker and by a phone that heard of it");
    let world = holds("WO WG B WW s1 s2 R s1 s2");
    assert_eq!(world.held().len(), 1);
}

#[test]
fn f_43_a_fresh_yes_counts_at_the_second_try_at_latest() {
    let mut world = holds("o1 g1 s1 B w1 s1 R");
    for _try in 0..2 {
        for step in ["s1", "o1", "g1", "s1"] {
            world.step(step);
        }
    }
    assert_eq!(world.state()["status"], "granted");
    assert!(world.phones[0].consent.allows(PURPOSE));
}

#[test]
fn f_43_schedules_by_chance_keep_the_promises() {
    // A plain linear congruence: each seed is a schedule that can be run again by its words.
    for seed in 0..40_u64 {
        let mut number = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = |most: u64| {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (number >> 33) % most
        };
        let mut steps: Vec<String> = vec!["o1", "o2", "WO"].into_iter().map(str::to_owned).collect();
        let (mut backed_up, mut restored) = (false, 0);
        while steps.len() < 13 {
            let phone = next(2) + 1;
            steps.push(match next(11) {
                0 => format!("o{phone}"),
                1 | 2 => format!("g{phone}"),
                3 | 4 => format!("w{phone}"),
                5 | 6 => format!("s{phone}"),
                7 => "WO".into(),
                8 => "WG".into(),
                9 => "WW".into(),
                _ if !backed_up => {
                    backed_up = true;
                    "B".into()
                }
                _ if restored < 2 => {
                    restored += 1;
                    "R".into()
                }
                _ => continue,
            });
        }
        let schedule = steps.join(" ");
        println!("{schedule}");
        holds(&schedule);
    }
}
