//! The rule that is checked: the shipped one, or one that is known to be wrong.

use consentkit::{
    ledger::{Choice, Status},
    sync::merge::{Effect, Incoming, Numbering, Standpoint},
};

/// Who wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The code of `consentkit::sync::merge`.
    Shipped,
    /// The latest wall clock wins, and all clocks are right.
    LastWriterWallClock,
    /// The latest hybrid logical clock wins, the name of the operation breaking ties.
    HybridClock,
    /// A grant is taken if the server did not change since the state that the device knew when it was recorded.
    CompareAndSet,
    /// As before, with the base of the form; a refused grant is sent again over the new state.
    BlindRebase,
    /// The first version of the shipped rule: the number that was seen, or the same installation and an earlier place.
    EpochOrSameInstallEarlierSeq,
    /// The shipped rule on a server that does not remember operations.
    NoMemory,
    /// The shipped rule under a device that forgets a change once it is sent.
    SendAndForget,
    /// The shipped rule on a server that keeps the name of its numbering when it lost data.
    OneNumbering,
}

impl Rule {
    /// Those that the checker must find unsafe.
    pub const WRONG: [Self; 5] =
        [Self::LastWriterWallClock, Self::HybridClock, Self::CompareAndSet, Self::BlindRebase, Self::EpochOrSameInstallEarlierSeq];

    /// Its name in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shipped => "the shipped rule",
            Self::LastWriterWallClock => "last writer by wall clock",
            Self::HybridClock => "hybrid clock",
            Self::CompareAndSet => "plain compare-and-set",
            Self::BlindRebase => "blind rebase",
            Self::EpochOrSameInstallEarlierSeq => "epoch, or same install and earlier seq",
            Self::NoMemory => "a server without a memory of operations",
            Self::SendAndForget => "a queue that forgets what it sent",
            Self::OneNumbering => "a numbering that outlives a loss of data",
        }
    }
}

/// What the wrong rules look at, beside the choice itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Marks {
    /// Wall clock or hybrid clock of the choice.
    pub stamp: i64,
    /// Revision of the server's state that the choice was made over.
    pub base: i64,
}

/// What a wrong rule knows of the server's state.
pub struct Held<'a> {
    /// Mark of the last choice that took effect.
    pub stamp: i64,
    /// Count of the changes.
    pub revision: i64,
    /// Installation and place of each operation.
    pub origin: &'a dyn Fn(&str) -> Option<(String, i64)>,
}

/// Applies a choice by the rule. Every wrong rule still numbers withdrawals, so that only its order of things is on trial.
pub fn apply(
    rule: Rule,
    standpoint: &mut Standpoint,
    (op, install, seq): (&str, &str, i64),
    choice: &Choice,
    (marks, held): (Marks, &Held<'_>),
    may_grant: bool,
    place: Numbering<'_>,
) -> Effect {
    let lowers = choice.choice.lowers();
    let later = (marks.stamp, op) > (held.stamp, standpoint.op.as_deref().unwrap_or(""));
    let wins = match rule {
        Rule::Shipped | Rule::NoMemory | Rule::SendAndForget | Rule::OneNumbering => {
            let incoming = Incoming { op, choice: choice.choice, seen: choice.seen.as_ref(), after: &choice.after, may_grant };
            return standpoint.apply(incoming, place);
        }
        Rule::LastWriterWallClock | Rule::HybridClock => later,
        Rule::CompareAndSet | Rule::BlindRebase => lowers || marks.base == held.revision,
        Rule::EpochOrSameInstallEarlierSeq => {
            lowers
                || standpoint.withdrawals.iter().all(|known| {
                    choice.seen.as_ref().is_some_and(|seen| known.epoch <= seen.epoch)
                        || (held.origin)(&known.op).is_some_and(|(by, at)| by == install && at < seq)
                })
        }
    };
    let before = standpoint.clone();
    let effect = if lowers {
        standpoint.apply(Incoming { op, choice: choice.choice, seen: None, after: &[], may_grant: false }, place)
    } else {
        Effect::Applied
    };
    if wins {
        standpoint.status = Status::from(choice.choice);
        standpoint.op = Some(op.to_owned());
        return effect;
    }
    (standpoint.status, standpoint.op) = (before.status, before.op);
    if lowers { effect } else { Effect::Stale }
}
