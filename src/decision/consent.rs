//! Until when a purpose's consent stands, the night window left aside.

use std::collections::BTreeMap;

use super::{
    Context, Reason,
    caps::{caps, guarded},
};
use crate::{
    ledger::{Actor, AskAgain, Status},
    policy::{Basis, Purpose},
    signal::Guardian,
};

/// How far `requires` is followed. A valid policy needs three or four steps; past this one the answer is no,
/// so that a hostile document cannot exhaust the stack.
const MAX_REQUIRES_DEPTH: usize = 32;

const DAY_MS: i64 = 86_400_000;

/// How long something holds. Ordered: `Never` is the shortest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Until {
    Never,
    /// Before this Unix millisecond. A clock set back before the grant is before it too: no grant expires by that.
    Time(i64),
    Forever,
}

impl Until {
    #[inline]
    pub(super) fn holds(self, now: i64) -> bool {
        match self {
            Self::Never => false,
            Self::Time(end) => now < end,
            Self::Forever => true,
        }
    }

    /// When it ends, where that is still to come.
    pub(super) fn end(self, now: i64) -> Option<i64> {
        match self {
            Self::Time(end) if now < end => Some(end),
            _ => None,
        }
    }
}

/// What the person's answer to one purpose amounts to.
pub(super) struct Answer {
    /// What blocks at any time, in the documented order.
    pub(super) blocks: Option<Reason>,
    /// When the grant's time is over.
    pub(super) expires: Until,
}

/// Reads the answer to a purpose that needs consent.
pub(super) fn answer(purpose: &Purpose, context: &Context<'_>) -> Answer {
    let said = |reason| Answer { blocks: Some(reason), expires: Until::Forever };
    let Some(standing) = context.standings.get(&purpose.id) else { return said(Reason::NotAnswered) };
    match (standing.status, standing.ask_again) {
        (Status::NotAnswered, _) => said(Reason::NotAnswered),
        (Status::Refused, _) => said(Reason::Refused),
        (Status::Withdrawn, _) => said(Reason::Withdrawn),
        (Status::Granted, Some(cause)) => said(Reason::AskAgain { cause }),
        // Until the guardian is verified that alone is the reason: who then said yes makes no difference yet.
        (Status::Granted, None)
            if guarded(context) && standing.actor != Actor::Guardian && context.signals.guardian == Some(Guardian::Verified) =>
        {
            said(Reason::AskAgain { cause: AskAgain::NotByGuardian })
        }
        (Status::Granted, None) => {
            let changed = standing.material < purpose.material;
            let end = |days| standing.at.saturating_add(DAY_MS.saturating_mul(i64::from(days)));
            Answer {
                blocks: changed.then_some(Reason::AskAgain { cause: AskAgain::PolicyChanged }),
                expires: purpose.expires_after_days.map_or(Until::Forever, |days| Until::Time(end(days))),
            }
        }
    }
}

/// Follows `requires` once per purpose, however often it is named.
pub(super) struct Walk<'a> {
    context: &'a Context<'a>,
    seen: BTreeMap<&'a str, Until>,
}

impl<'a> Walk<'a> {
    /// Begins at a purpose, which then cannot be required by what it requires: a circle denies.
    pub(super) fn from(purpose: &'a Purpose, context: &'a Context<'a>) -> Self {
        Self { context, seen: BTreeMap::from([(purpose.id.as_str(), Until::Never)]) }
    }

    /// Until when a directly required purpose stands.
    pub(super) fn required(&mut self, id: &str) -> Until {
        self.follow(id, 1)
    }

    fn follow(&mut self, id: &str, depth: usize) -> Until {
        if let Some(known) = self.seen.get(id) {
            return *known;
        }
        let context = self.context;
        let Some(purpose) = context.policy.purpose(id) else { return Until::Never };
        if purpose.basis != Basis::Consent {
            return Until::Forever;
        }
        if depth > MAX_REQUIRES_DEPTH {
            return Until::Never;
        }
        self.seen.insert(&purpose.id, Until::Never);
        let own = own(purpose, context);
        let until = purpose.requires.iter().fold(own, |until, required| until.min(self.follow(required, depth + 1)));
        self.seen.insert(&purpose.id, until);
        until
    }
}

/// Until when a purpose stands by its own caps and answer, what it requires left aside.
fn own(purpose: &Purpose, context: &Context<'_>) -> Until {
    let answer = answer(purpose, context);
    if answer.blocks.is_some() || !context.available || !caps(purpose, context).is_empty() {
        return Until::Never;
    }
    answer.expires
}

/// Until when a purpose's consent stands with all it requires, but for the ones in `granted`, which the caller has checked.
pub(super) fn stands(purpose: &Purpose, context: &Context<'_>, granted: &[&str]) -> Until {
    if purpose.basis != Basis::Consent {
        return Until::Forever;
    }
    let own = own(purpose, context);
    if own == Until::Never || purpose.requires.is_empty() {
        return own;
    }
    let mut walk = Walk::from(purpose, context);
    let required = purpose.requires.iter().filter(|required| !granted.contains(&required.as_str()));
    required.fold(own, |until, required| until.min(walk.required(required)))
}
