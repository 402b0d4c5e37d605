//! The record of what the platform says of the device, or the app of a person.

use serde::Serialize;

use crate::{
    debug::silent,
    json::FromJson,
    signal::{PersonSignals, Platform, Signals},
};

/// What is said of a device or of a person from now on.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct SignalRecord {
    /// Reference of the device or of the person.
    pub subject: String,
    /// All signals of that subject after the change. A person's are age and guardian, a device's are all others. Older versions wrote age
    /// and guardian into the device's records too.
    pub signals: Signals,
    /// The age of consent that the age band refers to; absent where it is 14, and in a device's record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_of_consent: Option<u32>,
    /// The device's platform; absent in a person's record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// True where the advertising id was replaced by another one (AND-4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ad_id_changed: bool,
}

impl SignalRecord {
    /// What it says of a person.
    pub fn person(&self) -> PersonSignals {
        PersonSignals { age: self.signals.age, age_of_consent: self.age_of_consent, guardian: self.signals.guardian }
    }
}

silent!(SignalRecord);
