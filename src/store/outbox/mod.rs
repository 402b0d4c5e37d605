//! The outbox: the changes that are recorded and that the server has not acknowledged yet. Each is a row of the table `state`, behind the
//! row of its key, at the place that its record has in the ledger.
//!
//! `row` says what such a row holds, `queue` adds and takes away, `sum` shows whether what waits is what was written, `waiting` lists, `change` gives the wire form of a row, and `batch`
//! chooses what goes next.

mod batch;
mod change;
mod queue;
mod row;
mod sum;
mod waiting;

pub use batch::{Batch, Wanted};
pub use row::OutboxRow;
