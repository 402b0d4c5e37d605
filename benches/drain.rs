//! The queue does not hold up the wire: 100,000 queued changes drained to a server on loopback, beside a bare loop that posts the very
//! same bodies to another server of the same kind. Grants alone, so that neither server has long lists of withdrawals to go through.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    process::ExitCode,
    sync::{Arc, Mutex},
    time::Instant,
};

use consentkit::{
    client::{Answer, Consent, Options},
    transport::{HttpRequest, HttpResponse, ReqwestTransport, Transport, TransportError},
};
use consentkit_server::{Running, Server};
use support::{Device, Figures, beside, purposes};
use tokio::runtime::{Builder, Runtime};

/// As many as may wait.
const PENDING: usize = 100_000;

/// How much longer than the bare loop the drain may take.
const BOUND: f64 = 1.5;

const POLICY: &str = include_str!("../examples/influential/policy.json");

/// The bare loop: a connection of its own to a server of its own.
struct Bare {
    client: reqwest::Client,
    runtime: Runtime,
    url: String,
    token: Option<String>,
    seconds: f64,
    requests: u32,
    bytes: usize,
}

impl Bare {
    fn new(server: &Running) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { client, runtime, url: format!("http://{}", server.address), token: None, seconds: 0.0, requests: 0, bytes: 0 }
    }

    fn post(&mut self, path: &str, body: Vec<u8>) -> Vec<u8> {
        let start = Instant::now();
        let request = self.client.post(format!("{}{path}", self.url)).header("content-type", "application/json").body(body);
        let request = self.token.iter().fold(request, |request, token| request.bearer_auth(token));
        let answer = self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 200);
            answer.bytes().await.unwrap().to_vec()
        });
        self.seconds += start.elapsed().as_secs_f64();
        answer
    }
}

/// The default transport; beside each exchange the bare loop posts the same bytes. In turn, so that a busy machine is as busy to both, and
/// each goes first as often as the other.
struct Turns {
    inner: ReqwestTransport,
    bare: Mutex<Bare>,
    wire: Mutex<f64>,
}

impl Turns {
    fn ours(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let start = Instant::now();
        let answer = self.inner.send(request);
        *self.wire.lock().unwrap() += start.elapsed().as_secs_f64();
        answer
    }
}

impl Transport for Turns {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut bare = self.bare.lock().unwrap();
        let body = request.body.clone();
        if request.url.ends_with("/v1/installs") {
            let registered: serde_json::Value = serde_json::from_slice(&bare.post("/v1/installs", body)).unwrap();
            bare.token = registered["token"].as_str().map(str::to_owned);
            return self.ours(request);
        }
        bare.requests += 1;
        bare.bytes += body.len();
        if bare.requests.is_multiple_of(2) {
            bare.post("/v1/sync", body);
            return self.ours(request);
        }
        let answer = self.ours(request);
        bare.post("/v1/sync", body);
        answer
    }
}

fn server(device: &Device, file: &str) -> Running {
    let options = consentkit_server::Options {
        database: Some(device.folder.path().join(file)),
        listen: "127.0.0.1:0".parse().unwrap(),
        policies: vec![POLICY.to_owned()],
        operator_key: Some("operator".into()),
        clock: None,
    };
    Server::start(options).unwrap()
}

fn main() -> ExitCode {
    let device = Device::new();
    let (drained, other) = (server(&device, "drained.db"), server(&device, "bare.db"));
    let turns = Arc::new(Turns { inner: ReqwestTransport::new().unwrap(), bare: Mutex::new(Bare::new(&other)), wire: Mutex::default() });
    let options = Options { server: Some(format!("http://{}", drained.address)), transport: Some(turns.clone()), ..device.options() };
    let consent = Consent::open(options).unwrap();
    let (purposes, shown) = (purposes(&consent), consent.questions("settings").unwrap().shown);
    let mut left = PENDING;
    while left > 0 {
        let answers: Vec<Answer> = purposes.iter().take(left).map(Answer::grant).collect();
        left -= consent.record(&shown, &answers).unwrap().items.len();
    }
    assert_eq!(consent.snapshot().pending, i64::try_from(PENDING).unwrap());
    let start = Instant::now();
    let report = consent.sync(3_600_000).unwrap();
    let both = start.elapsed().as_secs_f64();
    assert_eq!((report.pending, report.acknowledged), (0, i64::try_from(PENDING).unwrap()), "{report:?}");
    let bare = turns.bare.lock().unwrap();
    let ours = both - bare.seconds;
    beside("drain.requests", f64::from(bare.requests), "requests");
    beside("drain.bytes", f64::from(u32::try_from(bare.bytes).unwrap()), "bytes");
    beside("drain.ours", ours, "s");
    beside("drain.ours_on_the_wire", *turns.wire.lock().unwrap(), "s");
    beside("drain.bare", bare.seconds, "s");
    let mut figures = Figures::default();
    figures.hold("drain.over_bare", ours / bare.seconds, BOUND);
    figures.end()
}
