//! Observers: told after each commit, and no trouble of theirs reaches the caller.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use consentkit::{
    client::{Consent, Observer, Snapshot},
    signal::{Platform, Signals, Tracking},
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

/// Calls back into the library each time it is told; so often at most, so that a test ends where that never would.
struct CallingBack {
    consent: std::sync::Weak<Consent>,
    call: fn(&Consent),
    told: AtomicUsize,
}

impl Observer for CallingBack {
    fn changed(&self, _: Arc<Snapshot>, _: i64) {
        let told = self.told.fetch_add(1, Ordering::SeqCst);
        if let Some(consent) = self.consent.upgrade().filter(|_| told < 50) {
            (self.call)(&consent);
        }
    }
}

fn shut_down(consent: &Consent) {
    let _ = consent.shutdown();
}

fn withdraw_from_what_is_closed(consent: &Consent) {
    let _ = consent.shutdown();
    let _ = consent.withdraw(&["marketing.email", "cookies.analytics"]);
}

fn report_to_what_is_closed(consent: &Consent) {
    let _ = consent.shutdown();
    let signals = Signals { tracking: Some(Tracking::Denied), gpc: Some(true), ..Signals::default() };
    let _ = consent.report_signals(signals);
}

fn sign_out_of_what_is_closed(consent: &Consent) {
    let _ = consent.shutdown();
    let _ = (consent.sign_out(), consent.sign_in("acct_82"), consent.refresh());
}

#[test]
fn f_34_an_observer_that_shuts_down_is_told_of_it_once() {
    for call in [shut_down, withdraw_from_what_is_closed, report_to_what_is_closed, sign_out_of_what_is_closed] {
        let device = Device::new(Platform::Ios);
        let consent = Arc::new(device.open());
        consent.sign_in("acct_81").unwrap();
        let observer = Arc::new(CallingBack { consent: Arc::downgrade(&consent), call, told: AtomicUsize::new(0) });
        let _subscription = consent.subscribe(observer.clone());
        consent.withdraw(&["marketing.email"]).unwrap();
        let told = observer.told.load(Ordering::SeqCst);
        assert!(told <= 3, "of the withdrawal, perhaps before it was on disk, and of the end: told {told} times");
        assert!(!consent.snapshot().available && !consent.allows("marketing.email"));
    }
}

#[test]
fn f_34_what_is_closed_tells_nothing_any_more() {
    let device = Device::new(Platform::Ios);
    let consent = device.open();
    answer(&consent, &["marketing.data_use"], &[]).unwrap();
    let counting = Arc::new(Counting(AtomicUsize::new(0)));
    let _subscription = consent.subscribe(counting.clone());
    consent.shutdown().unwrap();
    let generation = consent.snapshot().generation;
    for call in [shut_down, withdraw_from_what_is_closed, report_to_what_is_closed, sign_out_of_what_is_closed] {
        call(&consent);
    }
    assert_eq!((counting.0.load(Ordering::SeqCst), consent.snapshot().generation), (1, generation));
    assert_eq!(consent.unrecorded(), [], "a call that was refused holds nothing");
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

#[test]
fn f_34_an_observer_that_panics_when_it_is_freed_leaves_neither_a_cancel_nor_the_end_of_anything() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    consent.subscribe(Arc::new(Bomb)).cancel();
    drop(consent.subscribe(Arc::new(Bomb)));
    // While another panic unwinds, one more would end the process.
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _bombs = (consent.subscribe(Arc::new(Bomb)), consent.subscribe(Arc::new(Bomb)));
        std::panic::panic_any("the app's own");
    }));
    assert!(unwound.is_err());
    let after = Arc::new(Counting(AtomicUsize::new(0)));
    let _last = consent.subscribe(after.clone());
    answer(&consent, &["marketing.data_use"], &[]).unwrap();
    assert_eq!(after.0.load(Ordering::SeqCst), 1);
    let _outlives = (consent.subscribe(Arc::new(Bomb)), consent.subscribe(Arc::new(Bomb)));
    drop(consent);
}

#[test]
fn f_34_what_is_closed_gives_no_advertising_id_and_says_that_it_is_closed() {
    let device = Device::new(Platform::Android);
    let consent = device.open();
    consent.shutdown().unwrap();
    assert_eq!(consent.advertising_id("ad_id.personalised_ads"), Err(consentkit::error::Error::ShutDown));
}
