//! JSON from outside, read within bounds.
