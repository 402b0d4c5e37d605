//! Whether a person's silence counts: what a record changes in what is known of all that was said elsewhere.

use super::{Link, PolicyAdopted, PullEnded, Pulled, Silence, State, Subject, SubjectKind, Touched};

impl State {
    /// What it is worth that the person, or the device, said nothing to a purpose that is allowed until somebody objects.
    pub fn silence(&self, subject: &str, purpose: &str) -> Silence {
        match self.subjects.get(subject).map(|subject| subject.pulled) {
            Some(Pulled::All) if self.asked_before.iter().any(|asked| asked == purpose) => Silence::NeedsAnswer,
            Some(Pulled::All) => Silence::Allows,
            Some(Pulled::Lost) => Silence::NeedsAnswer,
            Some(Pulled::NotYet | Pulled::Never) | None => Silence::NotPulled,
        }
    }

    pub(super) fn adopt(&mut self, touched: &mut Touched, policy: &PolicyAdopted) {
        for purpose in &policy.asked_before {
            if !self.asked_before.contains(purpose) {
                self.asked_before.push(purpose.clone());
            }
        }
        if policy.pull_first {
            // Of an anonymous person of whom the server never told anything it holds nothing either.
            self.forget_pulls_of(touched, |subject| subject.keys.values().any(|key| key.remote.is_some()));
        }
        self.policy = Some(policy.clone());
        touched.head = true;
    }

    /// Somebody else comes in front of the screen. The record may also tell the server once more who is there; then nothing changes.
    pub(super) fn link_silence(&mut self, touched: &mut Touched, link: &Link) {
        if link.subject != self.person || link.account != self.signed_in {
            self.subject_mut(touched, &link.subject).pulled = if link.account { Pulled::NotYet } else { Pulled::Never };
        }
    }

    pub(super) fn end_pull(&mut self, touched: &mut Touched, ended: &PullEnded) {
        if let Some(Pulled::NotYet) = self.subjects.get(&ended.subject).map(|subject| subject.pulled) {
            self.subject_mut(touched, &ended.subject).pulled = Pulled::All;
        }
    }

    /// The server says that a yes overtook a no, and no such no is known here. So the server has not told all that was said.
    pub(super) fn doubt_silence(&mut self, touched: &mut Touched, subject: &str) {
        if self.subjects.get(subject).is_some_and(|subject| subject.pulled == Pulled::All) {
            self.subject_mut(touched, subject).pulled = Pulled::NotYet;
        }
    }

    /// What the persons said elsewhere is not known any more, since the file may be older than that.
    pub(super) fn forget_pulls(&mut self, touched: &mut Touched) {
        self.forget_pulls_of(touched, |_| true);
    }

    fn forget_pulls_of(&mut self, touched: &mut Touched, anonymous: impl Fn(&Subject) -> bool) {
        for (reference, subject) in &mut self.subjects {
            let concerns = match subject.kind {
                SubjectKind::Account => true,
                SubjectKind::Anonymous => anonymous(subject),
                SubjectKind::Device | SubjectKind::FormerDevice => false,
            };
            if concerns && subject.pulled == Pulled::All {
                subject.pulled = Pulled::NotYet;
                touched.subjects.push(reference.clone());
            }
        }
    }
}
