//! The format of a scenario file, read strictly: an unknown step or field is a fault of the file.

use std::collections::BTreeMap;

use consentkit::{
    ledger::{Actor, ChoiceKind, Method, Status},
    policy::Channel,
    signal::{AdIdUnavailable, AgeBand, Guardian, Platform, PushPermission, Tracking},
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    policy::Change,
    told::{Past, Told},
};

/// Largest file; a scenario is read by people.
const MAX_BYTES: usize = 64 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    about: String,
    rules: Vec<String>,
    #[serde(default)]
    server: bool,
    #[serde(default)]
    at: Option<String>,
    steps: Vec<Map<String, Value>>,
}

/// One file.
pub struct Scenario {
    pub server: bool,
    /// The time at which it begins, Unix milliseconds.
    pub at: i64,
    pub steps: Vec<Step>,
}

/// One step.
pub struct Step {
    /// Its word in the file, for the report.
    pub kind: String,
    pub device: Option<String>,
    /// The error that the call must end with.
    pub error: Option<Fault>,
    pub action: Action,
}

/// An expected error.
pub struct Fault {
    pub code: String,
    pub field: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    Open {
        #[serde(default = "desktop")]
        platform: Platform,
        #[serde(default)]
        os_version: String,
        #[serde(default = "korean")]
        language: String,
        #[serde(default)]
        policy: Change,
        /// Another device whose file this one begins with.
        #[serde(default)]
        copy_of: Option<String>,
        /// The copy brings the marker along, so that it cannot know that it is one.
        #[serde(default)]
        with_marker: bool,
    },
    Restart {
        #[serde(default)]
        policy: Option<Change>,
    },
    Shutdown,
    Ask {
        #[serde(default = "settings")]
        surface: String,
        #[serde(default)]
        form: Option<String>,
        #[serde(default)]
        expect: Form,
    },
    Dismiss,
    Closed,
    Answer(Answers),
    Withdraw {
        purposes: Vec<String>,
    },
    Import {
        choices: Vec<Older>,
        #[serde(default)]
        expect: Option<Imported>,
    },
    Signals(Reported),
    AdId {
        purpose: String,
        /// What the provider answers; absent: it must not be asked.
        #[serde(default)]
        provider: Option<Provider>,
        #[serde(default)]
        expect: Option<Gate>,
    },
    Prompt {
        expect: String,
    },
    SignIn {
        subject: String,
    },
    SignOut,
    Online,
    Sync {
        #[serde(default)]
        expect: Synced,
    },
    AdoptPolicy {
        policy: Change,
    },
    StateAt {
        at: String,
        expect: Past,
    },
    Expect(Box<Told>),
    Clock {
        #[serde(default)]
        set: Option<String>,
        #[serde(default)]
        advance: Option<String>,
    },
    Server {
        #[serde(rename = "do")]
        deed: Deed,
        #[serde(default)]
        policy: Change,
    },
    Page {
        subject: String,
        name: String,
    },
    Web {
        subject: String,
        purpose: String,
        choice: ChoiceKind,
        #[serde(default)]
        seen: Option<String>,
        #[serde(default)]
        method: Option<String>,
        #[serde(default)]
        expect: Option<String>,
    },
    MaySend {
        subject: String,
        channel: Channel,
        #[serde(default = "ad")]
        kind: String,
        #[serde(default)]
        at: Option<String>,
        expect: Sending,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// A form kept by an `ask`; absent: the last one this device drew.
    #[serde(default)]
    pub form: Option<String>,
    /// Changes the token before it is handed back.
    #[serde(default)]
    pub forge: Option<Forgery>,
    #[serde(default)]
    pub grant: Vec<String>,
    #[serde(default)]
    pub refuse: Vec<String>,
    #[serde(default = "toggle")]
    pub method: Method,
    #[serde(default = "person")]
    pub actor: Actor,
    /// What the receipt says was recorded.
    #[serde(default)]
    pub expect: Option<BTreeMap<String, ChoiceKind>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forgery {
    pub replace: String,
    pub with: String,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Form {
    pub due: Option<bool>,
    pub pull_first: Option<bool>,
    pub language: Option<String>,
    pub purposes: Option<Vec<String>>,
    pub why: BTreeMap<String, String>,
    pub status: BTreeMap<String, Status>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Older {
    pub purpose: String,
    pub choice: ChoiceKind,
    #[serde(default)]
    pub said_at: Option<String>,
    pub source: String,
    #[serde(default)]
    pub text_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imported {
    pub imported: Vec<String>,
    pub kept: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reported {
    #[serde(default)]
    pub tracking: Option<Tracking>,
    #[serde(default)]
    pub gpc: Option<bool>,
    #[serde(default)]
    pub age: Option<AgeBand>,
    #[serde(default)]
    pub guardian: Option<Guardian>,
    #[serde(default)]
    pub push: Option<PushPermission>,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Provider {
    Id {
        value: String,
        #[serde(default)]
        limited: bool,
    },
    Unavailable(AdIdUnavailable),
    /// It throws.
    Throws,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Gate {
    Available(String),
    Refused(Vec<String>),
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Synced {
    pub state: Option<String>,
    pub pending: Option<i64>,
    pub stuck: Option<i64>,
    pub acknowledged: Option<i64>,
    pub troubles: Option<Vec<String>>,
    pub server_lost_data: Option<bool>,
    pub restored: Option<bool>,
    pub policy_changed: Option<bool>,
    pub policy_announced: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    Down,
    Up,
    Publish,
    BackUp,
    Restore,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sending {
    pub allowed: bool,
    pub reasons: Vec<String>,
}

fn desktop() -> Platform {
    Platform::Desktop
}

fn korean() -> String {
    "ko".into()
}

fn settings() -> String {
    "settings".into()
}

fn ad() -> String {
    "ad".into()
}

fn toggle() -> Method {
    Method::Toggle
}

fn person() -> Actor {
    Actor::Person
}

impl Scenario {
    /// Reads a file; `name` is its own name without the ending.
    pub fn read(name: &str, text: &str) -> Result<Self, String> {
        // A key that comes twice would hide an expectation.
        consentkit::json::check(text.as_bytes(), MAX_BYTES).map_err(|fault| fault.to_string())?;
        let file: File = serde_json::from_str(text).map_err(|fault| fault.to_string())?;
        if file.name != name {
            return Err(format!("its name says {:?}", file.name));
        }
        if file.about.is_empty() || file.rules.is_empty() || file.steps.is_empty() {
            return Err("needs a sentence, a rule and a step".into());
        }
        let at = file.at.as_deref().unwrap_or("2026-11-22T12:00:00+09:00");
        let steps = file.steps.into_iter().enumerate().map(|(at, step)| {
            let kind = step.get("step").and_then(Value::as_str).unwrap_or("?").to_owned();
            Step::read(step).map_err(|fault| format!("step {} ({kind}): {fault}", at + 1))
        });
        Ok(Self { server: file.server, at: millis(at)?, steps: steps.collect::<Result<_, _>>()? })
    }
}

impl Step {
    fn read(mut step: Map<String, Value>) -> Result<Self, String> {
        let mut text = |name: &str| match step.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("{name} is no text")),
        };
        let (device, code, field) = (text("device")?, text("error")?, text("field")?);
        let error = match (code, field) {
            (Some(code), field) => Some(Fault { code, field }),
            (None, Some(_)) => return Err("a field without an error".into()),
            (None, None) => None,
        };
        let kind = step.get("step").and_then(Value::as_str).unwrap_or("?").to_owned();
        let action: Action = serde_json::from_value(Value::Object(step)).map_err(|fault| fault.to_string())?;
        let elsewhere = matches!(action, Action::Server { .. } | Action::Page { .. } | Action::Web { .. } | Action::MaySend { .. });
        if elsewhere && (device.is_some() || error.is_some()) {
            return Err("is no device's, and has no typed error".into());
        }
        Ok(Self { kind, device, error, action })
    }
}

/// Reads an RFC 3339 time as Unix milliseconds.
pub fn millis(text: &str) -> Result<i64, String> {
    consentkit::ledger::millis(text).ok_or_else(|| format!("{text:?} is no RFC 3339 time"))
}

/// Reads `P20D`, `PT36H`, `PT1M`, `PT2S` or a chain of them as milliseconds.
pub fn duration(text: &str) -> Result<i64, String> {
    let fault = || format!("{text:?} is no duration such as P20D or PT1H30M");
    let (days, time) = text.strip_prefix('P').ok_or_else(fault)?.split_once('T').unwrap_or((&text[1..], ""));
    let mut total = 0;
    for (part, units) in [(days, &[('D', 86_400_000)][..]), (time, &[('H', 3_600_000), ('M', 60_000), ('S', 1000)][..])] {
        let mut digits = String::new();
        for sign in part.chars() {
            match units.iter().find(|(unit, _)| *unit == sign) {
                Some((_, millis)) => total += std::mem::take(&mut digits).parse::<i64>().map_err(|_| fault())? * millis,
                None => digits.push(sign),
            }
        }
        if !digits.is_empty() {
            return Err(fault());
        }
    }
    Ok(total)
}
