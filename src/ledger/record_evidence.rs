//! Reads in a record what it shows of one answer.

use super::{Body, Evidence, Record, Status, millis};
use crate::json::MAX_INTEGER;

/// Longest name of an installation that is kept: ours have 36 characters, and a record from elsewhere may name one of any length.
const MAX_INSTALL_BYTES: usize = 1024;

/// Longest time that is kept: RFC 3339 with nine digits of a second has 35, and a fraction may have any number of them.
const MAX_TIME_BYTES: usize = 64;

impl Evidence {
    /// What `record` shows of the answer with the operation `op` to `purpose`. `None` where it is the record of something else, or shows
    /// another status than the server told.
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
        // Only the answer of an older store may be without a date. A choice without one was not written by this library.
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
            by_copy: false,
        })
    }
}
