//! A headless Chromium, driven over the two pipes of its debugging protocol: one message of JSON after the other, each with a zero behind it.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::Result;

/// How long an answer of the browser is waited for. It takes milliseconds on a quiet machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program's pipes are its descriptors 3 and 4, which the shell makes of its own input and output.
const WITH_PIPES: &str = "exec chromium \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null";

const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
    "--window-size=900,1000",
    // Frames of other sites stay in the page's process, so that one session sees them all, as a web view does.
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process",
];

/// One running browser with one page. It ends with this value.
pub struct Chromium {
    child: Child,
    pipe: ChildStdin,
    messages: Receiver<Value>,
    events: VecDeque<Value>,
    session: Option<String>,
    sent: u64,
    _profile: tempfile::TempDir,
}

impl Chromium {
    /// Starts it, with every host of `localhost` at this port of loopback, and opens an empty page.
    pub fn start(port: u16) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        // Cookies of third parties are let through as they are in a web view, so that it is not the browser that holds them back.
        std::fs::create_dir(profile.path().join("Default"))?;
        std::fs::write(profile.path().join("Default/Preferences"), json!({ "profile": { "cookie_controls_mode": 0 } }).to_string())?;
        let mut child = Command::new("sh")
            .args(["-c", WITH_PIPES, "chromium"])
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(format!("--host-resolver-rules=MAP *.localhost 127.0.0.1:{port}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (pipe, output) = (child.stdin.take().ok_or("no pipe")?, child.stdout.take().ok_or("no pipe")?);
        let (sender, messages) = channel();
        thread::spawn(move || {
            for bytes in BufReader::new(output).split(0).map_while(std::result::Result::ok) {
                let sent = serde_json::from_slice(&bytes).is_ok_and(|message: Value| sender.send(message).is_ok());
                if !sent {
                    return;
                }
            }
        });
        let mut browser = Self { child, pipe, messages, events: VecDeque::new(), session: None, sent: 0, _profile: profile };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }))?;
        let session = browser.call("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }))?;
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        Ok(browser)
    }

    /// Calls a method of the protocol and waits for its answer. What the browser tells meanwhile is kept as an event.
    pub fn call(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.sent += 1;
        let id = self.sent;
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let (Some(session), Some(message)) = (&self.session, message.as_object_mut()) {
            message.insert("sessionId".into(), session.clone().into());
        }
        self.pipe.write_all(format!("{message}\0").as_bytes())?;
        self.pipe.flush()?;
        let until = Instant::now() + PATIENCE;
        loop {
            let message =
                self.messages.recv_timeout(until.saturating_duration_since(Instant::now())).map_err(|_| format!("{method}: no answer"))?;
            if message["id"] != id {
                self.events.push_back(message);
            } else if message["error"].is_null() {
                return Ok(message["result"].clone());
            } else {
                return Err(format!("{method}: {}", message["error"]).into());
            }
        }
    }

    /// The next event, waiting for one as long as told.
    pub fn event(&mut self, patience: Duration) -> Result<Option<Value>> {
        if let Some(event) = self.events.pop_front() {
            return Ok(Some(event));
        }
        match self.messages.recv_timeout(patience) {
            Ok(event) => Ok(Some(event)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err("the browser ended".into()),
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Killing it is enough: its profile is a temporary folder.
        let _ = self.call("Browser.close", json!({}));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
