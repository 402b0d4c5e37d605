//! Erases what people said here and who they were, and keeps that they said no.

use std::{collections::BTreeSet, fs};

use super::{
    open_ledger::OpenLedger,
    pending::PendingChange,
    writing::{
        asked::asked,
        random::{random, random_name},
        writer::LedgerWriter,
    },
};
use crate::{
    error::Result,
    ledger::{Actor, Body, Choice, ChoiceKind, CurrentAnswer, Erased, Link, Method, Status, TextRef},
    policy::{Policy, Scope},
    store::{
        NO_PURPOSE, OutboxRow, aside,
        settings::{AD_ID_TAG, ERASING, HELD_BACK, SHOWN_KEY, TAKEN_IN},
    },
    sync::{device_rule::current_answer, protocol::ChangeKind},
};

/// What an answer that is kept bears as its form.
const NO_SURFACE: &str = "none";

/// What was erased, and what is left of it for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EraseReport {
    /// Records whose bytes are gone.
    pub records: i64,
    /// Refusals and withdrawals that the server has not acknowledged. They are kept with the account that they are sent for, and erased by the
    /// sync that brings the acknowledgement.
    pub waiting: Vec<PendingChange>,
}

/// A no that stands when everything is erased.
struct StandingNo {
    scope: Scope,
    purpose: String,
    said: CurrentAnswer,
}

/// Erases: see `Consent::erase`.
pub fn erase(ledger: &OpenLedger) -> Result<EraseReport> {
    let policy = ledger.policy_now();
    let report = ledger.write(&[], |writer| {
        let (until, standing) = (writer.head.seq, standing_noes(writer));
        let left = keep_only_noes(writer)?;
        let records = blank(writer, until, &left)?;
        begin_anew(writer, until)?;
        for no in &standing {
            say_again(writer, &policy, no)?;
        }
        forget_who_it_was(writer)?;
        if left.is_empty() {
            writer.transaction.drop_setting(ERASING)?;
        } else {
            writer.transaction.set_setting(ERASING, &until.to_be_bytes())?;
        }
        let waiting = left.into_iter().filter(|row| row.lowers).map(PendingChange::from).collect();
        Ok(EraseReport { records, waiting })
    })?;
    ledger.mailbox.empty();
    ledger.store.scrub()?;
    for path in aside(&ledger.options.path) {
        drop(fs::remove_file(path));
    }
    Ok(report)
}

/// Goes on with an erasure that waited for the server's word on a no. Where none waits for it, or none was acknowledged, it does nothing.
pub fn go_on(ledger: &OpenLedger) -> Result<()> {
    let begun = |bytes: Vec<u8>| bytes.try_into().ok().map(i64::from_be_bytes);
    let Some(until) = ledger.read(|transaction, _| Ok(transaction.setting(ERASING)?.and_then(begun)))? else { return Ok(()) };
    let erased = ledger.write(&[], |writer| {
        let left: Vec<OutboxRow> = writer.transaction.waiting(false, i64::MAX)?.into_iter().filter(|row| row.seq <= until).collect();
        let left = noes_and_their_links(left);
        let erased = blank(writer, until, &left)?;
        if erased > 0 {
            forget_who_it_was(writer)?;
        }
        if left.is_empty() {
            writer.transaction.drop_setting(ERASING)?;
        }
        Ok(erased)
    })?;
    if erased > 0 { ledger.store.scrub() } else { Ok(()) }
}

/// What the device and the person in front of the screen said no to, here or elsewhere.
fn standing_noes(writer: &LedgerWriter<'_>) -> Vec<StandingNo> {
    let state = &writer.head.state;
    let mut noes = vec![];
    for (reference, scope) in [(&state.device, Scope::Device), (&state.person, Scope::Person)] {
        let Some(subject) = state.subjects.get(reference) else { continue };
        for (purpose, key) in &subject.keys {
            let said = current_answer(key, reference, &state.install);
            if matches!(said.status, Status::Refused | Status::Withdrawn) && purpose != NO_PURPOSE {
                noes.push(StandingNo { scope, purpose: purpose.clone(), said });
            }
        }
    }
    noes
}

/// Takes everything out of the queue but what takes something away, and gives what is left in it.
fn keep_only_noes(writer: &mut LedgerWriter<'_>) -> Result<Vec<OutboxRow>> {
    let rows = writer.transaction.waiting(false, i64::MAX)?;
    let left = noes_and_their_links(rows.clone());
    for row in rows.iter().filter(|row| !left.contains(row)) {
        writer.transaction.dequeue(row)?;
    }
    Ok(left)
}

/// The refusals and withdrawals, and the records without which the server may not know whose they are.
fn noes_and_their_links(rows: Vec<OutboxRow>) -> Vec<OutboxRow> {
    let of: BTreeSet<String> = rows.iter().filter(|row| row.lowers).map(|row| row.subject.clone()).collect();
    rows.into_iter().filter(|row| row.lowers || (row.kind == ChangeKind::Link && of.contains(&row.subject))).collect()
}

/// Takes the bytes of the records up to `until` away, but for those that wait and those that nobody said anything in, and makes the state
/// anew from what is left. Gives how many went.
fn blank(writer: &mut LedgerWriter<'_>, until: i64, left: &[OutboxRow]) -> Result<i64> {
    let waits: BTreeSet<i64> = left.iter().map(|row| row.seq).collect();
    let device = writer.head.state.device.clone();
    let mut gone = vec![];
    writer.transaction.records(1, |record| {
        let stays = match &record.body {
            // Without these the chain cannot be followed, and no policy is known.
            Body::Install(_) | Body::Restore(_) | Body::Policy(_) | Body::Announced(_) | Body::Erased(_) => true,
            // What the platform says of the device caps what is allowed, and says nothing of anybody.
            Body::Signal(signal) => signal.subject == device,
            _ => false,
        };
        if record.seq <= until && !stays && !waits.contains(&record.seq) {
            gone.push(record.seq);
        }
        Ok(record.seq < until)
    })?;
    if !gone.is_empty() {
        writer.transaction.blank(&gone)?;
        *writer.head = writer.transaction.fold_what_is_left()?;
    }
    Ok(i64::try_from(gone.len()).unwrap_or(i64::MAX))
}

/// Says in the ledger that it was erased, and lets somebody be in front of the screen of whom nothing is known.
fn begin_anew(writer: &mut LedgerWriter<'_>, until: i64) -> Result<()> {
    let install = writer.head.state.install.clone();
    writer.append(&install, Body::Erased(Erased { until }))?;
    let subject = random_name()?;
    writer.transaction.add_subject(&subject, None)?;
    writer.append(&install, Body::Link(Link { subject, account: false }))?;
    writer.transaction.set_setting(SHOWN_KEY, &random::<32>()?)
}

/// Records a no that stands for whoever is in front of the screen now. The server has heard it or is about to, so it is not sent.
fn say_again(writer: &mut LedgerWriter<'_>, policy: &Policy, no: &StandingNo) -> Result<()> {
    let state = &writer.head.state;
    let subject = if no.scope == Scope::Device { state.device.clone() } else { state.person.clone() };
    let text = match asked(policy, &no.purpose) {
        Some(asked) => asked.text,
        None => TextRef {
            id: policy.id.clone(),
            version: policy.version.clone(),
            edition: policy.edition,
            material: no.said.material,
            text: None,
        },
    };
    let choice = Choice {
        subject,
        scope: no.scope,
        purpose: no.purpose.clone(),
        choice: if no.said.status == Status::Withdrawn { ChoiceKind::Withdrawn } else { ChoiceKind::Refused },
        policy: text,
        language: String::new(),
        surface: NO_SURFACE.into(),
        method: Method::Toggle,
        actor: Actor::Person,
        seen: None,
        after: vec![],
    };
    let (install, now) = (state.install.clone(), writer.stamp.now);
    writer.stamp.now = no.said.at;
    let appended = writer.append(&install, Body::Choice(choice));
    writer.stamp.now = now;
    appended.map(drop)
}

/// Forgets the accounts, and whatever else is kept beside the records that is somebody's.
fn forget_who_it_was(writer: &mut LedgerWriter<'_>) -> Result<()> {
    let waiting = writer.transaction.waiting_subjects()?;
    let state = &writer.head.state;
    let stay: BTreeSet<String> = waiting.into_iter().chain([state.device.clone(), state.person.clone()]).collect();
    writer.transaction.forget_subjects_but(&stay)?;
    for name in [AD_ID_TAG, TAKEN_IN] {
        writer.transaction.drop_setting(name)?;
    }
    writer.transaction.drop_settings(HELD_BACK)?;
    writer.head.pending = writer.transaction.count_outbox()?;
    Ok(())
}
