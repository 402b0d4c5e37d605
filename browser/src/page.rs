//! The page in the browser: what it runs, which frames it has, and what it looks like.

use std::{collections::HashMap, path::Path, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{Result, chromium::Chromium};

/// What the host gives every frame, in place of the object that a web view on Android gives: a careless host, which gives it to frames of
/// others too.
const CHANNEL: &str = "window.consentkitChannel = { postMessage(text) { consentkitPost(text); }, onmessage: null };";

/// A message that a frame sent, with what the browser says of the sender.
pub struct FromPage {
    /// The text.
    pub text: String,
    /// The origin of the frame.
    pub origin: String,
    /// True where it is the page itself.
    pub main_frame: bool,
    context: i64,
}

/// One cookie that the browser keeps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// The host it belongs to, with a dot in front where it belongs to the hosts below as well.
    pub domain: String,
    /// Its path.
    pub path: String,
}

/// The page.
pub struct Page {
    browser: Chromium,
    /// The script that runs at the beginning of each document, by the browser's name for it.
    handed: Option<String>,
    contexts: HashMap<i64, (String, String)>,
    main_frame: String,
    messages: Vec<FromPage>,
}

impl Page {
    /// An empty page whose frames have a channel to the host.
    pub fn open(mut browser: Chromium) -> Result<Self> {
        for domain in ["Page.enable", "Runtime.enable", "Network.enable"] {
            browser.call(domain, json!({}))?;
        }
        browser.call("Runtime.addBinding", json!({ "name": "consentkitPost" }))?;
        browser.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": CHANNEL }))?;
        let tree = browser.call("Page.getFrameTree", json!({}))?;
        let main_frame = tree["frameTree"]["frame"]["id"].as_str().unwrap_or_default().to_owned();
        Ok(Self { browser, handed: None, contexts: HashMap::new(), main_frame, messages: vec![] })
    }

    /// The script that each document runs from now on, before its own.
    pub fn hand(&mut self, script: &str) -> Result<()> {
        if let Some(before) = self.handed.take() {
            self.browser.call("Page.removeScriptToEvaluateOnNewDocument", json!({ "identifier": before }))?;
        }
        let handed = self.browser.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }))?;
        self.handed = handed["identifier"].as_str().map(str::to_owned);
        Ok(())
    }

    /// Loads a page to its end, its frames and pictures included.
    pub fn load(&mut self, url: &str) -> Result<()> {
        self.take_events(Duration::ZERO)?;
        let loaded = self.browser.call("Page.navigate", json!({ "url": url }))?;
        if let Some(error) = loaded["errorText"].as_str() {
            return Err(format!("{url}: {error}").into());
        }
        self.until("document.readyState == 'complete'")
    }

    /// The value of an expression in the page.
    pub fn value(&mut self, expression: &str) -> Result<Value> {
        let answer = self.browser.call("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true }))?;
        if answer["exceptionDetails"].is_null() {
            Ok(answer["result"]["value"].clone())
        } else {
            Err(format!("{expression}: {}", answer["exceptionDetails"]["exception"]["description"]).into())
        }
    }

    /// Runs a script in the frame that sent a message.
    pub fn answer(&mut self, to: &FromPage, text: &str) -> Result<()> {
        let script = format!("consentkitChannel.onmessage && consentkitChannel.onmessage({{ data: {} }})", json!(text));
        // The frame may be gone.
        let _ = self.browser.call("Runtime.evaluate", json!({ "expression": script, "contextId": to.context }));
        Ok(())
    }

    /// Runs a script in a frame of a host, as one of its own.
    pub fn run_in_frame(&mut self, origin: &str, script: &str) -> Result<Value> {
        self.take_events(Duration::ZERO)?;
        let main = self.main_frame.clone();
        let of_frame = |(_, (known, frame)): &(&i64, &(String, String))| known == origin && *frame != main;
        let context = self.contexts.iter().find(of_frame).map(|(id, _)| *id).ok_or_else(|| format!("no frame of {origin}"))?;
        let answer = self.browser.call("Runtime.evaluate", json!({ "expression": script, "contextId": context, "returnByValue": true }))?;
        Ok(answer["result"]["value"].clone())
    }

    /// Waits until an expression is true.
    pub fn until(&mut self, expression: &str) -> Result<()> {
        for _ in 0..300 {
            if self.value(expression).is_ok_and(|value| value == true) {
                return Ok(());
            }
            self.take_events(Duration::from_millis(50))?;
        }
        Err(format!("it never came to `{expression}`").into())
    }

    /// The messages that frames sent since the last call.
    pub fn messages(&mut self, patience: Duration) -> Result<Vec<FromPage>> {
        self.take_events(patience)?;
        Ok(std::mem::take(&mut self.messages))
    }

    /// Every cookie that the browser keeps, of whatever host.
    pub fn cookies(&mut self) -> Result<Vec<Kept>> {
        let answer = self.browser.call("Network.getAllCookies", json!({}))?;
        let text = |cookie: &Value, name: &str| cookie[name].as_str().unwrap_or_default().to_owned();
        let kept = |cookie| Kept { name: text(cookie, "name"), domain: text(cookie, "domain"), path: text(cookie, "path") };
        let mut cookies: Vec<Kept> = answer["cookies"].as_array().into_iter().flatten().map(kept).collect();
        cookies.sort();
        Ok(cookies)
    }

    /// Removes a cookie, as a web view's store does.
    pub fn remove(&mut self, cookie: &Kept) -> Result<()> {
        let one = json!({ "name": cookie.name, "domain": cookie.domain, "path": cookie.path });
        self.browser.call("Network.deleteCookies", one).map(drop)
    }

    /// Ends the page's process in the middle of whatever it does.
    pub fn crash(&mut self) {
        // A page that ended does not answer any more.
        let _ = self.browser.call("Page.navigate", json!({ "url": "chrome://crash" }));
    }

    /// A picture of the page.
    pub fn picture(&mut self, file: &Path) -> Result<()> {
        let picture = self.browser.call("Page.captureScreenshot", json!({ "format": "png" }))?;
        let bytes = STANDARD.decode(picture["data"].as_str().unwrap_or_default())?;
        if bytes.len() < 1_000 {
            return Err("the picture is empty".into());
        }
        Ok(std::fs::write(file, bytes)?)
    }

    /// Takes in what the browser told, waiting for the first of it as long as told.
    fn take_events(&mut self, patience: Duration) -> Result<()> {
        let mut patience = patience;
        while let Some(event) = self.browser.event(patience)? {
            patience = Duration::ZERO;
            let told = &event["params"];
            match event["method"].as_str() {
                Some("Runtime.executionContextCreated") => {
                    let context = &told["context"];
                    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                    let of = (text(&context["origin"]), text(&context["auxData"]["frameId"]));
                    self.contexts.insert(context["id"].as_i64().unwrap_or_default(), of);
                }
                Some("Runtime.executionContextDestroyed") => {
                    self.contexts.remove(&told["executionContextId"].as_i64().unwrap_or_default());
                }
                Some("Runtime.executionContextsCleared") => self.contexts.clear(),
                Some("Runtime.bindingCalled") => {
                    let context = told["executionContextId"].as_i64().unwrap_or_default();
                    let (origin, frame) = self.contexts.get(&context).cloned().unwrap_or_default();
                    let text = told["payload"].as_str().unwrap_or_default().to_owned();
                    self.messages.push(FromPage { text, origin, main_frame: frame == self.main_frame, context });
                }
                _ => {}
            }
        }
        Ok(())
    }
}
