//! What to tell the server: wire types, the conflict rule, the sans-I/O engine, back-off.
//!
//! [`plan`] decides what goes out next and what a reply means; [`answer`] believes an answer or refuses it; [`retry`] says when to try
//! again; [`standpoint`] and [`merge`] say who wins, on the server and on a device; [`count`] ties numbers to what they stand for;
//! [`installation`] proves who speaks; [`subject_name`] says what an account may be called; [`whose`] says whose a pulled
//! record can be. Nothing here opens a socket, reads a clock or
//! rolls dice.

pub mod answer;
pub mod count;
pub mod coverage;
pub mod installation;
mod lane;
mod limits;
mod look_alike;
pub mod merge;
mod number;
mod placeholder;
pub mod plan;
pub mod protocol;
pub mod reply;
pub mod retry;
pub mod standpoint;
pub mod subject_name;
pub mod whose;
