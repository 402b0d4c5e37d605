//! One change costs the same whatever the past of its key: one purpose toggled 8,000 times and drained to the reference server, beside the
//! same with 2,000.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{process::ExitCode, time::Instant};

use consentkit::client::{Consent, Options};
use consentkit_server::Server;
use support::{Device, Figures, beside, turn};

/// The purpose that is toggled.
const PURPOSE: &str = "marketing.email";

const FEW: usize = 2_000;
const MANY: usize = 8_000;

/// Four times as many changes, and an eighth for a busy machine.
const BOUND: f64 = 4.5;

const POLICY: &str = include_str!("../examples/influential/policy.json");

/// Seconds that the phone and the server need for so many changes of one key, from the first tap to the last answer.
fn toggled(changes: usize) -> f64 {
    let device = Device::new();
    let server = Server::start(consentkit_server::Options {
        database: Some(device.folder.path().join("server.db")),
        listen: "127.0.0.1:0".parse().unwrap(),
        policies: vec![POLICY.to_owned()],
        operator_key: Some("operator".into()),
        clock: None,
    })
    .unwrap();
    let consent = Consent::open(Options { server: Some(format!("http://{}", server.address)), ..device.options() }).unwrap();
    let shown = consent.questions("settings").unwrap().shown;
    let start = Instant::now();
    for round in 0..changes {
        consent.record(&shown, &[turn(PURPOSE, round)]).unwrap();
    }
    let report = consent.sync(3_600_000).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!((report.pending, report.acknowledged), (0, i64::try_from(changes).unwrap()), "{report:?}");
    seconds
}

fn main() -> ExitCode {
    // What the first run meets (cold caches) is thrown away.
    toggled(FEW / 4);
    let (few, many) = (toggled(FEW), toggled(MANY));
    beside("toggle.changes_2000", few, "s");
    beside("toggle.changes_8000", many, "s");
    let mut figures = Figures::default();
    figures.hold("toggle.times_for_four_times_as_many", many / few, BOUND);
    figures.end()
}
