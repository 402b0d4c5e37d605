//! What was said: records, the hash chain, the fold from records to state.

pub mod chain;
mod current_answer;
mod date;
mod elsewhere;
mod evidence;
mod fold;
mod key;
mod listed;
mod mark;
mod noticed;
mod precedence;
mod record;
mod signals;
mod subject;
mod told;

pub use current_answer::{AskAgain, CurrentAnswer};
pub use date::{CLOCK_SLACK_MS, EARLIEST_DATE, is_possible, millis, rfc3339};
pub use elsewhere::SaidElsewhere;
pub use evidence::Evidence;
pub use fold::{State, Touched};
pub use key::{HeardWithdrawal, Key, OwnWithdrawal, Pending, StaleGrant};
pub use listed::Listed;
pub use mark::{MARK_BYTES, Mark};
pub use noticed::Noticed;
pub use record::{
    Actor, Body, Choice, ChoiceKind, FORMAT, Import, Install, Link, Merge, Merged, Method, PolicyAdopted, Record, Redated, RedatedAnswer,
    Restore, Seen, Status, TextRef,
};
pub use signals::SignalRecord;
pub use subject::{Subject, SubjectKind};
pub use told::{Outcome, OutcomeKind, OutcomeRecord, RemoteRecord, RemoteState, Withdrawal};
