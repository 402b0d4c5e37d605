//! Denials that are not on disk yet: they count in memory from the call on, until a write records them.

use std::sync::Arc;

use super::Snapshot;
use crate::{
    ledger::{AskAgain, Choice, CurrentAnswer, Import, RemoteState, Status},
    policy::{Policy, Purpose, Scope, Uses},
    signal::{AgeBand, Guardian, Signals},
};

/// What a denial in memory is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum DenialKind {
    /// A refusal or a withdrawal, said here or heard from the server.
    No,
    /// A no brought from an older store of the app.
    Import,
    /// Tracking is denied, restricted or not yet asked for.
    Tracking,
    /// The advertising id is limited or cannot be had.
    AdvertisingId,
    /// The advertising id was replaced by another one.
    AnotherAdvertisingId,
    /// Global Privacy Control is on.
    Gpc,
    /// The person may be too young to consent alone.
    Age,
    /// No guardian is verified.
    Guardian,
    /// The person who was signed in has left.
    SignOut,
    /// An account was to sign in over an anonymous person.
    SignIn,
    /// A delivered edition of the policy that asks again or guards more.
    Policy,
}

/// A denial that counts and is held in memory alone, because the file could not be written. The next call that can write records it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Unrecorded {
    /// What it is about.
    pub kind: DenialKind,
    /// The purpose, for a no.
    pub purpose: Option<String>,
    /// Since when it counts, Unix milliseconds on this device's clock.
    pub since: i64,
}

/// What denies.
#[derive(Clone)]
pub(super) enum Denied {
    /// A refusal or a withdrawal. For a person it bears the subject who said it.
    No(Choice),
    /// A no from an older store.
    Import(Import),
    /// One field of the device's signals.
    Signal(Signals),
    /// One field of what is said of a person.
    Person { person: String, reported: Signals },
    /// Another advertising id, by its keyed hash.
    AnotherAdId(Vec<u8>),
    /// A person left, and an anonymous one follows.
    Left { person: String, next: String },
    /// An account was to take this anonymous person's place. Where the sign-in fails it has not happened, so nothing of it is recorded;
    /// yet the app may go on as if it had, so until the next write this person's grants do not answer for the account.
    Arriving { person: String },
    /// The server told of a state that takes something away.
    Told(Box<Told>),
    /// An edition of the policy was delivered that allows less than the one in force.
    Edition { policy: Arc<Policy>, document: String },
}

/// A state that the server told of and that is not on disk yet.
#[derive(Clone)]
pub(super) struct Told {
    /// Whether it is the device's or a person's.
    pub scope: Scope,
    /// Reference of the subject that it is about.
    pub subject: String,
    /// The state, as the ledger will keep it.
    pub state: RemoteState,
    /// Where the purpose stands with it.
    pub answer: CurrentAnswer,
}

/// A denial, from the call on until it is on disk.
#[derive(Clone)]
pub(super) struct Denial {
    /// Names it within one `Consent`; 0 until it is held.
    pub id: u64,
    /// True once the call that brought it has failed: then any write records it, and before that only its own call.
    pub left_over: bool,
    /// When it was said or reported, Unix milliseconds.
    pub at: i64,
    /// Minutes that local time was ahead of UTC then.
    pub offset: i32,
    /// The operation that will record it. A form drawn meanwhile names it as seen.
    pub op: String,
    pub what: Denied,
}

impl Denial {
    /// Whose no to which purpose it is.
    pub fn no_to(&self) -> Option<(Scope, &str, &str)> {
        match &self.what {
            Denied::No(choice) => Some((choice.scope, &choice.subject, &choice.purpose)),
            Denied::Import(import) => Some((import.scope, &import.subject, &import.purpose)),
            _ => None,
        }
    }

    /// True where it is a no of this subject to this purpose. What the device said stays with the device, by whichever name: a copied
    /// file renames it.
    pub fn is_no_of(&self, purpose: &Purpose, subject: &str) -> bool {
        let is_of = |(scope, by, to): (Scope, &str, &str)| to == purpose.id && (scope == Scope::Device || by == subject);
        self.no_to().is_some_and(is_of)
    }

    /// The state that the server told of this subject and purpose, where this is one.
    pub fn told_of(&self, purpose: &str, subject: &str) -> Option<&RemoteState> {
        match &self.what {
            Denied::Told(told) if told.subject == subject && told.state.purpose == purpose => Some(&told.state),
            _ => None,
        }
    }

    /// True where it made this person the one in front of the screen.
    pub fn brought(&self, person: &str) -> bool {
        matches!(&self.what, Denied::Left { next, .. } if next == person)
    }

    /// False for a sign-in that failed: nothing of it is recorded, so it ends with the next write of something else.
    pub fn is_recorded_by_itself(&self) -> bool {
        !matches!(self.what, Denied::Arriving { .. })
    }

    /// True where one of the two is enough: at most one is held for each person and purpose, each signal, and each person who left.
    pub fn is_of_the_same(&self, other: &Self) -> bool {
        match (&self.what, &other.what) {
            (Denied::Signal(_), Denied::Signal(_)) => self.kind() == other.kind(),
            (Denied::Person { person, .. }, Denied::Person { person: other_person, .. }) => {
                person == other_person && self.kind() == other.kind()
            }
            (Denied::AnotherAdId(_), Denied::AnotherAdId(_)) | (Denied::Edition { .. }, Denied::Edition { .. }) => true,
            (Denied::Told(told), Denied::Told(other)) => told.subject == other.subject && told.state.purpose == other.state.purpose,
            (Denied::Left { person, .. }, Denied::Left { person: other, .. })
            | (Denied::Arriving { person }, Denied::Arriving { person: other }) => person == other,
            _ => self.no_to().is_some() && self.no_to() == other.no_to(),
        }
    }

    fn kind(&self) -> DenialKind {
        match &self.what {
            Denied::No(_) | Denied::Told(_) => DenialKind::No,
            Denied::Import(_) => DenialKind::Import,
            Denied::Signal(signals) if signals.tracking.is_some() => DenialKind::Tracking,
            Denied::Signal(signals) if signals.ad_id.is_some() => DenialKind::AdvertisingId,
            Denied::Signal(_) => DenialKind::Gpc,
            Denied::Person { reported, .. } if reported.age.is_some() => DenialKind::Age,
            Denied::Person { .. } => DenialKind::Guardian,
            Denied::AnotherAdId(_) => DenialKind::AnotherAdvertisingId,
            Denied::Left { .. } => DenialKind::SignOut,
            Denied::Arriving { .. } => DenialKind::SignIn,
            Denied::Edition { .. } => DenialKind::Policy,
        }
    }

    pub fn listed(&self) -> Unrecorded {
        let purpose = match &self.what {
            Denied::Told(told) => Some(told.state.purpose.as_str()),
            _ => self.no_to().map(|(_, _, purpose)| purpose),
        };
        Unrecorded { kind: self.kind(), purpose: purpose.map(str::to_owned), since: self.at }
    }

    fn apply(&self, snapshot: &mut Snapshot) {
        match &self.what {
            Denied::No(choice) => snapshot.deny(choice.scope, &choice.subject, &choice.purpose, choice.choice.into(), self.at),
            Denied::Import(import) => snapshot.deny(import.scope, &import.subject, &import.purpose, import.choice.into(), self.at),
            Denied::Signal(reported) => {
                snapshot.signals = snapshot.signals.denied_by(*reported);
                snapshot.recorded = snapshot.recorded.denied_by(*reported);
            }
            Denied::Person { person, reported } if snapshot.person == *person => {
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
            Denied::Left { person, next } if snapshot.person == *person => {
                snapshot.forget_person(|_| true);
                // Age and guardian were that person's. What of them denies goes with the record of the leaving, and not before.
                for signals in [&mut snapshot.signals, &mut snapshot.recorded] {
                    signals.age.take_if(|age| *age == AgeBand::Above);
                    signals.guardian.take_if(|guardian| *guardian == Guardian::Verified);
                }
                snapshot.person.clone_from(next);
                snapshot.signed_in = false;
            }
            Denied::Arriving { person } if snapshot.person == *person => {
                snapshot.forget_person(|answer| answer.status == Status::Granted);
            }
            Denied::Told(told) if told.scope == Scope::Device || snapshot.person == told.subject => {
                snapshot.answers.insert(told.state.purpose.clone(), told.answer.clone());
            }
            Denied::Edition { policy, .. } if policy.edition > snapshot.policy.edition => snapshot.narrow(policy),
            // The file has this edition or a later one since.
            Denied::Edition { .. } => {}
            // The file tells of another person since: whoever left is gone from it already.
            Denied::Left { .. } | Denied::Arriving { .. } | Denied::Person { .. } | Denied::Told(_) => {}
        }
    }
}

impl Snapshot {
    /// The same state with what is held in memory over it, in the order of the taps. It only ever takes permissions away.
    pub(super) fn denied_by(&self, denials: &[Denial]) -> Self {
        let mut snapshot = self.copy();
        denials.iter().for_each(|denial| denial.apply(&mut snapshot));
        snapshot.with_rules()
    }

    fn deny(&mut self, scope: Scope, subject: &str, purpose: &str, status: Status, at: i64) {
        if scope == Scope::Device || self.person == subject {
            self.answers.insert(purpose.to_owned(), CurrentAnswer { status, at, ..CurrentAnswer::default() });
        }
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
    pub(super) fn is_narrowed_by(&self, later: &Policy) -> bool {
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

/// Lets the denials of a call that failed be recorded by any later write: at most one a key.
pub(super) fn leave(denials: &mut Vec<Denial>, ids: &[u64]) {
    for id in ids {
        let Some(at) = denials.iter().position(|denial| denial.id == *id) else { continue };
        denials[at].left_over = true;
        let twin = |other: &usize| *other != at && denials[*other].left_over && denials[*other].is_of_the_same(&denials[at]);
        if let Some(other) = (0..denials.len()).find(twin) {
            let (first, last) = (at.min(other), at.max(other));
            let newer = denials.remove(last);
            let older = denials.remove(first);
            match one_of(older, newer) {
                Kept::Older(denial) => denials.insert(first, denial),
                Kept::Newer(denial) => denials.insert(last - 1, denial),
            }
        }
    }
}

/// Which of two denials of the same is kept, and so whose place in the order of the taps.
enum Kept {
    Older(Denial),
    Newer(Denial),
}

fn one_of(older: Denial, newer: Denial) -> Kept {
    match (&older.what, &newer.what) {
        (Denied::Signal(before), Denied::Signal(after))
        | (Denied::Person { reported: before, .. }, Denied::Person { reported: after, .. })
            if before.denied_by(*after) != *before =>
        {
            Kept::Newer(newer)
        }
        (Denied::AnotherAdId(_) | Denied::Told(_), _) => Kept::Newer(newer),
        (Denied::Edition { policy: before, .. }, Denied::Edition { policy: after, .. }) if after.edition >= before.edition => {
            Kept::Newer(newer)
        }
        // A no that was tapped outranks one that is imported after it.
        (Denied::No(_), Denied::No(_)) | (Denied::Import(_), _) => {
            // It counts since the first tap, under the operation of the last: a form drawn between the two has not seen the last.
            Kept::Older(Denial { at: older.at, offset: older.offset, ..newer })
        }
        _ => Kept::Older(older),
    }
}
