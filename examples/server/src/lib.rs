//! The reference server of ConsentKit's sync protocol, which `docs/sync.md` tells in words, on one SQLite file.
//!
//! It applies the same conflict rule and the same decision as the devices, by the same code, and it is small enough to read in one
//! sitting before a company writes its own. It is no product: there is one operator key, and the account token that it mints stands in
//! for the company's own log-in.
//!
//! ```no_run
//! use consentkit_server::{Options, Server};
//!
//! # fn main() -> Result<(), consentkit_server::StartError> {
//! let running = Server::start(Options::default())?;
//! println!("listening on {}", running.address);
//! running.stop();
//! # Ok(())
//! # }
//! ```
#![deny(missing_docs)]

mod app;
mod http;
mod key;
mod name;
mod operator_key;
mod policies;
mod rule;
mod start;
mod store;
mod zones;

pub use app::Clock;
pub use operator_key::KeySource;
pub use start::{Options, Running, Server, StartError};
