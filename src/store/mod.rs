//! Keeps the ledger, the state that follows from it, the changes that wait to be sent, and the policies, in one SQLite file. This is the
//! only folder that names rusqlite.
//!
//! From the inside out: `failure` translates what SQLite says; `transaction` begins and commits; `connection` sets a connection up. Each
//! table has its file (`ledger_rows`, `key_table`, `state_table`, `outbox/`, `subjects`, `policies`, `settings`), which adds its reads and
//! writes to [`Transaction`]. `kept` sums up what is beside
//! the records and decides. `salvage` reads what is left of a damaged file. `watermark` is the small file beside the database that shows when records
//! of it are missing. `schema` brings a file to the newest schema, `older_file` serves one that cannot be brought there or opened now, and
//! `file` is the [`Store`]: the one open file behind the one mutex.

mod connection;
mod failure;
mod file;
mod kept;
mod key_table;
mod ledger_rows;
mod older_file;
mod outbox;
mod policies;
mod salvage;
mod schema;
pub mod settings;
mod state_table;
mod subjects;
mod transaction;
mod watermark;

pub use failure::{full, is_of_the_disk, wants_room};
pub use file::{Patience, Store};
pub use key_table::NO_PURPOSE;
pub use ledger_rows::{Entry, Fault, Follower, Row};
pub use outbox::{Batch, OutboxRow, Wanted};
pub use salvage::{RECOVERING, Salvage, aside, move_aside, put_in_place, salvage};
pub use state_table::Head;
pub use transaction::{Transaction, Watermarked};
pub use watermark::{Compared, Level, Watermark};
