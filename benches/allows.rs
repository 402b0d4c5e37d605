//! Reading is free: `allows()` beside the bare clock that it may have to read.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{hint::black_box, process::ExitCode, time::SystemTime};

use consentkit::client::Answer;
use support::{Device, Figures, beside, medians, timed};

/// Calls in one run: enough that reading the time around them costs nothing.
const CALLS: u32 = 20_000;

const RUNS: usize = 400;

/// Nanoseconds of one call.
fn each<T>(mut call: impl FnMut() -> T) -> f64 {
    timed(|| (0..CALLS).for_each(|_| _ = black_box(call()))) / f64::from(CALLS) * 1e9
}

fn main() -> ExitCode {
    let device = Device::new();
    let consent = device.open();
    let shown = consent.questions("settings").unwrap().shown;
    let answers = [
        Answer::grant("marketing.data_use"),
        Answer::grant("marketing.sms"),
        Answer::grant("cookies.analytics"),
        Answer::refuse("cookies.marketing"),
    ];
    consent.record(&shown, &answers).unwrap();
    let needs_clock = |purpose: &str| consent.snapshot().rule(purpose).is_some_and(consentkit::decision::Rule::needs_clock);
    assert!(!needs_clock("cookies.analytics") && !needs_clock("cookies.marketing") && needs_clock("marketing.sms"));

    let ask = |purpose: &'static str| each(|| consent.allows(black_box(purpose)));
    let [granted, refused, unknown, timed, both, clock] = medians(
        RUNS,
        [
            &mut || ask("cookies.analytics"),
            &mut || ask("cookies.marketing"),
            &mut || ask("no.such.purpose"),
            // Granted by day without a consent for the night, so that the time decides.
            &mut || ask("marketing.sms"),
            &mut || each(|| (SystemTime::now(), consent.allows(black_box("cookies.analytics")))),
            &mut || each(SystemTime::now),
        ],
    );
    beside("allows.granted", granted, "ns");
    beside("allows.refused", refused, "ns");
    beside("allows.unknown", unknown, "ns");
    beside("allows.timed", timed, "ns");
    beside("allows.clock_alone", clock, "ns");
    beside("allows.clock_and_granted", both, "ns");
    let mut figures = Figures::default();
    figures.hold("allows.fixed_ns", granted.max(refused).max(unknown), 20.0);
    figures.hold("allows.timed_to_clock_and_fixed", timed / both, 1.5);
    figures.end()
}
