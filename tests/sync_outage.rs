//! A long outage, seen from the wire: the whole client is asked to sync every simulated minute, with several subjects waiting.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use consentkit::{
    client::{Consent, Options},
    signal::Platform,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use support::{Device, answer};

const MINUTE_MS: i64 = 60_000;
const MINUTES_A_DAY: i64 = 24 * 60;
/// Days without a server, one after the other: the breaker draws its jitter from the system, so there is no seed to give.
const DAYS: usize = 5;

#[derive(Default)]
struct Nobody(AtomicUsize);

impl Transport for Nobody {
    fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(TransportError::TimedOut)
    }
}

#[test]
fn a_day_offline_costs_at_most_60_requests_however_often_the_app_asks() {
    let mut days = vec![];
    for _ in 0..DAYS {
        let (device, wire) = (Device::new(Platform::Desktop), Arc::new(Nobody::default()));
        let options = Options { server: Some("https://consent.example".into()), transport: Some(wire.clone()), ..device.options() };
        let consent = Consent::open(options).unwrap();
        answer(&consent, &["cookies.analytics", "marketing.data_use"], &["marketing.sms"]).unwrap();
        consent.sign_in("acct_81").unwrap();
        for _ in 0..MINUTES_A_DAY {
            consent.sync(1_000).unwrap();
            device.clock.advance(MINUTE_MS);
        }
        assert!(consent.snapshot().pending >= 5, "nothing is given up");
        days.push(wire.0.load(Ordering::SeqCst));
    }
    println!("requests in a day offline: mean {}, worst {}", days.iter().sum::<usize>() / DAYS, days.iter().max().unwrap());
    assert!(days.iter().all(|requests| (10..=60).contains(requests)), "{days:?}");
}
