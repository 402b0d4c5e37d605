//! The server is down, the app is killed, and nothing is lost.

use consentkit::{
    client::{Answer, PendingChange},
    clock::Clock,
    policy::Channel,
};

use crate::{
    Result, Sabotage,
    child::{self, App},
    facts::Facts,
    form::{DATA_USE, EMAIL, KAKAO, NIGHT_PUSH, PUSH, SMS, status_of},
    sabotage::drop_queue,
    stage::{EVENING, NOON, Stage, sync, word, words},
};

pub fn server_down(stage: &mut Stage, facts: &mut Facts) -> Result<()> {
    stage.clock.pass(60);
    stage.company.down();
    let phone = stage.phone()?;
    let form = phone.questions("settings")?;
    phone.record(&form.shown, &[Answer::grant(SMS)])?;
    facts.same("sync", "waiting: offline", sync(phone)?.0);
    facts.same("saved on this phone, not yet sent", SMS, purposes(&phone.pending()?));
    facts.same("text messages, at once on the phone", "allowed", word(&phone.explain(SMS)));
    Ok(())
}

pub fn killed_and_restarted(stage: &mut Stage, facts: &mut Facts) -> Result<()> {
    stage.clock.pass(1);
    stage.end_phone()?;
    let mut app = App::start(&stage.ledger(), stage.clock.now(), KAKAO)?;
    let acknowledged = app.acknowledged()?;
    facts.same("how the app's process ended", child::KILLED, app.kill()?);
    if stage.sabotage == Some(Sabotage::DropQueue) {
        drop_queue(&stage.ledger())?;
    }
    let found = child::look(&stage.ledger(), stage.clock.now())?;
    facts.same("position of the acknowledged record", acknowledged.seq, found.position_of(&acknowledged.op));
    facts.same("still waiting after the restart", format!("{SMS}, {KAKAO}"), found.waiting());
    facts.same("ledger", "verified", &found.ledger);
    Ok(())
}

pub fn server_up(stage: &mut Stage, facts: &mut Facts) -> Result<()> {
    stage.clock.pass(60);
    stage.company.up()?;
    stage.start_phone()?;
    let phone = stage.phone()?;
    phone.connectivity_restored()?;
    let (ended, report) = sync(phone)?;
    facts.same("sync", "up to date", ended);
    facts.same("changes waiting", 0, report.pending);
    for purpose in [DATA_USE, EMAIL, SMS, KAKAO, PUSH, NIGHT_PUSH] {
        facts.same(format!("{purpose} on phone and server"), status_of(phone, purpose), stage.company.status(purpose)?);
    }
    let snapshot = phone.snapshot();
    for (what, purpose, channel) in [("e-mail", EMAIL, Channel::Email), ("push", PUSH, Channel::Push), ("text message", SMS, Channel::Sms)]
    {
        for (hour, at) in [("12:00", NOON), ("22:10", EVENING)] {
            let server = words(&stage.company.may_send(channel.clone(), at)?);
            facts.same(format!("may-send {what} at {hour}"), word(&snapshot.decide(purpose, at)), server);
        }
    }
    Ok(())
}

/// The purposes of some changes, in their order.
fn purposes(changes: &[PendingChange]) -> String {
    changes.iter().map(|change| change.purpose.as_str()).collect::<Vec<_>>().join(", ")
}
