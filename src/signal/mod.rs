//! What the platform and the host say of a device and its person: tracking authorisation, limits of the advertising id, Global Privacy
//! Control, age band, permission to show notifications.

mod ad_id;
mod age;
pub mod gpc;
mod push;
mod signals;
mod tracking;

pub use ad_id::{AdIdAnswer, read};
pub use age::{DEFAULT_AGE_OF_CONSENT, PersonSignals};
pub use signals::{AdIdSignal, AdIdUnavailable, AgeBand, Guardian, Platform, PushPermission, Signals, Tracking};
