//! What tells two worlds apart. The shipped types have no `Hash`, so the fields that count are named here one by one.

use std::hash::{DefaultHasher, Hash, Hasher};

use consentkit::{
    ledger::{Body, Key, Record, Seen, Status},
    sync::protocol::{ChangeResult, WireOutcome, WireState},
};

use crate::{
    device::{Device, Waiting},
    server::{Account, Operation, Server},
    wire::{Change, Request, Response},
    world::World,
};

fn seen<H: Hasher>(seen: Option<&Seen>, hasher: &mut H) {
    seen.map(|seen| (&seen.subject, &seen.numbering, seen.epoch, seen.mark)).hash(hasher);
}

fn record<H: Hasher>(record: &Record, hasher: &mut H) {
    (&record.op, record.seq, &record.install, &record.at).hash(hasher);
    match &record.body {
        Body::Choice(choice) => {
            (0, &choice.subject, choice.choice, &choice.after, choice.policy.material).hash(hasher);
            seen(choice.seen.as_ref(), hasher);
        }
        Body::Merge(merge) => {
            for answer in &merge.answers {
                (1, &answer.op, answer.choice, answer.material).hash(hasher);
            }
        }
        _ => 2.hash(hasher),
    }
}

fn key<H: Hasher>(key: &Key, hasher: &mut H) {
    if let Some(pending) = &key.pending {
        (&pending.op, pending.seq, pending.choice, pending.material, &pending.after, pending.stuck).hash(hasher);
        seen(pending.seen.as_ref(), hasher);
    }
    let own = key.own_withdrawal.as_ref();
    own.map(|own| (&own.op, own.seq, &own.numbered)).hash(hasher);
    if let Some(remote) = &key.remote {
        (remote.status, &remote.numbering, remote.epoch, &remote.op).hash(hasher);
        remote.evidence.as_ref().map(|evidence| (&evidence.install, evidence.seq, evidence.material, evidence.by_copy)).hash(hasher);
        for known in &remote.withdrawals {
            (&known.op, known.epoch).hash(hasher);
        }
    }
    key.withdrawal_elsewhere.as_ref().map(|heard| (&heard.op, heard.seq, &heard.numbering)).hash(hasher);
    let stale = key.stale.as_ref().map(|stale| (&stale.op, stale.seq, &stale.known));
    (stale, key.copied_status, key.refused_on_former_device).hash(hasher);
}

fn outcome(outcome: WireOutcome) -> u8 {
    match outcome {
        WireOutcome::Applied => 0,
        WireOutcome::Duplicate => 1,
        WireOutcome::StaleGrant => 2,
        WireOutcome::Rejected => 3,
    }
}

fn wire<H: Hasher>(state: &WireState, hasher: &mut H) {
    (state.status, &state.numbering, state.epoch, state.revision, &state.op, &state.record).hash(hasher);
    for known in &state.withdrawals {
        (&known.op, known.epoch).hash(hasher);
    }
}

fn result<H: Hasher>(result: &ChangeResult, hasher: &mut H) {
    (&result.op, outcome(result.outcome), result.first.map(outcome), result.epoch, &result.reason).hash(hasher);
}

impl Hash for Change {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        record(&self.record, hasher);
        (self.marks, self.relayed).hash(hasher);
    }
}

impl Hash for Waiting {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.change, &self.subject, self.lowers, self.place).hash(hasher);
    }
}

impl Hash for Request {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.install, &self.subject, &self.cursor, &self.acknowledged, &self.changes).hash(hasher);
    }
}

impl Hash for Response {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.subject, self.whole, &self.numbering, &self.cursor, &self.last_arrived, self.lost).hash(hasher);
        (self.edition, self.stamp, self.reached).hash(hasher);
        self.results.len().hash(hasher);
        self.results.iter().for_each(|one| result(one, hasher));
        self.states.iter().for_each(|state| wire(state, hasher));
    }
}

/// A device as a settlement looks at it.
struct Resting<'a>(&'a Device);

impl Hash for Resting<'_> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.0.hash_kept(hasher);
    }
}

impl Hash for Device {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.hash_kept(hasher);
        (&self.form, &self.coming, &self.sent).hash(hasher);
        (self.minted, &self.own, &self.pulled, self.answered, self.awaited, self.heard, self.ever_heard).hash(hasher);
    }
}

impl Device {
    fn hash_kept<H: Hasher>(&self, hasher: &mut H) {
        (&self.state.install, &self.state.person, self.state.signed_in, self.seq).hash(hasher);
        for (name, subject) in &self.state.subjects {
            (name, subject.pulled as u8).hash(hasher);
            for known in subject.keys.values() {
                name.hash(hasher);
                key(known, hasher);
            }
        }
        self.ledger.len().hash(hasher);
        self.ledger.iter().for_each(|kept| record(kept, hasher));
        (&self.outbox, &self.cursors, &self.histories, &self.acknowledged).hash(hasher);
        (self.edition, self.clock, self.begun_anew).hash(hasher);
    }
}

impl Hash for Account {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let status: Status = self.state.status;
        (&self.owner, status, &self.state.op, &self.numbering, self.revision, self.stamp, self.reached, self.promised).hash(hasher);
        self.heads.last().hash(hasher);
        for known in &self.withdrawals {
            (&known.op, known.epoch).hash(hasher);
        }
    }
}

impl Hash for Operation {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        record(&self.record, hasher);
        (outcome(self.outcome), &self.reason, self.epoch, self.placed).hash(hasher);
    }
}

impl Hash for Server {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.subjects, &self.operations, &self.effects).hash(hasher);
    }
}

impl World {
    /// One number that tells this world from another.
    pub fn print(&self) -> u64 {
        if let Some(leaf) = self.leaf {
            return leaf.print;
        }
        let mut hasher = DefaultHasher::new();
        self.devices.iter().for_each(|device| device.print.of(&**device).hash(&mut hasher));
        let backup = self.backup.as_ref().map(|backup| backup.print.of(&**backup));
        (self.server.print.of(&*self.server), backup, &self.page, &self.ghost).hash(&mut hasher);
        (self.edition, self.histories, self.minted, self.copied, self.went_back, self.times_back, self.refused).hash(&mut hasher);
        hasher.finish()
    }

    /// One number for what the ghost noted.
    pub fn ghost_print(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.ghost.hash(&mut hasher);
        hasher.finish()
    }

    /// One number that tells a settlement from another. Forms, requests and answers that are on their way make no difference to one, nor
    /// does what the ghost noted.
    pub fn settlement_print(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.devices.iter().for_each(|device| device.resting_print.of(&Resting(device)).hash(&mut hasher));
        (self.server.print.of(&*self.server), self.edition, self.histories, self.went_back).hash(&mut hasher);
        hasher.finish()
    }
}

impl Hash for World {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.print().hash(hasher);
    }
}

impl PartialEq for World {
    fn eq(&self, other: &Self) -> bool {
        self.print() == other.print()
    }
}
