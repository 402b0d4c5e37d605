//! All devices of a scenario and the server between them.

use std::{collections::BTreeMap, sync::Arc};

use consentkit::{clock::Clock, ffi::ConsentError};
use serde_json::{Value, json};

use super::{
    expect::{Differences, code, told, told_at},
    format::{Action, Deed, Fault, Scenario, Step, duration, millis},
    phone::{Phone, Settings},
};
use crate::support::{FakeClock, NOON, loopback::Host};

/// The device of a step that names none.
const DEFAULT_DEVICE: &str = "a";

/// The inner result is the core's, the outer one the step's.
pub type Played = Result<Result<(), ConsentError>, String>;

pub struct World {
    pub phones: BTreeMap<String, Phone>,
    /// Kept forms, by name.
    pub forms: BTreeMap<String, String>,
    /// What pages showed, by their name: each purpose's `seen`.
    pages: BTreeMap<String, BTreeMap<String, Value>>,
    host: Option<Arc<Host>>,
    now: i64,
}

impl World {
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            phones: BTreeMap::new(),
            forms: BTreeMap::new(),
            pages: BTreeMap::new(),
            // The server has a clock of its own, that no step moves: nothing may hang on it.
            host: scenario.server.then(|| Host::start(FakeClock::at(NOON))),
            now: scenario.at,
        }
    }

    /// Plays one step.
    pub fn play(&mut self, step: &Step) -> Result<(), String> {
        let device = step.device.as_deref().unwrap_or(DEFAULT_DEVICE);
        let outcome = match &step.action {
            Action::Open { .. } => self.open(device, &step.action)?,
            Action::Clock { set, advance } => Ok(self.clock(step.device.as_deref(), set.as_deref(), advance.as_deref())?),
            Action::Server { deed, policy } => Ok(self.server(deed, policy.document()?)?),
            Action::Page { subject, name } => Ok(self.page(subject, name)?),
            Action::Web { .. } => Ok(self.web(&step.action)?),
            Action::MaySend { .. } => Ok(self.may_send(&step.action)?),
            Action::Expect(expected) => {
                let host = self.host.clone();
                Ok(told(self.phone(device)?, host.as_deref(), expected)?)
            }
            Action::StateAt { at, expect } => told_at(self.phone(device)?, millis(at)?, expect)?,
            action => self.say(device, action)?,
        };
        check_error(outcome.err(), step.error.as_ref())
    }

    pub fn phone(&mut self, device: &str) -> Result<&mut Phone, String> {
        self.phones.get_mut(device).ok_or_else(|| format!("no device {device:?} was opened"))
    }

    fn host(&self) -> Result<&Arc<Host>, String> {
        self.host.as_ref().ok_or_else(|| "the scenario has no server; say \"server\": true".into())
    }

    fn open(&mut self, device: &str, action: &Action) -> Played {
        let Action::Open { platform, os_version, language, policy, copy_of, with_marker } = action else { return Ok(Ok(())) };
        let settings =
            Settings { platform: *platform, os_version: os_version.clone(), language: language.clone(), policy: policy.document()? };
        let mut phone = Phone::new(settings, self.now, self.host.clone());
        if let Some(other) = copy_of {
            phone.copy_from(self.phone(other)?, *with_marker);
        }
        let opened = phone.open();
        if self.phones.insert(device.to_owned(), phone).is_some() {
            return Err(format!("device {device:?} was opened before; use restart"));
        }
        Ok(opened)
    }

    fn clock(&mut self, device: Option<&str>, set: Option<&str>, advance: Option<&str>) -> Result<(), String> {
        let moved = |clock: &FakeClock| {
            match (set, advance) {
                (Some(time), None) => clock.set(millis(time)?),
                (None, Some(span)) => clock.advance(duration(span)?),
                _ => return Err("needs either set or advance".to_owned()),
            }
            Ok(())
        };
        if let Some(device) = device {
            return moved(&self.phone(device)?.clock);
        }
        let all = FakeClock::at(self.now);
        moved(&all)?;
        self.now = all.now();
        self.phones.values().try_for_each(|phone| moved(&phone.clock))
    }

    fn server(&self, deed: &Deed, document: String) -> Result<(), String> {
        let host = self.host()?;
        match deed {
            Deed::Down => host.down(),
            Deed::Up => host.up(),
            Deed::Publish => host.publish(document),
            Deed::BackUp => host.back_up(),
            Deed::Restore => host.restore(),
        }
        Ok(())
    }

    fn page(&mut self, subject: &str, name: &str) -> Result<(), String> {
        let seen = self.seen(subject)?;
        self.pages.insert(name.to_owned(), seen);
        Ok(())
    }

    /// What a page drawn now shows of a subject.
    fn seen(&self, subject: &str) -> Result<BTreeMap<String, Value>, String> {
        let (_, body) = self.host()?.operate("GET", &format!("/v1/subjects/{subject}"), None);
        let states = body["states"].as_array().cloned().unwrap_or_default();
        Ok(states.iter().map(|state| (state["purpose"].as_str().unwrap_or_default().to_owned(), state["seen"].clone())).collect())
    }

    fn web(&self, action: &Action) -> Result<(), String> {
        let Action::Web { subject, purpose, choice, seen, method, expect } = action else { return Ok(()) };
        let shown = match seen.as_deref() {
            None | Some("fresh") => self.seen(subject)?,
            Some("none") => BTreeMap::new(),
            Some(name) => self.pages.get(name).cloned().ok_or_else(|| format!("no page {name:?} was kept"))?,
        };
        let mut change = json!({ "purpose": purpose, "choice": choice, "method": method.as_deref().unwrap_or("web"), "actor": "self" });
        change["at"] = json!(consentkit::ledger::rfc3339(self.now));
        if let Some(seen) = shown.get(purpose).filter(|_| !choice.lowers()) {
            change["seen"] = seen.clone();
        }
        let answer = self.host()?.web(subject, change);
        let mut differences = Differences::default();
        let expected = expect.as_deref().unwrap_or("applied");
        differences.compare("outcome", &Some(expected), &answer["results"][0]["outcome"].as_str());
        differences.into_result()
    }

    fn may_send(&self, action: &Action) -> Result<(), String> {
        let Action::MaySend { subject, channel, kind, at, expect } = action else { return Ok(()) };
        let channel = serde_json::to_value(channel).map_err(|fault| fault.to_string())?;
        let at = at.clone().unwrap_or_else(|| consentkit::ledger::rfc3339(self.now)).replace('+', "%2B");
        let path = format!("/v1/subjects/{subject}/may-send?channel={}&kind={kind}&at={at}", channel.as_str().unwrap_or_default());
        let (status, body) = self.host()?.operate("GET", &path, None);
        if status != 200 {
            return Err(format!("the server answered {status}: {body}"));
        }
        let mut differences = Differences::default();
        differences.compare("allowed", &json!(expect.allowed), &body["allowed"]);
        differences.compare("reasons", &json!(expect.reasons), &body["reasons"]);
        differences.into_result()
    }
}

fn check_error(got: Option<ConsentError>, expected: Option<&Fault>) -> Result<(), String> {
    match (got, expected) {
        (None, None) => Ok(()),
        (None, Some(fault)) => Err(format!("expected the error {:?}, got none", fault.code)),
        (Some(error), None) => Err(format!("expected no error, got {error:?}")),
        (Some(error), Some(fault)) => {
            let (name, field) = code(&error);
            let mut differences = Differences::default();
            differences.compare("error", &fault.code.as_str(), &name);
            if let Some(expected) = &fault.field {
                differences.compare("field", &Some(expected.as_str()), &field.as_deref());
            }
            differences.into_result()
        }
    }
}
