//! The decision worked out beforehand, for the path that must not wait.

use super::{
    Context,
    consent::{Span, stands},
    night::{needs_night_consent, night_consent},
};
use crate::policy::Window;

/// One purpose's decision for one state, for every time: as `decide`, in a few nanoseconds and without the reasons.
/// It holds until policy, answers, signals or the store change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Time cannot change it.
    Fixed(bool),
    /// The consent begins or ends.
    Within(Span),
    /// The consent may end, and in the window the night consent has to stand as well.
    Nightly { consent: Span, at_night: Span, night: Window },
}

impl Rule {
    /// Works out the rule of a purpose; a purpose that the policy does not have is never allowed.
    pub fn of(purpose: &str, context: &Context<'_>) -> Self {
        let Some(found) = context.policy.purpose(purpose) else { return Self(Kind::Fixed(false)) };
        let consent = stands(found, context, &[]);
        if consent == Span::NEVER {
            return Self(Kind::Fixed(false));
        }
        let at_night = if needs_night_consent(found, context) { night_consent(found, context) } else { Span::ALWAYS };
        Self(if consent.and(at_night) != consent {
            Kind::Nightly { consent, at_night, night: context.policy.night.window() }
        } else if consent == Span::ALWAYS {
            Kind::Fixed(true)
        } else {
            Kind::Within(consent)
        })
    }

    /// Whether it is allowed at `now` (Unix milliseconds). No lock, no allocation, no look-up.
    #[inline]
    pub fn allows(&self, now: i64) -> bool {
        match &self.0 {
            Kind::Fixed(allowed) => *allowed,
            Kind::Within(consent) => consent.holds(now),
            Kind::Nightly { consent, at_night, night } => consent.holds(now) && (at_night.holds(now) || !night.covers(now)),
        }
    }

    /// False where time cannot change the answer, so that no clock has to be read.
    #[inline]
    pub fn needs_clock(&self) -> bool {
        !matches!(self.0, Kind::Fixed(_))
    }
}
