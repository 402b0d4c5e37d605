//! The past: history, the state at a time, and the proof that the ledger is whole.

use std::path::Path;

use super::{Consent, open::stored_policy};
use crate::{
    decision::{Context, Decision, decide},
    error::{Error, Result},
    ledger::{
        Actor, Body, ChoiceKind, Method, Record, State, Status,
        chain::{self, GENESIS},
    },
    signal::Platform,
    store::{Fault, Store, Transaction},
    sync::device_rule::current_answers,
};

/// Most entries one call of `history` returns.
pub const MAX_HISTORY: i64 = 1000;

/// One thing that happened, for a person or a privacy officer to read.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HistoryEntry {
    /// Position in the ledger, from 1.
    pub seq: i64,
    /// When, Unix milliseconds on the device's clock.
    pub at: i64,
    /// Minutes that local time was ahead of UTC.
    pub offset: i32,
    /// `install`, `choice`, `import`, `signal`, `policy`, `link`, `merge`, `remote`, `outcome`, `restore` or `redated` (a date that cannot be
    /// was noticed: from here on the answer counts from now).
    pub kind: String,
    /// The purpose, where it is about one.
    pub purpose: Option<String>,
    /// Where it put the purpose; for `remote` the server's word.
    pub status: Option<Status>,
    /// By whom, for a choice.
    pub actor: Option<Actor>,
    /// How, for a choice.
    pub method: Option<Method>,
    /// Label of the policy version it answers.
    pub policy_version: Option<String>,
    /// SHA-256 (hex) of the notice that was shown.
    pub text: Option<String>,
    /// Language of that notice.
    pub language: Option<String>,
}

/// What was allowed at a time.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StateAt {
    /// The time asked about, Unix milliseconds.
    pub at: i64,
    /// Label of the policy version in force then; `None` before the first.
    pub policy_version: Option<String>,
    /// One a purpose of that policy.
    pub decisions: Vec<Decision>,
}

/// Where a ledger does not hold.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VerificationFault {
    /// Position of the record; 0 where the fault is in what follows from the records.
    pub seq: i64,
    /// What does not fit.
    pub what: String,
}

/// Result of a full check of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Verification {
    /// True where every record is the one that was written, in its place, and the state follows from them.
    pub ok: bool,
    /// Records checked.
    pub records: i64,
    /// The first fault.
    pub fault: Option<VerificationFault>,
}

impl Consent {
    /// What happened after position `after` (0 for all), oldest first, at most `limit` (1 to 1,000) records. Blocks on the disk.
    pub fn history(&self, after: i64, limit: i64) -> Result<Vec<HistoryEntry>> {
        if !(1..=MAX_HISTORY).contains(&limit) {
            return Err(Error::invalid("limit", format!("must be 1 to {MAX_HISTORY}")));
        }
        let mut entries = vec![];
        let mut taken = 0;
        self.read(|transaction, _| {
            transaction.records(after.max(0).saturating_add(1), |record| {
                entries.extend(entries_of(&record));
                taken += 1;
                Ok(taken < limit)
            })
        })?;
        Ok(entries)
    }

    /// What was allowed at `at` (Unix milliseconds), from the records up to then, with the policy and signals of that time (REC-1).
    /// Blocks on the disk; reads the ledger from its start.
    pub fn state_at(&self, at: i64) -> Result<StateAt> {
        self.read(|transaction, _| {
            let mut past = State::default();
            let mut pending = vec![];
            // A clock that was set back must not hide what came after: the last record up to `at` ends the past.
            transaction.records(1, |record| {
                let reached = record.at_ms() <= at;
                pending.push(record);
                if reached {
                    pending.drain(..).for_each(|record| drop(past.apply(&record)));
                }
                Ok(true)
            })?;
            state_at(transaction, &past, self.options.platform, at)
        })
    }

    /// Checks every record, the chain, and that the state follows from them. Blocks on the disk for as long as the ledger is long.
    pub fn verify(&self) -> Result<Verification> {
        verify(&self.store)
    }
}

/// Checks a copy of a database, as a privacy officer does. What it says is not changed. An empty ledger proves nothing and is no yes.
pub fn verify_file(path: &Path) -> Result<Verification> {
    if !path.is_file() {
        return Err(Error::invalid("path", "is no file"));
    }
    let store = match Store::open(path) {
        Ok(store) => store,
        Err(Error::Damaged { reason }) => return Ok(broken(0, 0, reason)),
        Err(other) => return Err(other),
    };
    match verify(&store)? {
        Verification { ok: true, records: 0, .. } => Ok(broken(0, 0, "the file holds no records")),
        other => Ok(other),
    }
}

fn broken(records: i64, seq: i64, what: impl Into<String>) -> Verification {
    Verification { ok: false, records, fault: Some(VerificationFault { seq, what: what.into() }) }
}

fn verify(store: &Store) -> Result<Verification> {
    store.read(|transaction, _| {
        let mut seq = 0;
        let mut prev = GENESIS;
        let mut fold = State::default();
        let mut fault = None;
        transaction.walk(1, |row| match row.verify(seq + 1, &prev) {
            Ok((record, hash)) => {
                (seq, prev) = (seq + 1, hash);
                if let Body::Policy(adopted) = &record.body {
                    let document = transaction.policy(adopted.edition)?;
                    if document.map(|document| chain::hex(&chain::hash(document.as_bytes()))).as_ref() != Some(&adopted.document) {
                        fault = Some(Fault { seq, what: "the policy it names is not the one that was adopted" });
                        return Ok(false);
                    }
                }
                fold.apply(&record);
                Ok(true)
            }
            Err(found) => {
                fault = Some(found);
                Ok(false)
            }
        })?;
        if let Some(fault) = fault {
            return Ok(broken(seq, fault.seq, fault.what));
        }
        let stored = match transaction.head() {
            Ok(stored) => stored,
            Err(Error::Damaged { reason }) => return Ok(broken(seq, 0, reason)),
            Err(other) => return Err(other),
        };
        if stored.seq != seq || stored.hash != prev {
            return Ok(broken(seq, stored.seq, "the ledger does not end where the state says"));
        }
        if stored.state != fold {
            return Ok(broken(seq, 0, "the state does not follow from the records"));
        }
        if transaction.count_outbox()? != stored.pending {
            return Ok(broken(seq, 0, "changes that wait to be sent are missing"));
        }
        Ok(Verification { ok: true, records: seq, fault: None })
    })
}

fn state_at(transaction: &Transaction<'_>, past: &State, platform: Platform, at: i64) -> Result<StateAt> {
    let Some(adopted) = &past.policy else { return Ok(StateAt { at, policy_version: None, decisions: vec![] }) };
    let policy = stored_policy(transaction, adopted.edition)?;
    let answers = current_answers(past, &policy);
    let signals = past.present_signals(policy.age_of_consent());
    let context = Context { policy: &policy, answers: &answers, signals: &signals, platform, available: true };
    let decisions = policy.purposes.iter().map(|purpose| decide(&purpose.id, &context, at)).collect();
    Ok(StateAt { at, policy_version: Some(adopted.version.clone()), decisions })
}

fn entries_of(record: &Record) -> Vec<HistoryEntry> {
    let blank = |kind: &str| HistoryEntry {
        seq: record.seq,
        at: record.at_ms(),
        offset: record.offset,
        kind: kind.into(),
        purpose: None,
        status: None,
        actor: None,
        method: None,
        policy_version: None,
        text: None,
        language: None,
    };
    let about =
        |kind: &str, purpose: &str, status: Status| HistoryEntry { purpose: Some(purpose.to_owned()), status: Some(status), ..blank(kind) };
    let said = |kind: &str, purpose: &str, choice: ChoiceKind| about(kind, purpose, choice.into());
    match &record.body {
        Body::Choice(choice) => vec![HistoryEntry {
            actor: Some(choice.actor),
            method: Some(choice.method),
            policy_version: Some(choice.policy.version.clone()),
            text: choice.policy.text.clone(),
            language: Some(choice.language.clone()),
            ..said("choice", &choice.purpose, choice.choice)
        }],
        Body::Import(import) => vec![HistoryEntry {
            method: Some(Method::Import),
            policy_version: Some(import.policy.version.clone()),
            ..said("import", &import.purpose, import.choice)
        }],
        Body::Merge(merge) => merge.answers.iter().map(|answer| said("merge", &answer.purpose, answer.choice)).collect(),
        Body::Remote(remote) => remote.states.iter().map(|state| about("remote", &state.purpose, state.status)).collect(),
        Body::Install(_) => vec![blank("install")],
        Body::Policy(policy) => vec![HistoryEntry { policy_version: Some(policy.version.clone()), ..blank("policy") }],
        Body::Signal(_) => vec![blank("signal")],
        Body::Link(_) => vec![blank("link")],
        Body::Outcome(_) => vec![blank("outcome")],
        Body::Restore(_) => vec![blank("restore")],
        Body::Redated(redated) => {
            redated.answers.iter().map(|answer| HistoryEntry { purpose: Some(answer.purpose.clone()), ..blank("redated") }).collect()
        }
    }
}
