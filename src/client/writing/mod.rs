//! What is written within one transaction. Nothing here opens one: each function takes the [`writer`](writer::LedgerWriter) of the
//! transaction that it is part of.

pub mod ad_id;
pub mod asked;
pub mod choices;
pub mod editions;
pub mod enter;
pub mod impossible_dates;
pub mod installation;
pub mod kept_editions;
pub mod left_over;
pub mod marker;
pub mod random;
pub mod shipped_line;
pub mod signals;
pub mod writer;
