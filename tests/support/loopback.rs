//! A real server on loopback and a plain transport to it: no TLS, one connection a request.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use consentkit::{
    client::TokenProvider,
    transport::{HttpHeader, HttpRequest, HttpResponse, Transport, TransportError},
};
use consentkit_server::{Options, Running, Server};

use super::{FakeClock, INFLUENTIAL};

const DATABASE: &str = "server.db";
const BACKUP: &str = "backup.db";

/// A server that can be stopped and started again on the same port and file.
pub struct Host {
    folder: tempfile::TempDir,
    pub address: SocketAddr,
    pub operator_key: String,
    clock: Arc<FakeClock>,
    policies: Mutex<Vec<String>>,
    running: Mutex<Option<Running>>,
}

impl Host {
    pub fn start(clock: Arc<FakeClock>) -> Arc<Self> {
        Self::start_with(clock, INFLUENTIAL)
    }

    pub fn start_with(clock: Arc<FakeClock>, policy: &str) -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let policies = vec![policy.to_owned()];
        let listen = "127.0.0.1:0".parse().unwrap();
        let running = Server::start(options(folder.path().join(DATABASE), listen, policies.clone(), clock.clone())).unwrap();
        let (address, operator_key) = (running.address, running.operator_key.clone());
        Arc::new(Self { folder, address, operator_key, clock, policies: Mutex::new(policies), running: Mutex::new(Some(running)) })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn down(&self) {
        if let Some(running) = self.running.lock().unwrap().take() {
            running.stop();
        }
    }

    pub fn up(&self) {
        let mut running = self.running.lock().unwrap();
        if running.is_none() {
            let policies = self.policies.lock().unwrap().clone();
            *running = Some(Server::start(options(self.folder.path().join(DATABASE), self.address, policies, self.clock.clone())).unwrap());
        }
    }

    /// Adds a policy document; the server restarts with it.
    pub fn publish(&self, document: String) {
        self.down();
        self.policies.lock().unwrap().push(document);
        self.up();
    }

    /// Keeps a backup of the server's database.
    pub fn back_up(&self) {
        self.copy(DATABASE, BACKUP);
    }

    /// Puts the backup in the database's place: what came since is lost.
    pub fn restore(&self) {
        self.copy(BACKUP, DATABASE);
    }

    /// Where the server keeps its database.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join(DATABASE)
    }

    /// Changes the server's database behind its back; the server restarts on it.
    pub fn change(&self, sql: &str) {
        self.down();
        let database = rusqlite::Connection::open(self.database()).unwrap();
        database.execute_batch(sql).unwrap();
        drop(database);
        self.up();
    }

    /// Lets the server forget which accounts the references of phones stand for, and nothing else.
    pub fn forget_references(&self) {
        self.change("DELETE FROM reference; DELETE FROM link;");
    }

    /// Lets the references of phones stand for another account, or for none.
    pub fn give_references_to(&self, account: Option<&str>) {
        let Some(account) = account else { return self.forget_references() };
        self.web(account, serde_json::json!({ "purpose": "marketing.data_use", "choice": "refused" }));
        self.change(&format!("DELETE FROM link; UPDATE reference SET subject = (SELECT id FROM subject WHERE subject = '{account}');"));
    }

    fn copy(&self, from: &str, to: &str) {
        self.down();
        // A stopped server leaves no write-ahead log: the one file is everything.
        for journal in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(self.folder.path().join(format!("{to}{journal}")));
            assert!(!self.folder.path().join(format!("{from}{journal}")).exists(), "the server left a journal");
        }
        std::fs::copy(self.folder.path().join(from), self.folder.path().join(to)).unwrap();
        self.up();
    }

    /// Calls an operator's endpoint; gives status and body.
    pub fn operate(&self, method: &str, path: &str, body: Option<serde_json::Value>) -> (i32, serde_json::Value) {
        let header = |name: &str, value: String| HttpHeader { name: name.into(), value };
        let request = HttpRequest {
            method: method.into(),
            url: format!("{}{path}", self.url()),
            headers: vec![
                header("Authorization", format!("Bearer {}", self.operator_key)),
                header("Content-Type", "application/json".into()),
            ],
            body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
            timeout_ms: 10_000,
            max_response_bytes: 1024 * 1024,
        };
        let response = PlainTransport.send(request).unwrap();
        (response.status, serde_json::from_slice(&response.body).unwrap_or_default())
    }

    /// Where a purpose stands on the server; `not_answered` where it knows nothing.
    pub fn status(&self, subject: &str, purpose: &str) -> String {
        let (_, body) = self.operate("GET", &format!("/v1/subjects/{subject}"), None);
        let states = body["states"].as_array().cloned().unwrap_or_default();
        let state = states.iter().find(|state| state["purpose"] == purpose);
        state.and_then(|state| state["status"].as_str()).unwrap_or("not_answered").to_owned()
    }

    /// A change made on the company's web page.
    pub fn web(&self, subject: &str, change: serde_json::Value) -> serde_json::Value {
        let (status, body) =
            self.operate("POST", &format!("/v1/subjects/{subject}/changes"), Some(serde_json::json!({ "changes": [change] })));
        assert_eq!(status, 200, "{body}");
        body
    }
}

fn options(database: PathBuf, listen: SocketAddr, policies: Vec<String>, clock: Arc<FakeClock>) -> Options {
    use consentkit::clock::Clock;
    Options {
        database: Some(database),
        listen,
        policies,
        operator_key: Some("operator-key-of-the-tests".into()),
        clock: Some(Arc::new(move || clock.now())),
    }
}

/// Asks the server itself for account tokens, as the app's log-in would.
pub struct LogIn(pub Arc<Host>);

impl TokenProvider for LogIn {
    fn token(&self, subject: &str, _refresh: bool) -> Option<String> {
        let (_, body) = self.0.operate("POST", &format!("/v1/subjects/{subject}/token"), None);
        body["token"].as_str().map(str::to_owned)
    }
}

pub struct PlainTransport;

impl Transport for PlainTransport {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        exchange(&request).ok_or_else(|| TransportError::Unreachable { reason: "loopback".into() })
    }
}

fn exchange(request: &HttpRequest) -> Option<HttpResponse> {
    let rest = request.url.strip_prefix("http://")?;
    let (authority, path) = rest.split_once('/')?;
    let mut stream = TcpStream::connect_timeout(&authority.parse().ok()?, Duration::from_secs(5)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let mut head = format!(
        "{} /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\nContent-Length: {}\r\n",
        request.method,
        request.body.len()
    );
    for header in &request.headers {
        head += &format!("{}: {}\r\n", header.name, header.value);
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    stream.write_all(&request.body).ok()?;
    let mut bytes = vec![];
    stream.read_to_end(&mut bytes).ok()?;
    let split = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..split].to_vec()).ok()?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<HttpHeader> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| HttpHeader { name: name.to_owned(), value: value.to_owned() })
        .collect();
    Some(HttpResponse { status, headers, body: bytes[split + 4..].to_vec() })
}
