//! What an `expect` or a `state_at` step says.

use std::collections::BTreeMap;

use consentkit::ledger::Status;
use serde::Deserialize;
use serde_json::{Map, Value};

/// What can be expected of a time that is over.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Past {
    /// The policy in force then; empty before the first.
    pub policy_version: String,
    /// All reasons of a purpose, in order; an empty list means allowed.
    pub reasons: BTreeMap<String, Vec<String>>,
}

/// Everything that can be expected of one device and the server. What is left out is not looked at.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Told {
    pub allows: BTreeMap<String, bool>,
    /// All reasons of a purpose, in order; an empty list means allowed.
    pub reasons: BTreeMap<String, Vec<String>>,
    pub status: BTreeMap<String, Status>,
    /// Until when an answer holds, RFC 3339; null where only a change can alter it.
    pub valid_until: BTreeMap<String, Option<String>>,
    pub os_blocked: BTreeMap<String, bool>,
    pub pending: Option<i64>,
    pub stuck: Option<i64>,
    pub signed_in: Option<bool>,
    pub push_blocked: Option<bool>,
    pub policy_version: Option<String>,
    /// The versions that are announced, each with the days that are left.
    pub announced: Option<BTreeMap<String, i64>>,
    /// How many requests this device has sent since its first open.
    pub requests: Option<i64>,
    pub history: Option<History>,
    pub verify: Option<bool>,
    /// By subject and purpose.
    pub server: BTreeMap<String, BTreeMap<String, Status>>,
    /// By subject: the newest changes there, newest first, each with at least these fields.
    pub server_history: BTreeMap<String, Vec<Map<String, Value>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// Entries of other kinds are left out.
    pub kinds: Vec<String>,
    /// All entries of these kinds, in order, each with at least these fields.
    pub entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    #[serde(default)]
    pub kind: Option<String>,
    #[serde(default)]
    pub purpose: Option<String>,
    #[serde(default)]
    pub status: Option<Status>,
    /// RFC 3339.
    #[serde(default)]
    pub at: Option<String>,
    #[serde(default)]
    pub actor: Option<String>,
    #[serde(default)]
    pub method: Option<String>,
    #[serde(default)]
    pub policy_version: Option<String>,
    #[serde(default)]
    pub language: Option<String>,
}

impl Told {
    /// True where nothing is expected: such a step could never fail.
    pub fn is_empty(&self) -> bool {
        let maps = [
            self.allows.is_empty(),
            self.reasons.is_empty(),
            self.status.is_empty(),
            self.valid_until.is_empty(),
            self.os_blocked.is_empty(),
            self.server.is_empty(),
            self.server_history.is_empty(),
        ];
        let options = [
            self.pending.is_none(),
            self.stuck.is_none(),
            self.signed_in.is_none(),
            self.push_blocked.is_none(),
            self.policy_version.is_none(),
            self.announced.is_none(),
            self.requests.is_none(),
            self.history.is_none(),
            self.verify.is_none(),
        ];
        maps.into_iter().chain(options).all(|empty| empty)
    }
}
