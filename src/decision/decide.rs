//! The decision itself, until when it holds, and the decision before the advertising id is asked for.
use serde::Serialize;

use super::{
    Context, Reason,
    caps::caps,
    consent::{Walk, answer, not_pulled},
    night::{missed_night, needs_night_consent, next_night_change},
};
use crate::{
    policy::{Channel, Hour, Purpose},
    signal::Signals,
};

/// Whether a purpose is allowed, with every reason against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct Decision {
    /// The purpose asked about.
    pub purpose: String,
    /// True where there is no reason against it.
    pub allowed: bool,
    /// Every reason against it, in the order that `decide` documents.
    pub reasons: Vec<Reason>,
    /// True for a push purpose while notifications are turned off in the system, so that a message would not be seen. It is no reason
    /// against the purpose, since the system's permission is not the consent (KR-6).
    pub os_blocked: bool,
}

/// Decides one purpose at `now` (Unix milliseconds). Every purpose, context and time has an answer; there is no error.
///
/// Reasons stand in this order: unknown purpose, store, guardian, child, tracking, advertising id, Global Privacy
/// Control, required purposes, what is not known of the person's answers elsewhere, the person's own answer, night or an unknown zone. While
/// the store cannot be read no answer is known, so no reason tells of one. A purpose that rests on contract or law can be denied by nothing
/// but the night.
pub fn decide(purpose: &str, context: &Context<'_>, now: i64) -> Decision {
    let Some(found) = context.policy.purpose(purpose) else {
        return Decision { purpose: purpose.into(), allowed: false, reasons: vec![Reason::UnknownPurpose], os_blocked: false };
    };
    let mut reasons = Vec::new();
    let answerable = found.basis.may_be_answered();
    if answerable && !context.available {
        reasons.push(Reason::StoreUnavailable);
    }
    if answerable {
        reasons.extend(caps(found, context));
    }
    if answerable && context.available {
        reasons.extend(missing_requirements(found, context, now));
        reasons.extend(not_pulled(found, context));
        let answer = answer(found, context);
        let out_of_time = answer.out_of_time(now);
        reasons.extend(answer.blocks);
        reasons.extend(out_of_time);
    }
    let answers_known = context.available || !answerable;
    let quiet = || context.hours().map_or(Hour::Day, |hours| hours.at(now));
    if answers_known && needs_night_consent(found, context) {
        reasons.extend(missed_night(found, context, quiet(), now));
    }
    let os_blocked = found.channel == Some(Channel::Push) && context.signals.push_blocked();
    Decision { purpose: purpose.into(), allowed: reasons.is_empty(), reasons, os_blocked }
}

/// The next moment after `now` (Unix milliseconds) at which time alone changes the decision: whether it is allowed, or any of its reasons.
/// `None` where only a change of the policy, of an answer, of a signal or of the store can change it. Until that moment the decision made
/// at `now` holds, for a clock that only runs forward.
pub fn valid_until(purpose: &str, context: &Context<'_>, now: i64) -> Option<i64> {
    let found = context.policy.purpose(purpose)?;
    let answerable = found.basis.may_be_answered();
    let mut ends = Vec::new();
    if answerable && context.available {
        let mut walk = Walk::from(found, context);
        ends.extend(found.requires.iter().filter_map(|required| walk.required(required).next_change(now)));
        ends.extend(answer(found, context).next_change(now));
    }
    if (context.available || !answerable) && needs_night_consent(found, context) {
        ends.extend(next_night_change(found, context, now));
    }
    ends.into_iter().min()
}

/// The required purposes that do not count. Whether a required purpose may be used at this hour is left aside: what is required of it is
/// the consent (KR-4).
fn missing_requirements(purpose: &Purpose, context: &Context<'_>, now: i64) -> Vec<Reason> {
    let mut walk = Walk::from(purpose, context);
    let missing = purpose.requires.iter().filter(|required| !walk.required(required).holds(now));
    missing.map(|required| Reason::Requires { purpose: required.clone() }).collect()
}

/// Decides whether the provider of the advertising id may be asked. It decides as [`decide`] does, but leaves out what the provider
/// answered last; otherwise a time-out, or a limit that was lifted since, would keep it from ever being asked again.
pub fn decide_before_asking(purpose: &str, context: &Context<'_>, now: i64) -> Decision {
    let signals = Signals { ad_id: None, ..*context.signals };
    decide(purpose, &Context { signals: &signals, ..*context }, now)
}
