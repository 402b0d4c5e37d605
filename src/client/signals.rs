//! Signals: what the host reads from the platform, at open and at each return to the foreground, and what it knows of the person.

use std::sync::atomic::Ordering;

use super::{
    denial::{Denial, Denied},
    open_ledger::OpenLedger,
    writing::{
        signals::{record_signals, report_person},
        writer::LedgerWriter,
    },
};
use crate::{error::Result, signal::Signals, store::Patience};

/// Records what is reported: see `Consent::report_signals`.
pub fn report(ledger: &OpenLedger, reported: Signals) -> Result<()> {
    let denials = denials_of(ledger, reported)?;
    let age_of_consent = ledger.policy_now().age_of_consent();
    let work = |writer: &mut LedgerWriter<'_>| {
        let signals = writer.head.state.signals.with(reported);
        record_signals(writer, signals, false)?;
        let person = writer.head.state.person.clone();
        report_person(writer, &person, reported, age_of_consent)
    };
    // A signal never grants. What is reported beside a denial may be written in the room of the no.
    let written = if denials.is_empty() { ledger.write(&[], work) } else { ledger.write_no(Patience::Waits, &denials, work) };
    if reported.tracking.is_some() && ledger.tracking_read.swap(written.is_ok(), Ordering::Relaxed) != written.is_ok() {
        // Where it was written, the permission was read in this process and counts from now on, also where it is the same as before and
        // made no record. Where it was not written, an old permission must not stand in for what could not be recorded.
        ledger.present.read_again(|recorded| ledger.seen_signals(recorded), &ledger.observers);
        ledger.tell();
    }
    written
}

/// What reported signals take away that the present state does not deny already.
pub fn denials_of(ledger: &OpenLedger, reported: Signals) -> Result<Vec<Denial>> {
    ledger.meet_news();
    let (present, stamp) = (ledger.present.load_full(), ledger.stamp());
    // After a sign-out that is not on disk yet, the signals still deny what they denied of the person who left. That was not said of the
    // person who follows, so what is reported now has to be held for that person as well.
    let just_came = ledger.present.denials().iter().any(|denial| denial.brought(&present.person));
    let of_person = |denial: &Signals| denial.age.is_some() || denial.guardian.is_some();
    let is_news = |denial: &Signals| (just_came && of_person(denial)) || present.recorded.denied_by(*denial) != present.recorded;
    let news = reported.denials().into_iter().filter(is_news);
    let denied = news.map(|reported| match (reported.age, reported.guardian) {
        (None, None) => Denied::Signal(reported),
        _ => Denied::Person { person: present.person.clone(), reported },
    });
    denied.map(|denied| ledger.denial(&stamp, denied)).collect()
}
