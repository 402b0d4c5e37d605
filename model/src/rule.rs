//! The rule that is checked: the shipped one, or one that is known to be wrong.

use consentkit::{
    ledger::{Choice, Seen, Status, Withdrawal},
    sync::{
        numbering::{Listed, Numbering},
        server_rule::{Effect, Incoming, ServerState},
    },
};

/// The rules that can be on trial. Each says which of two answers counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The code of `consentkit::sync::device_rule`.
    Shipped,
    /// The latest wall clock wins, and all clocks are right.
    LastWriterWallClock,
    /// The latest hybrid logical clock wins, the name of the operation breaking ties.
    HybridClock,
    /// A grant is taken if the server did not change since the state that the device knew when it was recorded.
    CompareAndSet,
    /// The same with the state that the form was drawn over. A grant that was refused is sent again over the new state.
    BlindRebase,
    /// The first version of the shipped rule. A grant counts over a withdrawal whose number it saw, or that the same installation made at an
    /// earlier place of its ledger.
    EpochOrSameInstallEarlierSeq,
    /// The shipped rule on a server that does not remember operations.
    NoMemory,
    /// The shipped rule under a device that forgets a change once it is sent.
    SendAndForget,
    /// The shipped rule on a server that does not look at the mark of what was seen.
    MarkUnchecked,
    /// The shipped rule on a server that does not look at the head in a cursor.
    HeadUnchecked,
    /// The shipped rule on a server that sees in a cursor that it lost something, and keeps the name of its numbering.
    LossKeepsTheName,
    /// The shipped rule under a device that sends nothing again.
    NothingAgain,
    /// The shipped rule under a device that believes every state, whether it continues what was told before or not.
    Credulous,
    /// The shipped rule under a device that keeps the place of an answer that it did not believe.
    PlaceKept,
    /// The shipped rule under a device that lets old states keep their numbers under a new name.
    NumbersKept,
    /// The shipped rule under a device on which silence allows before the server told what was said elsewhere.
    SilenceAtOnce,
    /// The shipped rule under a device that lets silence go on allowing when it notices that it is a copy.
    SilenceOfCopy,
}

impl Rule {
    /// The rules in which the checker must find a broken promise.
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
            Self::MarkUnchecked => "a mark that is not checked",
            Self::HeadUnchecked => "a head that is not checked",
            Self::LossKeepsTheName => "a mismatch that renews nothing",
            Self::NothingAgain => "a device that sends nothing again",
            Self::Credulous => "a device that believes what does not continue",
            Self::PlaceKept => "a device that keeps the place of what it did not believe",
            Self::NumbersKept => "a device whose old states keep their numbers",
            Self::SilenceAtOnce => "silence that allows before a pull",
            Self::SilenceOfCopy => "silence that goes on allowing on a copy",
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

/// Applies a choice by the rule. Every wrong rule still numbers withdrawals, so that nothing but its way to order choices is on trial.
pub fn apply(
    rule: Rule,
    (state, withdrawals): (&mut ServerState, &[Withdrawal]),
    (op, install, seq): (&str, &str, i64),
    choice: &Choice,
    (marks, held): (Marks, &Held<'_>),
    may_grant: bool,
    place: Numbering<'_>,
) -> Effect {
    let lowers = choice.choice.lowers();
    let numbers = Listed::all(withdrawals);
    let later = (marks.stamp, op) > (held.stamp, state.op.as_deref().unwrap_or(""));
    let wins = match rule {
        Rule::MarkUnchecked => {
            let seen = choice.seen.clone().map(|seen| Seen { mark: numbers.mark_at(seen.epoch), ..seen });
            return shipped(state, (op, choice, seen.as_ref(), may_grant), place, &numbers);
        }
        Rule::LastWriterWallClock | Rule::HybridClock => later,
        Rule::CompareAndSet | Rule::BlindRebase => lowers || marks.base == held.revision,
        Rule::EpochOrSameInstallEarlierSeq => {
            lowers
                || withdrawals.iter().all(|known| {
                    choice.seen.as_ref().is_some_and(|seen| known.epoch <= seen.epoch)
                        || (held.origin)(&known.op).is_some_and(|(by, at)| by == install && at < seq)
                })
        }
        _ => return shipped(state, (op, choice, choice.seen.as_ref(), may_grant), place, &numbers),
    };
    let before = state.clone();
    let effect = if lowers { shipped(state, (op, choice, None, false), place, &numbers) } else { Effect::Applied };
    (state.status, state.op) = if wins { (Status::from(choice.choice), Some(op.to_owned())) } else { (before.status, before.op) };
    if wins || lowers { effect } else { Effect::Stale }
}

/// The shipped rule itself.
fn shipped(
    state: &mut ServerState,
    (op, choice, seen, may_grant): (&str, &Choice, Option<&Seen>, bool),
    place: Numbering<'_>,
    numbers: &Listed<'_>,
) -> Effect {
    let Ok(effect) = state.apply(Incoming { op, choice: choice.choice, seen, after: &choice.after, may_grant }, place, numbers);
    effect
}
