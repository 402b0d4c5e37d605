//! What follows from policy, answers and signals: whether a purpose is allowed, with every reason against it. [`decide()`] is one pure
//! function; the other functions answer narrower questions by the same rules.

mod caps;
mod consent;
mod context;
mod decide;
mod google;
mod night;
mod prompt;
mod reason;
mod rule;
mod sentence;

pub use consent::{needs_yes, not_pulled};
pub use context::Context;
pub use decide::{Decision, decide, decide_before_asking, valid_until};
pub use google::{GoogleConsent, google_consent};
pub use prompt::{Prompt, next_prompt};
pub use reason::Reason;
pub use rule::Rule;
