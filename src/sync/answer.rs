//! Reads the server's answers. An answer with one fault is refused whole: what the server did is then unknown, and nothing is deleted.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use super::{
    number::in_range,
    protocol::{
        ALREADY_REGISTERED, ChangeResult, InstallResponse, MAX_LISTED_WITHDRAWALS, MAX_RESPONSE_BYTES, Refusal, SyncResponse, WireOutcome,
        WireState,
    },
    reply::Sent,
    whose::Whose,
};
use crate::{
    json::{self, FromJson, MAX_INTEGER},
    ledger::{Evidence, FORMAT, Outcome, OutcomeKind, Record, millis},
};

/// Longest name in an answer (purpose, cursor, reason, version): they are kept and sent back. The reference server's cursors have up to 121.
pub const MAX_NAME_BYTES: usize = 256;

/// Longest name of an operation or a numbering: a UUID has 36. A state lists many, and the ledger keeps them.
pub const MAX_OP_BYTES: usize = 64;

/// Longest token of an installation: it goes into a request header.
pub const MAX_TOKEN_BYTES: usize = 4096;

/// Why an answer is refused. Holds places, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {kind}")]
pub struct AnswerFault {
    /// Where: `/results/3/op`.
    pub place: String,
    /// What was wrong there.
    pub kind: AnswerFaultKind,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFaultKind {
    /// Not JSON within bounds, or not of the expected shape; the place says what the reader met.
    #[error("not a readable answer")]
    Unreadable,
    /// A result for a change that was not in the request.
    #[error("names a change that was not sent")]
    NotSent,
    /// The same name twice where each may appear once.
    #[error("is there twice")]
    Twice,
    /// A duplicate must say what became of the change the first time.
    #[error("a duplicate needs the first outcome")]
    NoFirst,
    /// A withdrawal that took effect must be numbered.
    #[error("a withdrawal that took effect needs a number from 1")]
    NotNumbered,
    /// A negative number.
    #[error("is negative")]
    Negative,
    /// A number past [`MAX_INTEGER`].
    #[error("is greater than {MAX_INTEGER}")]
    TooGreat,
    /// Withdrawal numbers must rise, and end at the state's own.
    #[error("does not rise to the state's number")]
    NotRising,
    /// More withdrawals than a state lists.
    #[error("lists more than {MAX_LISTED_WITHDRAWALS}")]
    TooMany,
    /// A name that is empty.
    #[error("is empty")]
    Empty,
    /// A name past [`MAX_NAME_BYTES`], [`MAX_OP_BYTES`] or [`MAX_TOKEN_BYTES`].
    #[error("is too long")]
    TooLong,
    /// No RFC 3339 time.
    #[error("is not a time")]
    NotTime,
    /// A token that does not fit into a header.
    #[error("holds characters that no header carries")]
    NotHeader,
}

fn fault(place: impl fmt::Display, kind: AnswerFaultKind) -> AnswerFault {
    AnswerFault { place: place.to_string(), kind }
}

fn parse<T: FromJson>(body: &[u8]) -> Result<T, AnswerFault> {
    json::read(&in_range(body), MAX_RESPONSE_BYTES).map_err(|error| fault(error, AnswerFaultKind::Unreadable))
}

/// Reads the answer to a sync and holds it against what was sent.
pub fn read(body: &[u8], sent: &Sent) -> Result<SyncResponse, AnswerFault> {
    let response: SyncResponse = parse(body)?;
    let lowers: HashMap<&str, bool> = sent.ops.iter().map(|change| (change.op.as_str(), change.lowers)).collect();
    let mut named = HashSet::new();
    for (index, result) in response.results.iter().enumerate() {
        let Some(lowers) = lowers.get(result.op.as_str()) else {
            return Err(fault(format_args!("/results/{index}/op"), AnswerFaultKind::NotSent));
        };
        if !named.insert(result.op.as_str()) {
            return Err(fault(format_args!("/results/{index}/op"), AnswerFaultKind::Twice));
        }
        check_result(result, *lowers).map_err(|(field, kind)| fault(format_args!("/results/{index}/{field}"), kind))?;
    }
    let mut purposes = HashSet::new();
    for (index, state) in response.states.iter().enumerate() {
        if !purposes.insert(state.purpose.as_str()) {
            return Err(fault(format_args!("/states/{index}/purpose"), AnswerFaultKind::Twice));
        }
        check_state(state).map_err(|(field, kind)| fault(format_args!("/states/{index}/{field}"), kind))?;
    }
    random(&response.history).map_err(|kind| fault("/history", kind))?;
    name(&response.cursor).map_err(|kind| fault("/cursor", kind))?;
    if let Some(anchor) = &response.anchor {
        count(anchor.seq).map_err(|kind| fault("/anchor/seq", kind))?;
        short(&anchor.hash).map_err(|kind| fault("/anchor/hash", kind))?;
    }
    if let Some(policy) = &response.policy {
        name(&policy.id).map_err(|kind| fault("/policy/id", kind))?;
        name(&policy.version).map_err(|kind| fault("/policy/version", kind))?;
    }
    millis(&response.server_time).ok_or_else(|| fault("/server_time", AnswerFaultKind::NotTime))?;
    Ok(response)
}

/// True where a registration is refused because the name is in use by a ledger that had its token first. Only these words say so: a 409
/// of a proxy says nothing of a copy.
pub fn name_is_taken(body: &[u8]) -> bool {
    parse::<Refusal>(body).is_ok_and(|refusal| refusal.error.code == ALREADY_REGISTERED)
}

/// True where a body is of the form that our server gives: the beginning of a JSON object for a yes, a named refusal for anything else. A
/// page of HTML, an empty body and the JSON of some gateway are not. An object that is cut off or spoilt is ours, and a fault of its own.
pub fn is_ours(status: i32, body: &[u8]) -> bool {
    if (200..300).contains(&status) { body.trim_ascii_start().starts_with(b"{") } else { parse::<Refusal>(body).is_ok() }
}

/// Reads the answer to a registration.
pub fn read_install(body: &[u8]) -> Result<InstallResponse, AnswerFault> {
    let response: InstallResponse = parse(body)?;
    let kind = match response.token.as_bytes() {
        [] => AnswerFaultKind::Empty,
        token if token.len() > MAX_TOKEN_BYTES => AnswerFaultKind::TooLong,
        token if !token.iter().all(u8::is_ascii_graphic) => AnswerFaultKind::NotHeader,
        _ => return Ok(response),
    };
    Err(fault("/token", kind))
}

type Field = (&'static str, AnswerFaultKind);

fn check_result(result: &ChangeResult, lowers: bool) -> Result<(), Field> {
    let took_effect = match (result.outcome, result.first) {
        (WireOutcome::Duplicate, None | Some(WireOutcome::Duplicate)) => return Err(("first", AnswerFaultKind::NoFirst)),
        (WireOutcome::Duplicate, Some(first)) => first == WireOutcome::Applied,
        (outcome, _) => outcome == WireOutcome::Applied,
    };
    count(result.epoch.unwrap_or(0)).map_err(|kind| ("epoch", kind))?;
    if took_effect && lowers && result.epoch.unwrap_or(0) < 1 {
        return Err(("epoch", AnswerFaultKind::NotNumbered));
    }
    short(result.reason.as_deref().unwrap_or("")).map_err(|kind| ("reason", kind))
}

fn check_state(state: &WireState) -> Result<(), Field> {
    name(&state.purpose).map_err(|kind| ("purpose", kind))?;
    random(&state.history).map_err(|kind| ("history", kind))?;
    within(state.op.as_deref().unwrap_or(""), MAX_OP_BYTES).map_err(|kind| ("op", kind))?;
    count(state.epoch).map_err(|kind| ("epoch", kind))?;
    count(state.revision).map_err(|kind| ("revision", kind))?;
    if state.withdrawals.len() > MAX_LISTED_WITHDRAWALS {
        return Err(("withdrawals", AnswerFaultKind::TooMany));
    }
    let mut below = 0;
    for withdrawal in &state.withdrawals {
        random(&withdrawal.op).map_err(|kind| ("withdrawals", kind))?;
        if withdrawal.epoch <= below {
            return Err(("withdrawals", AnswerFaultKind::NotRising));
        }
        count(withdrawal.epoch).map_err(|kind| ("withdrawals", kind))?;
        below = withdrawal.epoch;
    }
    if !state.withdrawals.is_empty() && below != state.epoch {
        return Err(("withdrawals", AnswerFaultKind::NotRising));
    }
    Ok(())
}

fn name(text: &str) -> Result<(), AnswerFaultKind> {
    if text.is_empty() { Err(AnswerFaultKind::Empty) } else { short(text) }
}

/// A random name, of an operation or a numbering.
fn random(text: &str) -> Result<(), AnswerFaultKind> {
    if text.is_empty() { Err(AnswerFaultKind::Empty) } else { within(text, MAX_OP_BYTES) }
}

fn short(text: &str) -> Result<(), AnswerFaultKind> {
    within(text, MAX_NAME_BYTES)
}

fn within(text: &str, bytes: usize) -> Result<(), AnswerFaultKind> {
    if text.len() > bytes { Err(AnswerFaultKind::TooLong) } else { Ok(()) }
}

/// Holds a number that counts something within its bounds: it is compared with numbers of our own, and the next one follows from it.
fn count(number: i64) -> Result<(), AnswerFaultKind> {
    match number {
        ..0 => Err(AnswerFaultKind::Negative),
        0..=MAX_INTEGER => Ok(()),
        _ => Err(AnswerFaultKind::TooGreat),
    }
}

/// What a result means for the ledger: a duplicate counts as what became of it the first time.
pub fn outcome(result: &ChangeResult) -> Outcome {
    let outcome = match (result.outcome, result.first) {
        (WireOutcome::Applied, _) | (WireOutcome::Duplicate, Some(WireOutcome::Applied)) => OutcomeKind::Applied,
        (WireOutcome::StaleGrant, _) | (WireOutcome::Duplicate, Some(WireOutcome::StaleGrant)) => OutcomeKind::StaleGrant,
        (WireOutcome::Rejected | WireOutcome::Duplicate, _) => OutcomeKind::Rejected,
    };
    Outcome { op: result.op.clone(), outcome, epoch: result.epoch, reason: result.reason.clone() }
}

/// What stands behind a state: its record, where that is the very choice the state speaks of and can be of the subject that is asked for.
/// Without it a grant does not count.
pub fn evidence(state: &WireState, whose: &Whose<'_>) -> Option<Evidence> {
    let record: Record = parse(state.record.as_ref()?.as_bytes()).ok()?;
    let op = state.op.as_deref()?;
    if record.format > FORMAT || !whose.may_be_of(&record) {
        return None;
    }
    Evidence::of(&record, op, &state.purpose, state.status)
}
