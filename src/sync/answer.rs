//! Reads the server's answers. An answer with a single fault is refused as a whole: it is then not known what the server did, so no change
//! is taken out of the queue.

use std::collections::{HashMap, HashSet};

use super::{
    answer_fault::fault,
    great_numbers::without_great_numbers,
    protocol::{
        ALREADY_REGISTERED, ChangeResult, InstallResponse, MAX_LISTED_WITHDRAWALS, MAX_RESPONSE_BYTES, Refusal, SyncResponse, WireOutcome,
        WireState,
    },
    pulled_subject::PulledSubject,
    sent::Sent,
};
use crate::{
    json::{self, FromJson, MAX_INTEGER},
    ledger::{Evidence, FORMAT, Outcome, OutcomeKind, Record, millis},
};

pub use super::answer_fault::{AnswerFault, AnswerFaultKind};

/// Longest name in an answer (purpose, cursor, reason, version), since they are kept and sent back. The cursors of the reference server
/// have up to 121 bytes.
pub const MAX_NAME_BYTES: usize = 256;

/// Longest name of an operation or a numbering. A UUID has 36 bytes. A state lists many of them, and the ledger keeps them all.
pub const MAX_OP_BYTES: usize = 64;

/// Longest token of an installation, since it is sent in a header.
pub const MAX_TOKEN_BYTES: usize = 4096;

fn parse<T: FromJson>(body: &[u8]) -> Result<T, AnswerFault> {
    json::read(&without_great_numbers(body), MAX_RESPONSE_BYTES).map_err(|error| fault(error, AnswerFaultKind::Unreadable))
}

/// Reads the answer to a sync and compares it with what was sent.
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
    random(&response.numbering).map_err(|kind| fault("/history", kind))?;
    name(&response.cursor).map_err(|kind| fault("/cursor", kind))?;
    for (place, anchor) in [("anchor", &response.anchor), ("last_arrived", &response.last_arrived)] {
        let Some(anchor) = anchor else { continue };
        count(anchor.seq).map_err(|kind| fault(format_args!("/{place}/seq"), kind))?;
        short(&anchor.hash).map_err(|kind| fault(format_args!("/{place}/hash"), kind))?;
    }
    if let Some(policy) = &response.policy {
        name(&policy.id).map_err(|kind| fault("/policy/id", kind))?;
        name(&policy.version).map_err(|kind| fault("/policy/version", kind))?;
    }
    millis(&response.server_time).ok_or_else(|| fault("/server_time", AnswerFaultKind::NotTime))?;
    Ok(response)
}

/// True where a registration is refused because another ledger was registered under this name first. Only the server's own code says so: a
/// 409 of some proxy does not mean that this file was copied.
pub fn name_is_taken(body: &[u8]) -> bool {
    parse::<Refusal>(body).is_ok_and(|refusal| refusal.error.code == ALREADY_REGISTERED)
}

/// True where a body has the form in which this library's server answers: with a 2xx something that begins as a JSON object, with any other
/// status a refusal with its code. A page of HTML, an empty body and the JSON of some gateway have not. An object that is cut off or spoilt
/// still counts as the server's; reading it is then a fault.
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
    random(&state.numbering).map_err(|kind| ("history", kind))?;
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

/// Checks a random name, of an operation or a numbering.
fn random(text: &str) -> Result<(), AnswerFaultKind> {
    if text.is_empty() { Err(AnswerFaultKind::Empty) } else { within(text, MAX_OP_BYTES) }
}

fn short(text: &str) -> Result<(), AnswerFaultKind> {
    within(text, MAX_NAME_BYTES)
}

fn within(text: &str, bytes: usize) -> Result<(), AnswerFaultKind> {
    if text.len() > bytes { Err(AnswerFaultKind::TooLong) } else { Ok(()) }
}

/// Checks a number that counts something. It is compared with numbers of this device and counted on from, so it must stay within bounds.
fn count(number: i64) -> Result<(), AnswerFaultKind> {
    match number {
        ..0 => Err(AnswerFaultKind::Negative),
        0..=MAX_INTEGER => Ok(()),
        _ => Err(AnswerFaultKind::TooGreat),
    }
}

/// What a result means for the ledger: a duplicate means what became of the change the first time.
pub fn outcome(result: &ChangeResult) -> Outcome {
    let outcome = match (result.outcome, result.first) {
        (WireOutcome::Applied, _) | (WireOutcome::Duplicate, Some(WireOutcome::Applied)) => OutcomeKind::Applied,
        (WireOutcome::StaleGrant, _) | (WireOutcome::Duplicate, Some(WireOutcome::StaleGrant)) => OutcomeKind::StaleGrant,
        (WireOutcome::Rejected | WireOutcome::Duplicate, _) => OutcomeKind::Rejected,
    };
    Outcome { op: result.op.clone(), outcome, epoch: result.epoch, reason: result.reason.clone() }
}

/// What the record of a state shows. `None` where there is no record, where it is not that of the choice that the state names, or where it
/// cannot be about the subject that was asked for. Without it a grant does not count.
pub fn evidence(state: &WireState, subject: &PulledSubject<'_>) -> Option<Evidence> {
    let record: Record = parse(state.record.as_ref()?.as_bytes()).ok()?;
    let op = state.op.as_deref()?;
    if record.format > FORMAT || !subject.may_be_of(&record) {
        return None;
    }
    Evidence::of(&record, op, &state.purpose, state.status)
}
