//! What to tell the server: wire types, the conflict rule, the sans-I/O engine, back-off.
//!
//! [`plan`] decides what goes out next and what a reply means; [`answer`] believes an answer or refuses it; [`retry`] says when to try
//! again; [`merge`] says who wins; [`subject_name`] what an account may be called. Nothing here opens a socket, reads a clock or rolls dice.

pub mod answer;
mod lane;
mod look_alike;
pub mod merge;
pub mod plan;
pub mod protocol;
pub mod reply;
pub mod retry;
pub mod subject_name;
