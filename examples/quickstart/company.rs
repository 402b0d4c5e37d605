//! The company's side: its server on loopback, its web page, and the systems that send mail and push.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use consentkit::{
    clock::Clock,
    ledger::{Seen, rfc3339},
    policy::Channel,
    transport::{HttpHeader, HttpRequest, Transport},
};
use consentkit_server::{Options, Running, Server};
use serde_json::{Value, json};

use crate::{
    Result, policy,
    stage::{MEMBER, StoryClock, transport},
};

/// The company's own systems and the web page show this key; phones never do.
const OPERATOR_KEY: &str = "operator-key-of-the-quickstart";

/// One exchange over loopback.
const TIMEOUT_MS: i64 = 10_000;

/// No answer of the reference server to these questions comes near it.
const MAX_ANSWER_BYTES: i64 = 1024 * 1024;

/// The reference server, in this process, on a port of its own. It can go down and come back with the same file.
pub struct Company {
    database: PathBuf,
    address: SocketAddr,
    clock: Arc<StoryClock>,
    running: Option<Running>,
    http: Arc<dyn Transport>,
}

impl Company {
    pub fn open(folder: &Path, clock: Arc<StoryClock>) -> Result<Self> {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut company = Self { database: folder.join("server.db"), address: any_port, clock, running: None, http: transport()? };
        company.up()?;
        Ok(company)
    }

    pub fn up(&mut self) -> Result<()> {
        if self.running.is_none() {
            let clock = self.clock.clone();
            let running = Server::start(Options {
                database: Some(self.database.clone()),
                listen: self.address,
                policies: vec![policy::text().to_owned()],
                operator_key: Some(OPERATOR_KEY.to_owned()),
                clock: Some(Arc::new(move || clock.now())),
            })?;
            self.address = running.address;
            // The old one may keep a connection that ended with the server.
            self.http = transport()?;
            self.running = Some(running);
        }
        Ok(())
    }

    pub fn down(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop();
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The company's log-in, as far as ConsentKit sees it: the account's token.
    pub fn token(&self) -> Result<String> {
        let answer = self.call("POST", &format!("/v1/subjects/{MEMBER}/token"), None)?;
        Ok(answer["token"].as_str().ok_or("the server gave no token")?.to_owned())
    }

    /// Where a purpose stands on the server.
    pub fn status(&self, purpose: &str) -> Result<String> {
        let answer = self.call("GET", &format!("/v1/subjects/{MEMBER}"), None)?;
        let states = answer["states"].as_array().ok_or("the server gave no states")?;
        let state = states.iter().find(|state| state["purpose"] == purpose);
        Ok(state.and_then(|state| state["status"].as_str()).unwrap_or("not_answered").to_owned())
    }

    /// The systems' opt-outs that made the server drop what is linked to the member.
    pub fn dropped(&self) -> Result<Vec<String>> {
        let answer = self.call("GET", &format!("/v1/subjects/{MEMBER}"), None)?;
        let drops = answer["linked_dropped"].as_array().ok_or("the server gave no list of drops")?;
        Ok(drops.iter().filter_map(|drop| drop["cause"].as_str()).map(str::to_owned).collect())
    }

    /// The link at the foot of an e-mail.
    pub fn unsubscribe(&self, purpose: &str) -> Result<()> {
        let change = json!({ "purpose": purpose, "choice": "withdrawn", "method": "web", "actor": "self", "surface": "unsubscribe" });
        let answer = self.call("POST", &format!("/v1/subjects/{MEMBER}/changes"), Some(json!({ "changes": [change] })))?;
        match answer["results"][0]["outcome"].as_str() {
            Some("applied") => Ok(()),
            other => Err(format!("the web page's withdrawal was not applied: {}", other.unwrap_or("no answer")).into()),
        }
    }

    /// May advertising go out? The answer as the sender reads it: the codes of all that blocks, none where it may.
    pub fn may_send(&self, channel: Channel, at: i64) -> Result<Vec<String>> {
        let channel = serde_json::to_value(channel)?;
        let channel = channel.as_str().unwrap_or_default();
        let answer = self.call("GET", &format!("/v1/subjects/{MEMBER}/may-send?channel={channel}&kind=ad&at={}", rfc3339(at)), None)?;
        let reasons = answer["reasons"].as_array().ok_or("the server gave no reasons")?;
        Ok(reasons.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// The member's page, for somebody who can look at it.
    pub fn page(&self) -> Page {
        Page { url: self.url(), http: self.http.clone() }
    }

    fn call(&self, method: &str, path: &str, body: Option<Value>) -> Result<Value> {
        call(self.http.as_ref(), &self.url(), method, path, body)
    }
}

/// What the company's web page shows of the member.
pub struct Page {
    url: String,
    http: Arc<dyn Transport>,
}

impl Page {
    /// What a form that is drawn now shows of a purpose: its number, and the mark that ties the number to the withdrawals.
    pub fn seen(&self, purpose: &str) -> Option<Seen> {
        let answer = call(self.http.as_ref(), &self.url, "GET", &format!("/v1/subjects/{MEMBER}"), None).ok()?;
        let state = answer["states"].as_array()?.iter().find(|state| state["purpose"] == purpose)?;
        serde_json::from_value(state["seen"].clone()).ok()
    }
}

fn call(http: &dyn Transport, url: &str, method: &str, path: &str, body: Option<Value>) -> Result<Value> {
    let header = |name: &str, value: String| HttpHeader { name: name.to_owned(), value };
    let response = http.send(HttpRequest {
        method: method.to_owned(),
        url: format!("{url}{path}"),
        headers: vec![header("Authorization", format!("Bearer {OPERATOR_KEY}")), header("Content-Type", "application/json".to_owned())],
        body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
        timeout_ms: TIMEOUT_MS,
        max_response_bytes: MAX_ANSWER_BYTES,
    })?;
    if response.status != 200 {
        return Err(format!("the server answered {} to {method} {}", response.status, path.split('?').next().unwrap_or(path)).into());
    }
    Ok(serde_json::from_slice(&response.body)?)
}
