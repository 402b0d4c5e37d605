//! The subject whose states a device pulls, and which records can be of that subject. A record is evidence only for its own subject and
//! scope.

use crate::{
    ledger::{Body, Record, State},
    policy::Scope,
};

use super::{lane::Lane, protocol::DEVICE_PREFIX};

/// The subject whose states the server tells, with what this device knows of other subjects. No `Debug`: it names people.
#[derive(Clone, Copy)]
pub struct PulledSubject<'a> {
    /// The subject's reference on this device.
    pub reference: &'a str,
    /// Whether it is a device or a person, and so which answers it can have.
    pub scope: Scope,
    /// True for an account. Other phones name it by references of their own.
    pub account: bool,
    /// The state of this device.
    pub state: &'a State,
}

impl<'a> PulledSubject<'a> {
    /// The subject of a lane.
    pub fn of(lane: &'a Lane, state: &'a State) -> Self {
        let scope = if lane.wire.starts_with(DEVICE_PREFIX) { Scope::Device } else { Scope::Person };
        Self { reference: &lane.subject_ref, scope, account: lane.account, state }
    }

    /// True where a record can be of this subject: the scope fits, and the reference is the subject's own, or that of an anonymous person
    /// whose answers were brought into it.
    ///
    /// A record that was written elsewhere may name the account by a reference that this device does not know. It may even bear the name of
    /// this installation, because a copy of this phone that was not found out yet signs in to the account under a reference of its own.
    /// What was written on this device names only subjects that it knows.
    pub fn may_be_of(&self, record: &Record) -> bool {
        let (scope, named) = match &record.body {
            Body::Choice(choice) => (choice.scope, &choice.subject),
            Body::Import(import) => (import.scope, &import.subject),
            Body::Merge(merge) => (Scope::Person, &merge.subject),
            _ => return false,
        };
        let own = named == self.reference || self.state.is_merged(named, self.reference);
        let elsewhere = self.account && !self.state.knows(named);
        scope == self.scope && (own || elsewhere)
    }
}
