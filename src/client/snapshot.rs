//! The snapshot: everything a reader needs, immutable, behind one atomic pointer.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use rustc_hash::FxBuildHasher;

use super::{
    rolled_back::RolledBack,
    zones::{Zones, zone_of},
};
use crate::{
    decision::{
        Context, Decision, GoogleConsent, Prompt, Rule, decide, decide_before_asking, google_consent, needs_yes, next_prompt, not_pulled,
        valid_until,
    },
    ledger::{CurrentAnswer, is_possible},
    policy::{Policy, Purpose, Scope},
    signal::{Platform, Signals},
};

/// The state of all purposes at one moment. Reading it takes no lock and does no I/O.
pub struct Snapshot {
    /// Counts up with every change of this `Consent`.
    pub generation: i64,
    /// The policy in force. Where an edition is announced and its day comes, `at` gives the state under that one.
    pub policy: Arc<Policy>,
    /// Where each purpose stands; a missing one was not answered.
    pub answers: BTreeMap<String, CurrentAnswer>,
    /// What the platform says.
    pub signals: Signals,
    /// The platform.
    pub platform: Platform,
    /// False once the store is closed.
    pub available: bool,
    /// Position of the last record it follows from.
    pub seq: i64,
    /// Changes that wait to be sent.
    pub pending: i64,
    /// True while an account is signed in.
    pub signed_in: bool,
    /// The records that were lost last, where any were.
    pub rolled_back: Option<RolledBack>,
    /// The signals as they were recorded last. A permission to track that this process has not read again does not count, and so is not
    /// among `signals`; but the person was asked for it, which is what the next prompt depends on.
    pub(super) recorded: Signals,
    /// Reference of the person in front of the screen.
    pub(super) person: String,
    /// The earliest and the latest date of the grants that count, Unix milliseconds.
    pub(super) dates: Option<(i64, i64)>,
    /// What is known of time zones.
    pub(super) zones: Arc<Zones>,
    pub(super) rules: HashMap<Box<str>, Rule, FxBuildHasher>,
    /// The edition that is announced next, and the same state under it.
    pub(super) next: Option<NextEdition>,
}

/// An edition that comes into force later, and what readers see from then on.
#[derive(Clone)]
pub struct NextEdition {
    /// When it comes into force, Unix milliseconds.
    pub from: i64,
    /// The state under it. Where yet another edition is announced, it follows this one.
    pub snapshot: Arc<Snapshot>,
}

impl NextEdition {
    /// The same edition with its state changed.
    fn map(&self, change: impl FnOnce(&Snapshot) -> Snapshot) -> Self {
        Self { from: self.from, snapshot: Arc::new(change(&self.snapshot)) }
    }
}

impl Snapshot {
    /// What readers see before the file was read: nothing that needs consent is allowed.
    pub(super) fn blank(policy: Arc<Policy>, platform: Platform) -> Self {
        Self {
            generation: 0,
            policy,
            answers: BTreeMap::new(),
            signals: Signals::default(),
            platform,
            available: false,
            seq: 0,
            pending: 0,
            signed_in: false,
            rolled_back: None,
            recorded: Signals::default(),
            person: String::new(),
            dates: None,
            zones: Arc::default(),
            rules: HashMap::default(),
            next: None,
        }
    }

    /// Precomputes every purpose's answer, also the one that it has once an announced edition is in force. An edition may bring purposes
    /// that the one before it does not have: until its day they are denied.
    pub(super) fn with_rules(mut self) -> Self {
        let context = self.context();
        let own = |purpose: &str| Rule::of(purpose, &context);
        let mut rules: HashMap<Box<str>, Rule, FxBuildHasher> =
            self.policy.purposes.iter().map(|purpose| (purpose.id.as_str().into(), own(&purpose.id))).collect();
        if let Some(NextEdition { from, snapshot }) = &self.next {
            for purpose in snapshot.rules.keys().filter(|purpose| self.policy.purpose(purpose).is_none()) {
                rules.insert(purpose.clone(), Rule::denied());
            }
            let after = |purpose: &str| snapshot.rule(purpose).cloned().unwrap_or_else(Rule::denied);
            rules = rules.into_iter().map(|(purpose, rule)| (purpose.clone(), rule.until(*from, after(&purpose)))).collect();
        }
        self.rules = rules;
        self
    }

    /// The same state, to be changed; its rules are not worked out.
    pub(super) fn copy(&self) -> Self {
        Self {
            policy: self.policy.clone(),
            answers: self.answers.clone(),
            person: self.person.clone(),
            zones: self.zones.clone(),
            rules: HashMap::default(),
            next: self.next.clone(),
            ..*self
        }
    }

    /// The same state with the same change made to it under each edition. The rules are worked out anew.
    pub(super) fn changed(&self, change: &impl Fn(&mut Self)) -> Self {
        let mut snapshot = self.copy();
        snapshot.next = self.next.as_ref().map(|next| next.map(|later| later.changed(change)));
        change(&mut snapshot);
        snapshot.with_rules()
    }

    /// Gives the state its number, under every edition.
    pub(super) fn number(&mut self, generation: i64) {
        self.generation = generation;
        if let Some(later) = self.next.as_mut().and_then(|next| Arc::get_mut(&mut next.snapshot)) {
            later.number(generation);
        }
    }

    /// The same state after the file was closed: nothing that needs consent is allowed.
    pub(super) fn closed(&self) -> Self {
        self.changed(&|snapshot| snapshot.available = false)
    }

    /// The state by the edition that is in force at `now` (Unix milliseconds).
    pub fn at(&self, now: i64) -> &Self {
        match &self.next {
            Some(next) if next.from <= now => next.snapshot.at(now),
            _ => self,
        }
    }

    /// The same state, kept.
    pub(super) fn kept_at(self: &Arc<Self>, now: i64) -> Arc<Self> {
        match &self.next {
            Some(next) if next.from <= now => next.snapshot.kept_at(now),
            _ => self.clone(),
        }
    }

    /// The editions that are announced at `now` (Unix milliseconds), the next one first, each with the moment at which it comes into force.
    pub(super) fn announced(&self, now: i64) -> Vec<(i64, Arc<Policy>)> {
        let mut announced = vec![];
        let mut at = self.at(now);
        while let Some(next) = &at.next {
            announced.push((next.from, next.snapshot.policy.clone()));
            at = &next.snapshot;
        }
        announced
    }

    fn context(&self) -> Context<'_> {
        Context {
            policy: &self.policy,
            answers: &self.answers,
            signals: &self.signals,
            platform: self.platform,
            available: self.available,
            zone: zone_of(&self.zones, &self.policy),
        }
    }

    /// The precomputed answer for a purpose.
    pub fn rule(&self, purpose: &str) -> Option<&Rule> {
        self.rules.get(purpose)
    }

    /// The answer for a purpose, worked out anew.
    pub(super) fn rule_of(&self, purpose: &str) -> Rule {
        Rule::of(purpose, &self.context())
    }

    /// The decision about one purpose at `now` (Unix milliseconds), with every reason.
    pub fn decide(&self, purpose: &str, now: i64) -> Decision {
        decide(purpose, &self.at(now).context(), now)
    }

    /// True where only a yes allows the purpose, and silence does not.
    pub(super) fn needs_yes(&self, purpose: &Purpose) -> bool {
        needs_yes(purpose, &self.context())
    }

    /// True where a purpose of the person would be allowed by silence, and it is not known here what the person said elsewhere.
    pub(super) fn waits_for_a_pull(&self) -> bool {
        self.policy.purposes.iter().any(|purpose| purpose.scope == Scope::Person && not_pulled(purpose, &self.context()).is_some())
    }

    /// Until when that decision holds, reasons included, while nothing changes but the time; `None` where time cannot alter it. Where an
    /// edition is announced, it ends at the latest when that one comes into force.
    pub fn valid_until(&self, purpose: &str, now: i64) -> Option<i64> {
        let standing = self.at(now);
        let next = standing.next.as_ref().map(|next| next.from);
        valid_until(purpose, &standing.context(), now).into_iter().chain(next).min()
    }

    /// The four values of Google Consent Mode at `now` (Unix milliseconds).
    pub fn google_consent(&self, now: i64) -> GoogleConsent {
        google_consent(&self.at(now).context(), now)
    }

    /// The system prompt to show next, if any.
    pub fn next_prompt(&self, now: i64) -> Option<Prompt> {
        let standing = self.at(now);
        next_prompt(&Context { signals: &standing.recorded, ..standing.context() }, now)
    }

    /// The decision about one purpose as if the advertising-id provider had not been asked before.
    pub fn decide_before_asking(&self, purpose: &str, now: i64) -> Decision {
        decide_before_asking(purpose, &self.at(now).context(), now)
    }

    /// True where a grant in it bears a date that cannot be by a clock that says `now`.
    pub(super) fn bears_impossible_dates(&self, now: i64) -> bool {
        self.dates.is_some_and(|(first, last)| !is_possible(first, now) || !is_possible(last, now))
    }
}

/// The earliest and the latest date of the grants that count, Unix milliseconds.
pub fn dates<'a>(answers: impl Iterator<Item = &'a CurrentAnswer>) -> Option<(i64, i64)> {
    let granted = answers.filter(|answer| answer.counts() && answer.install.is_some());
    granted.map(|answer| (answer.at, answer.at)).reduce(|(first, last), (at, _)| (first.min(at), last.max(at)))
}
