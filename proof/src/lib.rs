//! What proofs against the shipped client and the real server share: chance from a seed, a phone with a clock, and the server on loopback.
#![deny(missing_docs)]

pub mod chance;
pub mod stage;
pub mod wire;
