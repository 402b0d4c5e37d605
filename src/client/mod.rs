//! Ties the rooms together: loads, decides, stores, queues, tells.
//!
//! Lock order: the store's mutex, then that of what readers see, then the observers' (which is never held while an observer runs). Host code (observers,
//! token and advertising-id providers, the transport) is called with no lock held, but for the uploader's file lock.

mod account;
mod ad_id;
mod again;
mod allowance;
mod asking;
mod commit;
mod denial;
mod former;
mod handle;
mod heard;
mod import;
mod line;
mod marker;
mod observers;
mod open;
mod options;
mod past;
mod present;
mod redating;
mod saying;
mod shown;
mod sign_out;
mod signals;
mod snapshot;
mod sync;
mod told;
mod waiting;
mod write;

use std::sync::{Arc, atomic::AtomicBool};

use arc_swap::{ArcSwap, ArcSwapOption};

use self::{commit::Stamp, observers::Registry, present::Present, shown::Form};
use crate::{
    decision::{Decision, Prompt},
    error::{Error, Result},
    policy::{Basis, MAX_ID_CHARS, Policy, PolicyView, Purpose, view},
    store::Store,
};

pub use ad_id::AdvertisingId;
pub use asking::{Question, Questions, Why};
pub use denial::{DenialKind, Unrecorded};
pub use handle::PurposeHandle;
pub use import::{ImportChoice, ImportReceipt};
pub use observers::{Observer, Subscription};
pub use options::{AdIdProvider, Options, TokenProvider};
pub use past::{HistoryEntry, StateAt, Verification, VerificationFault, verify_file};
pub use saying::{Answer, Receipt, ReceiptItem};
pub use sign_out::SignOutReport;
pub use snapshot::Snapshot;
pub use sync::{SyncReport, SyncState};
pub use waiting::PendingChange;

/// What a person allowed on this device, and what follows from it.
///
/// One value is one database. All methods may be called from any thread. `allows`, `explain` and `snapshot` touch neither
/// disk nor lock; the others block on the disk, `sync` on the network.
pub struct Consent {
    options: Options,
    store: Store,
    present: Present,
    policy: ArcSwap<Policy>,
    observers: Arc<Registry>,
    /// The form that was answered last.
    form: ArcSwapOption<Form>,
    /// A permission must be read again in each process; a cap outlives it.
    tracking_read: AtomicBool,
    /// False while the file took no write of this process yet: the first that it takes does what `open` could not.
    entered: AtomicBool,
    syncing: AtomicBool,
}

impl Consent {
    /// May this be done now? Anything but a clear yes is a no: an unknown purpose, an unanswered question, a closed store.
    ///
    /// Answers from memory, in nanoseconds.
    pub fn allows(&self, purpose: &str) -> bool {
        let snapshot = self.present.load();
        match snapshot.rule(purpose) {
            None => false,
            Some(rule) if rule.needs_clock() => rule.allows(self.options.clock.now()),
            Some(rule) => rule.allows(0),
        }
    }

    /// One purpose, to be asked very often: its answer costs no look-up then. A name that the policy does not have is denied until an
    /// edition brings it.
    pub fn purpose(&self, purpose: &str) -> PurposeHandle {
        self.present.handle(purpose, self.options.clock.clone())
    }

    /// The same answer with every reason against it.
    pub fn explain(&self, purpose: &str) -> Decision {
        self.present.load().decide(purpose, self.options.clock.now())
    }

    /// The present state of all purposes, immutable.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.present.load_full()
    }

    /// What the policy in force says, in the person's language: contacts, rights, remedies, how to refuse on this system.
    pub fn policy(&self) -> PolicyView {
        view(&self.policy.load(), &self.options.language, self.options.platform, &self.options.os_version)
    }

    /// The system prompt that may be shown next, after the form: tracking only where a use of the advertising id was granted,
    /// then push. `None` where none is due.
    pub fn next_prompt(&self) -> Option<Prompt> {
        self.present.load().next_prompt(self.options.clock.now())
    }

    /// Tells `observer` of every change from now on, until the subscription is dropped.
    pub fn subscribe(&self, observer: Arc<dyn Observer>) -> Subscription {
        self.observers.subscribe(observer)
    }

    /// What counts and is held in memory alone, because the file could not be written yet: oldest first. Answers from memory.
    ///
    /// A call that waits for the file lists what it takes away, too. Where it fails, the next call that can write records it all,
    /// `shutdown` among them, and so does the end of the last reference to this `Consent`, which may wait for the file and tells nobody
    /// where it fails. Until then it would be lost with the process: an app may show that, and try again.
    pub fn unrecorded(&self) -> Vec<Unrecorded> {
        self.present.unrecorded()
    }

    fn stamp(&self) -> Stamp {
        Stamp {
            now: self.options.clock.now(),
            offset: self.options.clock.utc_offset(),
            app: self.options.app_version.clone(),
            platform: self.options.platform,
        }
    }

    /// The purpose, if the policy in force has it and asks for consent to it.
    fn consent_purpose<'a>(policy: &'a Policy, id: &str, field: &str) -> Result<&'a Purpose> {
        options::check_text(field, id, MAX_ID_CHARS)?;
        let Some(purpose) = policy.purpose(id) else {
            return Err(Error::invalid(field, "is no purpose of the policy in force"));
        };
        if purpose.basis != Basis::Consent {
            return Err(Error::invalid(field, "needs no consent, so it cannot be granted, refused or withdrawn"));
        }
        Ok(purpose)
    }
}
