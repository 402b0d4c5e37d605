//! What readers see: the file's state with what is held in memory over it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;

use super::{
    denial::{Denial, Unrecorded, leave},
    observers::Registry,
    purpose_handle::{PurposeHandle, Words},
    snapshot::Snapshot,
    zones::Zones,
};
use crate::{clock::Clock, policy::Policy, signal::Signals};

/// The state that readers see. Its lock is taken under the store's or without it, and never held while host code runs.
pub struct Present {
    inner: Mutex<Inner>,
    snapshot: Arc<ArcSwap<Snapshot>>,
}

struct Inner {
    /// The state of the file.
    base: Arc<Snapshot>,
    /// What counts although it is not in the file yet, in the order of the taps.
    denials: Vec<Denial>,
    /// The number that was given to the last denial.
    last: u64,
    generation: i64,
    /// True where readers see a snapshot of which the observers have not been told.
    untold: bool,
    whose: Whose,
    words: Words,
}

/// What is known of the file beside its state, so that a call need not wait for the disk to know what it denies.
#[derive(Clone, Default)]
pub struct Whose {
    /// The installation, and the key of its `Shown` tokens.
    pub install: String,
    pub shown_key: Vec<u8>,
    /// The person in front of the screen, and the account it is, where it is one.
    pub person: String,
    pub account: Option<String>,
    /// The keyed hash of the advertising id that was known last, where one was.
    pub ad_id: Option<Vec<u8>>,
}

impl Drop for Present {
    fn drop(&mut self) {
        // Nobody can tell of a withdrawal any more, so who still answers from here denies what needs consent.
        let closed = self.snapshot.load().closed();
        self.snapshot.store(Arc::new(closed));
    }
}

impl Present {
    pub fn new(blank: Snapshot) -> Self {
        let blank = Arc::new(blank);
        let inner = Inner {
            base: blank.clone(),
            denials: vec![],
            last: 0,
            generation: 0,
            untold: false,
            whose: Whose::default(),
            words: Words::default(),
        };
        Self { inner: Mutex::new(inner), snapshot: Arc::new(ArcSwap::new(blank)) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What readers see now, for as long as one answer takes.
    #[inline]
    pub fn load(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// What readers see now.
    pub fn load_full(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// True where an edition that was announced is in force at `now` (Unix milliseconds) and no record says so yet.
    pub fn is_edition_due(&self, now: i64) -> bool {
        self.snapshot.load().next.as_ref().is_some_and(|next| next.from <= now)
    }

    /// What is held, in the order of the taps.
    pub fn denials(&self) -> Vec<Denial> {
        self.lock().denials.clone()
    }

    /// Shows readers the file's state with the denials as they are now.
    fn show(&self, inner: &mut Inner) {
        inner.generation += 1;
        let mut snapshot = inner.base.denied_by(&inner.denials);
        snapshot.number(inner.generation);
        self.swap(inner, Arc::new(snapshot));
    }

    /// The same where the file is open. Where it is closed every answer is a no already, so nothing would change.
    fn show_over_open(&self, inner: &mut Inner) {
        if inner.base.available {
            self.show(inner);
        }
    }

    fn swap(&self, inner: &mut Inner, snapshot: Arc<Snapshot>) {
        inner.words.show(&snapshot);
        self.snapshot.store(snapshot);
        inner.untold = true;
    }

    /// What readers see, for who answers from it more than once and sees every change.
    pub fn shared(&self) -> Arc<ArcSwap<Snapshot>> {
        self.snapshot.clone()
    }

    /// A handle of one purpose.
    pub fn handle(&self, purpose: &str, clock: Arc<dyn Clock>) -> PurposeHandle {
        self.lock().words.take(purpose, &self.snapshot, clock)
    }

    /// Takes over a newer state of the file, drops the denials that it records, and lets the observers hear of it.
    pub fn rebase(&self, mut base: Snapshot, recorded: &[u64], observers: &Registry) {
        let mut inner = self.lock();
        inner.denials.retain(|denial| !recorded.contains(&denial.id));
        if inner.denials.is_empty() {
            inner.generation += 1;
            base.number(inner.generation);
            inner.base = Arc::new(base);
            let base = inner.base.clone();
            self.swap(&mut inner, base);
        } else {
            inner.base = Arc::new(base);
            self.show(&mut inner);
        }
        self.queue(&mut inner, observers);
    }

    /// Lets readers see the same state by what is known of time zones now.
    pub fn know_zones(&self, zones: &Arc<Zones>, observers: &Registry) {
        let mut inner = self.lock();
        inner.base = Arc::new(inner.base.changed(&|snapshot| snapshot.zones = zones.clone()));
        self.show_over_open(&mut inner);
        self.queue(&mut inner, observers);
    }

    /// Lets the observers hear of what they were not told yet.
    pub fn queue_untold(&self, observers: &Registry) {
        self.queue(&mut self.lock(), observers);
    }

    fn queue(&self, inner: &mut Inner, observers: &Registry) {
        if std::mem::take(&mut inner.untold) {
            observers.queue(self.snapshot.load_full());
        }
    }

    /// True where readers see the state of the file at this place (last record and number of waiting changes) under this policy.
    pub fn is_at(&self, place: (i64, i64), policy: &Arc<Policy>) -> bool {
        let base = &self.lock().base;
        base.available && (base.seq, base.pending) == place && Arc::ptr_eq(&base.policy, policy)
    }

    /// True where it is already known that the file is this installation's and that this person is in front of the screen.
    pub fn knows(&self, install: &str, person: &str) -> bool {
        let whose = &self.lock().whose;
        whose.install == install && whose.person == person
    }

    pub fn learn(&self, whose: Whose) {
        self.lock().whose = whose;
    }

    /// What is held in memory alone, also what calls wait to write. Of what is about the same only the first is listed.
    pub fn unrecorded(&self) -> Vec<Unrecorded> {
        let denials = self.denials();
        let first = |at: &usize| !denials[..*at].iter().any(|earlier| earlier.is_of_the_same(&denials[*at]));
        (0..denials.len()).filter(first).map(|at| denials[at].listed()).collect()
    }

    /// The file is closed: nothing that needs consent is allowed from now on.
    pub fn close(&self, observers: &Registry) {
        self.change(observers, |base| Some(base.closed()));
    }

    /// Shows which of the recorded signals count now, which `seen` says: a permission to track was read in this process, or could not be
    /// recorded.
    pub fn read_again(&self, seen: impl Fn(Signals) -> Signals, observers: &Registry) {
        self.change(observers, |base| {
            let again = |snapshot: &mut Snapshot| snapshot.signals = seen(snapshot.recorded);
            (seen(base.recorded) != base.signals).then(|| base.changed(&again))
        });
    }

    /// Shows another state of the file, where `change` gives one. An observer may bring this about while it is told. What changes nothing
    /// is therefore not told, or the telling would never end.
    fn change(&self, observers: &Registry, change: impl FnOnce(&Snapshot) -> Option<Snapshot>) {
        let mut inner = self.lock();
        let Some(base) = Some(&inner.base).filter(|base| base.available).and_then(|base| change(base)) else { return };
        inner.base = Arc::new(base);
        self.show(&mut inner);
        self.queue(&mut inner, observers);
    }

    /// Lets denials count from now on, and gives their numbers.
    pub fn hold(&self, denials: &[Denial]) -> Vec<u64> {
        if denials.is_empty() {
            return vec![];
        }
        let mut inner = self.lock();
        let mut ids = vec![];
        for denial in denials {
            inner.last += 1;
            ids.push(inner.last);
            let held = Denial { id: inner.last, left_over: false, ..denial.clone() };
            inner.denials.push(held);
        }
        self.show_over_open(&mut inner);
        ids
    }

    /// Lets denials of a call that failed wait for the next write, or count no more where that call was refused.
    pub fn release(&self, ids: &[u64], keep: bool) {
        if ids.is_empty() {
            return;
        }
        let mut inner = self.lock();
        if !inner.denials.iter().any(|denial| ids.contains(&denial.id)) {
            return;
        }
        if keep {
            leave(&mut inner.denials, ids);
        } else {
            inner.denials.retain(|denial| !ids.contains(&denial.id));
            self.show_over_open(&mut inner);
        }
    }

    /// The installation, and the key that signs its `Shown` tokens.
    pub fn shown_key(&self) -> (String, Vec<u8>) {
        let inner = self.lock();
        (inner.whose.install.clone(), inner.whose.shown_key.clone())
    }

    /// The keyed hash of the advertising id that was known last, as far as the file was read.
    pub fn ad_id(&self) -> Option<Vec<u8>> {
        self.lock().whose.ad_id.clone()
    }

    pub fn learn_ad_id(&self, tag: Option<Vec<u8>>) {
        self.lock().whose.ad_id = tag;
    }

    /// The account of a person, where that is known without reading the file.
    pub fn account_of(&self, person: &str) -> Option<String> {
        let inner = self.lock();
        inner.whose.account.clone().filter(|_| inner.whose.person == person)
    }

    /// What any write has to record first, in the order of the taps.
    pub fn left_over(&self) -> Vec<Denial> {
        self.lock().denials.iter().filter(|denial| denial.left_over).cloned().collect()
    }
}
