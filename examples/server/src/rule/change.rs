//! Reading one change that a device sent: nothing of it is believed before its bytes fit its hash.

use consentkit::{
    json::{self, MAX_INTEGER},
    ledger::{Body, FORMAT, Record, chain},
    sync::protocol::{Change, ChangeKind, ChangeResult, MAX_AFTER, WireOutcome},
};
use serde_json::Value;

use crate::name;

/// Largest record that is read. A choice with the longest list of own withdrawals has about 12 KiB.
const MAX_RECORD: usize = 32 * 1024;

/// Bytes of a leaf's salt. They are so many that what an erased record said cannot be guessed from its leaf.
const SALT_BYTES: std::ops::RangeInclusive<usize> = 16..=64;

/// Most answers that one merge brings. A policy has a few dozen purposes.
const MAX_ANSWERS: usize = 200;

/// A change that was read and whose bytes have the hash that it names.
pub struct Read {
    /// What it is.
    pub kind: ChangeKind,
    /// The exact record.
    pub bytes: String,
    /// The record.
    pub record: Record,
    /// The leaf's salt.
    pub salt: Vec<u8>,
    /// Hash of the record before it.
    pub prev: chain::Hash,
    /// The record's own hash.
    pub hash: chain::Hash,
    /// True for a withdrawal that this server once told its sender and has lost since. Its sender does not know its place in the chain.
    pub relayed: bool,
}

impl Read {
    /// Reference of the subject that the record is about.
    pub fn subject(&self) -> Option<&str> {
        match &self.record.body {
            Body::Choice(choice) => Some(&choice.subject),
            Body::Import(import) => Some(&import.subject),
            Body::Signal(signal) => Some(&signal.subject),
            Body::Link(link) => Some(&link.subject),
            Body::Merge(merge) => Some(&merge.subject),
            _ => None,
        }
    }

    /// A hash by which another change under the same operation is recognised.
    pub fn fingerprint(&self) -> chain::Hash {
        chain::hash(self.bytes.as_bytes())
    }

    /// True where it does nothing but refuse or withdraw.
    pub fn lowers(&self) -> bool {
        match &self.record.body {
            Body::Choice(choice) => choice.choice.lowers(),
            Body::Import(import) => import.choice.lowers(),
            // A record that denies something of a person counts as a withdrawal. That of a device, which names its platform, does not.
            Body::Signal(signal) => signal.platform.is_none() && signal.person().denies(),
            Body::Merge(merge) => !merge.answers.is_empty() && merge.answers.iter().all(|answer| answer.choice.lowers()),
            _ => false,
        }
    }
}

/// The result of a refused change. The device keeps the change and tries it again, so the server remembers nothing of it.
pub fn rejected(op: &str, reason: &str) -> ChangeResult {
    ChangeResult {
        op: op.chars().take(name::MAX_ID).collect(),
        outcome: WireOutcome::Rejected,
        first: None,
        epoch: None,
        reason: Some(reason.to_owned()),
    }
}

/// Reads a change, or says why it is refused.
pub fn read(value: &Value) -> Result<Read, ChangeResult> {
    let op = value.get("op").and_then(Value::as_str).unwrap_or("");
    let refuse = |reason: &str| rejected(op, reason);
    let Ok(change) = serde_json::from_value::<Change>(value.clone()) else {
        let kind = value.get("kind").cloned().unwrap_or(Value::Null);
        let known = !kind.is_string() || serde_json::from_value::<ChangeKind>(kind).is_ok();
        return Err(refuse(if known { "bad_change" } else { "unknown_kind" }));
    };
    if !name::is_id(&change.op) {
        return Err(refuse("bad_op"));
    }
    if change.record.len() > MAX_RECORD {
        return Err(refuse("too_large"));
    }
    let fields = json::read_value(change.record.as_bytes(), MAX_RECORD).map_err(|_| refuse("bad_record"))?;
    if fields.get("format").and_then(Value::as_u64).is_some_and(|format| format > u64::from(FORMAT)) {
        return Err(refuse("newer_format"));
    }
    let record: Record = serde_json::from_value(fields).map_err(|_| refuse("bad_record"))?;
    if record.op != change.op {
        return Err(refuse("other_op"));
    }
    let relayed = change.kind == ChangeKind::Relay;
    let kind = kind_of(&record.body).filter(|kind| relayed || *kind == change.kind).ok_or_else(|| refuse("other_kind"))?;
    if let Some(reason) = fault(&record, relayed) {
        return Err(refuse(reason));
    }
    let unchained = (Vec::new(), chain::GENESIS, chain::GENESIS);
    let (salt, prev, hash) = if relayed { unchained } else { chained(&change, &record).ok_or_else(|| refuse("bad_hash"))? };
    let read = Read { kind, bytes: change.record, record, salt, prev, hash, relayed };
    // A merge has an operation of its own beside those of its answers, so it cannot be sent as one withdrawal.
    if relayed && (!read.lowers() || kind == ChangeKind::Merge) {
        return Err(refuse("only_withdrawals"));
    }
    Ok(read)
}

fn chained(change: &Change, record: &Record) -> Option<(Vec<u8>, chain::Hash, chain::Hash)> {
    let salt = chain::unhex(&change.salt).filter(|salt| SALT_BYTES.contains(&salt.len()))?;
    let prev: chain::Hash = chain::unhex(&change.prev)?.try_into().ok()?;
    let hash: chain::Hash = chain::unhex(&change.hash)?.try_into().ok()?;
    let leaf = chain::leaf(&salt, change.record.as_bytes());
    (chain::link(&record.install, record.seq, &prev, &leaf) == hash).then_some((salt, prev, hash))
}

fn kind_of(body: &Body) -> Option<ChangeKind> {
    match body {
        Body::Choice(_) => Some(ChangeKind::Choice),
        Body::Import(_) => Some(ChangeKind::Import),
        Body::Signal(_) => Some(ChangeKind::Signal),
        Body::Link(_) => Some(ChangeKind::Link),
        Body::Merge(_) => Some(ChangeKind::Merge),
        // The other kinds of records are only for the device itself.
        _ => None,
    }
}

/// What is wrong with a record that could be read. Its time is not looked at, so that a withdrawal is accepted whatever the phone's clock
/// said.
fn fault(record: &Record, relayed: bool) -> Option<&'static str> {
    if record.format == 0 {
        return Some("bad_record");
    }
    // Only a relayed record may come from the server's own ledger.
    let may_be_own = relayed && record.install == name::SERVER_INSTALL;
    if !may_be_own && !name::is_install(&record.install) {
        return Some("bad_install");
    }
    if !(1..=MAX_INTEGER).contains(&record.seq) {
        return Some("bad_seq");
    }
    let sound = [&record.at, &record.app, &record.sdk].into_iter().all(|label| name::is_label(label)) && is_sound(&record.body);
    (!sound).then_some("bad_record")
}

fn is_sound(body: &Body) -> bool {
    match body {
        Body::Choice(choice) => {
            let labels = [&choice.language, &choice.surface, &choice.policy.id, &choice.policy.version];
            name::is_id(&choice.subject)
                && name::is_purpose(&choice.purpose)
                && labels.into_iter().all(|label| name::is_label(label))
                && choice.after.len() <= MAX_AFTER
                && choice.after.iter().all(|op| name::is_id(op))
                && (choice.choice.lowers() || choice.seen.as_ref().is_none_or(|seen| (0..=MAX_INTEGER).contains(&seen.epoch)))
        }
        Body::Import(import) => {
            name::is_id(&import.subject)
                && name::is_purpose(&import.purpose)
                && name::is_label(&import.source)
                && import.replaces.iter().all(|op| name::is_id(op))
        }
        Body::Signal(signal) => name::is_id(&signal.subject),
        Body::Link(link) => name::is_id(&link.subject),
        Body::Merge(merge) => {
            name::is_id(&merge.from)
                && name::is_id(&merge.subject)
                && merge.answers.len() <= MAX_ANSWERS
                && merge.answers.iter().all(|answer| name::is_purpose(&answer.purpose) && name::is_id(&answer.op))
        }
        _ => false,
    }
}
