//! Synchronising with the server: the wire types, the rule for conflicting answers, the engine that does no I/O, and when to try again.
//!
//! [`plan`] decides what goes out next and what a reply means. [`answer`] believes a server's answer or refuses it. [`retry`] says when to
//! try again. [`server_rule`] and [`device_rule`] say which of several answers counts, on the server and on a device. [`coverage`] says
//! whether the giver of a grant could see every withdrawal. [`loss`] finds out what a server lost. [`numbering`] numbers withdrawals and
//! changes so that a number cannot come to stand for another one. [`installation`] proves which installation speaks. [`subject_name`] says
//! what an account may be called. [`pulled_subject`] says of which subject a pulled record can be. Nothing here opens a socket, reads a
//! clock or rolls dice.

pub mod answer;
mod answer_fault;
pub mod coverage;
pub mod device_rule;
mod great_numbers;
pub mod installation;
mod lane;
mod limits;
mod look_alike;
pub mod loss;
pub mod numbering;
mod placeholder;
pub mod plan;
pub mod protocol;
pub mod pulled_subject;
pub mod reply;
pub mod retry;
mod sent;
pub mod server_rule;
pub mod subject_name;
mod trouble;
