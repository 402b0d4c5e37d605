//! Signals: what the host reads from the platform, at open and at each return to the foreground, and what it knows of the person.

use std::sync::atomic::Ordering;

use super::{
    Consent,
    commit::Pen,
    denial::{Denial, Denied},
};
use crate::{
    error::Result,
    ledger::{Body, SignalRecord},
    signal::{AgeBand, DEFAULT_AGE_OF_CONSENT, PersonSignals, Signals},
    sync::protocol::ChangeKind,
};

impl Consent {
    /// Reports what the platform says now, and what the app knows of the person; a field that is `None` keeps its last value.
    ///
    /// Call it at open, at each return to the foreground, and after each sign-in and sign-out: age band and guardian belong to the person and
    /// end with it. A change is a record with the OS as its source, not a withdrawal (OPT-3), and goes to the server. A signal never grants.
    /// Returns when it is on disk.
    ///
    /// What takes a permission away counts from the call on, also where the call fails: see `unrecorded`.
    pub fn report_signals(&self, reported: Signals) -> Result<()> {
        let denials = self.signal_denials(reported)?;
        let age_of_consent = self.policy.load().age_of_consent();
        let written = self.write(&denials, |pen| {
            let signals = pen.head.state.signals.with(reported);
            record_signals(pen, signals, false)?;
            let person = pen.head.state.person.clone();
            report_person(pen, &person, reported, age_of_consent)
        });
        if reported.tracking.is_some() && self.tracking_read.swap(written.is_ok(), Ordering::Relaxed) != written.is_ok() {
            // Read: the same permission as before is no record, but from now on it counts. Not written: an old permission must not
            // stand in for what could not be recorded.
            self.present.read_again(|recorded| self.seen_signals(recorded), &self.observers);
            self.tell();
        }
        written
    }

    /// What reported signals take away that the present state does not deny already.
    pub(super) fn signal_denials(&self, reported: Signals) -> Result<Vec<Denial>> {
        self.meet_news();
        let (present, stamp) = (self.present.load_full(), self.stamp());
        // What still denies of somebody whose leaving is not on disk is not said of the one who follows.
        let just_came = self.present.denials().iter().any(|denial| denial.brought(&present.person));
        let of_person = |denial: &Signals| denial.age.is_some() || denial.guardian.is_some();
        let is_news = |denial: &Signals| (just_came && of_person(denial)) || present.recorded.denied_by(*denial) != present.recorded;
        let news = reported.denials().into_iter().filter(is_news);
        let denied = news.map(|reported| match (reported.age, reported.guardian) {
            (None, None) => Denied::Signal(reported),
            _ => Denied::Person { person: present.person.clone(), reported },
        });
        denied.map(|denied| self.denial(&stamp, denied)).collect()
    }
}

/// Records a device's signals where they differ from the last ones.
pub(super) fn record_signals(pen: &mut Pen<'_>, signals: Signals, ad_id_changed: bool) -> Result<()> {
    let (before, signals) = (of_device(pen.head.state.signals), of_device(signals));
    if before == signals && !ad_id_changed {
        return Ok(());
    }
    let body = device_record(pen, signals, ad_id_changed);
    // The permission to show notifications decides nothing (KR-6): it stays on the device.
    let decides = (before.tracking, before.ad_id, before.gpc) != (signals.tracking, signals.ad_id, signals.gpc);
    if decides || ad_id_changed {
        pen.send(body)?;
    } else {
        let install = pen.head.state.install.clone();
        pen.append(&install, body)?;
    }
    Ok(())
}

fn device_record(pen: &Pen<'_>, signals: Signals, ad_id_changed: bool) -> Body {
    let (subject, platform) = (pen.head.state.device.clone(), Some(pen.stamp.platform));
    Body::Signal(SignalRecord { subject, signals, age_of_consent: None, platform, ad_id_changed })
}

/// Records what is reported of a person, where that is news.
pub(super) fn report_person(pen: &mut Pen<'_>, person: &str, reported: Signals, age_of_consent: u32) -> Result<()> {
    let before = person_signals(pen, person);
    let guardian = reported.guardian.or(before.guardian);
    let said = match reported.age {
        None => PersonSignals { guardian, ..before },
        // Nothing is known and nothing was: no record.
        Some(AgeBand::Unknown) if before.age.is_none() => PersonSignals { guardian, ..before },
        age => PersonSignals { age, age_of_consent: Some(age_of_consent).filter(|age| *age != DEFAULT_AGE_OF_CONSENT), guardian },
    };
    record_person(pen, person, said)
}

/// Records what is said of a person, unless a record of this installation's own says the same.
pub(super) fn record_person(pen: &mut Pen<'_>, person: &str, said: PersonSignals) -> Result<()> {
    let told = pen.head.state.subjects.get(person).is_none_or(|subject| !subject.untold);
    if told && person_signals(pen, person) == said {
        return Ok(());
    }
    let signals = Signals { age: said.age, guardian: said.guardian, ..Signals::default() };
    let record =
        SignalRecord { subject: person.to_owned(), signals, age_of_consent: said.age_of_consent, platform: None, ad_id_changed: false };
    pen.send(Body::Signal(record))?;
    Ok(())
}

/// Says again what is known of the person in front of the screen, where no record of this installation's own says it.
pub(super) fn tell_person(pen: &mut Pen<'_>) -> Result<()> {
    let person = pen.head.state.person.clone();
    let said = person_signals(pen, &person);
    if pen.head.state.subjects.get(&person).is_some_and(|subject| subject.untold) {
        // What denies is kept when a file is restored. The record that follows says all that is known of the person, so an earlier one that
        // still waits says nothing more, and one would be added with every further restore.
        pen.replace_waiting(&person, ChangeKind::Signal)?;
    }
    record_person(pen, &person, said)
}

/// Says again what is known of a copied file's device and person: the server has heard nothing of the installation that begins.
pub(super) fn tell_signals(pen: &mut Pen<'_>) -> Result<()> {
    let signals = of_device(pen.head.state.signals);
    if signals != Signals::default() {
        let body = device_record(pen, signals, false);
        pen.send(body)?;
    }
    tell_person(pen)
}

/// What was said last of a person.
pub(super) fn person_signals(pen: &Pen<'_>, person: &str) -> PersonSignals {
    pen.head.state.subjects.get(person).map(|subject| subject.signals).unwrap_or_default()
}

fn of_device(signals: Signals) -> Signals {
    Signals { age: None, guardian: None, ..signals }
}
