//! What a record shows of an answer: who wrote it, when it was said, and what it answers.

use serde::Serialize;

use super::{Actor, Body, Record, Status, millis};
use crate::json::{FromJson, MAX_INTEGER};

/// Longest name of an installation that is kept: ours have 36 characters, and a record from elsewhere may name one of any length.
const MAX_INSTALL_BYTES: usize = 1024;

/// Longest time that is kept: RFC 3339 with nine digits of a second has 35, and a fraction may have any number of them.
const MAX_TIME_BYTES: usize = 64;

/// The choice behind a state, read from its record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Evidence {
    /// The install that recorded it.
    pub install: String,
    /// Its sequence number there.
    pub seq: i64,
    /// When it was said (RFC 3339).
    pub at: String,
    /// Material number it answers.
    pub material: u32,
    /// True for an import without a date.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undated: bool,
    /// True for an answer brought from an older store.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub imported: bool,
    /// By whom it was said; absent for the person.
    #[serde(default, skip_serializing_if = "Actor::is_person")]
    pub actor: Actor,
}

impl Evidence {
    /// What `record` shows of the answer `op` to `purpose`; `None` where it is not the record of that answer, or tells another status.
    pub fn of(record: &Record, op: &str, purpose: &str, status: Status) -> Option<Self> {
        if record.install.len() > MAX_INSTALL_BYTES || !(1..=MAX_INTEGER).contains(&record.seq) || record.at.len() > MAX_TIME_BYTES {
            return None;
        }
        let written = Some(record.at.as_str());
        let (about, choice, material, at, actor) = match &record.body {
            Body::Choice(said) if record.op == op => (&said.purpose, said.choice, said.policy.material, written, said.actor),
            Body::Import(said) if record.op == op => {
                (&said.purpose, said.choice, said.policy.material, said.said_at.as_deref(), said.actor)
            }
            Body::Merge(merge) => {
                let answer = merge.answers.iter().find(|answer| answer.op == op && answer.purpose == purpose)?;
                let at = if answer.undated { None } else { answer.at.as_deref().or(written) };
                (&answer.purpose, answer.choice, answer.material, at, answer.actor)
            }
            _ => return None,
        };
        if about != purpose || Status::from(choice) != status {
            return None;
        }
        let imported = matches!(record.body, Body::Import(_));
        let dated = at.filter(|at| at.len() <= MAX_TIME_BYTES && millis(at).is_some());
        // Only an older store may have lost the date: any other record without one is not to be believed.
        if dated.is_none() && matches!(record.body, Body::Choice(_)) {
            return None;
        }
        Some(Self {
            install: record.install.clone(),
            seq: record.seq,
            at: dated.unwrap_or(&record.at).to_owned(),
            material,
            undated: dated.is_none(),
            imported,
            actor,
        })
    }
}
