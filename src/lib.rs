//! Consent and tracking preferences: recorded, obeyed, synchronised, provable.
#![deny(missing_docs)]
#![deny(rustdoc::broken_intra_doc_links)]

pub mod json;
pub mod text;

pub mod policy;

pub mod ledger;

pub mod signal;

pub mod decision;

pub mod sync;

#[cfg(feature = "device")]
pub mod clock;
#[cfg(feature = "device")]
pub mod store;
#[cfg(feature = "device")]
pub mod transport;

#[cfg(feature = "device")]
pub mod client;

#[cfg(feature = "device")]
pub mod error;
#[cfg(feature = "device")]
pub mod ffi;

uniffi::setup_scaffolding!("consentkit");
