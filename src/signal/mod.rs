//! What the platform says: tracking authorisation, advertising-id limits, Global Privacy Control, age band, push permission.

mod ad_id;
mod age;
pub mod gpc;
mod push;
mod signals;
mod tracking;

pub use ad_id::{AdIdAnswer, read};
pub use age::{DEFAULT_AGE_OF_CONSENT, PersonSignals};
pub use signals::{AdIdSignal, AdIdUnavailable, AgeBand, Guardian, Platform, PushPermission, Signals, Tracking};
