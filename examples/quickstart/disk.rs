//! A disk that takes no writes.

use std::path::Path;

use consentkit::{
    client::{Consent, DenialKind},
    decision::Reason,
    error::Error,
    signal::Signals,
};
use rusqlite::Connection;

use crate::{
    Result, Sabotage,
    facts::Facts,
    form::{ADS, ANALYTICS},
    stage::{Stage, sync, word},
};

pub fn disk_takes_no_writes(stage: &mut Stage, facts: &mut Facts) -> Result<()> {
    stage.clock.pass(60);
    stage.start_phone()?;
    let phone = stage.phone()?;
    facts.same("analytics cookies before", "allowed", word(&phone.explain(ANALYTICS)));
    refuse_writes(&stage.ledger())?;
    facts.same("the withdrawal", "not recorded", ended(&phone.withdraw(&[ANALYTICS])));
    facts.same(
        "the opt-out of the browser (GPC)",
        "not recorded",
        ended(&phone.report_signals(Signals { gpc: Some(true), ..Signals::default() })),
    );
    let from_disk = (stage.sabotage == Some(Sabotage::WaitForDisk)).then(|| stage.phone_from_disk()).transpose()?;
    let answers = from_disk.as_ref().unwrap_or(phone);
    facts.same("analytics cookies, at once", "withdrawn", word(&answers.explain(ANALYTICS)));
    let heard = answers.explain(ADS).reasons.contains(&Reason::Gpc);
    facts.same("personalised ads, at once", "denied by gpc", if heard { "denied by gpc" } else { "not denied by gpc" });
    facts.same("held until it can be recorded", "analytics, gpc", held(phone));
    drop(from_disk);
    take_writes(&stage.ledger())?;
    facts.same("sync, once the disk is back", "up to date", sync(phone)?.0);
    facts.same("held once the disk is back", "nothing", held(phone));
    stage.end_phone()?;
    stage.start_phone()?;
    facts.same("analytics cookies, after a restart", "withdrawn", word(&stage.phone()?.explain(ANALYTICS)));
    Ok(())
}

fn ended<T>(outcome: &consentkit::error::Result<T>) -> &'static str {
    match outcome {
        Ok(_) => "recorded",
        Err(Error::StoreUnavailable { .. }) => "not recorded",
        Err(_) => "refused",
    }
}

/// What is held, in a word each.
fn held(consent: &Consent) -> String {
    let word = |kind| match kind {
        DenialKind::No => "analytics",
        DenialKind::Gpc => "gpc",
        _ => "something else",
    };
    let held: Vec<&str> = consent.unrecorded().into_iter().map(|held| word(held.kind)).collect();
    if held.is_empty() { "nothing".to_owned() } else { held.join(", ") }
}

/// Lets the file refuse every new record, as a full disk does. The story has no disk to fill, so the schema itself refuses.
fn refuse_writes(ledger: &Path) -> Result<()> {
    let refuse = "CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    Ok(Connection::open(ledger)?.execute_batch(refuse)?)
}

fn take_writes(ledger: &Path) -> Result<()> {
    Ok(Connection::open(ledger)?.execute_batch("DROP TRIGGER full")?)
}
