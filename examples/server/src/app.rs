//! What every request works with.

use std::sync::Arc;

use crate::{policies::Policies, store::Store};

/// The time in Unix milliseconds. Tests bring their own.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What every request works with.
pub struct App {
    /// The database.
    pub store: Store,
    /// The policies in force.
    pub policies: Policies,
    /// The time.
    pub clock: Clock,
    /// Opens the operator's endpoints.
    pub operator_key: String,
    /// Makes the account tokens.
    pub secret: Vec<u8>,
}

impl App {
    /// Unix milliseconds.
    pub fn now(&self) -> i64 {
        (self.clock)()
    }
}
