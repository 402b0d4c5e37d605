//! A small policy and everything a decision is made of, to set up in a line or two.
#![allow(dead_code)]

use std::{collections::BTreeMap, sync::LazyLock};

use consentkit::{
    decision::{Context, Decision, Prompt, decide, decide_before_asking, next_prompt},
    ledger::{Actor, AskAgain, CurrentAnswer, Status},
    policy::{Policy, ZoneOffsets},
    signal::{Platform, Signals},
};
use serde_json::{Value, json};

/// Milliseconds of a minute, an hour, a day.
pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// 2026-11-22 00:00 in Seoul.
pub const MIDNIGHT: i64 = 1_795_273_200_000;

/// That day in Seoul at the given time.
pub fn seoul(hour: i64, minute: i64, second: i64) -> i64 {
    MIDNIGHT + hour * HOUR + minute * MINUTE + second * 1000
}

/// Midday: no night anywhere near.
pub fn noon() -> i64 {
    seoul(12, 0, 0)
}

/// A purpose on consent, with some of its fields set.
pub fn purpose(id: &str, fields: Value) -> Value {
    let mut purpose = json!({
        "id": id, "origin": "added", "title": {"ko": id, "en": id}, "basis": "consent", "scope": "device", "material": 1
    });
    for (field, value) in fields.as_object().unwrap() {
        purpose[field] = value.clone();
    }
    purpose
}

/// The purposes of an app like the first user's.
pub fn purposes() -> Vec<Value> {
    let data_use = json!(["marketing.data_use"]);
    vec![
        purpose("account", json!({"basis": "contract"})),
        purpose("records", json!({"basis": "law"})),
        purpose("marketing.data_use", json!({})),
        purpose("marketing.email", json!({"channel": "email", "requires": data_use})),
        purpose("marketing.sms", json!({"channel": "sms", "requires": data_use})),
        purpose("marketing.sms.night", json!({"channel": "sms", "night": true, "requires": ["marketing.sms"]})),
        purpose("marketing.push", json!({"channel": "push", "requires": data_use})),
        purpose("marketing.push.night", json!({"channel": "push", "night": true, "requires": ["marketing.push"]})),
        purpose("cookies.analytics", json!({"cookies": ["_ga*"], "expires_after_days": 365})),
        purpose("cookies.marketing", json!({"cookies": ["_fbp"], "sharing": true})),
        purpose("ads.measurement", json!({"uses": "advertising_id"})),
        purpose("ads.personalised", json!({"uses": "advertising_id"})),
        purpose("ad_id.link_account", json!({"uses": "advertising_id", "requires": ["ads.measurement"]})),
    ]
}

/// Every purpose of it that needs consent.
pub fn consent_purposes() -> Vec<String> {
    let on_consent = |purpose: &Value| purpose["basis"] == "consent";
    purposes().iter().filter(|purpose| on_consent(purpose)).map(|purpose| purpose["id"].as_str().unwrap().to_owned()).collect()
}

/// The first user's document with these purposes, no other lists, and the usual night and audience.
/// Read without validation: some tests need what no valid policy has.
pub fn policy(purposes: Vec<Value>) -> Policy {
    // Read once: thousands of random policies are built on it.
    static FRAME: LazyLock<Policy> = LazyLock::new(|| {
        let mut document: Value = serde_json::from_str(include_str!("../../examples/influential/policy.json")).unwrap();
        let document = document.as_object_mut().unwrap();
        for (field, value) in document.iter_mut() {
            if value.is_array() && !["languages", "regimes"].contains(&field.as_str()) {
                *value = json!([]);
            }
        }
        document["audience"] = json!("adult");
        document.remove("night");
        serde_json::from_value(Value::Object(document.clone())).unwrap()
    });
    Policy { purposes: serde_json::from_value(Value::Array(purposes)).unwrap(), ..FRAME.clone() }
}

/// One device with one person at one moment.
#[derive(Debug, Clone)]
pub struct Scene {
    pub policy: Policy,
    pub answers: BTreeMap<String, CurrentAnswer>,
    pub signals: Signals,
    pub platform: Platform,
    pub available: bool,
    pub zone: Option<ZoneOffsets>,
}

impl Scene {
    /// The small policy on an Android phone, nothing answered, no signal known.
    pub fn new() -> Self {
        Self::with(purposes())
    }

    /// The same with other purposes.
    pub fn with(purposes: Vec<Value>) -> Self {
        Self {
            policy: policy(purposes),
            answers: BTreeMap::new(),
            signals: Signals::default(),
            platform: Platform::Android,
            available: true,
            zone: None,
        }
    }

    /// The same on an iPhone.
    pub fn iphone() -> Self {
        Self { platform: Platform::Ios, ..Self::new() }
    }

    /// Says the same to several purposes, a day before noon.
    pub fn say(mut self, status: Status, purposes: &[&str]) -> Self {
        for purpose in purposes {
            self.answers.insert((*purpose).to_owned(), CurrentAnswer { status, at: noon() - DAY, material: 1, ..CurrentAnswer::default() });
        }
        self
    }

    /// Grants them.
    pub fn grant(self, purposes: &[&str]) -> Self {
        self.say(Status::Granted, purposes)
    }

    /// Grants everything that needs consent.
    pub fn grant_all(self) -> Self {
        let all = consent_purposes();
        self.grant(&all.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Lets everything that was said have been said by somebody.
    pub fn by(mut self, actor: Actor) -> Self {
        self.answers.values_mut().for_each(|answer| answer.actor = actor);
        self
    }

    /// Marks a purpose as one to be asked again.
    pub fn ask_again(mut self, purpose: &str, cause: AskAgain) -> Self {
        self.answers.get_mut(purpose).unwrap().ask_again = Some(cause);
        self
    }

    /// Sets signals.
    pub fn signals(mut self, set: impl FnOnce(&mut Signals)) -> Self {
        set(&mut self.signals);
        self
    }

    pub fn context(&self) -> Context<'_> {
        Context {
            policy: &self.policy,
            answers: &self.answers,
            signals: &self.signals,
            platform: self.platform,
            available: self.available,
            zone: self.zone.as_ref(),
        }
    }

    pub fn decide(&self, purpose: &str, at: i64) -> Decision {
        decide(purpose, &self.context(), at)
    }

    /// Codes of all that blocks; empty where it is allowed.
    pub fn codes(&self, purpose: &str, at: i64) -> Vec<String> {
        codes(&self.decide(purpose, at))
    }

    /// Codes of all that forbids asking the advertising-id provider.
    pub fn codes_before_asking(&self, purpose: &str) -> Vec<String> {
        codes(&decide_before_asking(purpose, &self.context(), noon()))
    }

    pub fn prompt(&self) -> Option<Prompt> {
        next_prompt(&self.context(), noon())
    }
}

fn codes(decision: &Decision) -> Vec<String> {
    decision.reasons.iter().map(|reason| reason.code()).collect()
}
