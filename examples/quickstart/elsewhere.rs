//! What happens elsewhere: a second phone, and the company's web page.

use consentkit::{
    client::{Answer, Consent, Question, Why},
    policy::{Channel, Scope},
};

use crate::{
    Result,
    facts::Facts,
    form::{DATA_USE, EMAIL, status_of},
    stage::{NOON, Stage, sync, word, words},
};

pub fn second_phone_joins(stage: &mut Stage, facts: &mut Facts) -> Result<()> {
    stage.clock.pass(60);
    stage.start_second()?;
    let second = stage.second()?;
    stage.log_in(second)?;
    facts.same("sync", "up to date", sync(second)?.0);
    let form = second.questions("first_run")?;
    let follows_account =
        |question: &&Question| second.snapshot().policy.purpose(&question.purpose).is_some_and(|purpose| purpose.scope == Scope::Person);
    let asked = form.questions.iter().filter(follows_account).filter(|question| question.why != Why::Answered).count();
    facts.same("questions about the account asked again", 0, asked);
    facts.same("e-mail there", "allowed", word(&second.explain(EMAIL)));
    facts.same("its own cookies there", "not_answered", word(&second.explain("cookies.analytics")));
    facts.note("then it goes offline.");
    Ok(())
}

pub fn web_withdrawal(stage: &mut Stage, facts: &mut Facts) -> Result<()> {
    stage.clock.pass(60);
    stage.company.unsubscribe(EMAIL)?;
    let phone = stage.phone()?;
    facts.same("before the phone hears of it", "allowed", word(&phone.explain(EMAIL)));
    facts.same("one sync", "up to date", sync(phone)?.0);
    facts.same("after it", "withdrawn", word(&phone.explain(EMAIL)));
    facts.same("may-send e-mail", "withdrawn", words(&stage.company.may_send(Channel::Email, NOON)?));
    facts.same("data use, which e-mail needs", "granted", status_of(phone, DATA_USE));
    Ok(())
}

pub fn second_phone_grants_again(stage: &mut Stage, facts: &mut Facts) -> Result<()> {
    stage.clock.pass(60);
    let second = stage.second()?;
    // It is still offline: its form shows the state from before the withdrawal, and the person taps yes once more.
    let form = second.questions("settings")?;
    second.record(&form.shown, &[Answer::grant(EMAIL)])?;
    facts.same("offline, knowing of no withdrawal", "allowed", word(&second.explain(EMAIL)));
    facts.same("back online", "up to date", sync(second)?.0);
    facts.same("e-mail there now", "ask_again:stale_grant", word(&second.explain(EMAIL)));
    facts.same("what its form does", "asks again", asks(second)?);
    facts.same("the server", "withdrawn", stage.company.status(EMAIL)?);
    for reason in &second.explain(EMAIL).reasons {
        facts.note(reason.text("en"));
        facts.note(reason.text("ko"));
    }
    Ok(())
}

fn asks(consent: &Consent) -> Result<&'static str> {
    let form = consent.questions("settings")?;
    let question = form.questions.iter().find(|question| question.purpose == EMAIL);
    Ok(match question.map(|question| question.why) {
        Some(Why::AskAgain { .. }) => "asks again",
        Some(Why::FirstTime) => "asks for the first time",
        Some(Why::Answered) => "shows the answer",
        Some(Why::MayObject) => "offers to object",
        None => "leaves it out",
    })
}
