//! The steps that call the core of one device.

use consentkit::{
    client::{AdvertisingId, Answer, ImportChoice, Questions, SyncReport, Why},
    decision::Prompt,
    ffi::reason_code,
    ledger::ChoiceKind,
    signal::Signals,
};

use super::{
    expect::{Differences, ask_again_code, codes, purposes_of, sync_state_code},
    format::{Action, Answers, Form, Gate, Imported, Older, Provider, Synced, millis},
    phone::Phone,
    policy::Change,
    world::{Played, World},
};

/// Longest that one sync may take: loopback needs a fraction of it.
const SYNC_MS: i64 = 30_000;

/// Gives a call's value, or ends the step with the core's error.
macro_rules! called {
    ($call:expr) => {
        match $call {
            Ok(value) => value,
            Err(error) => return Ok(Err(error)),
        }
    };
}

impl World {
    pub fn say(&mut self, device: &str, action: &Action) -> Played {
        match action {
            Action::Ask { surface, form, expect } => self.ask(device, surface, form.as_deref(), expect),
            Action::Answer(answers) => self.answer(device, answers),
            action => call(self.phone(device)?, action),
        }
    }

    fn ask(&mut self, device: &str, surface: &str, name: Option<&str>, expected: &Form) -> Played {
        let phone = self.phone(device)?;
        let questions = called!(phone.core()?.questions(surface));
        phone.form = Some(questions.shown.clone());
        if let Some(name) = name {
            self.forms.insert(name.to_owned(), questions.shown.clone());
        }
        form(expected, &questions).map(Ok)
    }

    fn answer(&mut self, device: &str, answers: &Answers) -> Played {
        let kept = match &answers.form {
            Some(name) => Some(self.forms.get(name).cloned().ok_or_else(|| format!("no form {name:?} was kept"))?),
            None => None,
        };
        let phone = self.phone(device)?;
        let mut shown = kept.or_else(|| phone.form.clone()).ok_or("no form is on the screen; ask first")?;
        if let Some(forgery) = &answers.forge {
            if !shown.contains(&forgery.replace) {
                return Err(format!("the token holds no {:?} to replace", forgery.replace));
            }
            shown = shown.replace(&forgery.replace, &forgery.with);
        }
        let said = |purposes: &[String], choice| {
            let answer = move |purpose: &String| Answer { purpose: purpose.clone(), choice, method: answers.method, actor: answers.actor };
            purposes.iter().map(answer).collect::<Vec<_>>()
        };
        let said = [said(&answers.grant, ChoiceKind::Granted), said(&answers.refuse, ChoiceKind::Refused)].concat();
        let receipt = called!(phone.core()?.record(&shown, said));
        let mut differences = Differences::default();
        if let Some(expected) = &answers.expect {
            let got = receipt.items.iter().map(|item| (item.purpose.clone(), item.choice)).collect();
            differences.compare("recorded", expected, &got);
        }
        differences.into_result().map(Ok)
    }
}

fn call(phone: &mut Phone, action: &Action) -> Played {
    match action {
        Action::Restart { policy } => return restart(phone, policy.as_ref()),
        Action::Shutdown => called!(phone.core()?.shutdown()),
        Action::Dismiss => phone.form = None,
        Action::Closed => {
            let shown = phone.form.take().ok_or("no form is on the screen; ask first")?;
            called!(phone.core()?.closed(&shown));
        }
        Action::Withdraw { purposes } => drop(called!(phone.core()?.withdraw(purposes.clone()))),
        Action::Import { choices, expect } => return import(phone, choices, expect.as_ref()),
        Action::Signals(said) => {
            let signals =
                Signals { tracking: said.tracking, ad_id: None, gpc: said.gpc, age: said.age, guardian: said.guardian, push: said.push };
            called!(phone.core()?.report_signals(signals));
        }
        Action::AdId { purpose, provider, expect } => return ad_id(phone, purpose, provider.as_ref(), expect.as_ref()),
        Action::Prompt { expect } => {
            let prompt = match phone.core()?.next_prompt() {
                Some(Prompt::Tracking) => "tracking",
                Some(Prompt::Push) => "push",
                None => "none",
            };
            let mut differences = Differences::default();
            differences.compare("prompt", &expect.as_str(), &prompt);
            differences.into_result()?;
        }
        Action::SignIn { subject } => called!(phone.core()?.sign_in(subject)),
        Action::SignOut => called!(phone.core()?.sign_out()),
        Action::Online => called!(phone.core()?.connectivity_restored()),
        Action::Sync { expect } => {
            let report = called!(phone.core()?.sync(SYNC_MS));
            synced(expect, &report)?;
        }
        Action::AdoptPolicy { policy } => called!(phone.core()?.adopt_policy(&policy.document()?)),
        _ => return Err("is no step of a device".into()),
    }
    Ok(Ok(()))
}

fn restart(phone: &mut Phone, policy: Option<&Change>) -> Played {
    let before = phone.settings.policy.clone();
    if let Some(change) = policy {
        phone.settings.policy = change.document()?;
    }
    let opened = phone.open();
    if opened.is_err() {
        phone.settings.policy = before;
    }
    Ok(opened)
}

fn form(expected: &Form, got: &Questions) -> Result<(), String> {
    let mut differences = Differences::default();
    differences.maybe("due", expected.due.as_ref(), &got.due);
    differences.maybe("pull_first", expected.pull_first.as_ref(), &got.pull_first);
    differences.maybe("language", expected.language.as_ref(), &got.language);
    differences.maybe("purposes", expected.purposes.as_ref(), &purposes_of(got));
    let question = |purpose: &str| got.questions.iter().find(|question| question.purpose == purpose);
    for (purpose, why) in &expected.why {
        let got = question(purpose).map_or("not asked".to_owned(), |question| match question.why {
            Why::FirstTime => "first_time".into(),
            Why::AskAgain { cause } => ask_again_code(cause),
            Why::Answered => "answered".into(),
            Why::MayObject => "may_object".into(),
        });
        differences.compare(&format!("why {purpose}"), why, &got);
    }
    for (purpose, status) in &expected.status {
        differences.compare(&format!("status {purpose}"), &Some(*status), &question(purpose).map(|question| question.status));
    }
    differences.into_result()
}

fn import(phone: &Phone, choices: &[Older], expected: Option<&Imported>) -> Played {
    let mut given = vec![];
    for choice in choices {
        given.push(ImportChoice {
            actor: None,
            purpose: choice.purpose.clone(),
            choice: choice.choice,
            said_at: choice.said_at.as_deref().map(millis).transpose()?,
            source: choice.source.clone(),
            text_version: choice.text_version.clone(),
        });
    }
    let receipt = called!(phone.core()?.import_choices(given));
    let mut differences = Differences::default();
    if let Some(expected) = expected {
        let imported: Vec<String> = receipt.imported.iter().map(|item| item.purpose.clone()).collect();
        differences.compare("imported", &expected.imported, &imported);
        differences.compare("kept", &expected.kept, &receipt.kept);
    }
    differences.into_result().map(Ok)
}

fn ad_id(phone: &Phone, purpose: &str, provider: Option<&Provider>, expected: Option<&Gate>) -> Played {
    phone.source.answers(provider.cloned());
    let answer = called!(phone.core()?.advertising_id(purpose));
    let mut differences = Differences::default();
    differences.compare("the provider was asked", &provider.is_some(), &phone.source.was_asked());
    match (expected, answer) {
        (None, _) => return Err("an ad_id step needs an expectation, or an error".into()),
        (Some(Gate::Available(id)), AdvertisingId::Available { id: got }) => differences.compare("id", id, &got),
        (Some(Gate::Refused(reasons)), AdvertisingId::Refused { reasons: got }) => {
            differences.compare("refused", reasons, &got.iter().map(reason_code).collect());
        }
        (Some(Gate::Available(_)), AdvertisingId::Refused { reasons }) => {
            differences.add(format!("expected an id, got refused {:?}", codes(&reasons)));
        }
        (Some(Gate::Refused(reasons)), AdvertisingId::Available { .. }) => differences.add(format!("expected {reasons:?}, got an id")),
    }
    differences.into_result().map(Ok)
}

fn synced(expected: &Synced, got: &SyncReport) -> Result<(), String> {
    let mut differences = Differences::default();
    differences.maybe("state", expected.state.as_deref().as_ref(), &sync_state_code(got.state));
    differences.maybe("pending", expected.pending.as_ref(), &got.pending);
    differences.maybe("stuck", expected.stuck.as_ref(), &got.stuck);
    differences.maybe("acknowledged", expected.acknowledged.as_ref(), &got.acknowledged);
    let troubles = got.troubles.iter().map(|trouble| trouble.code().to_owned()).collect();
    differences.maybe("troubles", expected.troubles.as_ref(), &troubles);
    differences.maybe("server_lost_data", expected.server_lost_data.as_ref(), &got.server_lost_data);
    differences.maybe("restored", expected.restored.as_ref(), &got.restored);
    differences.maybe("policy_changed", expected.policy_changed.as_ref(), &got.policy_changed);
    differences.maybe("policy_announced", expected.policy_announced.as_ref(), &got.policy_announced);
    differences.into_result()
}
