//! A decision that is worked out beforehand, so that a reader gets its answer without waiting.

use super::{
    Context,
    consent::{Span, stands},
    night::{needs_night_consent, night_consent},
};
use crate::policy::KeptHours;

/// What [`decide`](super::decide()) says of one purpose at every time, without the reasons, as long as policy, answers, signals and store
/// stay the same. To ask it takes a few nanoseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// The answer is the same at all times.
    Fixed(bool),
    /// Allowed while the consent counts.
    Within(Span),
    /// Allowed while the consent counts, and in the hours of the night only while the night consent counts as well.
    Nightly { consent: Span, at_night: Span, night: KeptHours },
    /// Another edition of the policy comes into force, and with it another rule.
    Edition(Box<Edition>),
}

/// The rule of one edition until a moment, and that of the next one from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edition {
    /// When the next edition comes into force, Unix milliseconds.
    from: i64,
    before: Rule,
    after: Rule,
}

impl Rule {
    /// Works out the rule of a purpose; a purpose that the policy does not have is never allowed.
    pub fn of(purpose: &str, context: &Context<'_>) -> Self {
        let Some(found) = context.policy.purpose(purpose) else { return Self::denied() };
        let consent = stands(found, context, &[]);
        if consent == Span::NEVER {
            return Self::denied();
        }
        let night = context.hours().filter(|_| needs_night_consent(found, context));
        let at_night = night.map_or(Span::ALWAYS, |_| night_consent(found, context));
        Self(if let Some(night) = night.filter(|_| consent.and(at_night) != consent) {
            Kind::Nightly { consent, at_night, night: night.kept() }
        } else if consent == Span::ALWAYS {
            Kind::Fixed(true)
        } else {
            Kind::Within(consent)
        })
    }

    /// What is never allowed, such as a purpose that an edition of the policy does not have.
    pub fn denied() -> Self {
        Self(Kind::Fixed(false))
    }

    /// This rule until `from` (Unix milliseconds), and from then on the rule of the edition that comes into force then.
    #[must_use]
    pub fn until(self, from: i64, after: Self) -> Self {
        if self == after { self } else { Self(Kind::Edition(Box::new(Edition { from, before: self, after }))) }
    }

    /// Whether the purpose is allowed at `now` (Unix milliseconds). It takes no lock, allocates nothing and looks nothing up.
    #[inline]
    pub fn allows(&self, now: i64) -> bool {
        match &self.0 {
            Kind::Fixed(allowed) => *allowed,
            Kind::Within(consent) => consent.holds(now),
            Kind::Nightly { consent, at_night, night } => consent.holds(now) && (at_night.holds(now) || !night.cover(now)),
            Kind::Edition(edition) if now < edition.from => edition.before.allows(now),
            Kind::Edition(edition) => edition.after.allows(now),
        }
    }

    /// False where the answer is the same at all times, so that no clock has to be read for it.
    #[inline]
    pub fn needs_clock(&self) -> bool {
        !matches!(self.0, Kind::Fixed(_))
    }
}
