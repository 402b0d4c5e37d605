//! One history: phones, a web page, a server, and chance.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use consentkit::client::{Answer, SyncState};
use serde_json::{Value, json};

use super::{
    agreement::{agree, landed},
    ghost::{Ghost, Ops, list},
    happened::Happened,
    lossy::{Lossy, Luck},
    person::{ACCOUNTS, Memory, PURPOSES, Phone},
};
use crate::{
    chance::Chance,
    stage::{Clock, DAY, Device, Done, PASS_MS, folder},
    wire::{Host, LogIn},
};

/// How many phones there are at the beginning, and how many there may be at most.
const PHONES: (usize, usize) = (2, 3);
/// Steps of a history: at least, and up to so many more.
const STEPS: (usize, usize) = (12, 9);
/// Forms and pages that are kept open.
const KEPT: usize = 3;
const CENTURY_MS: i64 = 100 * 365 * DAY;
/// Rounds in which all who can talk to the server must agree.
const ROUNDS: usize = 2;

/// Rounds at the end of a history. Each phone may learn something once for itself, and once more have something to tell the server.
const MOST_ROUNDS: usize = 8;

/// A web page as it was rendered.
struct Page {
    account: &'static str,
    view: Value,
}

/// One history.
pub struct World {
    chance: Chance,
    folder: tempfile::TempDir,
    host: Arc<Host>,
    down: Arc<AtomicBool>,
    phones: Vec<Phone>,
    pages: Vec<Page>,
    backup: bool,
    restored: bool,
    ghost: Ghost,
    names: usize,
    /// Grants that count on a phone and were lost by a server that was restored: a phone sends only withdrawals again.
    pub lost_grants: u64,
    /// What happened, how often.
    pub happened: Happened,
    /// What happened, in words.
    pub steps: Vec<String>,
}

impl World {
    /// Two phones on which nothing was said yet.
    pub fn new(seed: u64) -> Done<Self> {
        let folder = folder()?;
        let host = Host::start(&folder.path().join("server.db"), Clock::noon())?;
        let down = Arc::new(AtomicBool::new(false));
        let mut world = Self {
            chance: Chance::of(seed),
            folder,
            host,
            down,
            phones: vec![],
            pages: vec![],
            backup: false,
            restored: false,
            ghost: Ghost::default(),
            names: 0,
            lost_grants: 0,
            happened: Happened::default(),
            steps: vec![],
        };
        for _ in 0..PHONES.0 {
            let memory = Memory { person: world.name("anonymous"), device: world.name("device"), heard: true, ..Memory::default() };
            world.add(memory, None)?;
        }
        Ok(world)
    }

    fn name(&mut self, of: &str) -> String {
        self.names += 1;
        format!("{of} {}", self.names)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn add(&mut self, memory: Memory, files: Option<String>) -> Done {
        let name = ["the phone", "the tablet", "the copy"][self.phones.len().min(PHONES.1 - 1)].to_owned();
        let stem = match files {
            Some(stem) => stem,
            None => self.name("file").replace(' ', "-"),
        };
        let (clock, wire) = (Clock::noon(), Lossy::new(self.down.clone()));
        let device = Device {
            path: self.path(&format!("{stem}.db")),
            marker: Some(self.path(&format!("{stem}.marker"))),
            clock: clock.clone(),
            server: self.host.url(),
            transport: wire.clone(),
            tokens: Arc::new(LogIn(self.host.clone())),
        };
        let consent = device.open()?;
        self.phones.push(Phone { name, device, clock, wire, consent, memory, quiet: false });
        Ok(())
    }

    /// Phones on which nothing was ever said.
    pub fn quiet(&self) -> u64 {
        self.phones.iter().filter(|phone| phone.quiet).count() as u64
    }

    /// Plays the history to its end, with all checks.
    pub fn play(&mut self) -> Done {
        let steps = STEPS.0 + self.chance.below(STEPS.1);
        for _ in 0..steps {
            let phone = self.chance.below(self.phones.len());
            self.step(phone)?;
            self.check_all()?;
        }
        self.settle()
    }

    fn tell(&mut self, phone: usize, what: &str) {
        self.steps.push(format!("{}: {what}", self.phones[phone].name));
    }

    fn step(&mut self, phone: usize) -> Done {
        match self.chance.below(41) {
            0..=2 => {
                self.tell(phone, "draws the form and keeps it");
                let form = self.phones[phone].draw()?;
                let forms = &mut self.phones[phone].memory.forms;
                forms.push(form);
                if forms.len() > KEPT {
                    forms.remove(0);
                }
            }
            3..=9 => self.answer(phone)?,
            10..=13 => {
                let purpose = self.chance.pick(&PURPOSES);
                self.tell(phone, &format!("withdraws {purpose}"));
                self.phones[phone].withdraw(&mut self.ghost, purpose)?;
            }
            14..=22 => {
                let luck = self.chance.pick(&[
                    Luck::Good,
                    Luck::Good,
                    Luck::Good,
                    Luck::RequestLost,
                    Luck::AnswerLost,
                    Luck::Twice,
                    Luck::Late,
                    Luck::Echo,
                ]);
                self.sync(phone, luck)?;
            }
            23 => {
                let late = self.phones[phone].wire.deliver_late();
                self.tell(phone, &format!("{late} delayed requests arrive"));
            }
            24 | 25 => {
                self.tell(phone, "restarts");
                self.happened.note("an app restarted");
                self.phones[phone].restart()?;
            }
            26 | 27 => {
                let jump = self.chance.pick(&[-CENTURY_MS, CENTURY_MS, -DAY, DAY, 1]);
                self.tell(phone, &format!("its clock jumps by {jump} ms"));
                match jump {
                    CENTURY_MS => self.happened.note("a clock jumped forward by a century"),
                    jump if jump == -CENTURY_MS => self.happened.note("a clock jumped back by a century"),
                    _ => {}
                }
                self.phones[phone].clock.jump(jump);
            }
            28..=30 => {
                let account = self.chance.pick(&[ACCOUNTS[0], ACCOUNTS[0], ACCOUNTS[1]]);
                self.tell(phone, &format!("signs in to {account}"));
                self.happened.note("a sign-in");
                self.phones[phone].sign_in(&mut self.ghost, account)?;
            }
            31 => {
                self.tell(phone, "signs out");
                self.happened.note("a sign-out");
                let anonymous = self.name("anonymous");
                self.phones[phone].sign_out(anonymous)?;
            }
            32 => self.toggle(),
            33 | 34 => self.render()?,
            35..=37 => self.web()?,
            38 | 39 => self.back_up_or_restore()?,
            _ => self.copy(phone)?,
        }
        Ok(())
    }

    fn answer(&mut self, phone: usize) -> Done {
        let kept = self.phones[phone].memory.forms.len();
        let fresh = kept == 0 || self.chance.once_in(2);
        let form = match fresh {
            true => self.phones[phone].draw()?,
            false => self.phones[phone].memory.forms[self.chance.below(kept)].clone(),
        };
        let mut answers = vec![];
        for purpose in PURPOSES {
            match self.chance.below(4) {
                0 => answers.push(Answer::refuse(purpose)),
                1 | 2 => answers.push(Answer::grant(purpose)),
                _ => {}
            }
        }
        if answers.is_empty() {
            return Ok(());
        }
        let said: Vec<String> = answers.iter().map(|answer| format!("{} {:?}", answer.purpose, answer.choice)).collect();
        self.tell(phone, &format!("answers a {} form: {}", if fresh { "fresh" } else { "kept" }, said.join(", ")));
        // A sync may end while the form is open.
        if fresh && self.chance.once_in(4) {
            self.happened.note("a pull ended while the form was open");
            self.sync(phone, Luck::Good)?;
        }
        if !self.phones[phone].answer(&mut self.ghost, &form, &answers)? {
            self.tell(phone, "the form was no longer good");
        } else if !fresh {
            self.happened.note("a kept form was answered");
        }
        Ok(())
    }

    /// True where the phone learned something that changes what it has to say.
    fn sync(&mut self, phone: usize, luck: Luck) -> Done<bool> {
        self.tell(phone, &format!("syncs ({luck:?}{})", if self.down.load(Ordering::SeqCst) { ", the server is down" } else { "" }));
        let fresh = self.name("device");
        let one = &mut self.phones[phone];
        let before = one.consent.pending()?;
        one.wire.set(luck);
        // The app says that the network is back, so that no phone waits: what is proved here is the order of things.
        one.consent.connectivity_restored()?;
        let report = one.consent.sync(PASS_MS)?;
        let (named, crossed) = one.hear(&mut self.ghost);
        let after = one.consent.pending()?;
        let lost = if report.server_lost_data { ", the server lost data" } else { "" };
        let renewed = if report.restored { ", a new installation begins" } else { "" };
        let told = format!("   {:?}, {} wait{lost}{renewed} {:?}", report.state, report.pending, report.troubles);
        self.steps.extend(crossed);
        self.steps.push(told);
        one.quiet = report.state == SyncState::Quiet;
        self.happened.add(one.wire.happened());
        if report.restored {
            self.happened.note("a copy was found out by the server");
            one.renewed(fresh);
        } else if let Some(gone) =
            before.iter().find(|change| !named.contains(&change.op) && !after.iter().any(|still| still.op == change.op))
        {
            return Err(format!("a change of {} left the queue unnamed", gone.purpose).into());
        }
        Ok(report.restored || report.server_lost_data)
    }

    fn toggle(&mut self) {
        let down = !self.down.load(Ordering::SeqCst);
        self.down.store(down, Ordering::SeqCst);
        self.steps.push(format!("the server goes {}", if down { "down" } else { "up" }));
    }

    fn render(&mut self) -> Done {
        let account = self.chance.pick(&ACCOUNTS);
        self.steps.push(format!("web: renders the page of {account}"));
        let view = self.host.subject(account)?;
        self.pages.push(Page { account, view });
        if self.pages.len() > KEPT {
            self.pages.remove(0);
        }
        Ok(())
    }

    fn web(&mut self) -> Done {
        let purpose = self.chance.pick(&PURPOSES[..3]);
        if self.pages.is_empty() || self.chance.once_in(2) {
            let account = self.chance.pick(&[ACCOUNTS[0], ACCOUNTS[0], ACCOUNTS[1]]);
            self.steps.push(format!("web: {account} withdraws {purpose}"));
            self.happened.note("a withdrawal on the web");
            let result = self.host.web(account, json!({ "purpose": purpose, "choice": "withdrawn" }))?;
            self.ghost.wire.insert(account.into(), account.into());
            self.ghost.withdrew(result["op"].as_str().unwrap_or_default(), (account.into(), purpose.into()), true);
            return Ok(());
        }
        let page = &self.pages[self.chance.below(self.pages.len())];
        let state = list(&page.view, "states").iter().find(|state| state["purpose"] == purpose);
        let visible: Ops = state
            .map_or(&[][..], |state| list(state, "withdrawals"))
            .iter()
            .filter_map(|known| known["op"].as_str().map(str::to_owned))
            .collect();
        let mut change = json!({ "purpose": purpose, "choice": "granted" });
        if let Some(seen) = state.and_then(|state| state.get("seen")) {
            change["seen"] = seen.clone();
        }
        let account = page.account;
        self.steps.push(format!("web: {account} grants {purpose} on a kept page"));
        self.happened.note("a grant on a kept web page");
        let result = self.host.web(account, change)?;
        self.ghost.wire.insert(account.into(), account.into());
        self.ghost.granted(result["op"].as_str().unwrap_or_default(), account, visible);
        Ok(())
    }

    fn back_up_or_restore(&mut self) -> Done {
        let backup = self.path("backup.db");
        if !self.backup || self.chance.once_in(3) {
            self.steps.push("the server is backed up".into());
            self.backup = true;
            return self.host.copy(&backup, false);
        }
        self.steps.push("the server is restored from its backup, and nobody says so".into());
        self.happened.note("the server was put back from a backup in silence");
        self.check_server()?;
        self.restored = true;
        self.host.copy(&backup, true)?;
        let mut held = BTreeSet::new();
        for (wire, who) in self.ghost.wire.clone() {
            for state in list(&self.host.subject(&wire)?, "states") {
                let key = (who.clone(), state["purpose"].as_str().unwrap_or_default().to_owned());
                held.extend(list(state, "withdrawals").iter().filter_map(|known| Some((key.clone(), known["op"].as_str()?.to_owned()))));
            }
        }
        let gone = self.ghost.lost(&held);
        for phone in &mut self.phones {
            for ops in phone.memory.known.values_mut() {
                ops.retain(|op| !gone.contains(op));
            }
        }
        Ok(())
    }

    fn copy(&mut self, phone: usize) -> Done {
        if self.phones.len() >= PHONES.1 {
            return Ok(());
        }
        let noticed = self.chance.once_in(2);
        self.tell(phone, if noticed { "is copied to a new phone, which notices" } else { "is copied unnoticed" });
        self.happened.note(if noticed { "a phone noticed that it was a copy" } else { "a phone was copied unnoticed" });
        let stem = self.name("file").replace(' ', "-");
        let marker = self.path(&format!("{stem}.marker"));
        let path = self.path(&format!("{stem}.db"));
        self.phones[phone].copy_to(&path, (!noticed).then_some(marker.as_path()))?;
        self.phones[phone].memory.shared = true;
        let memory = self.phones[phone].memory.clone();
        self.add(memory, Some(stem))?;
        if noticed {
            let device = self.name("device");
            if let Some(copy) = self.phones.last_mut() {
                copy.renewed(device);
            }
        }
        Ok(())
    }

    fn check_all(&mut self) -> Done {
        self.check_server()?;
        self.phones.iter().try_for_each(|phone| phone.check(&self.ghost))
    }

    fn check_server(&mut self) -> Done {
        for (wire, _) in self.ghost.wire.clone() {
            let view = self.host.subject(&wire)?;
            self.ghost.check_server(&wire, &view)?;
        }
        Ok(())
    }

    /// The end of a history: everybody can reach the server again and synchronises. Then all agree, and every withdrawal is where it belongs.
    fn settle(&mut self) -> Done {
        self.down.store(false, Ordering::SeqCst);
        for phone in 0..self.phones.len() {
            self.phones[phone].wire.deliver_late();
            self.phones[phone].clock.pass(DAY + 1);
        }
        // A phone that learns that it is a copy, or that the server lost data, has more to say in the next round.
        let mut rounds = 0;
        for _ in 0..MOST_ROUNDS {
            let mut news = false;
            for phone in 0..self.phones.len() {
                news |= self.sync(phone, Luck::Good)?;
                self.check_all()?;
            }
            rounds = if news { 0 } else { rounds + 1 };
            if rounds == ROUNDS {
                self.lost_grants = agree(&self.phones, &self.host, &self.ghost, self.restored)?;
                return landed(&self.phones, &self.host, &self.ghost);
            }
        }
        Err("somebody has news in every round".into())
    }
}
