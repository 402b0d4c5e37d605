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
    ledger::{Body, Link, RemoteState},
    policy::{Policy, Scope},
    signal::{DEFAULT_AGE_OF_CONSENT, Signals},
    sync::protocol::MAX_AFTER,
};

/// Records what earlier calls left in memory, in the order of the taps, each with its own time and for its own person. Gives the edition of
/// the policy that it put in force, where it did.
pub fn record_all(writer: &mut LedgerWriter<'_>, denials: &[Denial]) -> Result<Option<Policy>> {
    let mut adopted = None;
    for denial in denials {
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

fn record_denial(writer: &mut LedgerWriter<'_>, denial: &Denial) -> Result<()> {
    match &denial.what {
        Denied::No(choice) => {
            let mut choice = choice.clone();
            // On a copied file the device has another name by now. The no is the device's all the same.
            if choice.scope == Scope::Device {
                choice.subject.clone_from(&writer.head.state.device);
            }
            if is_recorded(writer, &choice.subject, &choice.purpose, &denial.op)? {
                return Ok(());
            }
            choice.choice = as_recorded(choice.choice, status_before(&writer.head.state, &choice.subject, &choice.purpose));
            writer.send_as(denial.op.clone(), Body::Choice(choice)).map(drop)
        }
        Denied::Import(import) => {
            let mut import = import.clone();
            if import.scope == Scope::Device {
                import.subject.clone_from(&writer.head.state.device);
            }
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
        Denied::Person { person, reported } => report_person(writer, person, *reported, DEFAULT_AGE_OF_CONSENT),
        Denied::AnotherAdId(tag) => record_ad_id(writer, Signals::default(), Some(tag)),
        Denied::Left { person, next } => {
            // What the person who follows has said is held behind this, so that person has to be a known subject first. Where a commit was
            // reported as failed and had succeeded, the subject is known already.
            if !writer.transaction.knows_subject(next)? {
                writer.transaction.add_subject(next, None)?;
            }
            if writer.head.state.person != *person {
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

/// True where a commit was reported as failed and had succeeded: then the no already waits to be sent.
fn is_recorded(writer: &LedgerWriter<'_>, subject: &str, purpose: &str, op: &str) -> Result<bool> {
    Ok(writer.transaction.waiting_withdrawals(subject, purpose, MAX_AFTER)?.iter().any(|waiting| waiting == op))
}
