//! What a record of signals changes in the state, and the signals that count for the person in front of the screen.

use super::{Record, SignalRecord, State, Touched};
use crate::signal::{PersonSignals, Signals};

impl State {
    /// Applies a record of what the platform says of the device, or the app of a person.
    pub(super) fn signal(&mut self, touched: &mut Touched, record: &Record, signal: &SignalRecord) {
        if signal.subject != self.device {
            let subject = self.subject_mut(touched, &signal.subject);
            (subject.signals, subject.untold) = (signal.person(), false);
            return;
        }
        // Older versions wrote age and guardian into the device's records, and wrote them again after another person had come. So only what
        // differs from the record before is taken to be about the person who is there.
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

    /// What the platform says together with what is known of the person in front of the screen. The person's age is given as it is to be
    /// read under a policy with this age of consent.
    pub fn present_signals(&self, age_of_consent: u32) -> Signals {
        let person = self.subjects.get(&self.person).map(|subject| subject.signals).unwrap_or_default();
        person.beside(self.signals, age_of_consent)
    }
}
