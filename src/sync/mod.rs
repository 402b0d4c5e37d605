//! What to tell the server: wire types, the conflict rule, the sans-I/O engine, back-off.

pub mod merge;
pub mod protocol;
