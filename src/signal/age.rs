//! Age band and guardian (PIPA-8). No birth date is taken or kept: the host passes a band.

use super::{AgeBand, Guardian, Signals};

impl Signals {
    /// True where the person is under 14, or of unknown age where children are expected.
    pub fn may_be_child(&self, children_expected: bool) -> bool {
        match self.age {
            Some(AgeBand::Under14) => true,
            Some(AgeBand::Over14) => false,
            None => children_expected,
        }
    }

    /// True where a guardian has to agree and is not verified.
    pub fn guardian_missing(&self, children_expected: bool) -> bool {
        self.may_be_child(children_expected) && self.guardian != Some(Guardian::Verified)
    }
}
