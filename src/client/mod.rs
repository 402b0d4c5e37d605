//! What runs on a device: it loads, decides, stores, queues, sends and tells.
//!
//! `Consent` is the door, in `consent`: each of its methods leads to a function of the file that bears the verb's name. Those functions
//! share the `OpenLedger`: the file, what readers see of it, the policy in force and the observers. What is
//! written within a transaction lies in `writing`, what goes to and comes from the server in `sync`.
//!
//! Three locks are taken in this order: the store's mutex, then that of what readers see, then the observers' (which is never held while an
//! observer runs). Host code (observers, token and advertising-id providers, time zones, the transport) is called with no lock held, but for the
//! uploader's file lock.

mod ad_id;
mod adopt_policy;
mod ahead;
mod arguments;
mod closed;
mod consent;
mod cookies;
mod denial;
mod editions;
mod erase;
mod form;
mod history;
mod host;
mod import;
mod last_form;
mod leave_withdrawal;
mod mailbox;
mod observers;
mod open;
mod open_ledger;
mod options;
mod overlay;
mod past;
mod pending;
mod present;
mod purpose_handle;
mod questions;
mod receipt;
mod record;
mod recover;
mod reserve;
mod rolled_back;
mod shown_token;
mod sign_in;
mod sign_out;
mod signals;
mod snapshot;
mod sync;
mod verification;
mod watch;
mod web;
mod withdraw;
mod write;
mod writing;
mod zones;

pub use crate::form::{Answer, Question, Questions, Why};
pub use ad_id::AdvertisingId;
pub use consent::Consent;
pub use cookies::{CookieGate, CookieJudgement, CookieOptions};
pub use denial::{DenialKind, Unrecorded};
pub use editions::AnnouncedEdition;
pub use erase::EraseReport;
pub use form::FormRequest;
pub use history::{HistoryEntry, StateAt};
pub use import::{ImportChoice, ImportReceipt};
pub use observers::{Observer, Subscription};
pub use options::{AdIdProvider, Options, TimeZones, TokenProvider};
pub use past::{Counted, counted_at};
pub use pending::PendingChange;
pub use purpose_handle::PurposeHandle;
pub use receipt::{Receipt, ReceiptItem};
pub use recover::Recovered;
pub use rolled_back::RolledBack;
pub use sign_out::SignOutReport;
pub use snapshot::Snapshot;
pub use sync::{SyncReport, SyncState};
pub use verification::{Verification, VerificationFault, verify_file};
pub use web::{WebAnswer, WebHandOff, WebOutcome, WebPages};
