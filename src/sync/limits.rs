//! How far one pass of the sync engine goes, whatever a server answers.

use super::protocol::{MAX_BATCH_BYTES, MAX_CHANGES};

/// States asked for once an answer was too large; halved further from there. The largest state takes about 8 KiB.
pub const FIRST_PAGE: i64 = 64;

/// Conflicts without a change taken up in between, before the breaker decides.
pub(super) const MAX_CONFLICTS: u32 = 3;

/// Requests without changes on one lane in one pass: a subject has some hundred purposes, so a server that sends more pages than this
/// does not end.
pub(super) const MAX_PULLS: u32 = 256;

/// Bytes of answers to requests without changes on one lane in one pass. Two hundred purposes, each with its largest record and its longest
/// list of withdrawals, fit in; a server that tells more leads on, and every byte of it may end in the ledger.
pub(super) const MAX_PULLED_BYTES: usize = 4 * 1024 * 1024;

/// Requests in one pass: enough for the 100,000 changes that may be pending, and an end for a server that leads on.
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
