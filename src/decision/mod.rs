//! What follows: allowed or not, with every reason, as one pure function.

mod decide;
mod reason;

pub use decide::{Context, Decision, decide};
pub use reason::Reason;
