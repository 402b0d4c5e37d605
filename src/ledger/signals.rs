//! What is said of a device and of a person: the record, and what it changes.

use serde::Serialize;

use super::{Record, State, Touched};
use crate::{
    debug::silent,
    json::FromJson,
    signal::{PersonSignals, Platform, Signals},
};

/// What is said now of a device or of a person.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct SignalRecord {
    /// Reference of the device subject, or of the person's for what belongs to the person.
    pub subject: String,
    /// All signals of that subject after the change: a device's without age and guardian, a person's with nothing else. Records of before
    /// told both with the device's.
    pub signals: Signals,
    /// The age of consent that the age band is about; absent for 14, and in a device's record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_of_consent: Option<u32>,
    /// The device's platform; absent in a person's record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// True where the advertising id was replaced by another one (AND-4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ad_id_changed: bool,
}

impl SignalRecord {
    /// What it says of a person.
    pub fn person(&self) -> PersonSignals {
        PersonSignals { age: self.signals.age, age_of_consent: self.age_of_consent, guardian: self.signals.guardian }
    }
}

impl State {
    /// Applies what is said of a device or of a person.
    pub(super) fn signal(&mut self, touched: &mut Touched, record: &Record, signal: &SignalRecord) {
        if signal.subject != self.device {
            let subject = self.subject_mut(touched, &signal.subject);
            (subject.signals, subject.untold) = (signal.person(), false);
            return;
        }
        // Records of before told age and guardian with the device's, and went on telling them after another person had come. What is new in
        // one is about the person who was there.
        let (before, now) = (self.signals, signal.signals);
        let (age, guardian) = (now.age.filter(|_| now.age != before.age), now.guardian.filter(|_| now.guardian != before.guardian));
        if age.is_some() || guardian.is_some() {
            let person = self.person.clone();
            let subject = self.subject_mut(touched, &person);
            let said = subject.signals;
            subject.signals = PersonSignals { age: age.or(said.age), age_of_consent: None, guardian: guardian.or(said.guardian) };
            subject.untold = true;
        }
        self.signals = now;
        if signal.ad_id_changed {
            self.ad_id_changed = Some(record.seq);
        }
        touched.head = true;
    }

    /// What the platform says, and beside it what is known of the person in front of the screen, as a policy with that age of consent reads
    /// it.
    pub fn present_signals(&self, age_of_consent: u32) -> Signals {
        let person = self.subjects.get(&self.person).map(|subject| subject.signals).unwrap_or_default();
        person.beside(self.signals, age_of_consent)
    }
}

silent!(SignalRecord);
