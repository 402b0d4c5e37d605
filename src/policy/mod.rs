//! What may be asked: the policy document, its purposes, notices, faults and revisions.

mod document;
mod purpose;

pub use document::Policy;
pub use purpose::{Audience, Basis, Channel, Origin, Purpose, PurposeNotice, Scope, Text, Uses};
