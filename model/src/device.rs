//! A device of the small world. Its state is made from real records by the shipped fold, and read by the shipped `current_answer`.

use std::{collections::BTreeMap, sync::Arc};

use consentkit::{
    decision::{Context, decide},
    ledger::{
        Actor, Body, Choice, ChoiceKind, CurrentAnswer, FORMAT, Install, Link, Mark, Merge, Merged, Method, Record, Restore, Seen, Silence,
        State, Status, TextRef, rfc3339,
    },
    policy::{Policy, Scope},
    signal::{Platform, Signals},
    sync::{
        coverage::mark_of,
        device_rule::{current_answer, current_answers},
    },
};

use crate::{
    ghost::{Ghost, Set, bit, op_name},
    names::{ACCOUNT, PURPOSE},
    print::Print,
    rule::{Marks, Rule},
    wire::{Change, Cursor, Request, Response},
};

/// A form on the screen: what the `Shown` token of the shipped client holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Form {
    /// Whose form it is.
    pub install: String,
    /// The person it was shown to.
    pub person: String,
    /// The server's numbering, as it was known.
    pub seen: Option<(String, String, i64, Option<Mark>)>,
    /// The person's own withdrawals that were shown and that the server had not numbered yet.
    pub after: Vec<String>,
    /// Edition of the text.
    pub edition: u32,
    /// How many changes the server had, as far as the device knew. Only the wrong rules look at it.
    pub base: i64,
    /// Ghost: the withdrawals that were on the screen.
    pub visible: Set,
}

/// A change that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The change.
    pub change: Change,
    /// Reference of its subject.
    pub subject: String,
    /// True for a refusal or a withdrawal, or a merge that brings one.
    pub lowers: bool,
    /// Its place in the queue, which is the place of its record in this ledger.
    pub place: i64,
}

/// One device.
#[derive(Debug, Clone)]
pub struct Device {
    /// Which one, from 0.
    pub place: usize,
    /// True where the purpose belongs to the device itself, and not to the person.
    pub about_device: bool,
    /// The policy, where it allows the purpose until the person objects.
    pub silent: Option<Arc<Policy>>,
    /// The state that follows from its ledger.
    pub state: Arc<State>,
    /// Position of the newest record.
    pub seq: i64,
    /// The records that the server hears of.
    pub ledger: Vec<Arc<Record>>,
    /// Records of withdrawals made elsewhere, each with the place of the record that tells of it.
    pub told: Vec<(i64, String)>,
    /// What waits.
    pub outbox: Vec<Waiting>,
    /// Where the last pulls ended, by subject.
    pub cursors: BTreeMap<String, Cursor>,
    /// The names of the numberings, as they were heard last, by subject.
    pub histories: BTreeMap<String, String>,
    /// The record of this ledger that came to the server last, as it said.
    pub acknowledged: Option<(i64, String)>,
    /// True from the moment at which the server's word let a new installation begin, until an answer took up a change without saying so.
    pub begun_anew: bool,
    /// The form on the screen.
    pub form: Option<Form>,
    /// An answer that is on its way.
    pub coming: Option<Response>,
    /// The last request, which the network may deliver again.
    pub sent: Option<Request>,
    /// Edition of the policy in force here.
    pub edition: u32,
    /// How many operations were named here.
    pub minted: u8,
    /// The hybrid clock.
    pub clock: i64,
    /// Ghost: own withdrawals, by subject.
    pub own: BTreeMap<String, Set>,
    /// Ghost: withdrawals in the state pulled last, by subject.
    pub pulled: BTreeMap<String, Set>,
    /// Ghost: withdrawals whose answer arrived.
    pub answered: Set,
    /// Ghost: withdrawals that the server held when the person came in front of this device, or it noticed that it is a copy.
    pub awaited: Set,
    /// Ghost: true once an answer arrived that was asked for since then.
    pub heard: bool,
    /// True once a pull ended here. Only a wrong rule looks at it.
    pub ever_heard: bool,
    /// A number that tells this device from one in another world.
    pub print: Print,
    /// The same of what a settlement looks at.
    pub resting_print: Print,
}

/// What a world lends a device for one step.
pub struct Around<'a> {
    /// The rule on trial.
    pub rule: Rule,
    /// What really happened.
    pub ghost: &'a mut Ghost,
}

impl Device {
    /// A device that nobody used yet.
    pub fn new(place: usize, signed_in: bool) -> Self {
        let mut device = Self {
            place,
            about_device: false,
            silent: None,
            state: Arc::default(),
            seq: 0,
            ledger: vec![],
            told: vec![],
            outbox: vec![],
            cursors: BTreeMap::new(),
            histories: BTreeMap::new(),
            acknowledged: None,
            begun_anew: false,
            form: None,
            coming: None,
            sent: None,
            edition: 1,
            minted: 0,
            clock: 0,
            own: BTreeMap::new(),
            pulled: BTreeMap::new(),
            answered: 0,
            awaited: 0,
            heard: false,
            ever_heard: false,
            print: Print::default(),
            resting_print: Print::default(),
        };
        let install = format!("install-{place}");
        device.append(
            &install,
            "",
            0,
            Body::Install(Install { device: format!("device-{place}"), person: format!("anonymous-{place}"), lost: None }),
        );
        if signed_in {
            device.append(&install, "", 0, Body::Link(Link { subject: ACCOUNT.into(), account: true }));
        }
        device
    }

    /// Writes the next record of the ledger.
    pub fn append(&mut self, install: &str, op: &str, stamp: i64, body: Body) -> Arc<Record> {
        self.seq += 1;
        let record = Arc::new(Record {
            format: FORMAT,
            install: install.to_owned(),
            seq: self.seq,
            op: op.to_owned(),
            at: rfc3339(stamp),
            offset: 0,
            app: String::new(),
            sdk: String::new(),
            body,
        });
        Arc::make_mut(&mut self.state).apply(&record);
        record
    }

    fn send(&mut self, op: &str, marks: Marks, subject: &str, lowers: bool, body: Body) {
        let install = self.state.install.clone();
        let record = self.append(&install, op, marks.stamp, body);
        self.ledger.push(record.clone());
        self.outbox.push(Waiting {
            change: Change { record, marks, relayed: false },
            subject: subject.to_owned(),
            lowers,
            place: self.seq,
        });
    }

    /// Whose choices the form is about.
    pub fn subject(&self) -> &String {
        if self.about_device { &self.state.device } else { &self.state.person }
    }

    fn revision(&self, subject: &str) -> i64 {
        self.cursors.get(subject).map_or(0, |cursor| cursor.1)
    }

    /// Withdrawals that this device knows of, for the person in front of it.
    pub fn known(&self) -> Set {
        let of = |sets: &BTreeMap<String, Set>| sets.get(self.subject()).copied().unwrap_or(0);
        of(&self.own) | of(&self.pulled)
    }

    /// Draws the form.
    pub fn open(&mut self) {
        let person = self.subject().clone();
        let key = self.state.key(&person, PURPOSE);
        let remote = key.and_then(|key| key.remote.as_ref()).filter(|remote| !remote.numbering.is_empty());
        let seen = remote.map(|remote| (person.clone(), remote.numbering.clone(), remote.epoch, mark_of(remote)));
        let waiting = self.outbox.iter().rev().filter(|row| row.subject == person && row.lowers && !row.change.relayed);
        let mut after: Vec<String> =
            waiting.filter(|row| matches!(row.change.record.body, Body::Choice(_))).map(|row| row.change.record.op.clone()).collect();
        let own = key.and_then(|key| key.own_withdrawal.as_ref());
        after.extend(own.filter(|own| own.numbered.is_none() && !after.contains(&own.op)).map(|own| own.op.clone()));
        self.form = Some(Form {
            install: self.state.install.clone(),
            base: self.revision(&person),
            person,
            seen,
            after,
            edition: self.edition,
            visible: self.known(),
        });
    }

    /// The form, where the client would still take an answer to it.
    pub fn usable_form(&self) -> Option<&Form> {
        let fits = |form: &&Form| form.install == self.state.install && form.person == *self.subject() && form.edition == self.edition;
        self.form.as_ref().filter(fits)
    }

    /// The person says yes on the form, or no without one.
    pub fn say(&mut self, choice: ChoiceKind, around: &mut Around<'_>) {
        let form = if choice.lowers() { None } else { self.usable_form().cloned() };
        if form.is_none() && !choice.lowers() {
            return;
        }
        self.minted += 1;
        let op = op_name(self.place, self.minted);
        let subject = self.subject().clone();
        let marks = self.marks(&subject, form.as_ref(), around);
        match &form {
            Some(form) => around.ghost.gives(&op, form.visible, form.edition),
            None => *self.own.entry(subject.clone()).or_default() |= bit(&op),
        }
        let body = Choice {
            subject: subject.clone(),
            seen: form.as_ref().and_then(|form| form.seen.clone()).map(|(subject, numbering, epoch, mark)| Seen {
                subject,
                numbering,
                epoch,
                mark,
            }),
            after: form.map(|form| form.after).unwrap_or_default(),
            scope: if self.about_device { Scope::Device } else { Scope::Person },
            ..blank_choice(choice, self.edition)
        };
        self.send(&op, marks, &subject, choice.lowers(), Body::Choice(body));
    }

    /// What the wrong rules look at.
    fn marks(&mut self, subject: &str, form: Option<&Form>, around: &mut Around<'_>) -> Marks {
        around.ghost.choices += 1;
        self.clock += 1;
        let now = self.revision(subject);
        match around.rule {
            Rule::LastWriterWallClock => Marks { stamp: around.ghost.choices.into(), base: 0 },
            Rule::HybridClock => Marks { stamp: self.clock, base: 0 },
            Rule::CompareAndSet => Marks { stamp: 0, base: now },
            Rule::BlindRebase => Marks { stamp: 0, base: form.map_or(now, |form| form.base) },
            _ => Marks::default(),
        }
    }

    /// The anonymous person signs in; their answer is brought along.
    pub fn sign_in(&mut self, around: &mut Around<'_>) {
        let answers = self.anonymous_answers();
        let from = self.state.person.clone();
        self.heard = false;
        let link = self.link_name();
        self.send(&link, Marks::default(), ACCOUNT, false, Body::Link(Link { subject: ACCOUNT.into(), account: true }));
        // The person who signs in is the one who said these, whether they are brought along or not.
        let said = self.own.get(&from).copied().unwrap_or(0);
        *self.own.entry(ACCOUNT.into()).or_default() |= said;
        if answers.is_empty() {
            return;
        }
        self.minted += 1;
        let op = op_name(self.place, self.minted);
        if let Some(granted) = answers.iter().find(|answer| !answer.choice.lowers()) {
            // When the grant that is brought along was given, nothing of the account was on the screen.
            let edition = around.ghost.edition_of(&granted.op);
            around.ghost.gives(&op, around.ghost.seen_by(&granted.op), edition);
        }
        let lowers = answers.iter().any(|answer| answer.choice.lowers());
        self.send(&op, Marks::default(), ACCOUNT, lowers, Body::Merge(Merge { from, subject: ACCOUNT.into(), answers }));
    }

    fn link_name(&self) -> String {
        format!("{}-link-{}", self.place, self.seq)
    }

    fn anonymous_answers(&self) -> Vec<Merged> {
        let Some(key) = self.state.key(&self.state.person, PURPOSE) else { return vec![] };
        let said = self.current_answer();
        let actor = said.actor;
        let brought = |choice, op: Option<String>, material| {
            op.map(|op| Merged { purpose: PURPOSE.into(), choice, op, material, at: None, undated: false, actor }).into_iter().collect()
        };
        match said.status {
            Status::NotAnswered => vec![],
            Status::Granted if said.counts() => brought(ChoiceKind::Granted, said.op, said.material),
            Status::Granted => key.own_withdrawal.as_ref().map(|own| brought(own.choice, Some(own.op.clone()), 0)).unwrap_or_default(),
            Status::Refused => brought(ChoiceKind::Refused, said.op, said.material),
            Status::Withdrawn => brought(ChoiceKind::Withdrawn, said.op, said.material),
        }
    }

    /// The next request: the anonymous person's, where something of theirs waits, then the account's.
    pub fn request(&mut self, rule: Rule) -> Request {
        let person = self.subject().clone();
        let other = self.outbox.iter().find(|row| row.subject != person).map(|row| row.subject.clone());
        let subject = other.unwrap_or(person);
        let mut rows: Vec<&Waiting> = self.outbox.iter().filter(|row| row.subject == subject).collect();
        rows.sort_by_key(|row| (matches!(row.change.record.body, Body::Choice(_)), row.place));
        let request = Request {
            install: self.state.install.clone(),
            // A device pulls nothing of the answers that were given on another device.
            cursor: self.cursors.get(&subject).filter(|_| !self.is_former(&subject)).cloned(),
            acknowledged: self.acknowledged.clone(),
            changes: rows.into_iter().map(|row| row.change.clone()).collect(),
            subject,
        };
        if rule == Rule::SendAndForget {
            self.outbox.retain(|row| row.subject != request.subject);
        }
        request
    }

    /// True for the device subject of the phone that this one was copied from.
    pub fn is_former(&self, subject: &str) -> bool {
        self.about_device && subject.starts_with("device-") && subject != self.state.device
    }

    /// The phone finds that its file was copied: a new installation begins.
    pub fn restore(&mut self) {
        let former = self.state.install.clone();
        let fresh = format!("install-{}-{}", self.place, self.seq);
        self.outbox.retain(|row| row.lowers);
        self.cursors.clear();
        // How far the server holds the former installation's ledger says nothing of this one's.
        self.acknowledged = None;
        self.heard = false;
        self.append(&fresh, "", 0, Body::Restore(Restore { former, device: format!("device-{}-{}", self.place, self.seq), lost: None }));
        self.form = None;
        if self.state.signed_in {
            let link = self.link_name();
            self.send(&link, Marks::default(), ACCOUNT, false, Body::Link(Link { subject: ACCOUNT.into(), account: true }));
        }
    }

    /// The process dies. What is not on disk is gone.
    pub fn crash(&mut self) {
        self.form = None;
        self.coming = None;
    }

    /// A phone is set up from another one's backup, and nobody notices.
    pub fn copied_to(&self, other: &Self) -> Self {
        Self { place: other.place, minted: other.minted, form: None, coming: None, sent: None, ..self.clone() }
    }

    /// Where the purpose stands here, by the shipped code.
    pub fn current_answer(&self) -> CurrentAnswer {
        let key = self.state.key(self.subject(), PURPOSE);
        key.map(|key| current_answer(key, self.subject(), &self.state.install)).unwrap_or_default()
    }

    /// Whether a purpose that is allowed until the person objects is allowed here: by the shipped decision, or by a wrong rule about silence.
    pub fn allows(&self, rule: Rule) -> bool {
        let Some(policy) = &self.silent else { return false };
        let mut answers = current_answers(&self.state, policy);
        if rule == Rule::SilenceAtOnce || (rule == Rule::SilenceOfCopy && self.ever_heard) {
            answers.values_mut().for_each(|answer| answer.silence = Silence::Allows);
        }
        let signals = Signals::default();
        let context = Context { policy, answers: &answers, signals: &signals, platform: Platform::Desktop, available: true, zone: None };
        decide(PURPOSE, &context, 0).allowed
    }

    /// The grant that counts here, whatever edition it answers.
    pub fn effective_grant(&self) -> Option<String> {
        let answer = self.current_answer();
        if answer.status != Status::Granted || answer.ask_again.is_some() {
            return None;
        }
        let key = self.state.key(self.subject(), PURPOSE)?;
        let pending = key.pending.as_ref().filter(|pending| answer.seq == Some(pending.seq) && !pending.choice.lowers());
        pending.map(|pending| pending.op.clone()).or_else(|| key.remote.as_ref()?.op.clone())
    }
}

/// A choice about the one purpose of the model.
pub fn blank_choice(choice: ChoiceKind, edition: u32) -> Choice {
    Choice {
        subject: ACCOUNT.into(),
        scope: Scope::Person,
        purpose: PURPOSE.into(),
        choice,
        policy: TextRef { id: "p".into(), version: edition.to_string(), edition, material: edition, text: None },
        language: String::new(),
        surface: String::new(),
        method: Method::Toggle,
        actor: Actor::Person,
        seen: None,
        after: vec![],
    }
}
