//! What was sent in one request. The server's answer is held against it.

/// A change that was sent. No `Debug`: the name of an operation leads to a person.
#[derive(Clone, PartialEq, Eq)]
pub struct SentOp {
    /// The operation.
    pub op: String,
    /// True for a withdrawal or refusal, which the server numbers.
    pub lowers: bool,
}

/// What was sent on a lane. No `Debug`: see [`SentOp`].
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Sent {
    /// The lane, as [`Step::Sync`](super::plan::Step::Sync) named it.
    pub lane: usize,
    /// The changes, in the order of the request.
    pub ops: Vec<SentOp>,
    /// True where changes of this lane that could be sent are still in the queue besides these.
    pub waiting: bool,
    /// The cursor in the request.
    pub cursor: Option<String>,
}
