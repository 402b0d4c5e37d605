//! Opening costs the same whatever the history: 100,000 records beside 10.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::ExitCode;

use support::{Device, Figures, beside, medians, say, timed};

const LONG: usize = 100_000;
const SHORT: usize = 10;
const RUNS: usize = 100;

fn with_records(records: usize) -> Device {
    let device = Device::new();
    let consent = device.open();
    let begun = usize::try_from(consent.verify().unwrap().records).unwrap();
    say(&consent, records - begun);
    let verified = consent.verify().unwrap();
    assert!(verified.ok && verified.records == i64::try_from(records).unwrap(), "{verified:?}");
    device
}

fn main() -> ExitCode {
    let (long, short) = (with_records(LONG), with_records(SHORT));
    let open = |device: &Device| {
        let options = device.options();
        let mut consent = None;
        // Closing is left out: it happens when the app ends.
        timed(|| consent = Some(consentkit::client::Consent::open(options).unwrap()))
    };
    let [long, short] = medians(RUNS, [&mut || open(&long), &mut || open(&short)]);
    beside("open.long", long * 1e3, "ms");
    beside("open.short", short * 1e3, "ms");
    let mut figures = Figures::default();
    figures.hold("open.100000_to_10_records", long / short, 2.0);
    figures.end()
}
