//! What the platform says: tracking authorisation, advertising-id limits, Global Privacy Control, age band, push permission.

mod signals;

pub use signals::{AdIdSignal, AdIdUnavailable, AgeBand, Guardian, Platform, PushPermission, Signals, Tracking};
