//! What a page knows of the state: what is allowed, and which cookies its scripts may set.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::escape;
use crate::{
    cookie::Catalogue,
    decision::GoogleConsent,
    policy::{GoogleConsentType, Policy},
    signal::Signals,
};

/// The longest possible value of a time, in characters of JSON: the end of the year 9999 in milliseconds.
const TIME_CHARS: usize = 15;

/// Most names that are told of those that were left out. Whoever reads them changes the policy after the first few.
const MAX_LEFT_OUT_TOLD: usize = 20;

/// What the state of a page is made of.
pub struct Facts<'a> {
    /// The policy in force.
    pub policy: &'a Policy,
    /// Counts up with every change, so that a page knows which of two states is the later one.
    pub generation: i64,
    /// The purposes that are allowed, in the policy's order, each with the time from which on it may not be any more (Unix milliseconds).
    pub allowed: Vec<(&'a str, Option<i64>)>,
    /// What Google's tags may be told.
    pub google: GoogleConsent,
    /// True where Global Privacy Control is asserted to pages.
    pub gpc: bool,
}

/// What a page knows of the state. It holds ids of purposes and names of cookies, and no text that is shown to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageState {
    /// Counts up with every change.
    generation: i64,
    /// The edition of the policy in force.
    edition: u32,
    /// The purposes that are allowed, each with the time from which on it may not be any more, or 0 where only a change can alter it.
    allowed: BTreeMap<String, i64>,
    /// The consent types of Google Consent Mode that are granted. Every other one is denied.
    google: Vec<GoogleConsentType>,
    /// True where Global Privacy Control is asserted.
    gpc: bool,
    /// Names of cookies that may be set; a trailing `*` matches any ending.
    cookies: Vec<String>,
    /// Names of cookies that may not be set although a shorter pattern among `cookies`, or `unknown`, would allow them.
    denied: Vec<String>,
    /// True where a cookie that nobody described may be set.
    unknown: bool,
}

impl PageState {
    /// The state that fits into so many bytes of a script, and the purposes and cookies that were left out of it. What is left out is denied
    /// in the page, so a policy that is too long for a page loosens nothing.
    pub fn fitting(facts: &Facts<'_>, max_bytes: usize) -> (Self, Vec<String>) {
        let mut state = Self {
            generation: facts.generation,
            edition: facts.policy.edition,
            allowed: BTreeMap::new(),
            google: granted(facts.google),
            gpc: facts.gpc,
            cookies: vec![],
            denied: vec![],
            unknown: false,
        };
        let mut room = Room(max_bytes.saturating_sub(state.json().len()));
        let mut left_out = vec![];
        for (purpose, until) in &facts.allowed {
            if room.take(written(purpose) + TIME_CHARS + 2) {
                state.allowed.insert((*purpose).to_owned(), until.unwrap_or(0));
            } else {
                left_out.push((*purpose).to_owned());
            }
        }
        let is_allowed = |purpose: &str| facts.allowed.iter().any(|(allowed, _)| *allowed == purpose);
        let catalogue = Catalogue::of(facts.policy);
        let (may, may_not): (Vec<_>, Vec<_>) = catalogue.patterns().partition(|(_, purposes)| purposes.iter().copied().all(is_allowed));
        let may_not: Vec<String> = may_not.into_iter().map(|(pattern, _)| pattern).collect();
        let mut may = may.into_iter().map(|(pattern, _)| pattern);
        for pattern in may.by_ref() {
            let but: Vec<&String> = may_not.iter().filter(|denied| covers(&pattern, denied) && !state.denied.contains(denied)).collect();
            // The first one that does not fit ends it, because a hostile policy may list a hundred thousand more.
            if !room.take(written(&pattern) + 1 + but.iter().map(|denied| written(denied) + 1).sum::<usize>()) {
                left_out.push(pattern);
                break;
            }
            state.denied.extend(but.into_iter().cloned());
            state.cookies.push(pattern);
        }
        left_out.extend(may.take(MAX_LEFT_OUT_TOLD));
        left_out.truncate(MAX_LEFT_OUT_TOLD);
        let mut needed_by_unknown = catalogue.purposes_of_unknown().peekable();
        if needed_by_unknown.peek().is_some() && needed_by_unknown.all(is_allowed) {
            // Room for what was told already is left as well, so nothing has to be looked up among what a hostile policy lists.
            state.unknown = room.take(may_not.iter().map(|denied| written(denied) + 1).sum());
            if state.unknown {
                state.denied = may_not;
            }
        }
        (state, left_out)
    }

    /// The state as JSON that may stand in a script.
    pub fn json(&self) -> String {
        escape::in_script(&self.value().to_string())
    }

    /// The state as a part of a message. Its members are in the order in which [`json`](Self::json) has them too, because a page tells by its
    /// text whether a state is another one.
    pub fn value(&self) -> Value {
        // Writing JSON fails only for maps with odd keys and for numbers that are none; a state has neither.
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// How many bytes are left.
struct Room(usize);

impl Room {
    /// Takes so many bytes where they are left, and otherwise none.
    fn take(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.0;
        if fits {
            self.0 -= bytes;
        }
        fits
    }
}

/// How many bytes a name takes in a script, with its quotes.
fn written(name: &str) -> usize {
    escape::string(name).len()
}

/// True where a pattern matches names that a longer one means.
fn covers(pattern: &str, longer: &str) -> bool {
    pattern.strip_suffix('*').is_some_and(|beginning| longer.starts_with(beginning))
}

fn granted(google: GoogleConsent) -> Vec<GoogleConsentType> {
    let types = [
        (GoogleConsentType::AdStorage, google.ad_storage),
        (GoogleConsentType::AnalyticsStorage, google.analytics_storage),
        (GoogleConsentType::AdUserData, google.ad_user_data),
        (GoogleConsentType::AdPersonalization, google.ad_personalization),
    ];
    types.into_iter().filter_map(|(kind, granted)| granted.then_some(kind)).collect()
}

/// Whether Global Privacy Control is asserted to pages (GCM-6): the host knows that the person asserts it, or some purpose that says that it
/// shares data for advertising is not allowed. A policy that shares nothing asserts nothing by itself, and neither does one whose only sharing
/// is that of the advertising id, which no page is given.
pub fn asserts_gpc(policy: &Policy, signals: &Signals, allows: impl Fn(&str) -> bool) -> bool {
    let held_back = || policy.purposes.iter().any(|purpose| purpose.sharing && !allows(&purpose.id));
    signals.gpc == Some(true) || held_back()
}
