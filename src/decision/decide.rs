//! The decision itself.
use serde::Serialize;

use super::{
    Context, Reason,
    caps::caps,
    consent::{Walk, answer},
    night::{needs_night_consent, next_night_change, night_consent},
};
use crate::{
    policy::{Basis, Channel, Purpose},
    signal::Signals,
};

/// The answer, with every reason against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct Decision {
    /// The purpose asked about.
    pub purpose: String,
    /// True where nothing blocks.
    pub allowed: bool,
    /// All that blocks, in the documented order.
    pub reasons: Vec<Reason>,
    /// True for a push purpose while notifications are turned off in the system, so that a message would not be seen.
    /// No reason, and no part of `allowed`: the OS permission is not the consent (KR-6).
    pub os_blocked: bool,
}

/// Decides one purpose at `now` (Unix milliseconds). Total: every string, state and time has an answer.
///
/// Reasons stand in this order: unknown purpose, store, guardian, child, tracking, advertising id, Global Privacy
/// Control, required purposes, the person's own answer, night. While the store cannot be read nothing is known of any
/// answer, so none is reported. A purpose that rests on contract or law is held back by nothing but the night.
pub fn decide(purpose: &str, context: &Context<'_>, now: i64) -> Decision {
    let Some(found) = context.policy.purpose(purpose) else {
        return Decision { purpose: purpose.into(), allowed: false, reasons: vec![Reason::UnknownPurpose], os_blocked: false };
    };
    let mut reasons = Vec::new();
    let consent = found.basis == Basis::Consent;
    if consent && !context.available {
        reasons.push(Reason::StoreUnavailable);
    }
    if consent {
        reasons.extend(caps(found, context));
    }
    if consent && context.available {
        reasons.extend(missing_requirements(found, context, now));
        let answer = answer(found, context);
        let out_of_time = answer.out_of_time(now);
        reasons.extend(answer.blocks);
        reasons.extend(out_of_time);
    }
    let answers_known = context.available || !consent;
    if answers_known && needs_night_consent(found, context) && context.policy.night.covers(now) && !night_consent(found, context).holds(now)
    {
        reasons.push(Reason::Night);
    }
    let os_blocked = found.channel == Some(Channel::Push) && context.signals.push_blocked();
    Decision { purpose: purpose.into(), allowed: reasons.is_empty(), reasons, os_blocked }
}

/// The next moment after `now` (Unix milliseconds) at which time alone makes it another decision: the permission or any
/// reason, one that joins others among them. `None` where only a change of policy, answers, signals or store can.
/// Up to then the decision at `now` holds for a clock that only runs forward.
pub fn valid_until(purpose: &str, context: &Context<'_>, now: i64) -> Option<i64> {
    let found = context.policy.purpose(purpose)?;
    let consent = found.basis == Basis::Consent;
    let mut ends = Vec::new();
    if consent && context.available {
        let mut walk = Walk::from(found, context);
        ends.extend(found.requires.iter().filter_map(|required| walk.required(required).next_change(now)));
        ends.extend(answer(found, context).next_change(now));
    }
    if (context.available || !consent) && needs_night_consent(found, context) {
        ends.extend(next_night_change(found, context, now));
    }
    ends.into_iter().min()
}

/// A day purpose's own night hours do not count here: it is required for its consent, not for its hours (KR-4).
fn missing_requirements(purpose: &Purpose, context: &Context<'_>, now: i64) -> Vec<Reason> {
    let mut walk = Walk::from(purpose, context);
    let missing = purpose.requires.iter().filter(|required| !walk.required(required).holds(now));
    missing.map(|required| Reason::Requires { purpose: required.clone() }).collect()
}

/// Decides whether the advertising-id provider may be asked: as `decide`, but without the provider's own last answer.
/// Otherwise one time-out, or a limit since lifted, would keep it from ever being asked again.
pub fn decide_before_asking(purpose: &str, context: &Context<'_>, now: i64) -> Decision {
    let signals = Signals { ad_id: None, ..*context.signals };
    decide(purpose, &Context { signals: &signals, ..*context }, now)
}
