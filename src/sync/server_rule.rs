//! The server's half of the conflict rule. A withdrawal is always accepted. A grant never overrides a withdrawal that its giver could not
//! have seen. Clocks play no part.

use super::numbering::{Numbering, Numbers, informed};
use crate::ledger::{ChoiceKind, Mark, Seen, Status};

/// What the server keeps of one purpose of one subject. It does not grow with the number of withdrawals: these are kept beside it, each
/// with its number and mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerState {
    /// The answer that counts.
    pub status: Status,
    /// The operation of the choice that gave this answer.
    pub op: Option<String>,
    /// The highest number given to a withdrawal so far.
    pub epoch: i64,
    /// The mark of that number.
    pub mark: Mark,
}

impl Default for ServerState {
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

impl ServerState {
    /// Applies a choice by the rule. Where this gave the operation a number ([`Self::epoch`] rose), the caller keeps the operation with
    /// that number and its mark.
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

    /// Brings in the answer that the person gave before signing in. A withdrawal is always accepted, a grant only where the account has no
    /// answer yet.
    pub fn merge<N: Numbers>(&mut self, choice: ChoiceKind, op: &str, numbers: &N) -> Result<Effect, N::Fault> {
        if choice.lowers() {
            return self.lower(choice, op, numbers);
        }
        Ok(if self.is_answered() { Effect::Stale } else { self.grant(op) })
    }

    /// True where the subject ever gave an answer that counted.
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
