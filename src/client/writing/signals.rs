//! Records of signals: what the platform says of the device, and what is known of a person.

use super::writer::LedgerWriter;
use crate::{
    error::Result,
    ledger::{Body, SignalRecord},
    signal::{AgeBand, DEFAULT_AGE_OF_CONSENT, PersonSignals, Signals},
    sync::protocol::ChangeKind,
};

/// Records a device's signals where they differ from the last ones.
pub fn record_signals(writer: &mut LedgerWriter<'_>, signals: Signals, ad_id_changed: bool) -> Result<()> {
    let (before, signals) = (of_device(writer.head.state.signals), of_device(signals));
    if before == signals && !ad_id_changed {
        return Ok(());
    }
    let body = device_record(writer, signals, ad_id_changed);
    // The permission to show notifications decides nothing (KR-6), so a change of it alone is not sent.
    let decides = (before.tracking, before.ad_id, before.gpc) != (signals.tracking, signals.ad_id, signals.gpc);
    if decides || ad_id_changed {
        writer.send(body)?;
    } else {
        let install = writer.head.state.install.clone();
        writer.append(&install, body)?;
    }
    Ok(())
}

fn device_record(writer: &LedgerWriter<'_>, signals: Signals, ad_id_changed: bool) -> Body {
    let (subject, platform) = (writer.head.state.device.clone(), Some(writer.stamp.platform));
    Body::Signal(SignalRecord { subject, signals, age_of_consent: None, platform, ad_id_changed })
}

/// Records what is reported of a person, where that is news.
pub fn report_person(writer: &mut LedgerWriter<'_>, person: &str, reported: Signals, age_of_consent: u32) -> Result<()> {
    let before = person_signals(writer, person);
    let guardian = reported.guardian.or(before.guardian);
    let said = match reported.age {
        None => PersonSignals { guardian, ..before },
        // Nothing is known now and nothing was known before, so there is nothing to record.
        Some(AgeBand::Unknown) if before.age.is_none() => PersonSignals { guardian, ..before },
        age => PersonSignals { age, age_of_consent: Some(age_of_consent).filter(|age| *age != DEFAULT_AGE_OF_CONSENT), guardian },
    };
    record_person(writer, person, said)
}

/// Records what is said of a person, unless a record of this installation's own says the same.
pub fn record_person(writer: &mut LedgerWriter<'_>, person: &str, said: PersonSignals) -> Result<()> {
    let told = writer.head.state.subjects.get(person).is_none_or(|subject| !subject.untold);
    if told && person_signals(writer, person) == said {
        return Ok(());
    }
    let signals = Signals { age: said.age, guardian: said.guardian, ..Signals::default() };
    let record =
        SignalRecord { subject: person.to_owned(), signals, age_of_consent: said.age_of_consent, platform: None, ad_id_changed: false };
    writer.send(Body::Signal(record))?;
    Ok(())
}

/// Says again what is known of the person in front of the screen, where no record of this installation's own says it.
pub fn tell_person(writer: &mut LedgerWriter<'_>) -> Result<()> {
    let person = writer.head.state.person.clone();
    let said = person_signals(writer, &person);
    if writer.head.state.subjects.get(&person).is_some_and(|subject| subject.untold) {
        // Where a file is restored, the signals of a person that deny stay in the queue. The record that follows says all that is known of
        // the person, so an earlier one that still waits is taken out; otherwise one would be added with every further restore.
        writer.replace_waiting(&person, ChangeKind::Signal)?;
    }
    record_person(writer, &person, said)
}

/// Says again what is known of the device and the person of a copied file, because the server has heard nothing from the installation that
/// begins on it.
pub fn tell_signals(writer: &mut LedgerWriter<'_>) -> Result<()> {
    let signals = of_device(writer.head.state.signals);
    if signals != Signals::default() {
        let body = device_record(writer, signals, false);
        writer.send(body)?;
    }
    tell_person(writer)
}

/// What was said last of a person.
pub fn person_signals(writer: &LedgerWriter<'_>, person: &str) -> PersonSignals {
    writer.head.state.subjects.get(person).map(|subject| subject.signals).unwrap_or_default()
}

fn of_device(signals: Signals) -> Signals {
    Signals { age: None, guardian: None, ..signals }
}
