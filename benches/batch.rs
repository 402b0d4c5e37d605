//! The next batch does not wait for the queue: from the call of `sync` to the first request in the transport's hands, with 100,000
//! changes pending, beside a plain read of as many records from the same file.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    process::ExitCode,
    sync::{Arc, Mutex},
    time::Instant,
};

use consentkit::{
    client::{Consent, Options},
    sync::protocol::MAX_CHANGES,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use rusqlite::{Connection, OpenFlags};
use support::{Device, Figures, beside, medians, say, timed};

/// As many as may wait.
const PENDING: usize = 100_000;
const RUNS: usize = 200;

/// Registers the installation and notes when a batch arrives; the server is out of reach.
#[derive(Default)]
struct Stopwatch(Mutex<Option<(Instant, usize)>>);

impl Transport for Stopwatch {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if request.url.ends_with("/v1/installs") {
            return Ok(HttpResponse { status: 200, headers: vec![], body: br#"{"token":"t"}"#.to_vec() });
        }
        *self.0.lock().unwrap() = Some((Instant::now(), request.body.len()));
        Err(TransportError::TimedOut)
    }
}

fn main() -> ExitCode {
    let device = Device::new();
    let stopwatch = Arc::new(Stopwatch::default());
    let consent =
        Consent::open(Options { server: Some("https://consent.example".into()), transport: Some(stopwatch.clone()), ..device.options() })
            .unwrap();
    say(&consent, PENDING);
    assert_eq!(consent.snapshot().pending, i64::try_from(PENDING).unwrap());
    assert!(consent.verify().unwrap().ok);

    let mut bytes = 0;
    let mut batch = || {
        // Lifts the wait that the last failure asked for.
        consent.connectivity_restored().unwrap();
        let start = Instant::now();
        consent.sync(10_000).unwrap();
        let (sent, body) = stopwatch.0.lock().unwrap().take().expect("a batch was sent");
        bytes = body;
        (sent - start).as_secs_f64()
    };
    let file = Connection::open_with_flags(device.file(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut plain = || {
        timed(|| {
            let mut statement = file.prepare_cached("SELECT salt, body, hash FROM ledger WHERE seq > 2 ORDER BY seq LIMIT ?1").unwrap();
            let mut rows = statement.query([i64::try_from(MAX_CHANGES).unwrap()]).unwrap();
            let mut read = 0;
            while let Some(row) = rows.next().unwrap() {
                read += (0..3).map(|column| row.get::<_, Vec<u8>>(column).unwrap().len()).sum::<usize>();
            }
            read
        })
    };
    let [ours, plain] = medians(RUNS, [&mut batch, &mut plain]);
    beside("batch.bytes", f64::from(u32::try_from(bytes).unwrap()), "bytes");
    beside("batch.plain_read", plain * 1e3, "ms");
    let mut figures = Figures::default();
    figures.hold("batch.first_request_ms", ours * 1e3, 5.0);
    figures.end()
}
