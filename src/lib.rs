//! Consent and tracking preferences for apps: recorded, obeyed, synchronised, provable.
//!
//! ```
//! use consentkit::client::{Answer, Consent, Options};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("consent.db");
//! let policy = include_str!("../examples/influential/policy.json");
//! let consent = Consent::open(Options::new(path, policy))?;
//! assert!(!consent.allows("marketing.email"), "nothing is allowed before an answer");
//!
//! let form = consent.questions("settings")?;
//! // Show each question with its notice; then hand the answers back with the form's token.
//! let answers = [Answer::grant("marketing.data_use"), Answer::grant("marketing.email"), Answer::refuse("marketing.sms")];
//! let receipt = consent.record(&form.shown, &answers)?;
//! assert_eq!(receipt.pending, 3, "on disk, not yet sent");
//! assert!(consent.allows("marketing.email"));
//!
//! consent.withdraw(&["marketing.data_use"])?;
//! let reasons: Vec<String> = consent.explain("marketing.email").reasons.iter().map(|reason| reason.code()).collect();
//! assert_eq!(reasons, ["requires:marketing.data_use"]);
//! # Ok(())
//! # }
//! ```
//!
//! The modules, from the inside out: [`policy`] says what may be asked, [`ledger`] what was said, [`signal`] what the platform says,
//! [`decision`] what follows from these, [`cookie`] what that means for cookies, [`form`] what is put before a person, and [`sync`] plans what
//! to tell the server. They are pure: no I/O, no clock, no threads. Around
//! them, with the feature `device`, [`store`] keeps everything in a file, [`transport`] carries requests to the server, [`client`] is what an
//! app calls, and [`ffi`] shows that to Swift and Kotlin.
#![deny(missing_docs)]
#![deny(rustdoc::broken_intra_doc_links)]
#![deny(clippy::disallowed_methods)]

mod debug;
mod digest;

pub mod json;
mod shape;
pub mod text;

pub mod policy;

pub mod ledger;

pub mod signal;

pub mod decision;

pub mod cookie;

pub mod web;

pub mod form;

pub mod sync;

#[cfg(feature = "device")]
pub mod clock;
#[cfg(feature = "device")]
pub mod disk;
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
