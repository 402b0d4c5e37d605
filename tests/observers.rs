//! Observers: told after each commit, and no trouble of theirs reaches the caller.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use consentkit::{
    client::{Observer, Snapshot},
    signal::Platform,
};
use support::{Device, answer};

struct Counting(AtomicUsize);

impl Observer for Counting {
    fn changed(&self, _: Arc<Snapshot>, _: i64) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

struct Panicking;

impl Observer for Panicking {
    fn changed(&self, _: Arc<Snapshot>, _: i64) {
        std::panic::panic_any("an observer's own fault");
    }
}

/// Panics when it is freed.
struct Bomb;

impl Observer for Bomb {
    fn changed(&self, _: Arc<Snapshot>, _: i64) {}
}

impl Drop for Bomb {
    fn drop(&mut self) {
        std::panic::panic_any("an observer's own end");
    }
}

/// Cancels the subscription it owns while it is told.
struct Cancelling(std::sync::Mutex<Option<consentkit::client::Subscription>>);

impl Observer for Cancelling {
    fn changed(&self, _: Arc<Snapshot>, _: i64) {
        drop(self.0.lock().unwrap().take());
    }
}

#[test]
fn f_34_a_panic_in_an_observer_does_not_leave_record() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let (before, after) = (Arc::new(Counting(AtomicUsize::new(0))), Arc::new(Counting(AtomicUsize::new(0))));
    let _first = consent.subscribe(before.clone());
    let _panicking = consent.subscribe(Arc::new(Panicking));
    let _last = consent.subscribe(after.clone());
    answer(&consent, &["marketing.data_use"], &[]).unwrap();
    consent.withdraw(&["marketing.data_use"]).unwrap();
    assert_eq!((before.0.load(Ordering::SeqCst), after.0.load(Ordering::SeqCst)), (2, 2), "the others are told all the same");
    assert_eq!(consent.pending().unwrap().len(), 2);
    assert!(consent.verify().unwrap().ok);
    consent.sign_in("acct_81").unwrap();
    consent.shutdown().unwrap();
}

#[test]
fn f_34_an_observer_that_panics_when_it_is_freed_does_not_leave_record() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let bomb = consent.subscribe(Arc::new(Bomb));
    let _cancelling = consent.subscribe(Arc::new(Cancelling(Some(bomb).into())));
    let after = Arc::new(Counting(AtomicUsize::new(0)));
    let _last = consent.subscribe(after.clone());
    answer(&consent, &["marketing.data_use"], &[]).unwrap();
    answer(&consent, &[], &["marketing.data_use"]).unwrap();
    assert_eq!(after.0.load(Ordering::SeqCst), 2);
}
