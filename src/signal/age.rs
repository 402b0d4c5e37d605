//! Age band and guardian (PIPA-8). The host says whether a person is below or above the age of consent; no birth date is taken or kept.

use serde::Serialize;

use super::{AgeBand, Guardian, Signals};
use crate::json::FromJson;

/// The age of consent where a policy names none: Korean law asks for the guardian's consent under 14 (PIPA-8).
pub const DEFAULT_AGE_OF_CONSENT: u32 = 14;

/// What the host said of one person. It belongs to that person alone, so it ends when another person signs in or this one signs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, FromJson)]
pub struct PersonSignals {
    /// The age band, where one was reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<AgeBand>,
    /// The age of consent that the band was reported against; absent for [`DEFAULT_AGE_OF_CONSENT`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_of_consent: Option<u32>,
    /// The guardian's state, where one was reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian: Option<Guardian>,
}

impl PersonSignals {
    /// The band as a policy with that age of consent may read it. Whoever was above a lower age may be below this one, so nothing is known
    /// of them; whoever was below another age is taken for below until somebody says otherwise.
    pub fn age_for(&self, age_of_consent: u32) -> Option<AgeBand> {
        match self.age? {
            AgeBand::Unknown => None,
            AgeBand::Above if self.age_of_consent.unwrap_or(DEFAULT_AGE_OF_CONSENT) < age_of_consent => None,
            band => Some(band),
        }
    }

    /// True where it takes permissions away. The server is then told of it as of a withdrawal: also after the person signed out, and also
    /// from a phone whose file is a copy of another's.
    pub fn denies(&self) -> bool {
        self.age == Some(AgeBand::Below) || self.guardian == Some(Guardian::NotVerified)
    }

    /// Puts a person's signals beside a device's, for a policy with that age of consent.
    pub fn beside(&self, device: Signals, age_of_consent: u32) -> Signals {
        Signals { age: self.age_for(age_of_consent), guardian: self.guardian, ..device }
    }
}

impl Signals {
    /// True where the person is below the age of consent, or of unknown age where children are expected.
    pub fn may_be_child(&self, children_expected: bool) -> bool {
        match self.age {
            Some(AgeBand::Below) => true,
            Some(AgeBand::Above) => false,
            Some(AgeBand::Unknown) | None => children_expected,
        }
    }

    /// True where a guardian has to agree and is not verified.
    pub fn guardian_missing(&self, children_expected: bool) -> bool {
        self.may_be_child(children_expected) && self.guardian != Some(Guardian::Verified)
    }
}
