//! What an open `Consent` holds in memory: two thousand vendors beside the smallest policy there is.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    process::ExitCode,
    sync::atomic::{AtomicI64, Ordering},
};

use consentkit::{
    client::{Answer, Consent, Options},
    policy::Basis,
};
use support::{Device, Figures, beside, with_vendors};

const MINIMAL: &str = include_str!("../examples/policies/minimal.json");

/// What two thousand vendors may hold beyond the smallest policy, for each byte of their document. The texts themselves are one; the rest is
/// what a list and a map need around them.
const HELD_PER_BYTE: f64 = 4.0;

/// Counts the bytes that are held.
struct Counting;

static HELD: AtomicI64 = AtomicI64::new(0);

fn count(bytes: usize, sign: i64) {
    HELD.fetch_add(sign * i64::try_from(bytes).unwrap_or(0), Ordering::Relaxed);
}

// SAFETY: every call is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(layout.size(), -1);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(layout.size(), -1);
        count(size, 1);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What is held more after the work than before, KiB, as long as its result is there.
fn held<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let before = HELD.load(Ordering::Relaxed);
    let kept = work();
    ((HELD.load(Ordering::Relaxed) - before) as f64 / 1024.0, kept)
}

/// What an open `Consent` holds by this policy, and what one more snapshot of it does, while the one before is kept.
fn measured(policy: &str) -> (f64, f64) {
    let device = Device::new();
    let options = Options { policy: policy.into(), ..device.options() };
    let (open, consent) = held(|| Consent::open(options).unwrap());
    let first = consent.snapshot();
    let purpose = first.policy.purposes.iter().find(|purpose| purpose.basis == Basis::Consent).unwrap().id.clone();
    let shown = consent.questions("settings").unwrap().shown;
    let (next, _) = held(|| {
        consent.record(&shown, &[Answer::refuse(&purpose)]).unwrap();
        consent.snapshot()
    });
    (open, next)
}

fn main() -> ExitCode {
    let vendors = with_vendors();
    // The first opening also fills what every later one uses, such as SQLite's own pages.
    measured(MINIMAL);
    let (minimal, minimal_next) = measured(MINIMAL);
    let (large, large_next) = measured(&vendors);
    let document = vendors.len() as f64 / 1024.0;
    beside("memory.document_kib", document, "KiB");
    beside("memory.minimal_open", minimal, "KiB");
    beside("memory.2000_vendors_open", large, "KiB");
    beside("memory.minimal_next_snapshot", minimal_next, "KiB");
    beside("memory.2000_vendors_next_snapshot", large_next, "KiB");
    let mut figures = Figures::default();
    figures.hold("memory.2000_vendors_over_minimal_per_byte", (large - minimal) / document, HELD_PER_BYTE);
    figures.end()
}
