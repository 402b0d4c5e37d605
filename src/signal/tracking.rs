//! App Tracking Transparency (APL-1, APL-2).

use super::{Platform, Signals, Tracking};

impl Tracking {
    /// Reads the raw value of the system's status. A value that this library does not know counts as a denial (APL-1).
    pub fn from_raw(raw: i64) -> Self {
        match raw {
            0 => Self::NotDetermined,
            1 => Self::Restricted,
            3 => Self::Authorized,
            _ => Self::Denied,
        }
    }
}

impl Signals {
    /// Where tracking stands on this platform; `None` where the platform has no such authorisation.
    /// On iOS, where the host has said nothing yet, it counts as not asked.
    pub fn tracking_on(&self, platform: Platform) -> Option<Tracking> {
        (platform == Platform::Ios).then(|| self.tracking.unwrap_or(Tracking::NotDetermined))
    }
}
