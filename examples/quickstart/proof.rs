//! Later somebody asks why: the explanation, the history, and the proof that nobody changed it.

use std::fs;

use consentkit::client::{HistoryEntry, Verification, verify_file};

use crate::{
    Result,
    facts::Facts,
    form::EMAIL,
    stage::{MINUTE, NOON, Stage, word},
};

pub fn explained_and_verified(stage: &mut Stage, facts: &mut Facts) -> Result<()> {
    let phone = stage.phone()?;
    let why = phone.explain(EMAIL);
    facts.same("explain e-mail", "withdrawn", word(&why));
    let then = phone.state_at(NOON)?;
    let decision = then.decisions.iter().find(|decision| decision.purpose == EMAIL).ok_or("the past knows no e-mail")?;
    facts.same("the same at 12:00, from the ledger", "allowed", word(decision));
    let history = phone.history(0, 1000)?;
    let about: Vec<&HistoryEntry> = history.iter().filter(|entry| entry.purpose.as_deref() == Some(EMAIL)).collect();
    let story: Vec<String> = about.iter().map(|entry| told(entry)).collect();
    facts.same("history of e-mail", "choice granted, remote granted, remote withdrawn", story.join(", "));
    facts.same("ledger", "verified", outcome(&phone.verify()?));
    for entry in about {
        facts.note(format!("#{} {} {}", entry.seq, seoul(entry.at), told(entry)));
    }
    why.reasons.iter().for_each(|reason| facts.note(format!("{}: {} / {}", reason.code(), reason.text("en"), reason.text("ko"))));
    Ok(())
}

pub fn changed_byte_found(stage: &mut Stage, facts: &mut Facts) -> Result<()> {
    let receipt = stage.first_answers.take().ok_or("the first form was not answered")?;
    let granted = receipt.items.into_iter().find(|item| item.purpose == EMAIL).ok_or("e-mail was not answered")?;
    // Closing folds the write-ahead log back, so that one file holds everything.
    stage.end_phone()?;
    let copy = stage.path("copy.db");
    fs::copy(stage.ledger(), &copy)?;
    facts.same("the copy as it is", "verified", outcome(&verify_file(&copy)?));
    let mut bytes = fs::read(&copy)?;
    let at = choice_in(&bytes, granted.seq, &granted.op).ok_or("the record's bytes are not in the file")?;
    bytes[at] ^= 1;
    fs::write(&copy, bytes)?;
    let expected = format!("record {}: its bytes are not the ones that were hashed", granted.seq);
    facts.same("with one byte changed", expected, outcome(&verify_file(&copy)?));
    facts.same("the phone's own ledger", "verified", outcome(&verify_file(stage.ledger())?));
    facts.note(format!("one bit of byte {at} was turned, in the record of the yes to e-mail (#{})", granted.seq));
    Ok(())
}

/// Where a record's choice begins in the file.
fn choice_in(bytes: &[u8], seq: i64, op: &str) -> Option<usize> {
    let place = |text: &str, from: usize| {
        let found = bytes[from..].windows(text.len()).position(|window| window == text.as_bytes())?;
        Some(from + found)
    };
    let record = place(&format!("\"seq\":{seq},\"op\":\"{op}\""), 0)?;
    let field = "\"choice\":\"";
    Some(place(field, record)? + field.len())
}

fn outcome(verification: &Verification) -> String {
    match &verification.fault {
        None if verification.ok => "verified".to_owned(),
        None => "not verified".to_owned(),
        Some(fault) => format!("record {}: {}", fault.seq, fault.what),
    }
}

fn told(entry: &HistoryEntry) -> String {
    let status = serde_json::to_value(entry.status).ok();
    let status = status.as_ref().and_then(serde_json::Value::as_str).unwrap_or("");
    format!("{} {status}", entry.kind).trim().to_owned()
}

/// A time of the story as the person's clock showed it.
fn seoul(at: i64) -> String {
    let minutes = (at - NOON) / MINUTE + 12 * 60;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
