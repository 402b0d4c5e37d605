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

/// As many as may wait.
const PENDING: usize = 100_000;

/// How much longer than the bare loop the drain may take.
const BOUND: f64 = 1.5;

const POLICY: &str = include_str!("../examples/influential/policy.json");

/// The default transport, and every body that it posted to the sync address.
struct Tap {
    inner: ReqwestTransport,
    bodies: Mutex<Vec<Vec<u8>>>,
}

impl Transport for Tap {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if request.url.ends_with("/v1/sync") {
            self.bodies.lock().unwrap().push(request.body.clone());
        }
        self.inner.send(request)
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

fn drain(device: &Device) -> (f64, Vec<Vec<u8>>) {
    let server = server(device, "drained.db");
    let tap = Arc::new(Tap { inner: ReqwestTransport::new().unwrap(), bodies: Mutex::default() });
    let options = Options { server: Some(format!("http://{}", server.address)), transport: Some(tap.clone()), ..device.options() };
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
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!((report.pending, report.acknowledged), (0, i64::try_from(PENDING).unwrap()), "{report:?}");
    let bodies = std::mem::take(&mut *tap.bodies.lock().unwrap());
    (seconds, bodies)
}

fn bare(device: &Device, bodies: Vec<Vec<u8>>) -> f64 {
    let server = server(device, "bare.db");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let post = |path: &str, token: Option<&str>, body: Vec<u8>| {
        let request = client.post(format!("http://{}{path}", server.address)).header("content-type", "application/json").body(body);
        let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
        runtime.block_on(async {
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 200);
            answer.bytes().await.unwrap()
        })
    };
    let first: serde_json::Value = serde_json::from_slice(&bodies[0]).unwrap();
    let install = serde_json::json!({ "install": first["install"] }).to_string();
    let answer: serde_json::Value = serde_json::from_slice(&post("/v1/installs", None, install.into_bytes())).unwrap();
    let token = answer["token"].as_str().unwrap();
    let start = Instant::now();
    let answered: usize = bodies.into_iter().map(|body| post("/v1/sync", Some(token), body).len()).sum();
    let seconds = start.elapsed().as_secs_f64();
    assert!(answered > PENDING, "each change was answered");
    seconds
}

fn main() -> ExitCode {
    let device = Device::new();
    let (ours, bodies) = drain(&device);
    beside("drain.requests", f64::from(u32::try_from(bodies.len()).unwrap()), "requests");
    beside("drain.bytes", bodies.iter().map(Vec::len).sum::<usize>() as f64, "bytes");
    let bare = bare(&device, bodies);
    beside("drain.ours", ours, "s");
    beside("drain.bare", bare, "s");
    let mut figures = Figures::default();
    figures.hold("drain.over_bare", ours / bare, BOUND);
    figures.end()
}
