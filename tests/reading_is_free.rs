//! Asking what is allowed allocates nothing, and a purpose taken once sees every change.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use consentkit::{
    client::{Consent, Options},
    signal::{Platform, Signals},
};
use support::{
    Device, NOON, answer,
    edition::next_edition,
    refusing::{Refusing, counts_in_memory},
};

/// Counts the allocations of the thread that asks.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread that ends has nothing left to count with.
    let _ = ALLOCATIONS.try_with(|allocations| allocations.set(allocations.get() + 1));
}

// SAFETY: every call is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count();
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

const EMAIL: &str = "marketing.email";
const SMS: &str = "marketing.sms";
const DATA_USE: &str = "marketing.data_use";

#[test]
fn f_75_asking_allocates_nothing() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[DATA_USE, EMAIL, SMS], &["cookies.analytics"]).unwrap();
    let purposes = [EMAIL, SMS, "cookies.analytics", "cookies.marketing", "cookies.necessary", "no.such.purpose"];
    let handles = purposes.map(|purpose| consent.purpose(purpose));
    // The first answer of a thread sets up the pointer's own place in it.
    let ask = || {
        for (purpose, handle) in purposes.iter().zip(&handles) {
            assert_eq!(consent.allows(purpose), handle.allows(), "{purpose}");
        }
    };
    ask();
    assert!(allocations(|| drop(vec![0_u8; 3])) == 2, "they are counted");
    assert_eq!(allocations(|| (0..100).for_each(|_| ask())), 0);
}

#[test]
fn a_purpose_taken_once_sees_every_change() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let [email, analytics, more, sms] = [EMAIL, "cookies.analytics", "cookies.more", SMS].map(|purpose| consent.purpose(purpose));
    assert!(!email.allows() && !analytics.allows() && !more.allows());
    answer(&consent, &[DATA_USE, EMAIL, SMS, "cookies.analytics"], &[]).unwrap();
    assert!(email.allows() && analytics.allows() && sms.allows());
    // The time decides: at night a text message needs a consent of its own.
    device.clock.set(NOON + 10 * 3_600_000);
    assert!(email.allows() && !sms.allows());
    device.clock.set(NOON);
    assert!(sms.allows());
    consent.withdraw(&[DATA_USE]).unwrap();
    assert!(!email.allows() && !sms.allows());
    consent.adopt_policy(&next_edition()).unwrap();
    assert!(!analytics.allows(), "its meaning changed");
    answer(&consent, &["cookies.more"], &[]).unwrap();
    assert!(more.allows(), "an edition brought it");
    assert_eq!(more.purpose(), "cookies.more");

    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.withdraw(&["cookies.more"]));
    assert!(!more.allows(), "what is held in memory counts here as well");
    refusing.lift();
    answer(&consent, &["cookies.more", "cookies.marketing"], &[]).unwrap();
    let marketing = consent.purpose("cookies.marketing");
    assert!(more.allows() && marketing.allows());
    consent.report_signals(Signals { gpc: Some(true), ..Signals::default() }).unwrap();
    assert!(!marketing.allows());
    let again = consent.purpose("cookies.more");
    consent.shutdown().unwrap();
    assert!(!more.allows() && !again.allows());
}

#[test]
fn a_purpose_taken_once_denies_where_an_edition_left_it_out_or_the_consent_is_gone() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    consent.adopt_policy(&next_edition()).unwrap();
    answer(&consent, &["cookies.more", "cookies.analytics"], &[]).unwrap();
    let (more, analytics) = (consent.purpose("cookies.more"), consent.purpose("cookies.analytics"));
    assert!(more.allows() && analytics.allows());
    let mut document: serde_json::Value = serde_json::from_str(&next_edition()).unwrap();
    document["edition"] = 5.into();
    document["version"] = "after".into();
    document["effective_on"] = "2026-11-12".into();
    document["purposes"].as_array_mut().unwrap().retain(|purpose| purpose["id"] != "cookies.more");
    let after = serde_json::json!({ "edition": 5, "version": "after", "announced_on": "2026-10-01", "effective_on": "2026-11-12" });
    document["amendments"]["versions"].as_array_mut().unwrap().push(after);
    consent.adopt_policy(&document.to_string()).unwrap();
    assert!(!more.allows() && analytics.allows());
    drop(consent);
    assert!(!analytics.allows());
    let consent = Consent::open(Options { policy: document.to_string(), ..device.options() }).unwrap();
    assert!(consent.purpose("cookies.analytics").allows());
}
