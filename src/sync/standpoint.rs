//! The server's half of the conflict rule: a withdrawal always lands, and no grant overrides a withdrawal that its giver could not have
//! seen. Clocks play no part.

use super::count::{Numbering, Numbers, informed};
use crate::ledger::{ChoiceKind, Mark, Seen, Status};

/// One purpose of one subject, as the server keeps it: as large after 100,000 withdrawals as after one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standpoint {
    /// Where it stands.
    pub status: Status,
    /// The choice that made it so.
    pub op: Option<String>,
    /// The highest number given to a withdrawal so far.
    pub epoch: i64,
    /// The mark of that number.
    pub mark: Mark,
}

impl Default for Standpoint {
    fn default() -> Self {
        Self { status: Status::NotAnswered, op: None, epoch: 0, mark: Mark::START }
    }
}

/// A choice on its way in. No `Debug`: the name of an operation leads to a person.
#[derive(Clone, Copy)]
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
    /// A withdrawal took effect under this number, now or before.
    Numbered(i64),
    /// A grant without effect.
    Stale,
}

impl Standpoint {
    /// Applies a choice by the rule. Where the highest number rose, the caller keeps the operation with its number and mark.
    pub fn apply<N: Numbers>(&mut self, incoming: Incoming<'_>, place: Numbering<'_>, numbers: &N) -> Result<Effect, N::Fault> {
        if incoming.choice.lowers() {
            return self.lower(incoming.choice, incoming.op, numbers);
        }
        let informed = informed(incoming.seen, incoming.after, place, self.epoch, numbers)?;
        if !informed || !incoming.may_grant {
            return Ok(Effect::Stale);
        }
        Ok(self.grant(incoming.op))
    }

    /// Brings in the answer of an anonymous person: a withdrawal lands, a grant only where nothing was said.
    pub fn merge<N: Numbers>(&mut self, choice: ChoiceKind, op: &str, numbers: &N) -> Result<Effect, N::Fault> {
        if choice.lowers() {
            return self.lower(choice, op, numbers);
        }
        Ok(if self.is_answered() { Effect::Stale } else { self.grant(op) })
    }

    /// True where anything was ever said that counts.
    pub fn is_answered(&self) -> bool {
        self.status != Status::NotAnswered || self.epoch > 0
    }

    fn lower<N: Numbers>(&mut self, choice: ChoiceKind, op: &str, numbers: &N) -> Result<Effect, N::Fault> {
        if let Some(known) = numbers.number(op)? {
            return Ok(Effect::Numbered(known));
        }
        self.epoch = self.epoch.saturating_add(1);
        self.mark = self.mark.then(op);
        self.status = choice.into();
        self.op = Some(op.to_owned());
        Ok(Effect::Numbered(self.epoch))
    }

    fn grant(&mut self, op: &str) -> Effect {
        self.status = Status::Granted;
        self.op = Some(op.to_owned());
        Effect::Applied
    }
}
