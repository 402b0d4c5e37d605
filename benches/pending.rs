//! What waits costs little: 100,000 changes that wait beside 10, in memory and in the write-ahead log.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    process::ExitCode,
    sync::atomic::{AtomicUsize, Ordering},
};

use support::{Device, Figures, beside, purposes, say};

const MANY: usize = 100_000;
const FEW: usize = 10;

/// What the many may add to the heap, and what the log may weigh while they are there, in MiB.
const HEAP_MIB: f64 = 8.0;
const LOG_MIB: f64 = 4.0;

const MIB: f64 = 1024.0 * 1024.0;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, which counts what is held and the most that ever was. SQLite's own memory is bounded by its cache.
struct Counting;

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most that the heap holds more than before, in MiB, while an app opens a file with so many changes that wait, withdraws, and asks; and
/// what the log weighs then.
fn used(waiting: usize) -> (f64, f64) {
    let device = Device::new();
    let consent = device.open();
    say(&consent, waiting);
    consent.shutdown().unwrap();
    drop(consent);
    let before = NOW.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let consent = device.open();
    let purposes = purposes(&consent);
    for purpose in &purposes {
        consent.withdraw(&[purpose]).unwrap();
        assert!(!consent.allows(purpose));
    }
    drop(consent.questions("settings").unwrap());
    let peak = PEAK.load(Ordering::Relaxed) - before;
    let log = std::fs::metadata(format!("{}-wal", device.file().display())).map_or(0, |file| file.len());
    (peak as f64 / MIB, log as f64 / MIB)
}

fn main() -> ExitCode {
    let ((many, log), (few, _)) = (used(MANY), used(FEW));
    beside("pending.heap_with_100000", many, "MiB");
    beside("pending.heap_with_10", few, "MiB");
    let mut figures = Figures::default();
    figures.hold("pending.heap_mib_more_with_100000", many - few, HEAP_MIB);
    figures.hold("pending.log_mib_with_100000", log, LOG_MIB);
    figures.end()
}
