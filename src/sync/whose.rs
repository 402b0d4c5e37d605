//! Whose a pulled record is: it is evidence only for its own subject and scope.

use crate::{
    ledger::{Body, Record, State},
    policy::Scope,
};

use super::{lane::Lane, protocol::DEVICE_PREFIX};

/// The subject whose states a server tells, and what this device knows of others. No `Debug`: it names people.
#[derive(Clone, Copy)]
pub struct Whose<'a> {
    /// The subject's reference here.
    pub reference: &'a str,
    /// Whom its answers follow.
    pub scope: Scope,
    /// True for an account, which other phones name by references of their own.
    pub account: bool,
    /// The state of this device.
    pub state: &'a State,
}

impl<'a> Whose<'a> {
    /// The subject that a lane asks for.
    pub fn of(lane: &'a Lane, state: &'a State) -> Self {
        let scope = if lane.wire.starts_with(DEVICE_PREFIX) { Scope::Device } else { Scope::Person };
        Self { reference: &lane.subject_ref, scope, account: lane.account, state }
    }

    /// True where a record can be of this subject: the scope fits, and the reference is the subject's own, or that of an anonymous person
    /// whose answers were brought into it.
    ///
    /// A record that was written elsewhere may name the account by a reference that nobody has here. It may even bear the name of this
    /// installation: a copy of the phone that nobody noticed yet signs in to the account under a reference of its own. What was written
    /// here names nobody but those whom this device knows.
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
