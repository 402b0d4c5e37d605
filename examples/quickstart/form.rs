//! Asking and answering: what the first phone does before, in and after the form.

use std::sync::atomic::Ordering;

use consentkit::{
    client::{AdvertisingId, Answer, Consent, Question, Why},
    decision::{Prompt, Reason},
    policy::Basis,
    signal::{Signals, Tracking},
};

use crate::{
    Result, Sabotage,
    facts::Facts,
    policy::asked_on,
    stage::{EVENING, NOON, Stage, sync, word},
};

pub const ANALYTICS: &str = "cookies.analytics";
pub const ADS: &str = "ad_id.personalised_ads";
pub const MEASUREMENT: &str = "ad_id.measurement";
pub const DATA_USE: &str = "marketing.data_use";
pub const EMAIL: &str = "marketing.email";
pub const SMS: &str = "marketing.sms";
pub const KAKAO: &str = "marketing.kakao";
pub const PUSH: &str = "marketing.push";
pub const NIGHT_PUSH: &str = "marketing.push.night";

/// The form of a fresh install, and the one behind the settings.
pub const FIRST_RUN: &str = "first_run";
pub const SETTINGS: &str = "settings";

/// What the person switches on in the first form; every other switch stays off.
const YES: [&str; 5] = [ANALYTICS, ADS, DATA_USE, EMAIL, PUSH];

pub fn nothing_before_an_answer(stage: &mut Stage, facts: &mut Facts) -> Result<()> {
    let phone = stage.phone()?;
    let snapshot = phone.snapshot();
    let asked: Vec<_> = snapshot.policy.purposes.iter().filter(|purpose| purpose.basis == Basis::Consent).collect();
    let allowed = asked.iter().filter(|purpose| phone.allows(&purpose.id)).count();
    facts.same(format!("purposes allowed, of {} that need consent", asked.len()), 0, allowed);
    facts.same("sync", "quiet", sync(phone)?.0);
    facts.same("requests sent", 0, stage.requests.load(Ordering::SeqCst));
    facts.same("advertising id", "os_not_determined + not_answered", gate(phone, ADS)?);
    facts.same("times the platform was asked for it", 0, stage.asked.load(Ordering::SeqCst));
    Ok(())
}

pub fn questions_with_notices(stage: &mut Stage, facts: &mut Facts) -> Result<()> {
    let phone = stage.phone()?;
    stage.log_in(phone)?;
    facts.same("sync after the log-in, before asking", "up to date", sync(phone)?.0);
    let form = phone.questions(FIRST_RUN)?;
    let complete = |question: &&Question| {
        let notice = &question.notice;
        let texts = [&notice.title, &notice.used_for, &notice.retention, &notice.refusal];
        texts.iter().all(|text| !text.is_empty()) && !notice.items.is_empty()
    };
    let first = form.questions.iter().filter(|question| question.why == Why::FirstTime).count();
    let (asked, others) = asked_on(FIRST_RUN, &phone.snapshot().policy);
    facts.same(format!("questions, of {} purposes that need consent", asked.len() + others.len()), asked.len(), form.questions.len());
    facts.same("asked for the first time, all off", form.questions.len(), first);
    facts.same("with all four items of a notice", form.questions.len(), form.questions.iter().filter(complete).count());
    for Question { purpose, notice, .. } in &form.questions {
        let needs = if notice.requires.is_empty() { String::new() } else { format!(", needs {}", notice.requires.join(", ")) };
        facts.note(format!("{} ({purpose}{needs})", notice.title));
        facts.note(format!("    {} [{}]", notice.used_for, notice.items.join(", ")));
        facts.note(format!("    {} · {}", notice.retention, notice.refusal));
    }
    for other in others {
        facts.note(format!("not asked here: {}, which the policy puts on the form `{}` alone", other.id, other.surfaces.join("`, `")));
    }
    Ok(())
}

pub fn answers(stage: &mut Stage, facts: &mut Facts) -> Result<()> {
    let phone = stage.phone()?;
    let form = phone.questions(FIRST_RUN)?;
    let say = |question: &Question| {
        let purpose = question.purpose.as_str();
        if YES.contains(&purpose) { Answer::grant(purpose) } else { Answer::refuse(purpose) }
    };
    let answers: Vec<Answer> = form.questions.iter().map(say).collect();
    let receipt = phone.record(&form.shown, &answers)?;
    facts.same("records written, one a purpose", answers.len(), receipt.items.len());
    for (what, purpose, at, expected) in [
        ("analytics cookies", ANALYTICS, NOON, "allowed"),
        ("e-mail at 12:00", EMAIL, NOON, "allowed"),
        ("e-mail at 22:10, which the policy exempts from the night", EMAIL, EVENING, "allowed"),
        ("push at 12:00", PUSH, NOON, "allowed"),
        ("push at 22:10", PUSH, EVENING, "night"),
        ("push at night, the consent itself", NIGHT_PUSH, NOON, "refused"),
        ("personalised ads, before the system asked", ADS, NOON, "os_not_determined"),
    ] {
        facts.same(what, expected, word(&phone.snapshot().decide(purpose, at)));
    }
    facts.same("system prompt that may come next", "tracking", prompt(phone));
    let (ended, report) = sync(phone)?;
    facts.same("sync", "up to date", ended);
    facts.same("changes waiting", 0, report.pending);
    facts.note(format!("22:10 push: {}", Reason::Night.text("en")));
    facts.note(format!("            {}", Reason::Night.text("ko")));
    stage.first_answers = Some(receipt);
    Ok(())
}

pub fn os_denies_tracking(stage: &mut Stage, facts: &mut Facts) -> Result<()> {
    stage.clock.pass(1);
    let phone = stage.phone()?;
    // The person taps "Ask App Not to Track". An app that is sabotaged reports what it wished for.
    let said = if stage.sabotage == Some(Sabotage::IgnoreOs) { Tracking::Authorized } else { Tracking::Denied };
    phone.report_signals(Signals { tracking: Some(said), ..Signals::default() })?;
    facts.same("what the person said about personalised ads", "granted", status_of(phone, ADS));
    facts.same("the advertising id for personalised ads", "os_denied", gate(phone, ADS)?);
    facts.same("for measuring, which the person refused too", "os_denied + refused", gate(phone, MEASUREMENT)?);
    facts.same("times the platform was asked for it", 0, stage.asked.load(Ordering::SeqCst));
    facts.same("system prompt that may come next", "none", prompt(phone));
    let (ended, _) = sync(phone)?;
    facts.same("sync", "up to date", ended);
    facts.same("the server drops what is linked", "os_denied", listed(&stage.company.dropped()?));
    facts.note("the person agreed, and the device still decides:");
    for reason in &phone.explain(MEASUREMENT).reasons {
        facts.note(format!("    {}: {}", reason.code(), reason.text("en")));
        facts.note(format!("    {}  {}", " ".repeat(reason.code().len()), reason.text("ko")));
    }
    Ok(())
}

/// Several words, or a word for none.
fn listed(words: &[String]) -> String {
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

/// What the gate before the advertising id answers: `available`, or the codes of all that refuses it.
pub fn gate(consent: &Consent, purpose: &str) -> Result<String> {
    Ok(match consent.advertising_id(purpose)? {
        AdvertisingId::Available { .. } => "available".to_owned(),
        AdvertisingId::Refused { reasons } => reasons.iter().map(Reason::code).collect::<Vec<_>>().join(" + "),
    })
}

/// What the person said last, as the device knows it.
pub fn status_of(consent: &Consent, purpose: &str) -> String {
    let status = consent.snapshot().answers.get(purpose).map(|answer| answer.status).unwrap_or_default();
    serde_json::to_value(status).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

fn prompt(consent: &Consent) -> &'static str {
    match consent.next_prompt() {
        None => "none",
        Some(Prompt::Tracking) => "tracking",
        Some(Prompt::Push) => "push",
    }
}
