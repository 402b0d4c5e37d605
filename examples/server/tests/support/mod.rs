//! A server to talk to, a plain HTTP client, and a phone that keeps a proper ledger.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use consentkit::{
    json::FromJson,
    ledger::{
        Actor, Body, Choice, ChoiceKind, FORMAT, Import, Link, Mark, Merge, Merged, Method, Record, Seen, TextRef, Withdrawal, chain,
        millis, rfc3339,
    },
    policy::Scope,
    sync::{
        installation,
        numbering::Listed,
        protocol::{ANONYMOUS_PREFIX, Change, ChangeKind, DEVICE_PREFIX},
    },
};
use consentkit_server::{Options, Running, Server};
use serde_json::{Value, json};

pub const POLICY: &str = include_str!("../../../influential/policy.json");

pub const OPERATOR: &str = "the-operator";

/// 2026-11-22 12:00 in Seoul.
pub const NOON: i64 = 1_795_316_400_000;

pub struct Home {
    pub running: Option<Running>,
    pub now: Arc<AtomicI64>,
}

pub fn options(database: Option<&Path>, now: &Arc<AtomicI64>) -> Options {
    let clock = Arc::clone(now);
    Options {
        database: database.map(Path::to_owned),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        policies: vec![POLICY.to_owned()],
        operator_key: Some(OPERATOR.into()),
        clock: Some(Arc::new(move || clock.load(Ordering::SeqCst))),
    }
}

pub fn start() -> Home {
    start_on(None)
}

/// With these policies.
pub fn start_with(policies: Vec<String>) -> Home {
    let now = Arc::new(AtomicI64::new(NOON));
    let options = Options { policies, ..options(None, &now) };
    Home { running: Some(Server::start(options).expect("the server starts")), now }
}

pub fn start_on(database: Option<&Path>) -> Home {
    let now = Arc::new(AtomicI64::new(NOON));
    let running = Server::start(options(database, &now)).expect("the server starts");
    Home { running: Some(running), now }
}

pub struct Answer {
    pub status: u16,
    pub headers: String,
    pub body: Value,
}

impl Home {
    pub fn address(&self) -> SocketAddr {
        self.running.as_ref().expect("running").address
    }

    pub fn stop(&mut self) {
        self.running.take().expect("running").stop();
    }

    pub fn send(&self, method: &str, path: &str, token: Option<&str>, body: &[u8]) -> Answer {
        let extra = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        self.send_with(method, path, &extra, body)
    }

    pub fn send_with(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address()).expect("connect");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("time-out");
        let head =
            format!("{method} {path} HTTP/1.1\r\nhost: server\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).expect("send");
        // A body that the server refuses by its length may find the door closed.
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8(answer).expect("text");
        let (headers, body) = text.split_once("\r\n\r\n").expect("an answer");
        let status = headers.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let body = if body.is_empty() { Value::Null } else { serde_json::from_str(body).expect("a JSON body") };
        Answer { status, headers: headers.to_lowercase(), body }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, Some(OPERATOR), b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(OPERATOR), body.to_string().as_bytes())
    }

    pub fn register(&self, install: &str) -> String {
        let answer = self.send("POST", "/v1/installs", None, json!({ "install": install }).to_string().as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["token"].as_str().expect("a token").to_owned()
    }

    pub fn account_token(&self, subject: &str) -> String {
        let answer = self.post(&format!("/v1/subjects/{subject}/token"), &json!({}));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["token"].as_str().expect("a token").to_owned()
    }

    /// The state of a purpose, as the operator sees it.
    pub fn state(&self, subject: &str, purpose: &str) -> Value {
        let answer = self.get(&format!("/v1/subjects/{subject}"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        let states = answer.body["states"].as_array().expect("states");
        states.iter().find(|state| state["purpose"] == purpose).cloned().unwrap_or(Value::Null)
    }

    pub fn web(&self, subject: &str, change: Value) -> Value {
        let answer = self.post(&format!("/v1/subjects/{subject}/changes"), &json!({ "changes": [change] }));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["results"][0].clone()
    }

    pub fn may_send(&self, subject: &str, channel: &str, at: &str) -> Value {
        let path = format!("/v1/subjects/{subject}/may-send?channel={channel}&kind=ad&at={}", at.replace('+', "%2B"));
        let answer = self.get(&path);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }
}

/// A phone: its ledger's head, its tokens, and its references.
pub struct Phone {
    pub install: String,
    pub seq: i64,
    pub head: chain::Hash,
    pub token: String,
    /// What shows that it is that installation.
    pub proof: String,
    pub device: String,
    pub anonymous: String,
    /// The reference of the account that is signed in.
    pub person: String,
    ops: i64,
}

pub struct Say<'a> {
    pub subject: &'a str,
    pub scope: Scope,
    pub purpose: &'a str,
    pub choice: ChoiceKind,
    pub seen: Option<Seen>,
    pub after: Vec<String>,
}

impl Phone {
    /// A phone of before there were keys: its token is its proof.
    pub fn new(home: &Home, install: &str) -> Self {
        let token = home.register(install);
        Self::with(install, token.clone(), token)
    }

    /// A phone whose name is the hash of its key.
    pub fn keyed(home: &Home, key: u8) -> Self {
        let key = [key; installation::KEY_BYTES];
        let (install, proof) = (installation::name(&key), chain::hex(&key));
        let body = json!({ "install": install, "proof": proof }).to_string();
        let answer = home.send("POST", "/v1/installs", None, body.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.body);
        Self::with(&install, answer.body["token"].as_str().expect("a token").to_owned(), proof)
    }

    fn with(install: &str, token: String, proof: String) -> Self {
        Self {
            install: install.into(),
            seq: 0,
            head: chain::GENESIS,
            token,
            proof,
            device: format!("dev-{install}"),
            anonymous: format!("anon-{install}"),
            person: format!("person-{install}"),
            ops: 0,
        }
    }

    pub fn device_subject(&self) -> String {
        format!("{DEVICE_PREFIX}{}", self.device)
    }

    pub fn anonymous_subject(&self) -> String {
        format!("{ANONYMOUS_PREFIX}{}", self.anonymous)
    }

    pub fn write(&mut self, kind: ChangeKind, body: Body) -> Change {
        self.write_at(kind, body, NOON)
    }

    pub fn write_at(&mut self, kind: ChangeKind, body: Body, at: i64) -> Change {
        self.seq += 1;
        self.ops += 1;
        let op = format!("{}-op-{}", self.install, self.ops);
        let prev = self.head;
        let (change, hash) = chained(&self.install, self.seq, &op, kind, body, at, &prev);
        self.head = hash;
        change
    }

    pub fn choice(&mut self, purpose: &str, choice: ChoiceKind, seen: Option<Seen>) -> Change {
        let subject = self.person.clone();
        self.say(Say { subject: &subject, scope: Scope::Person, purpose, choice, seen, after: vec![] })
    }

    pub fn say(&mut self, say: Say<'_>) -> Change {
        self.write(ChangeKind::Choice, choice_body(say))
    }

    pub fn link(&mut self) -> Change {
        let subject = self.person.clone();
        self.write(ChangeKind::Link, Body::Link(Link { subject, account: true }))
    }

    pub fn merge(&mut self, answers: Vec<Merged>) -> Change {
        let body = Body::Merge(Merge { from: self.anonymous.clone(), subject: self.person.clone(), answers });
        self.write(ChangeKind::Merge, body)
    }

    pub fn import(&mut self, purpose: &str, choice: ChoiceKind, said_at: Option<&str>) -> Change {
        let body = Body::Import(Import {
            subject: self.person.clone(),
            scope: Scope::Person,
            purpose: purpose.into(),
            choice,
            source: "old-app".into(),
            said_at: said_at.map(str::to_owned),
            actor: Actor::Person,
            policy: text_ref(),
            text_version: None,
            replaces: None,
            outside_years: None,
        });
        self.write(ChangeKind::Import, body)
    }

    pub fn request(&self, subject: &str, cursor: Option<&str>, changes: &[Change]) -> Value {
        json!({
            "install": self.install,
            "subject": subject,
            "proof": self.proof,
            "cursor": cursor,
            "policy": { "id": "influential", "version": "2020-05-27", "edition": 3 },
            "changes": changes,
        })
    }

    pub fn sync(&self, home: &Home, subject: &str, token: &str, cursor: Option<&str>, changes: &[Change]) -> Answer {
        home.send("POST", "/v1/sync", Some(token), self.request(subject, cursor, changes).to_string().as_bytes())
    }

    /// Sends changes for an account with further members in the request, and expects an answer. A proof that is null is left out.
    pub fn push_with(&self, home: &Home, account: &str, members: &Value, changes: &[Change]) -> Value {
        let mut request = self.request(account, None, changes);
        let fields = request.as_object_mut().unwrap();
        fields.extend(members.as_object().unwrap().clone());
        fields.retain(|name, value| name != "proof" || !value.is_null());
        let answer = home.send("POST", "/v1/sync", Some(&home.account_token(account)), request.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    /// The same without the proof of being this installation.
    pub fn push_unproved(&self, home: &Home, account: &str, members: &Value, changes: &[Change]) -> Value {
        let mut unproved = json!({ "proof": null });
        unproved.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.push_with(home, account, &unproved, changes)
    }

    /// Sends changes for an account and expects an answer.
    pub fn push(&self, home: &Home, account: &str, changes: &[Change]) -> Value {
        let answer = self.sync(home, account, &home.account_token(account), None, changes);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }
}

/// What an answer says of a change: the outcome, and the reason where it gives one.
pub fn outcome(answer: &Value, index: usize) -> (&str, &str) {
    let result = &answer["results"][index];
    (result["outcome"].as_str().unwrap(), result["reason"].as_str().unwrap_or(""))
}

pub fn text_ref() -> TextRef {
    TextRef { id: "influential".into(), version: "2020-05-27".into(), edition: 3, material: 1, text: None }
}

pub fn choice_body(say: Say<'_>) -> Body {
    Body::Choice(Choice {
        subject: say.subject.into(),
        scope: say.scope,
        purpose: say.purpose.into(),
        choice: say.choice,
        policy: text_ref(),
        language: "ko".into(),
        surface: "settings".into(),
        method: Method::Toggle,
        actor: Actor::Person,
        seen: say.seen,
        after: say.after,
    })
}

pub fn chained(install: &str, seq: i64, op: &str, kind: ChangeKind, body: Body, at: i64, prev: &chain::Hash) -> (Change, chain::Hash) {
    let record = Record {
        format: FORMAT,
        install: install.into(),
        seq,
        op: op.into(),
        at: rfc3339(at),
        offset: 540,
        app: "test".into(),
        sdk: "0.1.0".into(),
        body,
    };
    let bytes = serde_json::to_string(&record).expect("a record");
    seal(install, seq, op, kind, bytes, prev)
}

/// Puts any bytes into the chain.
pub fn seal(install: &str, seq: i64, op: &str, kind: ChangeKind, bytes: String, prev: &chain::Hash) -> (Change, chain::Hash) {
    let salt = [7; 32];
    let hash = chain::link(install, seq, prev, &chain::leaf(&salt, bytes.as_bytes()));
    let change = Change { kind, op: op.into(), record: bytes, salt: chain::hex(&salt), prev: chain::hex(prev), hash: chain::hex(&hash) };
    (change, hash)
}

/// What a form that was drawn from this answer showed.
pub fn seen(subject: &str, answer: &Value, purpose: &str) -> Option<Seen> {
    let state = answer["states"].as_array()?.iter().find(|state| state["purpose"] == purpose).cloned().unwrap_or_default();
    let withdrawals: Vec<Withdrawal> = serde_json::from_value(state["withdrawals"].clone()).unwrap_or_default();
    let epoch = state["epoch"].as_i64().unwrap_or(0);
    let mark = Listed { epoch, base: Mark::from_json(&state["base"]), withdrawals: &withdrawals }.mark_at(epoch);
    Some(Seen { subject: subject.into(), numbering: answer["history"].as_str()?.into(), epoch, mark })
}

pub fn at(text: &str) -> i64 {
    millis(text).expect("a time")
}
