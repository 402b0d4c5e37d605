//! Reading is free: `allows()` beside a look-up of the same string in the standard library's hash map with its default hasher, and
//! beside the clock that it may have to read; a purpose taken once beside an atomic load.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    collections::HashMap,
    hint::black_box,
    process::ExitCode,
    sync::atomic::{AtomicU8, Ordering},
    time::SystemTime,
};

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

    let map: HashMap<String, bool> =
        consent.snapshot().policy.purposes.iter().map(|purpose| (purpose.id.clone(), consent.allows(&purpose.id))).collect();
    let look_up = |purpose: &'static str| each(|| map.get(black_box(purpose)).copied());
    let ask = |purpose: &'static str| each(|| consent.allows(black_box(purpose)));
    let (analytics, sms) = (consent.purpose("cookies.analytics"), consent.purpose("marketing.sms"));
    let word = AtomicU8::new(1);
    let [granted, granted_map, refused, refused_map, unknown, unknown_map, timed, timed_bare, handle, handle_timed, atomic, clock] =
        medians(
            RUNS,
            [
                &mut || ask("cookies.analytics"),
                &mut || look_up("cookies.analytics"),
                &mut || ask("cookies.marketing"),
                &mut || look_up("cookies.marketing"),
                &mut || ask("no.such.purpose"),
                &mut || look_up("no.such.purpose"),
                // Granted by day without a consent for the night, so that the time decides.
                &mut || ask("marketing.sms"),
                &mut || each(|| (SystemTime::now(), map.get(black_box("marketing.sms")).copied())),
                &mut || each(|| black_box(&analytics).allows()),
                &mut || each(|| black_box(&sms).allows()),
                &mut || each(|| black_box(&word).load(Ordering::Acquire)),
                &mut || each(SystemTime::now),
            ],
        );
    beside("allows.granted", granted, "ns");
    beside("allows.granted_in_a_map", granted_map, "ns");
    beside("allows.refused", refused, "ns");
    beside("allows.refused_in_a_map", refused_map, "ns");
    beside("allows.unknown", unknown, "ns");
    beside("allows.unknown_in_a_map", unknown_map, "ns");
    beside("allows.timed", timed, "ns");
    beside("allows.clock_and_map", timed_bare, "ns");
    beside("allows.clock_alone", clock, "ns");
    beside("allows.handle", handle, "ns");
    beside("allows.handle_timed", handle_timed, "ns");
    beside("allows.atomic_load", atomic, "ns");
    let mut figures = Figures::default();
    let ratios = [granted / granted_map, refused / refused_map, unknown / unknown_map];
    figures.hold("allows.to_a_look_up", ratios.into_iter().fold(0.0, f64::max), 2.0);
    figures.hold("allows.timed_to_look_up_and_clock", timed / timed_bare, 1.5);
    figures.hold("allows.handle_over_an_atomic_load_ns", handle - atomic, 2.0);
    figures.end()
}
