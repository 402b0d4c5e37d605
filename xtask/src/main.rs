//! Every command CI runs.
fn main() {}
