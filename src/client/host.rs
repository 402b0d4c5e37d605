//! Calls of the host's code that have an answer: what knows the time zones, the tokens and the advertising id, and what carries requests.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the host's code answers; `None` where it panics. Its panic is no failure of the call of the app that led to it.
pub fn asked<T>(host: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(host)) {
        Ok(answer) => Some(answer),
        Err(panic) => {
            // A panic carries a value of any type, whose own `drop` may panic again, so it is not dropped.
            std::mem::forget(panic);
            None
        }
    }
}
