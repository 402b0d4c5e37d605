//! The bounds of one pass of the sync engine. They hold whatever a server answers.

use super::protocol::{MAX_BATCH_BYTES, MAX_CHANGES};

/// How many states are asked for after an answer was too large; half of that after each further one. The largest state takes about 8 KiB.
pub const FIRST_PAGE: i64 = 64;

/// Most conflicts in a row without an accepted change. After more the breaker decides when to try again.
pub(super) const MAX_CONFLICTS: u32 = 3;

/// Most requests without changes on one lane in one pass. A subject has some hundred purposes, so a server that has still more pages to
/// tell would never come to an end.
pub(super) const MAX_PULLS: u32 = 256;

/// Most bytes of answers to requests without changes on one lane in one pass. Two hundred purposes fit in, each with the largest record and
/// the longest list of withdrawals. A server that tells more is stopped, since every byte of it may be kept in the ledger.
pub(super) const MAX_PULLED_BYTES: usize = 4 * 1024 * 1024;

/// Most requests in one pass. They suffice for the 100,000 changes that may be pending, and end a pass that a server would draw out for
/// ever.
pub const MAX_REQUESTS: u32 = 2_048;

/// How far one pass may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most changes in one request.
    pub changes: usize,
    /// Most bytes of changes in one request.
    pub bytes: usize,
    /// Most requests.
    pub requests: u32,
    /// No request begins at or after this time on the monotonic clock, milliseconds.
    pub deadline_ms: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { changes: MAX_CHANGES, bytes: MAX_BATCH_BYTES, requests: MAX_REQUESTS, deadline_ms: i64::MAX }
    }
}
