//! Observers: told after each commit, in the order of the commits, on the thread that made the change, with no lock held.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use super::snapshot::Snapshot;

/// Hears of every new snapshot.
pub trait Observer: Send + Sync {
    /// Called after a change is on disk; and of what denies, already while the file makes it wait or refuses it, since it counts from
    /// the call on (`Consent::unrecorded` lists it). May call back into `Consent`; what that changes is told afterwards.
    /// `now` is the time of the telling, Unix milliseconds.
    ///
    /// A panic in here ends the telling for this observer alone: the change counts already, so the call that made it must not fail.
    fn changed(&self, snapshot: Arc<Snapshot>, now: i64);
}

/// Keeps an observer subscribed until it is dropped or cancelled.
pub struct Subscription {
    id: u64,
    registry: Weak<Registry>,
}

impl Subscription {
    /// Ends the subscription. An observer that is being told at this moment finishes.
    pub fn cancel(&self) {
        if let Some(registry) = self.registry.upgrade() {
            let ended: Vec<_> = registry.lock().observers.extract_if(.., |(id, _)| *id == self.id).collect();
            // Freed with no lock held: an observer may own a subscription of its own.
            ended.into_iter().for_each(|(_, observer)| free(observer));
        }
    }
}

/// Frees an observer. Where nobody else holds it, its own `drop` runs here and may panic. That is no failure of the call that led to it, and
/// it would end the process where this runs while another panic unwinds.
fn free(observer: Arc<dyn Observer>) {
    catch_unwind(AssertUnwindSafe(move || drop(observer))).unwrap_or_else(std::mem::forget);
}

impl Drop for Registry {
    fn drop(&mut self) {
        let inner = self.inner.get_mut().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut inner.observers).into_iter().for_each(|(_, observer)| free(observer));
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.cancel();
    }
}

#[derive(Default)]
pub struct Registry {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    next: u64,
    observers: Vec<(u64, Arc<dyn Observer>)>,
    waiting: VecDeque<Arc<Snapshot>>,
    telling: bool,
}

impl Registry {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn subscribe(self: &Arc<Self>, observer: Arc<dyn Observer>) -> Subscription {
        let mut inner = self.lock();
        inner.next += 1;
        let id = inner.next;
        inner.observers.push((id, observer));
        Subscription { id, registry: Arc::downgrade(self) }
    }

    /// Called under the lock of the present state, so that snapshots wait in the order in which they were shown.
    pub fn queue(&self, snapshot: Arc<Snapshot>) {
        let mut inner = self.lock();
        if !inner.observers.is_empty() {
            inner.waiting.push_back(snapshot);
        }
    }

    /// True where a snapshot waits to be told.
    pub fn has_news(&self) -> bool {
        !self.lock().waiting.is_empty()
    }

    /// Tells what waits. Where another call is telling already, or this thread is within a telling, that one tells it.
    pub fn tell(&self, now: i64) {
        {
            let mut inner = self.lock();
            if inner.telling {
                return;
            }
            inner.telling = true;
        }
        loop {
            let (snapshot, observers) = {
                let mut inner = self.lock();
                let Some(snapshot) = inner.waiting.pop_front() else {
                    inner.telling = false;
                    return;
                };
                (snapshot.kept_at(now), inner.observers.iter().map(|(_, observer)| observer.clone()).collect::<Vec<_>>())
            };
            for observer in observers {
                let snapshot = snapshot.clone();
                // Where the observer was cancelled meanwhile, this is its last owner and frees it, and that may panic as well.
                let told = catch_unwind(AssertUnwindSafe(move || {
                    observer.changed(snapshot, now);
                    drop(observer);
                }));
                // A panic carries a value of any type, whose own `drop` may panic again, so it is not dropped.
                told.unwrap_or_else(std::mem::forget);
            }
        }
    }
}
