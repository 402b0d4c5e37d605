//! From when and until when a purpose's consent counts. The hours of the night are left aside: `night` adds them.

use std::collections::BTreeMap;

use super::{
    Context, Reason,
    caps::{caps, guarded},
};
use crate::{
    ledger::{Actor, AskAgain, CLOCK_SLACK_MS, CurrentAnswer, EARLIEST_DATE, Silence, Status, is_possible},
    policy::Purpose,
    signal::Guardian,
};

/// How many steps `requires` is followed. A valid policy needs three or four; what lies farther away counts as not allowed, so that a
/// hostile document cannot exhaust the stack.
const MAX_REQUIRES_DEPTH: usize = 32;

const DAY_MS: i64 = 86_400_000;

/// From when and until when something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// From this Unix millisecond on.
    from: i64,
    /// Before this Unix millisecond. `i64::MAX` stands for no end.
    end: i64,
}

impl Span {
    pub(super) const NEVER: Self = Self { from: i64::MAX, end: i64::MIN };
    pub(super) const ALWAYS: Self = Self { from: i64::MIN, end: i64::MAX };

    #[inline]
    pub(super) fn holds(self, now: i64) -> bool {
        self.from <= now && (now < self.end || self.end == i64::MAX)
    }

    /// The next moment after `now` at which it begins or ends.
    pub(super) fn next_change(self, now: i64) -> Option<i64> {
        if self.from >= self.end {
            None
        } else if now < self.from {
            Some(self.from)
        } else {
            (now < self.end && self.end != i64::MAX).then_some(self.end)
        }
    }

    /// The time in which both hold.
    pub(super) fn and(self, other: Self) -> Self {
        let both = Self { from: self.from.max(other.from), end: self.end.min(other.end) };
        if both.from < both.end { both } else { Self::NEVER }
    }

    /// The one that ends later, and where both end together the one that begins earlier.
    pub(super) fn longer(self, other: Self) -> Self {
        if (other.end, self.from) > (self.end, other.from) { other } else { self }
    }
}

/// What the person's answer to one purpose amounts to.
pub(super) struct Answer {
    /// The reason against it that holds at all times, where there is one.
    pub(super) blocks: Option<Reason>,
    /// From when and until when the grant counts, as far as its expiry goes.
    pub(super) counts: Span,
    /// When the grant was given, Unix milliseconds, where it has an expiry.
    at: Option<i64>,
}

impl Answer {
    /// Why the grant does not count at `now`, as far as time alone goes.
    pub(super) fn out_of_time(&self, now: i64) -> Option<Reason> {
        if self.counts.holds(now) {
            return None;
        }
        let possible = self.at.is_none_or(|at| is_possible(at, now));
        Some(Reason::AskAgain { cause: if possible { AskAgain::Expired } else { AskAgain::ImpossibleDate } })
    }

    /// The next moment after `now` at which time alone makes it another answer.
    pub(super) fn next_change(&self, now: i64) -> Option<i64> {
        // A grant that bears a date before any app could ask is believed only while the clock stands there too. So it ends with that time.
        let too_early = self.at.filter(|at| at.max(&now) < &EARLIEST_DATE).map(|_| EARLIEST_DATE);
        self.counts.next_change(now).into_iter().chain(too_early).min()
    }
}

/// From when and until when a grant given at `at` counts that holds for so many days. It does not count while its date is one that cannot
/// be: in the future of the clock, or before any app could ask.
fn days_from(at: i64, days: u32) -> Span {
    let end = at.saturating_add(DAY_MS.saturating_mul(i64::from(days)));
    let end = if at < EARLIEST_DATE { end.min(EARLIEST_DATE) } else { end };
    Span { from: at.saturating_sub(CLOCK_SLACK_MS), end }
}

/// The reason against a purpose that is allowed until the person objects, where it is not known whether the person objected elsewhere.
pub fn not_pulled(purpose: &Purpose, context: &Context<'_>) -> Option<Reason> {
    let unknown = || context.answers.get(&purpose.id).is_none_or(|answer| answer.silence == Silence::NotPulled);
    (purpose.basis.silence_allows() && unknown()).then_some(Reason::NotPulled)
}

/// True where only a yes allows a purpose about which the person has a say. Where it is false, the purpose is allowed until the person objects.
///
/// Somebody who may not consent alone does not agree by silence either, so the guardian has to say yes, as for any other purpose. Nor does
/// somebody agree by silence whom an earlier edition of the policy asked for consent, or whose answers may be among records that were lost.
pub fn needs_yes(purpose: &Purpose, context: &Context<'_>) -> bool {
    let needs_answer = || context.answers.get(&purpose.id).is_some_and(|answer| answer.silence == Silence::NeedsAnswer);
    !purpose.basis.silence_allows() || guarded(context) || needs_answer()
}

/// Reads the answer to a purpose that is allowed until the person objects. A yes only takes an objection back, so it neither runs out nor
/// depends on the text that it answered; and a yes that does not count leaves things as they were.
fn objection(answer: Option<&CurrentAnswer>) -> Option<Reason> {
    let answer = answer?;
    let needs_answer = answer.silence == Silence::NeedsAnswer;
    match (answer.status, answer.ask_again) {
        (Status::Refused, _) => Some(Reason::Refused),
        (Status::Withdrawn, _) => Some(Reason::Withdrawn),
        (Status::Granted, Some(cause)) => (needs_answer || answer.objects()).then_some(Reason::AskAgain { cause }),
        (Status::Granted, None) => None,
        (Status::NotAnswered, _) if answer.objects() => Some(Reason::Withdrawn),
        (Status::NotAnswered, _) => needs_answer.then_some(Reason::NotAnswered),
    }
}

/// Reads the answer to a purpose about which the person has a say.
pub(super) fn answer(purpose: &Purpose, context: &Context<'_>) -> Answer {
    let said = |reason| Answer { blocks: Some(reason), counts: Span::ALWAYS, at: None };
    let answer = context.answers.get(&purpose.id);
    if purpose.basis.silence_allows() && !guarded(context) {
        return Answer { blocks: objection(answer), counts: Span::ALWAYS, at: None };
    }
    let Some(answer) = answer else { return said(Reason::NotAnswered) };
    match (answer.status, answer.ask_again) {
        (Status::NotAnswered, _) => said(Reason::NotAnswered),
        (Status::Refused, _) => said(Reason::Refused),
        (Status::Withdrawn, _) => said(Reason::Withdrawn),
        (Status::Granted, Some(cause)) => said(Reason::AskAgain { cause }),
        // As long as no guardian is verified that alone is the reason against it, whoever gave the grant.
        (Status::Granted, None)
            if guarded(context) && answer.actor != Actor::Guardian && context.signals.guardian == Some(Guardian::Verified) =>
        {
            said(Reason::AskAgain { cause: AskAgain::NotByGuardian })
        }
        (Status::Granted, None) => {
            let changed = answer.material < purpose.material;
            Answer {
                blocks: changed.then_some(Reason::AskAgain { cause: AskAgain::PolicyChanged }),
                counts: purpose.expires_after_days.map_or(Span::ALWAYS, |days| days_from(answer.at, days)),
                at: purpose.expires_after_days.map(|_| answer.at),
            }
        }
    }
}

/// Follows `requires` from one purpose on. It works each purpose out once, however many others require it.
pub(super) struct Walk<'a> {
    context: &'a Context<'a>,
    seen: BTreeMap<&'a str, Span>,
}

impl<'a> Walk<'a> {
    /// Begins at a purpose. Where one that it requires leads back to it, that one counts as not allowed.
    pub(super) fn from(purpose: &'a Purpose, context: &'a Context<'a>) -> Self {
        Self { context, seen: BTreeMap::from([(purpose.id.as_str(), Span::NEVER)]) }
    }

    /// From when and until when a directly required purpose counts.
    pub(super) fn required(&mut self, id: &str) -> Span {
        self.follow(id, 1)
    }

    fn follow(&mut self, id: &str, depth: usize) -> Span {
        if let Some(known) = self.seen.get(id) {
            return *known;
        }
        let context = self.context;
        let Some(purpose) = context.policy.purpose(id) else { return Span::NEVER };
        if !purpose.basis.may_be_answered() {
            return Span::ALWAYS;
        }
        if depth > MAX_REQUIRES_DEPTH {
            return Span::NEVER;
        }
        self.seen.insert(&purpose.id, Span::NEVER);
        let own = own(purpose, context);
        let span = purpose.requires.iter().fold(own, |span, required| span.and(self.follow(required, depth + 1)));
        self.seen.insert(&purpose.id, span);
        span
    }
}

/// From when and until when a purpose counts by its own caps and its own answer, leaving aside what it requires.
fn own(purpose: &Purpose, context: &Context<'_>) -> Span {
    let answer = answer(purpose, context);
    let unknown = not_pulled(purpose, context).is_some();
    if answer.blocks.is_some() || unknown || !context.available || !caps(purpose, context).is_empty() {
        return Span::NEVER;
    }
    answer.counts
}

/// From when and until when a purpose's consent counts together with all that it requires, but for the purposes in `granted`, which the
/// caller has checked itself.
pub(super) fn stands(purpose: &Purpose, context: &Context<'_>, granted: &[&str]) -> Span {
    if !purpose.basis.may_be_answered() {
        return Span::ALWAYS;
    }
    let own = own(purpose, context);
    if own == Span::NEVER || purpose.requires.is_empty() {
        return own;
    }
    let mut walk = Walk::from(purpose, context);
    let required = purpose.requires.iter().filter(|required| !granted.contains(&required.as_str()));
    required.fold(own, |span, required| span.and(walk.required(required)))
}
