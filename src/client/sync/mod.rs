//! What goes to the server and comes from it.
//!
//! `run` makes one sync: it asks the plan of the pure room `sync` what to do next, and does it. `lanes` says which subjects are visited,
//! `registration` gets the installation its token, `exchange` makes one request about one subject, and `answer` applies what comes back in
//! one transaction. `held_back` keeps noes for which the ledger has no room now. `begin_anew` begins a new installation where the server says that this file is a copy.

mod allowance;
mod anchor;
mod answer;
mod begin_anew;
mod breaker;
mod exchange;
mod held_back;
mod known_server;
mod lanes;
mod lock;
mod policy;
mod pulled;
mod registration;
mod report;
mod requests;
mod results;
mod run;
mod send_again;
pub mod states;

pub use report::{SyncReport, SyncState};
pub use run::{connectivity_restored, sync};
