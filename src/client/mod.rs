//! Ties the rooms together: loads, decides, stores, queues, tells.
//!
//! Lock order: the store's mutex, then the observers' (which is never held while an observer runs). Host code (observers,
//! token and advertising-id providers, the transport) is called with no lock held, but for the uploader's file lock.

mod account;
mod ad_id;
mod asking;
mod commit;
mod former;
mod heard;
mod line;
mod marker;
mod observers;
mod open;
mod options;
mod past;
mod saying;
mod shown;
mod signals;
mod snapshot;
mod sync;
mod waiting;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use arc_swap::{ArcSwap, ArcSwapOption};

use self::{
    commit::{Pen, Stamp},
    observers::Registry,
    shown::Form,
};
use crate::{
    decision::{Decision, Prompt},
    error::{Error, Result},
    policy::{Basis, MAX_ID_CHARS, Policy, PolicyView, Purpose, view},
    signal::Tracking,
    store::{Head, Store},
    sync::merge::standings,
};

pub use ad_id::AdvertisingId;
pub use asking::{Question, Questions, Why};
pub use observers::{Observer, Subscription};
pub use options::{AdIdProvider, Options, TokenProvider};
pub use past::{HistoryEntry, StateAt, Verification, VerificationFault, verify_file};
pub use saying::{Answer, ImportChoice, ImportReceipt, Receipt, ReceiptItem};
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
    snapshot: ArcSwap<Snapshot>,
    policy: ArcSwap<Policy>,
    observers: Arc<Registry>,
    generation: AtomicI64,
    /// The form that was answered last.
    form: ArcSwapOption<Form>,
    /// A permission must be read again in each process; a cap outlives it.
    tracking_read: AtomicBool,
    syncing: AtomicBool,
}

impl Consent {
    /// May this be done now? Anything but a clear yes is a no: an unknown purpose, an unanswered question, a closed store.
    ///
    /// Answers from memory, in nanoseconds.
    pub fn allows(&self, purpose: &str) -> bool {
        let snapshot = self.snapshot.load();
        match snapshot.rule(purpose) {
            None => false,
            Some(rule) if rule.needs_clock() => rule.allows(self.options.clock.now()),
            Some(rule) => rule.allows(0),
        }
    }

    /// The same answer with every reason against it.
    pub fn explain(&self, purpose: &str) -> Decision {
        self.snapshot.load().decide(purpose, self.options.clock.now())
    }

    /// The present state of all purposes, immutable.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// What the policy in force says, in the person's language: contacts, rights, remedies, how to refuse on this system.
    pub fn policy(&self) -> PolicyView {
        view(&self.policy.load(), &self.options.language, self.options.platform, &self.options.os_version)
    }

    /// The system prompt that may be shown next, after the form: tracking only where a use of the advertising id was granted,
    /// then push. `None` where none is due.
    pub fn next_prompt(&self) -> Option<Prompt> {
        self.snapshot.load().next_prompt(self.options.clock.now())
    }

    /// Tells `observer` of every change from now on, until the subscription is dropped.
    pub fn subscribe(&self, observer: Arc<dyn Observer>) -> Subscription {
        self.observers.subscribe(observer)
    }

    /// Closes the file. Afterwards nothing that needs consent is allowed, and every other call answers `ShutDown`.
    pub fn shutdown(&self) -> Result<()> {
        let closed = self.store.close();
        let snapshot = Arc::new(self.snapshot.load().closed());
        self.snapshot.store(snapshot.clone());
        self.observers.queue(snapshot);
        self.observers.tell(self.options.clock.now());
        closed
    }

    fn stamp(&self) -> Stamp {
        Stamp { now: self.options.clock.now(), offset: self.options.clock.utc_offset(), app: self.options.app_version.clone() }
    }

    /// Runs `work` in one transaction, publishes what it changed under the writer's mutex, then tells the observers.
    fn write<T>(&self, work: impl FnOnce(&mut Pen<'_>) -> Result<T>) -> Result<T> {
        let stamp = self.stamp();
        let value = self.store.write(
            |transaction, head| {
                let mut pen = Pen::new(transaction, head, stamp);
                let value = work(&mut pen)?;
                pen.finish()?;
                Ok(value)
            },
            |head, _| {
                let published = self.snapshot.load();
                if (published.seq, published.pending) != (head.seq, head.pending) {
                    self.publish(head);
                }
            },
        )?;
        self.observers.tell(self.options.clock.now());
        Ok(value)
    }

    fn publish(&self, head: &Head) {
        let snapshot = Arc::new(self.view_of(head));
        self.snapshot.store(snapshot.clone());
        self.observers.queue(snapshot);
    }

    fn view_of(&self, head: &Head) -> Snapshot {
        let policy = self.policy.load_full();
        let mut signals = head.state.signals;
        if signals.tracking == Some(Tracking::Authorized) && !self.tracking_read.load(Ordering::Relaxed) {
            signals.tracking = None;
        }
        Snapshot {
            generation: self.generation.fetch_add(1, Ordering::Relaxed) + 1,
            standings: standings(&head.state, &policy),
            policy,
            signals,
            platform: self.options.platform,
            available: true,
            seq: head.seq,
            pending: head.pending,
            signed_in: head.state.signed_in,
            recorded: head.state.signals,
            rules: std::collections::HashMap::default(),
        }
        .with_rules()
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
