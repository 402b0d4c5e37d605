//! The real server on loopback, and the plainest HTTP that reaches it.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use consentkit::{
    client::TokenProvider,
    clock::Clock as _,
    transport::{HttpHeader, HttpRequest, HttpResponse, Transport, TransportError},
};
use consentkit_server::{Options, Running, Server};
use serde_json::{Value, json};

use crate::stage::{Clock, Done, POLICY};

/// Opens the operator's endpoints.
const OPERATOR: &str = "operator-key-of-the-proofs";

/// How long one exchange on loopback may take before it counts as lost.
const EXCHANGE: Duration = Duration::from_secs(10);

/// The server's database and the server on it, which can be stopped and started again at the same address.
pub struct Host {
    database: PathBuf,
    clock: Arc<Clock>,
    /// Where it listens.
    pub address: SocketAddr,
    running: Mutex<Option<Running>>,
}

impl Host {
    /// Starts on a file.
    pub fn start(database: &Path, clock: Arc<Clock>) -> Done<Arc<Self>> {
        let running = run(database, SocketAddr::from(([127, 0, 0, 1], 0)), &clock)?;
        Ok(Arc::new(Self { database: database.to_owned(), clock, address: running.address, running: Mutex::new(Some(running)) }))
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops it.
    pub fn down(&self) {
        if let Some(running) = self.running.lock().unwrap_or_else(PoisonError::into_inner).take() {
            running.stop();
        }
    }

    /// Starts it again.
    pub fn up(&self) -> Done {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_none() {
            *running = Some(run(&self.database, self.address, &self.clock)?);
        }
        Ok(())
    }

    /// Copies the database to `backup`, or back. The server is stopped meanwhile.
    pub fn copy(&self, backup: &Path, back: bool) -> Done {
        self.down();
        let (from, to) = if back { (backup, self.database.as_path()) } else { (self.database.as_path(), backup) };
        // A server that stopped leaves no write-ahead log, so the one file holds everything.
        std::fs::copy(from, to)?;
        self.up()
    }

    /// Calls an operator's endpoint.
    pub fn operate(&self, method: &str, path: &str, body: Option<Value>) -> Done<(i32, Value)> {
        let header = |name: &str, value: String| HttpHeader { name: name.into(), value };
        let headers = vec![header("Authorization", format!("Bearer {OPERATOR}")), header("Content-Type", "application/json".into())];
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let url = format!("{}{path}", self.url());
        let request = HttpRequest { method: method.into(), url, headers, body, timeout_ms: 10_000, max_response_bytes: 1 << 24 };
        let response = Plain.send(request)?;
        Ok((response.status, serde_json::from_slice(&response.body).unwrap_or_default()))
    }

    /// What the server holds of a subject: its states and its changes. Both are empty where it knows nothing.
    pub fn subject(&self, subject: &str) -> Done<Value> {
        let (status, body) = self.operate("GET", &format!("/v1/subjects/{subject}?limit=200"), None)?;
        match status {
            200 => Ok(body),
            404 => Ok(json!({ "states": [], "changes": [] })),
            other => Err(format!("the server answered {other}").into()),
        }
    }

    /// Makes a change on the company's web page and gives its result.
    pub fn web(&self, subject: &str, change: Value) -> Done<Value> {
        let (status, body) = self.operate("POST", &format!("/v1/subjects/{subject}/changes"), Some(json!({ "changes": [change] })))?;
        if status == 200 { Ok(body["results"][0].clone()) } else { Err(format!("the web page was answered {status}: {body}").into()) }
    }
}

fn run(database: &Path, listen: SocketAddr, clock: &Arc<Clock>) -> Done<Running> {
    let clock = clock.clone();
    Ok(Server::start(Options {
        database: Some(database.to_owned()),
        listen,
        policies: vec![POLICY.clone()],
        operator_key: Some(OPERATOR.into()),
        clock: Some(Arc::new(move || clock.now())),
    })?)
}

/// Asks the server itself for account tokens, as the app's log-in would.
pub struct LogIn(pub Arc<Host>);

impl TokenProvider for LogIn {
    fn token(&self, subject: &str, _: bool) -> Option<String> {
        let (_, body) = self.0.operate("POST", &format!("/v1/subjects/{subject}/token"), None).ok()?;
        body["token"].as_str().map(str::to_owned)
    }
}

/// One connection for one exchange.
pub struct Plain;

impl Transport for Plain {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        exchange(&request).ok_or_else(|| TransportError::Unreachable { reason: "loopback".into() })
    }
}

/// The bytes of a request.
pub fn bytes(request: &HttpRequest) -> Option<(SocketAddr, Vec<u8>)> {
    let (authority, path) = request.url.strip_prefix("http://")?.split_once('/')?;
    let mut head = format!(
        "{} /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\nContent-Length: {}\r\n",
        request.method,
        request.body.len()
    );
    for header in &request.headers {
        head += &format!("{}: {}\r\n", header.name, header.value);
    }
    head += "\r\n";
    Some((authority.parse().ok()?, [head.as_bytes(), &request.body].concat()))
}

/// Sends bytes and reads to the end.
pub fn converse(address: SocketAddr, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&address, EXCHANGE).ok()?;
    stream.set_read_timeout(Some(EXCHANGE)).ok()?;
    stream.set_nodelay(true).ok()?;
    stream.write_all(bytes).ok()?;
    let mut answer = vec![];
    stream.read_to_end(&mut answer).ok()?;
    Some(answer)
}

fn exchange(request: &HttpRequest) -> Option<HttpResponse> {
    let (address, bytes) = bytes(request)?;
    let answer = converse(address, &bytes)?;
    let split = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(answer[..split].to_vec()).ok()?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<HttpHeader> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| HttpHeader { name: name.to_owned(), value: value.to_owned() })
        .collect();
    Some(HttpResponse { status, headers, body: answer[split + 4..].to_vec() })
}
