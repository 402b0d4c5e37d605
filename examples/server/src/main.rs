//! Starts the reference server.
fn main() {}
