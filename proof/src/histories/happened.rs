//! What happened in the histories, and how often. Where something never happened, a run proves nothing about it, and fails.

use std::collections::BTreeMap;

use crate::stage::Done;

/// What a run of some hundred histories must have met, by name.
pub const EXPECTED: [&str; 21] = [
    "a request met a partition",
    "a request was lost",
    "an answer was lost",
    "a request arrived twice at once",
    "a request arrived late",
    "a request arrived again later",
    "an older request arrived after a newer one",
    "an app restarted",
    "a clock jumped forward by a century",
    "a clock jumped back by a century",
    "a pull ended while the form was open",
    "a kept form was answered",
    "a sign-in",
    "a sign-out",
    "a grant on a kept web page",
    "a withdrawal on the web",
    "the server was put back from a backup in silence",
    "a withdrawal made elsewhere was brought back",
    "a phone noticed that it was a copy",
    "a phone was copied unnoticed",
    "a copy was found out by the server",
];

/// Counts by name.
#[derive(Default)]
pub struct Happened(BTreeMap<&'static str, u64>);

impl Happened {
    /// Counts one more of it.
    pub fn note(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    /// Adds what happened elsewhere.
    pub fn add(&mut self, other: Self) {
        other.0.into_iter().for_each(|(what, count)| *self.0.entry(what).or_default() += count);
    }

    /// Takes the counts away.
    pub fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// Prints each count. It is an error where something that is expected never happened.
    pub fn close(&self) -> Done {
        for what in EXPECTED {
            println!("{:>8}  {what}", self.0.get(what).copied().unwrap_or(0));
        }
        match EXPECTED.iter().find(|what| !self.0.contains_key(*what)) {
            Some(never) => Err(format!("it never happened that {never}: the histories prove nothing of it").into()),
            None => Ok(()),
        }
    }
}
