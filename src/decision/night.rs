//! The separate consent for messages at night (KR-4, KR-5).

use super::{
    Context, Reason,
    consent::{Span, stands},
};
use crate::policy::{Basis, Hour, Purpose};

/// True where messages of a purpose need the separate consent at night. A purpose that is itself the consent to messages at night sends
/// none, so it is never held back by the hour.
pub(super) fn needs_night_consent(purpose: &Purpose, context: &Context<'_>) -> bool {
    !purpose.night && purpose.channel.as_ref().is_some_and(|channel| context.policy.needs_night_consent(channel))
}

/// From when and until when the night consent for a channel's purpose counts; never where there is none.
///
/// The consent by day and what it requires are left aside, because the day purpose has reasons of its own for them: where the consent by
/// day was withdrawn, a granted night consent is not reported missing as well.
pub(super) fn night_consent(day: &Purpose, context: &Context<'_>) -> Span {
    let granted: Vec<&str> = std::iter::once(&day.id).chain(&day.requires).map(String::as_str).collect();
    let nights = context.policy.purposes.iter().filter(|night| {
        // A night purpose that rests on contract or law would be a consent that nobody gave.
        night.night && night.basis == Basis::Consent && night.channel == day.channel && night.requires.contains(&day.id)
    });
    nights.map(|night| stands(night, context, &granted)).fold(Span::NEVER, Span::longer)
}

/// The reason against a purpose that needs the night consent and does not have it, at such an hour.
pub(super) fn missed_night(day: &Purpose, context: &Context<'_>, hour: Hour, now: i64) -> Option<Reason> {
    if hour == Hour::Day { None } else { missing(night_consent(day, context), hour, now) }
}

fn missing(consent: Span, hour: Hour, now: i64) -> Option<Reason> {
    match hour {
        _ if consent.holds(now) => None,
        Hour::Day => None,
        Hour::Night => Some(Reason::Night),
        Hour::ZoneUnknown => Some(Reason::ZoneUnknown),
    }
}

/// Most moments to look at. The longest way to a change has three of them: by day the consent begins, later it ends, and then a night
/// comes.
const MOST_STEPS: usize = 4;

/// The next time after `now` (Unix milliseconds) at which a purpose that needs the night consent begins or ends to miss it.
pub(super) fn next_night_change(day: &Purpose, context: &Context<'_>, now: i64) -> Option<i64> {
    let hours = context.hours()?;
    let edge = |at| Some(hours.next_change(at)).filter(|edge| *edge != i64::MAX);
    let consent = night_consent(day, context);
    let missed = |at| missing(consent, hours.at(at), at);
    let mut at = now;
    for _ in 0..MOST_STEPS {
        // While the consent counts, it makes no difference when the night begins and ends.
        let edge = edge(at).filter(|_| !consent.holds(at));
        at = consent.next_change(at).into_iter().chain(edge).min()?;
        if missed(at) != missed(now) {
            return Some(at);
        }
    }
    None
}
