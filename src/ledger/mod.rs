//! What was said: the records, the hash chain over them, and the state that follows from them.
//!
//! [`Record`] is one immutable fact. [`State::apply`] adds the next record to the [`State`]; the state of a device is always what results
//! from applying all its records in their order. For each purpose of each person or device the state holds a [`Key`]: all that is known of
//! that purpose. [`Key::current_answer`] says which of it counts.

mod answer;
pub mod chain;
mod choice;
mod current_answer;
mod date;
mod delivered;
mod elsewhere;
mod evidence;
mod fold;
mod form_closed;
mod key;
mod key_dates;
mod listed;
mod mark;
mod operation;
mod precedence;
mod record;
mod record_evidence;
mod redating;
mod server_word;
mod set_aside;
mod signal_record;
mod signals;
mod silence;
mod subject;

pub use answer::{Actor, ChoiceKind, Method, Status};
pub use choice::{Choice, Import, Seen, TextRef};
pub use current_answer::{AskAgain, CurrentAnswer, Silence};
pub use date::{CLOCK_SLACK_MS, EARLIEST_DATE, is_in_years, is_possible, millis, rfc3339};
pub use elsewhere::SaidElsewhere;
pub use evidence::Evidence;
pub use fold::{State, Touched};
pub use form_closed::FormClosed;
pub use key::{Key, OwnWithdrawal, Pending, StaleGrant, WithdrawalElsewhere};
pub use listed::Listed;
pub use mark::{MARK_BYTES, Mark};
pub use operation::operation_name;
pub use record::{
    Body, Closed, ClosedQuestion, CookiesRemoved, EditionAhead, Erased, FORMAT, Install, Kept, KeptRow, Link, Lost, Merge, Merged,
    PolicyAdopted, PolicyAnnounced, PullEnded, Record, Redated, RedatedAnswer, RemovedCookies, Restore,
};
pub use redating::Redating;
pub use server_word::{Outcome, OutcomeKind, OutcomeRecord, RemoteRecord, RemoteState, Withdrawal};
pub use set_aside::SetAside;
pub use signal_record::SignalRecord;
pub use subject::{Pulled, Subject, SubjectKind};
