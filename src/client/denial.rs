//! Denials that are not on disk yet: they count in memory from the call on, until a write records them.

use std::sync::Arc;

use crate::{
    ledger::{Choice, CurrentAnswer, Import, RemoteState},
    policy::{Policy, Purpose, Scope},
    signal::Signals,
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

/// What takes something away. Each kind bears what a record of it needs.
#[derive(Clone)]
pub enum Denied {
    /// A refusal or a withdrawal. For a person it bears the subject who said it.
    No(Choice),
    /// A no from an older store.
    Import(Import),
    /// One signal of the device: of all fields only this one is set.
    Signal(Signals),
    /// The age band or the guardian of a person: of all fields only this one is set.
    Person { person: String, reported: Signals },
    /// The keyed hash of an advertising id that replaced another.
    AnotherAdId(Vec<u8>),
    /// The person who was signed in has left, and an anonymous person, who is `next`, is in front of the screen.
    Left { person: String, next: String },
    /// An account is about to sign in over this anonymous person. Where the sign-in fails it has not happened, so nothing of it is recorded.
    /// The app may go on all the same as if it had, so until the next write this person's grants do not answer for the account.
    Arriving { person: String },
    /// The server told of a state that takes something away.
    ServerState(Box<ServerState>),
    /// An edition of the policy was delivered that allows less than the one in force.
    Edition { policy: Arc<Policy>, document: String },
}

/// A state that the server told of and that is not on disk yet.
#[derive(Clone)]
pub struct ServerState {
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
pub struct Denial {
    /// Its number within one `Consent`, from 1. It is 0 until it is held.
    pub id: u64,
    /// True once the call that brought it has failed. From then on any write records it; before that only its own call does.
    pub left_over: bool,
    /// When it was said or reported, Unix milliseconds.
    pub at: i64,
    /// Minutes that local time was ahead of UTC then.
    pub offset: i32,
    /// The operation under which it will be recorded. A form that is drawn meanwhile names it among what the person has seen.
    pub op: String,
    pub what: Denied,
}

impl Denial {
    /// For a no: its scope, the subject who said it, and the purpose.
    pub fn no_to(&self) -> Option<(Scope, &str, &str)> {
        match &self.what {
            Denied::No(choice) => Some((choice.scope, &choice.subject, &choice.purpose)),
            Denied::Import(import) => Some((import.scope, &import.subject, &import.purpose)),
            _ => None,
        }
    }

    /// True where it is a no of this subject to this purpose. A no of the device stays one of the device although a copied file gives the
    /// device another name.
    pub fn is_no_of(&self, purpose: &Purpose, subject: &str) -> bool {
        let is_of = |(scope, by, to): (Scope, &str, &str)| to == purpose.id && (scope == Scope::Device || by == subject);
        self.no_to().is_some_and(is_of)
    }

    /// The state that the server told of this subject and purpose, where this is one.
    pub fn server_state_of(&self, purpose: &str, subject: &str) -> Option<&RemoteState> {
        match &self.what {
            Denied::ServerState(told) if told.subject == subject && told.state.purpose == purpose => Some(&told.state),
            _ => None,
        }
    }

    /// The same for a no that does not say whose it is: it is that of whoever is in front of the screen.
    #[must_use]
    pub fn said_by_whoever_is_here(mut self, person: &str) -> Self {
        if let Denied::No(choice) = &mut self.what
            && choice.subject.is_empty()
        {
            person.clone_into(&mut choice.subject);
        }
        self
    }

    /// True where it is the sign-out after which this person came in front of the screen.
    pub fn brought(&self, person: &str) -> bool {
        matches!(&self.what, Denied::Left { next, .. } if next == person)
    }

    /// False for a sign-in that failed. Nothing of it is recorded, so it ends with the next write of something else.
    pub fn is_recorded_by_itself(&self) -> bool {
        !matches!(self.what, Denied::Arriving { .. })
    }

    /// True where the two are about the same, so that one of them is enough. At most one is held of each person and purpose, of each
    /// signal, and of each person who left.
    pub fn is_of_the_same(&self, other: &Self) -> bool {
        match (&self.what, &other.what) {
            (Denied::Signal(_), Denied::Signal(_)) => self.kind() == other.kind(),
            (Denied::Person { person, .. }, Denied::Person { person: other_person, .. }) => {
                person == other_person && self.kind() == other.kind()
            }
            (Denied::AnotherAdId(_), Denied::AnotherAdId(_)) | (Denied::Edition { .. }, Denied::Edition { .. }) => true,
            (Denied::ServerState(told), Denied::ServerState(other)) => {
                told.subject == other.subject && told.state.purpose == other.state.purpose
            }
            (Denied::Left { person, .. }, Denied::Left { person: other, .. })
            | (Denied::Arriving { person }, Denied::Arriving { person: other }) => person == other,
            _ => self.no_to().is_some() && self.no_to() == other.no_to(),
        }
    }

    fn kind(&self) -> DenialKind {
        match &self.what {
            Denied::No(_) | Denied::ServerState(_) => DenialKind::No,
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
            Denied::ServerState(told) => Some(told.state.purpose.as_str()),
            _ => self.no_to().map(|(_, _, purpose)| purpose),
        };
        Unrecorded { kind: self.kind(), purpose: purpose.map(str::to_owned), since: self.at }
    }
}

/// Lets the denials of a call that failed be recorded by any later write. Of two that are about the same one is kept.
pub fn leave(denials: &mut Vec<Denial>, ids: &[u64]) {
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

/// Which of two denials that are about the same is kept. It also keeps its place in the order of the taps.
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
        (Denied::AnotherAdId(_) | Denied::ServerState(_), _) => Kept::Newer(newer),
        (Denied::Edition { policy: before, .. }, Denied::Edition { policy: after, .. }) if after.edition >= before.edition => {
            Kept::Newer(newer)
        }
        // A no that was tapped here is kept and not one that was imported after it.
        (Denied::No(_), Denied::No(_)) | (Denied::Import(_), _) => {
            // It has counted since the first tap, so it keeps that time. It takes the operation of the last tap: a form that was drawn
            // between the two names the first operation as seen, and its yes must not override the last no.
            Kept::Older(Denial { at: older.at, offset: older.offset, ..newer })
        }
        _ => Kept::Older(older),
    }
}
