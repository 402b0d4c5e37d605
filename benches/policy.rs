//! What a policy costs at opening: forty purposes in three languages beside the smallest policy there is, and two thousand vendors.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::ExitCode;

use consentkit::{
    client::{Consent, Options},
    policy::Policy,
};
use support::{Device, Figures, GAME, beside, medians, timed, with_vendors};

const MINIMAL: &str = include_str!("../examples/policies/minimal.json");
const RUNS: usize = 100;

/// What opening with forty purposes may cost over twice the smallest, milliseconds.
const MORE_MS: f64 = 5.0;

/// What two thousand vendors may cost, milliseconds.
const VENDORS_MS: f64 = 30.0;

fn open(device: &Device, policy: &str) -> f64 {
    let options = Options { policy: policy.into(), ..device.options() };
    let mut consent = None;
    // Closing is left out: it happens when the app ends.
    timed(|| consent = Some(Consent::open(options).unwrap()))
}

fn main() -> ExitCode {
    let vendors = with_vendors();
    let (small, large, huge) = (Device::new(), Device::new(), Device::new());
    let [minimal, game] = medians(RUNS, [&mut || open(&small, MINIMAL), &mut || open(&large, GAME)]);
    let [opened, parsed] = medians(RUNS, [&mut || open(&huge, &vendors), &mut || timed(|| drop(Policy::parse(&vendors).unwrap()))]);
    beside("policy.minimal", minimal * 1e3, "ms");
    beside("policy.game", game * 1e3, "ms");
    beside("policy.2000_vendors_opened", opened * 1e3, "ms");
    beside("policy.document_kib", vendors.len() as f64 / 1024.0, "KiB");
    let mut figures = Figures::default();
    figures.hold("policy.40_purposes_over_twice_the_minimal_ms", game * 1e3 - 2.0 * minimal * 1e3, MORE_MS);
    figures.hold("policy.2000_vendors_parsed_ms", parsed * 1e3, VENDORS_MS);
    figures.end()
}
