//! Records what earlier calls took away and could not write: see `Consent::unrecorded`.

use super::{
    ad_id::record_ad_id,
    choices::{as_recorded, fitted, status_before},
    editions::adopt_late,
    signals::{record_signals, report_person},
    writer::LedgerWriter,
};
use crate::{
    client::{
        denial::{Denial, Denied},
        sync::states::record_held,
    },
    error::Result,
    ledger::{Body, Link, RemoteState, State},
    policy::{Policy, Scope},
    signal::{DEFAULT_AGE_OF_CONSENT, Signals},
    store::settings::TAKEN_IN,
    sync::protocol::MAX_AFTER,
};

/// Records what earlier calls left in memory, in the order of the taps, each with its own time and for its own person. Gives the edition of
/// the policy that it put in force, where it did.
///
/// `posted` names those that lie in the mailbox, too. That they are recorded is remembered in the same transaction, so that each is recorded
/// once, also where the process ends before the mailbox is emptied.
pub fn record_all(writer: &mut LedgerWriter<'_>, denials: &[Denial], posted: &[String]) -> Result<Option<Policy>> {
    let mut adopted = None;
    let taken_in = if denials.is_empty() { vec![] } else { taken_in(writer)? };
    if !posted.is_empty() && posted != taken_in {
        writer.transaction.set_setting(TAKEN_IN, posted.join(" ").as_bytes())?;
    }
    for denial in denials.iter().filter(|denial| !taken_in.contains(&denial.op)) {
        let now = writer.stamp.clone();
        (writer.stamp.now, writer.stamp.offset) = (denial.at, denial.offset);
        match &denial.what {
            Denied::Edition { policy, document } => adopted = adopt_late(writer, policy, document)?.or(adopted),
            _ => record_denial(writer, denial)?,
        }
        writer.stamp = now;
    }
    Ok(adopted)
}

/// The operations of the letters that were taken in last.
fn taken_in(writer: &LedgerWriter<'_>) -> Result<Vec<String>> {
    let said = writer.transaction.setting(TAKEN_IN)?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&said).split(' ').map(str::to_owned).collect())
}

fn record_denial(writer: &mut LedgerWriter<'_>, denial: &Denial) -> Result<()> {
    match &denial.what {
        Denied::No(choice) => {
            let mut choice = choice.clone();
            choice.subject = whose(writer, choice.scope, choice.subject)?;
            if is_recorded(writer, &choice.subject, &choice.purpose, &denial.op)? {
                return Ok(());
            }
            choice.choice = as_recorded(choice.choice, status_before(&writer.head.state, &choice.subject, &choice.purpose));
            writer.send_as(denial.op.clone(), Body::Choice(choice)).map(drop)
        }
        Denied::Import(import) => {
            let mut import = import.clone();
            import.subject = whose(writer, import.scope, import.subject)?;
            if is_recorded(writer, &import.subject, &import.purpose, &denial.op)? {
                return Ok(());
            }
            match fitted(&writer.head.state, import) {
                Some(import) => writer.send_as(denial.op.clone(), Body::Import(import)).map(drop),
                None => Ok(()),
            }
        }
        Denied::Signal(reported) => {
            let signals = writer.head.state.signals.with(*reported);
            record_signals(writer, signals, false)
        }
        // Only a band that denies is held, and such a band denies whatever age of consent it is recorded with.
        Denied::Person { person, reported } => {
            let person = if person.is_empty() { writer.head.state.person.clone() } else { person.clone() };
            report_person(writer, &person, *reported, DEFAULT_AGE_OF_CONSENT)
        }
        Denied::AnotherAdId(tag) => record_ad_id(writer, Signals::default(), Some(tag)),
        Denied::Left { person, next } => {
            // What the person who follows has said is held behind this, so that person has to be a known subject first. Where a commit was
            // reported as failed and had succeeded, the subject is known already.
            if !writer.transaction.knows_subject(next)? {
                writer.transaction.add_subject(next, None)?;
            }
            // A sign-out while the file could not be read names nobody: whoever was signed in has left.
            let State { person: here, signed_in, .. } = &writer.head.state;
            if if person.is_empty() { !signed_in } else { here != person } {
                return Ok(());
            }
            let install = writer.head.state.install.clone();
            writer.append(&install, Body::Link(Link { subject: next.clone(), account: false })).map(drop)
        }
        // On a copied file the device has another name by now, under which the server has numbered nothing yet. The no counts for the device
        // all the same, without its numbers. No form of before is taken on this installation, so no yes can pass it unseen.
        Denied::ServerState(told) if told.scope == Scope::Device && told.subject != writer.head.state.device => {
            let state = RemoteState { numbering: String::new(), epoch: 0, withdrawals: vec![], base: None, ..told.state.clone() };
            let device = writer.head.state.device.clone();
            record_held(writer, &device, &state)
        }
        Denied::ServerState(told) => record_held(writer, &told.subject, &told.state),
        Denied::Arriving { .. } | Denied::Edition { .. } => Ok(()),
    }
}

/// Whose a no is by the file as it is now. On a copied file the device has another name, and a file that was lost with its people and begun
/// anew has another person in front of the screen, to whom a no of the mailbox belongs then.
fn whose(writer: &LedgerWriter<'_>, scope: Scope, subject: String) -> Result<String> {
    let state = &writer.head.state;
    Ok(match scope {
        Scope::Device => state.device.clone(),
        Scope::Person if writer.transaction.knows_subject(&subject)? => subject,
        Scope::Person => state.person.clone(),
    })
}

/// True where a commit was reported as failed and had succeeded: then the no already waits to be sent.
fn is_recorded(writer: &LedgerWriter<'_>, subject: &str, purpose: &str, op: &str) -> Result<bool> {
    Ok(writer.transaction.waiting_withdrawals(subject, purpose, MAX_AFTER)?.iter().any(|waiting| waiting == op))
}
