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
    /// The policy in force.
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
        }
    }

    /// Precomputes every purpose's answer.
    pub(super) fn with_rules(mut self) -> Self {
        let context = self.context();
        let rules = self.policy.purposes.iter().map(|purpose| (purpose.id.as_str().into(), Rule::of(&purpose.id, &context))).collect();
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
            ..*self
        }
    }

    /// The same state after the file was closed: nothing that needs consent is allowed.
    pub(super) fn closed(&self) -> Self {
        Self { available: false, ..self.copy() }
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
        decide(purpose, &self.context(), now)
    }

    /// True where only a yes allows the purpose, and silence does not.
    pub(super) fn needs_yes(&self, purpose: &Purpose) -> bool {
        needs_yes(purpose, &self.context())
    }

    /// True where a purpose of the person would be allowed by silence, and it is not known here what the person said elsewhere.
    pub(super) fn waits_for_a_pull(&self) -> bool {
        self.policy.purposes.iter().any(|purpose| purpose.scope == Scope::Person && not_pulled(purpose, &self.context()).is_some())
    }

    /// Until when that decision holds, reasons included, while nothing changes but the time; `None` where time cannot alter it.
    pub fn valid_until(&self, purpose: &str, now: i64) -> Option<i64> {
        valid_until(purpose, &self.context(), now)
    }

    /// The four values of Google Consent Mode at `now` (Unix milliseconds).
    pub fn google_consent(&self, now: i64) -> GoogleConsent {
        google_consent(&self.context(), now)
    }

    /// The system prompt to show next, if any.
    pub fn next_prompt(&self, now: i64) -> Option<Prompt> {
        next_prompt(&Context { signals: &self.recorded, ..self.context() }, now)
    }

    /// The decision about one purpose as if the advertising-id provider had not been asked before.
    pub fn decide_before_asking(&self, purpose: &str, now: i64) -> Decision {
        decide_before_asking(purpose, &self.context(), now)
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
