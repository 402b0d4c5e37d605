//! What may be asked: the policy document, its purposes, notices, faults and revisions.

mod document;
mod night;
mod purpose;

pub use document::Policy;
pub use night::Night;
pub use purpose::{Audience, Basis, Channel, Origin, Purpose, PurposeNotice, Scope, Text, Uses};
