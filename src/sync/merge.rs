//! The conflict rule: a withdrawal always lands, and no grant overrides a withdrawal that its giver could not have seen.
//!
//! The server applies changes with [`Standpoint::apply`] and [`Standpoint::merge`]; a device reads its own state with [`standing`]. Clocks play no part.

use std::collections::BTreeMap;

use super::protocol::MAX_LISTED_WITHDRAWALS;
use crate::{
    ledger::{AskAgain, ChoiceKind, Key, Pending, Seen, Standing, State, Status, Withdrawal},
    policy::{Policy, Scope, Uses},
};

/// The subject and numbering that a grant's `seen` must name.
#[derive(Debug, Clone, Copy)]
pub struct Numbering<'a> {
    /// The subject, by the name used in `seen`.
    pub subject: &'a str,
    /// The name of its numbering.
    pub history: &'a str,
}

/// One purpose of one subject, as the server keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standpoint {
    /// Where it stands.
    pub status: Status,
    /// The choice that made it so.
    pub op: Option<String>,
    /// All withdrawals, by number.
    pub withdrawals: Vec<Withdrawal>,
}

/// A choice on its way in.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// The operation.
    pub op: &'a str,
    /// What was said.
    pub choice: ChoiceKind,
    /// What its giver could see.
    pub seen: Option<&'a Seen>,
    /// Own withdrawals that were shown but not yet numbered.
    pub after: &'a [String],
    /// False for a grant that may take no effect whatever it saw: from a copied phone, or an import over an answer.
    pub may_grant: bool,
}

/// What a choice did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It took effect.
    Applied,
    /// A withdrawal took effect under this number.
    Numbered(i64),
    /// A grant without effect.
    Stale,
}

/// True where the giver of a grant could see this withdrawal.
pub fn covers(seen: Option<&Seen>, after: &[String], place: Numbering<'_>, withdrawal: &Withdrawal) -> bool {
    let saw_number =
        seen.is_some_and(|seen| seen.subject == place.subject && seen.history == place.history && withdrawal.epoch <= seen.epoch);
    saw_number || after.contains(&withdrawal.op)
}

impl Standpoint {
    /// The highest number given so far.
    pub fn epoch(&self) -> i64 {
        self.withdrawals.last().map_or(0, |last| last.epoch)
    }

    fn number(&mut self, op: &str) -> i64 {
        if let Some(known) = self.withdrawals.iter().find(|known| known.op == op) {
            return known.epoch;
        }
        let epoch = self.epoch() + 1;
        self.withdrawals.push(Withdrawal { op: op.to_owned(), epoch });
        epoch
    }

    /// Applies a choice by the rule.
    pub fn apply(&mut self, incoming: Incoming<'_>, place: Numbering<'_>) -> Effect {
        if incoming.choice.lowers() {
            let known = self.withdrawals.iter().any(|known| known.op == incoming.op);
            let epoch = self.number(incoming.op);
            if !known {
                self.status = incoming.choice.into();
                self.op = Some(incoming.op.to_owned());
            }
            return Effect::Numbered(epoch);
        }
        let covered = self.withdrawals.iter().all(|known| covers(incoming.seen, incoming.after, place, known));
        if !covered || !incoming.may_grant {
            return Effect::Stale;
        }
        self.status = Status::Granted;
        self.op = Some(incoming.op.to_owned());
        Effect::Applied
    }

    /// Brings in the answer of an anonymous person: a withdrawal lands, a grant only where nothing was said.
    pub fn merge(&mut self, choice: ChoiceKind, op: &str) -> Effect {
        if choice.lowers() {
            return self.apply(Incoming { op, choice, seen: None, after: &[], may_grant: false }, Numbering { subject: "", history: "" });
        }
        if self.status != Status::NotAnswered || !self.withdrawals.is_empty() {
            return Effect::Stale;
        }
        self.status = Status::Granted;
        self.op = Some(op.to_owned());
        Effect::Applied
    }

    /// The newest withdrawals, oldest first, as a state lists them.
    pub fn listed(&self) -> &[Withdrawal] {
        &self.withdrawals[self.withdrawals.len().saturating_sub(MAX_LISTED_WITHDRAWALS)..]
    }
}

/// True where a pending grant could see every withdrawal that the device knows of.
fn counts(key: &Key, pending: &Pending, subject: &str) -> bool {
    let seen = pending.seen.as_ref();
    if let Some(own) = key.own_withdrawal.as_ref().filter(|own| own.op != pending.op) {
        let shown = pending.after.contains(&own.op);
        let numbered = own.numbered.as_ref().is_some_and(|(history, epoch)| {
            covers(seen, &[], Numbering { subject, history }, &Withdrawal { op: own.op.clone(), epoch: *epoch })
        });
        if !shown && !numbered {
            return false;
        }
    }
    let Some(remote) = &key.remote else { return true };
    let place = Numbering { subject, history: &remote.history };
    let below_list = remote.withdrawals.first().map_or(remote.epoch, |first| first.epoch - 1);
    let list_reaches =
        seen.filter(|seen| seen.subject == subject && seen.history == remote.history).map_or(0, |seen| seen.epoch) >= below_list;
    list_reaches && remote.withdrawals.iter().all(|withdrawal| covers(seen, &pending.after, place, withdrawal))
}

/// Where a purpose stands on a device, after the conflict rule.
pub fn standing(key: &Key, subject: &str, install: &str) -> Standing {
    let informed = key.pending.as_ref().is_none_or(|pending| counts(key, pending, subject));
    key.standing(install, informed)
}

/// The subject a purpose's choices belong to.
pub fn subject_of(state: &State, scope: Scope) -> &str {
    match scope {
        Scope::Device => &state.device,
        Scope::Person => &state.person,
    }
}

/// Where every purpose of the policy stands for the device and the person in front of it.
pub fn standings(state: &State, policy: &Policy) -> BTreeMap<String, Standing> {
    let mut standings = BTreeMap::new();
    for purpose in &policy.purposes {
        let subject = subject_of(state, purpose.scope);
        let Some(key) = state.key(subject, &purpose.id) else { continue };
        let mut standing = standing(key, subject, &state.install);
        let stranger = purpose.uses == Some(Uses::AdvertisingId)
            && standing.seq.zip(state.ad_id_changed).is_some_and(|(said, changed)| said < changed);
        if stranger && standing.status == Status::Granted && standing.ask_again.is_none() {
            standing.ask_again = Some(AskAgain::AdIdChanged);
        }
        standings.insert(purpose.id.clone(), standing);
    }
    standings
}
