//! What tells two worlds apart. The shipped types have no `Hash`, so it is spelled out here.

use std::hash::{DefaultHasher, Hash, Hasher};

use consentkit::{
    ledger::{Body, Key, Record, Seen, Status},
    sync::protocol::{ChangeResult, WireOutcome, WireState},
};

use crate::{
    device::{Device, Waiting},
    server::{Account, Change, Operation, Request, Response, Server},
    world::World,
};

fn seen<H: Hasher>(seen: Option<&Seen>, hasher: &mut H) {
    seen.map(|seen| (&seen.subject, &seen.history, seen.epoch)).hash(hasher);
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
        (remote.status, &remote.history, remote.epoch, &remote.op).hash(hasher);
        remote.evidence.as_ref().map(|evidence| (&evidence.install, evidence.seq, evidence.material)).hash(hasher);
        for known in &remote.withdrawals {
            (&known.op, known.epoch).hash(hasher);
        }
    }
    (key.stale, key.carried).hash(hasher);
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
    (state.status, &state.history, state.epoch, state.revision, &state.op, &state.record).hash(hasher);
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
        self.marks.hash(hasher);
    }
}

impl Hash for Waiting {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.change, &self.subject, self.lowers).hash(hasher);
    }
}

impl Hash for Request {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.install, &self.subject, &self.cursor, &self.acknowledged, &self.changes).hash(hasher);
    }
}

impl Hash for Response {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.subject, &self.history, &self.cursor, &self.anchor, self.edition, self.stamp, self.reached).hash(hasher);
        self.results.len().hash(hasher);
        self.results.iter().for_each(|one| result(one, hasher));
        self.states.iter().for_each(|state| wire(state, hasher));
    }
}

impl Hash for Device {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.state.install, &self.state.person, self.state.signed_in, self.seq).hash(hasher);
        for (name, subject) in &self.state.subjects {
            for known in subject.keys.values() {
                name.hash(hasher);
                key(known, hasher);
            }
        }
        self.ledger.len().hash(hasher);
        self.ledger.iter().for_each(|kept| record(kept, hasher));
        (&self.outbox, &self.cursors, &self.acknowledged, &self.form, &self.coming, &self.sent).hash(hasher);
        (self.edition, self.minted, self.clock, &self.own, &self.pulled, self.answered).hash(hasher);
    }
}

impl Hash for Account {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let status: Status = self.standpoint.status;
        (&self.owner, status, &self.standpoint.op, &self.history, self.revision, self.stamp, self.reached, self.promised).hash(hasher);
        for known in &self.standpoint.withdrawals {
            (&known.op, known.epoch).hash(hasher);
        }
    }
}

impl Hash for Operation {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        record(&self.record, hasher);
        (outcome(self.outcome), &self.reason, self.epoch).hash(hasher);
    }
}

impl Hash for Server {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.subjects, &self.operations, &self.renewals, &self.effects).hash(hasher);
    }
}

impl World {
    /// What tells it apart, in one number.
    pub fn print(&self) -> u64 {
        if let Some(leaf) = self.leaf {
            return leaf.print;
        }
        let mut hasher = DefaultHasher::new();
        (&self.devices, &self.server, &self.backup, &self.page, &self.ghost).hash(&mut hasher);
        (self.edition, self.histories, self.minted, self.copied, self.went_back).hash(&mut hasher);
        hasher.finish()
    }
}

impl Hash for World {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.print().hash(hasher);
    }
}
