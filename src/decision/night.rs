//! The separate consent for messages at night (KR-4, KR-5).

use super::{Context, consent::Until, consent::stands};
use crate::policy::{Basis, Channel, Purpose};

/// True where messages of a purpose need the separate consent at night. E-mail alone can be exempt, whatever the policy
/// lists. The night consent itself is an answer, not a message, and has no hours.
pub(super) fn needs_night_consent(purpose: &Purpose, context: &Context<'_>) -> bool {
    let exempt = |channel| channel == Channel::Email && !context.policy.night.restricts(channel);
    !purpose.night && purpose.channel.is_some_and(|channel| !exempt(channel))
}

/// Until when the night consent for a channel purpose stands; `Never` where there is none.
///
/// What the day purpose itself is and requires is left aside, since its own reasons tell of that: a granted night
/// consent is not reported missing because the day consent was withdrawn.
pub(super) fn night_consent(day: &Purpose, context: &Context<'_>) -> Until {
    let granted: Vec<&str> = std::iter::once(&day.id).chain(&day.requires).map(String::as_str).collect();
    let nights = context.policy.purposes.iter().filter(|night| {
        // A night purpose on another basis would be a consent nobody gave.
        night.night && night.basis == Basis::Consent && night.channel == day.channel && night.requires.contains(&day.id)
    });
    nights.map(|night| stands(night, context, &granted)).max().unwrap_or(Until::Never)
}

/// The next time after `now` (Unix milliseconds) at which a purpose that needs the night consent begins or ends to miss it.
pub(super) fn next_night_change(day: &Purpose, context: &Context<'_>, now: i64) -> Option<i64> {
    let night = &context.policy.night;
    let edge = |at| Some(night.next_change(at)).filter(|edge| *edge != i64::MAX);
    let consent = night_consent(day, context);
    match consent.end(now) {
        // It is missed from the first moment of the night that it does not cover.
        Some(end) if night.covers(end) => Some(end),
        Some(end) => edge(end),
        // While it stands the window's edges change nothing.
        None if consent.holds(now) => None,
        None => edge(now),
    }
}
