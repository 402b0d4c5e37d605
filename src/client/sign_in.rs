//! Signing in: from here on the person in front of the screen is an account. What was said before by nobody in particular is brought into it;
//! what belongs to the device stays with the device.

use super::{
    arguments::check_text,
    denial::{Denial, Denied},
    open_ledger::OpenLedger,
    sync::states::recall,
    writing::{
        random::random_name,
        signals::{person_signals, record_person},
    },
};
use crate::{
    error::{Error, Result},
    ledger::{Actor, AskAgain, Body, ChoiceKind, CurrentAnswer, Link, Merge, Merged, State, Status, rfc3339},
    signal::{AgeBand, PersonSignals},
    sync::{
        device_rule::current_answer,
        subject_name::{self, MAX_SUBJECT_CHARS},
    },
};

/// Signs an account in: see `Consent::sign_in`.
pub fn sign_in(ledger: &OpenLedger, subject: &str) -> Result<()> {
    check_text("subject", subject, MAX_SUBJECT_CHARS)?;
    subject_name::check(subject).map_err(|fault| Error::invalid("subject", fault.to_string()))?;
    let denials = arrival(ledger, subject)?;
    ledger.write(&denials, |writer| {
        if writer.head.state.signed_in && writer.transaction.account_of(&writer.head.state.person)?.as_deref() == Some(subject) {
            return Ok(());
        }
        let answers = if writer.head.state.signed_in { vec![] } else { anonymous_answers(&writer.head.state) };
        let from = writer.head.state.person.clone();
        let reference = match writer.transaction.reference_of(subject)? {
            Some(reference) => reference,
            None => {
                let reference = random_name()?;
                writer.transaction.add_subject(&reference, Some(subject))?;
                reference
            }
        };
        let before = if writer.head.state.signed_in { PersonSignals::default() } else { person_signals(writer, &from) };
        writer.send(Body::Link(Link { subject: reference.clone(), account: true }))?;
        // Age band and guardian end with the person. But whoever was known to be a child before the sign-in is one after it.
        let known = person_signals(writer, &reference);
        if before.age == Some(AgeBand::Below) && known.age.is_none_or(|age| age == AgeBand::Unknown) {
            record_person(writer, &reference, PersonSignals { age: before.age, age_of_consent: before.age_of_consent, ..known })?;
        }
        // Two records, because after a sign-out only what lowers may be sent, and it must not wait for what grants.
        let (lowering, granting): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.choice.lowers());
        for granted in &granting {
            recall(writer, &reference, &granted.purpose)?;
        }
        for answers in [lowering, granting].into_iter().filter(|answers| !answers.is_empty()) {
            writer.send(Body::Merge(Merge { from: from.clone(), subject: reference.clone(), answers }))?;
        }
        Ok(())
    })
}

/// What the sign-in of an account takes away from whoever is there before.
fn arrival(ledger: &OpenLedger, subject: &str) -> Result<Vec<Denial>> {
    ledger.meet_news();
    let present = ledger.present.load_full();
    if present.signed_in && ledger.present.account_of(&present.person).as_deref() == Some(subject) {
        return Ok(vec![]);
    }
    let person = present.person.clone();
    let denied = if present.signed_in { Denied::Left { person, next: random_name()? } } else { Denied::Arriving { person } };
    Ok(vec![ledger.denial(&ledger.stamp(), denied)?])
}
/// What the anonymous person said, as it is valid here. A grant whose giver could not see a withdrawal is not brought along; the withdrawal
/// is, in its place.
fn anonymous_answers(state: &State) -> Vec<Merged> {
    let Some(subject) = state.subjects.get(&state.person) else { return vec![] };
    let answers = subject.keys.iter().filter_map(|(purpose, key)| {
        let mut said = current_answer(key, &state.person, &state.install);
        state.lay_set_aside_over(purpose, &mut said);
        let choice = match said.status {
            Status::NotAnswered => return None,
            // A yes without a date is brought along without a date, and is asked again in the account too.
            Status::Granted if said.counts() || said.ask_again == Some(AskAgain::Undated) => ChoiceKind::Granted,
            Status::Granted => {
                let own = key.own_withdrawal.as_ref()?;
                let (choice, op, at) = (own.choice, own.op.clone(), Some(rfc3339(own.at)));
                return Some(Merged { purpose: purpose.clone(), choice, op, material: 0, at, undated: false, actor: Actor::default() });
            }
            Status::Refused => ChoiceKind::Refused,
            Status::Withdrawn => ChoiceKind::Withdrawn,
        };
        // Where there is no record of it here, it is not known when it was said. Then it counts from now.
        let at = said.install.as_ref().map(|_| rfc3339(key.date_to_tell(&said, &state.install)));
        let CurrentAnswer { material, undated, actor, .. } = said;
        Some(Merged { purpose: purpose.clone(), choice, op: said.op?, material, at, undated, actor })
    });
    answers.collect()
}
