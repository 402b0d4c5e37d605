//! The past: what happened, and what was allowed at a time.

use super::{
    open_ledger::OpenLedger,
    past::{Counted, counted_at},
    zones::zone_of,
};
use crate::{
    decision::{Context, Decision, decide},
    error::{Error, Result},
    ledger::{Actor, Body, ChoiceKind, Method, PolicyAnnounced, Record, State, Status},
    store::Transaction,
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
    /// `install`, `choice`, `import`, `signal`, `policy` (an edition came into force), `announced` (an edition became known before its day),
    /// `closed` (a form was closed while this question was open), `link`, `merge`, `remote`, `outcome`, `restore`, `rolled_back` (records
    /// before it are lost), `cookies_removed` (cookies of this purpose went out of a jar), `erased` (what was said before was erased) or `redated` (a date that cannot be was noticed: from here on the answer counts from now).
    pub kind: String,
    /// The purpose, where it is about one.
    pub purpose: Option<String>,
    /// Where it put the purpose; for `remote` the server's word.
    pub status: Option<Status>,
    /// By whom, for a choice and an import.
    pub actor: Option<Actor>,
    /// How, for a choice.
    pub method: Option<Method>,
    /// Label of the policy version it answers.
    pub policy_version: Option<String>,
    /// The edition of the policy that it answers. The text of that edition stays readable.
    pub edition: Option<i64>,
    /// SHA-256 (hex) of the notice that was shown.
    pub text: Option<String>,
    /// Language of that notice.
    pub language: Option<String>,
    /// For a link: true where an account signed in, false where it signed out.
    pub signed_in: Option<bool>,
    /// For an import: the name of the older store.
    pub source: Option<String>,
    /// For an import: when it was said there, Unix milliseconds. None where the older store did not keep it.
    pub said_at: Option<i64>,
}

/// What was allowed at a time.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StateAt {
    /// The time asked about, Unix milliseconds.
    pub at: i64,
    /// Label of the policy version in force then; `None` before the first.
    pub policy_version: Option<String>,
    /// One for each purpose of that policy.
    pub decisions: Vec<Decision>,
}

/// What happened: see `Consent::history`.
pub fn history(ledger: &OpenLedger, after: i64, limit: i64) -> Result<Vec<HistoryEntry>> {
    if !(1..=MAX_HISTORY).contains(&limit) {
        return Err(Error::invalid("limit", format!("must be 1 to {MAX_HISTORY}; read more in several calls")));
    }
    let mut entries = vec![];
    let mut taken = 0;
    ledger.read(|transaction, _| {
        transaction.records(after.max(0).saturating_add(1), |record| {
            entries.extend(entries_of(&record));
            taken += 1;
            Ok(taken < limit)
        })
    })?;
    Ok(entries)
}

/// What was allowed at a time: see `Consent::state_at`.
pub fn state_at(ledger: &OpenLedger, at: i64) -> Result<StateAt> {
    ledger.read(|transaction, _| {
        let mut past = State::default();
        let mut pending = vec![];
        // The clock may have been set back between two records. So the past ends with the last record that bears a time up to `at`, and all
        // records before that one belong to it whatever time they bear.
        transaction.records(1, |record| {
            let reached = record.at_ms() <= at;
            pending.push(record);
            if reached {
                pending.drain(..).for_each(|record| drop(past.apply(&record)));
            }
            Ok(true)
        })?;
        decided(transaction, &past, ledger, at)
    })
}

/// The decisions about all purposes by the state of that time.
fn decided(transaction: &Transaction<'_>, past: &State, ledger: &OpenLedger, at: i64) -> Result<StateAt> {
    let Some(Counted { policy, answers }) = counted_at(transaction, past, at)? else {
        return Ok(StateAt { at, policy_version: None, decisions: vec![] });
    };
    let signals = past.present_signals(policy.age_of_consent());
    let (platform, zones) = (ledger.options.platform, ledger.zones.known());
    let zone = zone_of(&zones, &policy);
    let context = Context { policy: &policy, answers: &answers, signals: &signals, platform, available: true, zone };
    let decisions = policy.purposes.iter().map(|purpose| decide(&purpose.id, &context, at)).collect();
    Ok(StateAt { at, policy_version: Some(policy.version.clone()), decisions })
}

/// What a person reads of a record: one entry for each purpose that it is about.
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
        edition: None,
        text: None,
        language: None,
        signed_in: None,
        source: None,
        said_at: None,
    };
    let of_edition = |kind: &str, version: &str, edition: u32| HistoryEntry {
        policy_version: Some(version.to_owned()),
        edition: Some(edition.into()),
        ..blank(kind)
    };
    let about =
        |kind: &str, purpose: &str, status: Status| HistoryEntry { purpose: Some(purpose.to_owned()), status: Some(status), ..blank(kind) };
    let said = |kind: &str, purpose: &str, choice: ChoiceKind| about(kind, purpose, choice.into());
    match &record.body {
        Body::Choice(choice) => vec![HistoryEntry {
            actor: Some(choice.actor),
            method: Some(choice.method),
            policy_version: Some(choice.policy.version.clone()),
            edition: Some(choice.policy.edition.into()),
            text: choice.policy.text.clone(),
            language: Some(choice.language.clone()),
            ..said("choice", &choice.purpose, choice.choice)
        }],
        Body::Import(import) => vec![HistoryEntry {
            actor: Some(import.actor),
            method: Some(Method::Import),
            policy_version: Some(import.policy.version.clone()),
            edition: Some(import.policy.edition.into()),
            source: Some(import.source.clone()),
            said_at: import.said_at_ms(),
            ..said("import", &import.purpose, import.choice)
        }],
        Body::Merge(merge) => merge.answers.iter().map(|answer| said("merge", &answer.purpose, answer.choice)).collect(),
        Body::Remote(remote) => remote.states.iter().map(|state| about("remote", &state.purpose, state.status)).collect(),
        Body::Install(_) => vec![blank("install")],
        Body::Policy(policy) => vec![of_edition("policy", &policy.version, policy.edition)],
        Body::Announced(PolicyAnnounced { policy, .. }) => vec![of_edition("announced", &policy.version, policy.edition)],
        Body::Closed(closed) => {
            closed.questions.iter().map(|question| HistoryEntry { purpose: Some(question.purpose.clone()), ..blank("closed") }).collect()
        }
        Body::CookiesRemoved(removed) => {
            removed.purposes.iter().map(|of| HistoryEntry { purpose: Some(of.purpose.clone()), ..blank("cookies_removed") }).collect()
        }
        Body::Erased(_) => vec![blank("erased")],
        Body::Signal(_) => vec![blank("signal")],
        Body::Link(link) => vec![HistoryEntry { signed_in: Some(link.account), ..blank("link") }],
        Body::Outcome(_) => vec![blank("outcome")],
        Body::Restore(restore) if restore.lost.is_some() => vec![blank("rolled_back")],
        Body::Restore(_) => vec![blank("restore")],
        Body::Pulled(_) => vec![blank("pulled")],
        // It changed nothing: what it was brought beside has an entry of its own.
        Body::Kept(_) => vec![],
        Body::Redated(redated) => {
            redated.answers.iter().map(|answer| HistoryEntry { purpose: Some(answer.purpose.clone()), ..blank("redated") }).collect()
        }
    }
}
