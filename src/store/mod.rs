//! Keeps the ledger, the state, the outbox and the policies in one SQLite file. The only folder that names rusqlite.

mod connection;
mod ledger;
mod outbox;
mod schema;
mod settings;
mod state;

pub use connection::{Patience, Store, Transaction};
pub use ledger::{End, Entry, Fault, Row};
pub use outbox::{Batch, NO_PURPOSE, OutboxRow, Wanted};
pub use state::Head;
