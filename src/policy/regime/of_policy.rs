//! What the laws that a policy names ask of it. Where there are several, the strictest counts.

use super::{
    all::regime,
    law::{Matter, Regime, Ruled},
};
use crate::{
    policy::{Basis, Channel, Night, Policy, Purpose, Scope},
    signal::DEFAULT_AGE_OF_CONSENT,
};

impl Policy {
    /// The laws that the policy is held to. None where it names none.
    pub fn laws(&self) -> impl Iterator<Item = &'static Regime> + '_ {
        self.regimes.iter().filter_map(|name| regime(name))
    }

    /// The rule by which a law of this policy asks for something, `KR-5` for example; `None` where no law does.
    pub fn asked_by(&self, matter: Matter) -> Option<&'static str> {
        self.laws().flat_map(|law| law.says).find(|says| says.matter == matter).map(|says| says.rule)
    }

    /// The rule by which a law of this policy refuses a basis for a purpose; `None` where the basis may be used.
    pub fn refuses_basis(&self, purpose: &Purpose, basis: Basis) -> Option<&'static str> {
        if basis == Basis::Consent {
            return None;
        }
        let marketing = || purpose.is_marketing().then(|| self.asked_by(Matter::MarketingOnConsent)).flatten();
        let sharing = || {
            let of_person = purpose.sharing && purpose.scope == Scope::Person;
            of_person.then(|| self.asked_by(Matter::SharingOfPersonOnConsent)).flatten()
        };
        let advertising_id = || purpose.uses_advertising_id().then(|| self.asked_by(Matter::AdvertisingIdOnConsent)).flatten();
        marketing().or_else(advertising_id).or_else(sharing)
    }

    /// From which age a person consents alone, in years: what the policy says, or else the highest that its laws set (PIPA-8).
    pub fn age_of_consent(&self) -> u32 {
        let by_law = || self.highest(|law| law.age_of_consent.as_ref()).map_or(DEFAULT_AGE_OF_CONSENT, |set| set.value);
        self.age_of_consent.unwrap_or_else(by_law)
    }

    /// How many days a form stays away that was closed or refused; 0 where nobody says so (PIPA-16).
    pub fn cool_down_days(&self) -> u32 {
        let by_law = || self.highest(|law| law.cool_down_days.as_ref()).map_or(0, |set| set.value);
        self.cool_down_days.unwrap_or_else(by_law)
    }

    /// The fewest days from the announcement of a change until it is in force: what the policy promises, and no less than its laws ask for.
    /// `material` is a change that a person is asked about again.
    pub fn notice_days(&self, material: bool) -> u32 {
        let promised = self.amendments.as_ref().map_or(0, |amendments| match material {
            true => amendments.material_notice_days.max(amendments.notice_days),
            false => amendments.notice_days,
        });
        let of_law = |law: &'static Regime| law.material_notice_days.as_ref().filter(|_| material).or(law.notice_days.as_ref());
        self.highest(of_law).map_or(promised, |set| set.value.max(promised))
    }

    /// The hours in which messages need a separate consent: the policy's own, or else those of its laws. `None` where there are none.
    pub fn quiet_hours(&self) -> Option<&Night> {
        self.night.as_ref().or_else(|| self.laws().find_map(|law| law.quiet_hours.as_ref()).map(|hours| &hours.value))
    }

    /// True where messages of a channel need the separate consent in the quiet hours. A policy cannot exempt an electronic channel that its
    /// laws do not (KR-4).
    pub fn needs_night_consent(&self, channel: &Channel) -> bool {
        let defined = self.channels.iter().find(|defined| defined.id == channel.word());
        if defined.is_some_and(|defined| !defined.electronic) {
            return false;
        }
        let has_night = defined.is_none_or(|defined| defined.night);
        let mut laws = self.laws().filter_map(|law| law.quiet_hours.as_ref());
        has_night && self.quiet_hours().is_some_and(|night| night.restricts(channel)) || laws.any(|hours| hours.value.restricts(channel))
    }

    /// The highest of the numbers that the laws set for something.
    pub(in crate::policy) fn highest(
        &self,
        number: impl Fn(&'static Regime) -> Option<&'static Ruled<u32>>,
    ) -> Option<&'static Ruled<u32>> {
        self.laws().filter_map(number).max_by_key(|set| set.value)
    }
}
