//! What is held in memory alone, laid over the state of the file. It only ever takes permissions away.

use std::sync::Arc;

use super::{
    denial::{Denial, Denied},
    snapshot::Snapshot,
};
use crate::{
    ledger::{AskAgain, CurrentAnswer, Status},
    policy::{Policy, Scope, Uses},
    signal::{AgeBand, Guardian},
};

impl Snapshot {
    /// The same state with these denials laid over it, in the order of the taps.
    pub fn denied_by(&self, denials: &[Denial]) -> Self {
        self.changed(&|snapshot| denials.iter().for_each(|denial| apply(denial, snapshot)))
    }

    fn deny(&mut self, scope: Scope, subject: &str, purpose: &str, status: Status, at: i64) {
        if scope == Scope::Device || self.is_about(subject) {
            let silence = self.answers.get(purpose).map(|before| before.silence).unwrap_or_default();
            self.answers.insert(purpose.to_owned(), CurrentAnswer { status, at, silence, ..CurrentAnswer::default() });
        }
    }

    /// True where this person is in front of the screen. What was said while the file could not be read names nobody: it is about whoever is
    /// there.
    fn is_about(&self, person: &str) -> bool {
        person.is_empty() || self.person == person
    }

    /// Lets what a later edition takes away count while the one in force stays in force: a purpose is allowed where both allow it. Its name
    /// and number stay, and so do the texts that a form shows, since the later edition is not in the file yet.
    fn narrow(&mut self, later: &Policy) {
        let in_force = &self.policy;
        let purposes = in_force.purposes.iter().filter_map(|purpose| later.purpose(&purpose.id).cloned()).collect();
        if later.age_of_consent() > in_force.age_of_consent() {
            // Whoever is above the lower age may be below the higher one.
            for signals in [&mut self.signals, &mut self.recorded] {
                signals.age.take_if(|age| *age == AgeBand::Above);
            }
        }
        let (version, edition) = (in_force.version.clone(), in_force.edition);
        self.policy = Arc::new(Policy { purposes, version, edition, ..later.clone() });
    }

    /// True where a later edition allows less than the one in force, now or at some time.
    pub fn is_narrowed_by(&self, later: &Policy) -> bool {
        let mut narrowed = self.copy();
        narrowed.narrow(later);
        self.policy.purposes.iter().any(|purpose| narrowed.rule_of(&purpose.id) != self.rule_of(&purpose.id))
    }

    fn forget_person(&mut self, forgets: impl Fn(&CurrentAnswer) -> bool) {
        let policy = &self.policy;
        let of_device = |id: &str| policy.purpose(id).is_some_and(|purpose| purpose.scope == Scope::Device);
        self.answers.retain(|id, answer| of_device(id) || !forgets(answer));
    }
}

/// Lays one denial over a snapshot.
fn apply(denial: &Denial, snapshot: &mut Snapshot) {
    match &denial.what {
        Denied::No(choice) => snapshot.deny(choice.scope, &choice.subject, &choice.purpose, choice.choice.into(), denial.at),
        Denied::Import(import) => snapshot.deny(import.scope, &import.subject, &import.purpose, import.choice.into(), denial.at),
        Denied::Signal(reported) => {
            snapshot.signals = snapshot.signals.denied_by(*reported);
            snapshot.recorded = snapshot.recorded.denied_by(*reported);
        }
        Denied::Person { person, reported } if snapshot.is_about(person) => {
            snapshot.signals = snapshot.signals.denied_by(*reported);
            snapshot.recorded = snapshot.recorded.denied_by(*reported);
        }
        Denied::AnotherAdId(_) => {
            let uses_it = snapshot.policy.purposes.iter().filter(|purpose| purpose.uses == Some(Uses::AdvertisingId));
            for purpose in uses_it {
                if let Some(answer) = snapshot.answers.get_mut(&purpose.id).filter(|answer| answer.ask_again.is_none()) {
                    answer.ask_again = (answer.status == Status::Granted).then_some(AskAgain::AdIdChanged);
                }
            }
        }
        Denied::Left { person, next } if snapshot.person == *person || (person.is_empty() && snapshot.signed_in) => {
            snapshot.forget_person(|_| true);
            // Age band and guardian were that person's, so what they allow ends now. What they deny ends only once the sign-out is recorded.
            for signals in [&mut snapshot.signals, &mut snapshot.recorded] {
                signals.age.take_if(|age| *age == AgeBand::Above);
                signals.guardian.take_if(|guardian| *guardian == Guardian::Verified);
            }
            snapshot.person.clone_from(next);
            snapshot.signed_in = false;
        }
        Denied::Arriving { person } if snapshot.person == *person => {
            // Nor does that person's silence.
            snapshot.forget_person(|answer| matches!(answer.status, Status::Granted | Status::NotAnswered));
        }
        Denied::ServerState(told) if told.scope == Scope::Device || snapshot.person == told.subject => {
            let silence = snapshot.answers.get(&told.state.purpose).map(|before| before.silence).unwrap_or_default();
            snapshot.answers.insert(told.state.purpose.clone(), CurrentAnswer { silence, ..told.answer.clone() });
        }
        Denied::Edition { policy, .. } if policy.edition > snapshot.policy.edition => snapshot.narrow(policy),
        // The file has this edition or a later one by now.
        Denied::Edition { .. } => {}
        // Somebody else is in front of the screen by the file, so a denial about this person takes nothing away there.
        Denied::Left { .. } | Denied::Arriving { .. } | Denied::Person { .. } | Denied::ServerState(_) => {}
    }
}
