//! Signing in and out: whose person-scope choices these are. Device-scope choices stay either way.

use super::{
    Consent,
    commit::random_name,
    denial::{Denial, Denied},
    signals::{person_signals, record_person},
};
use crate::{
    error::{Error, Result},
    ledger::{Actor, AskAgain, Body, ChoiceKind, CurrentAnswer, Link, Merge, Merged, State, Status, rfc3339},
    signal::{AgeBand, PersonSignals},
    store::Patience,
    sync::{device_rule::current_answer, subject_name},
};

impl Consent {
    /// The app's log-in succeeded. `subject` is the account's pseudonym: never an e-mail address or a telephone number, and never a
    /// placeholder such as `null` or `0`, which people would share.
    ///
    /// What was said before, by nobody in particular, is brought into the account: a no lands, a yes counts only where the account
    /// said nothing. Sync before you ask: a new phone does not ask a member again. Returns when it is on disk.
    ///
    /// A sign-in that fails has not happened; but whoever was there before no longer answers for whoever is there now: that person's
    /// grants do not count from the call on.
    pub fn sign_in(&self, subject: &str) -> Result<()> {
        subject_name::check(subject).map_err(|fault| Error::invalid("subject", fault.to_string()))?;
        let denials = self.arrival(subject)?;
        self.write(&denials, |pen| {
            if pen.head.state.signed_in && pen.transaction.account_of(&pen.head.state.person)?.as_deref() == Some(subject) {
                return Ok(());
            }
            let answers = if pen.head.state.signed_in { vec![] } else { anonymous_answers(&pen.head.state) };
            let from = pen.head.state.person.clone();
            let reference = match pen.transaction.reference_of(subject)? {
                Some(reference) => reference,
                None => {
                    let reference = random_name()?;
                    pen.transaction.add_subject(&reference, Some(subject))?;
                    reference
                }
            };
            let before = if pen.head.state.signed_in { PersonSignals::default() } else { person_signals(pen, &from) };
            pen.send(Body::Link(Link { subject: reference.clone(), account: true }))?;
            // Age and guardian end with the person, but whoever was known for a child is none the older for a sign-in.
            let known = person_signals(pen, &reference);
            if before.age == Some(AgeBand::Below) && known.age.is_none_or(|age| age == AgeBand::Unknown) {
                record_person(pen, &reference, PersonSignals { age: before.age, age_of_consent: before.age_of_consent, ..known })?;
            }
            // Apart, so that after a sign-out what lowers may go without what grants.
            let (lowering, granting): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.choice.lowers());
            for answers in [lowering, granting].into_iter().filter(|answers| !answers.is_empty()) {
                pen.send(Body::Merge(Merge { from: from.clone(), subject: reference.clone(), answers }))?;
            }
            Ok(())
        })
    }

    /// The person signed out. The account's choices no longer count here; its waiting withdrawals are still sent.
    /// Does nothing where nobody is signed in. Returns when it is on disk; the account's choices count no longer from the call on, also
    /// where the call fails.
    pub fn sign_out(&self) -> Result<()> {
        self.leave(Patience::Waits)
    }

    /// Signs out, and waits for a held file or does not.
    pub(super) fn leave(&self, patience: Patience) -> Result<()> {
        let next = random_name()?;
        self.meet_news();
        let present = self.present.load_full();
        let left = Denied::Left { person: present.person.clone(), next: next.clone() };
        let denials = if present.signed_in { vec![self.denial(&self.stamp(), left)?] } else { vec![] };
        self.write_with(patience, &denials, |pen| {
            if !pen.head.state.signed_in {
                return Ok(());
            }
            let reference = next;
            pen.transaction.add_subject(&reference, None)?;
            let install = pen.head.state.install.clone();
            pen.append(&install, Body::Link(Link { subject: reference, account: false }))?;
            Ok(())
        })
    }

    /// What the sign-in of an account takes away from whoever is there before.
    fn arrival(&self, subject: &str) -> Result<Vec<Denial>> {
        self.meet_news();
        let present = self.present.load_full();
        if present.signed_in && self.present.account_of(&present.person).as_deref() == Some(subject) {
            return Ok(vec![]);
        }
        let person = present.person.clone();
        let denied = if present.signed_in { Denied::Left { person, next: random_name()? } } else { Denied::Arriving { person } };
        Ok(vec![self.denial(&self.stamp(), denied)?])
    }
}

/// What the anonymous person said, as it counts here: a grant blind to a withdrawal brings that withdrawal along, not itself.
fn anonymous_answers(state: &State) -> Vec<Merged> {
    let Some(subject) = state.subjects.get(&state.person) else { return vec![] };
    let answers = subject.keys.iter().filter_map(|(purpose, key)| {
        let said = current_answer(key, &state.person, &state.install);
        let choice = match said.status {
            Status::NotAnswered => return None,
            // A yes without a date stays one without a date, and is asked again there too.
            Status::Granted if said.counts() || said.ask_again == Some(AskAgain::Undated) => ChoiceKind::Granted,
            Status::Granted => {
                let own = key.own_withdrawal.as_ref()?;
                let (choice, op, at) = (own.choice, own.op.clone(), Some(rfc3339(own.at)));
                return Some(Merged { purpose: purpose.clone(), choice, op, material: 0, at, undated: false, actor: Actor::default() });
            }
            Status::Refused => ChoiceKind::Refused,
            Status::Withdrawn => ChoiceKind::Withdrawn,
        };
        // Without a record nothing is known of when it was said: then it counts from now.
        let at = said.install.as_ref().map(|_| rfc3339(key.date_to_tell(&said, &state.install)));
        let CurrentAnswer { material, undated, actor, .. } = said;
        Some(Merged { purpose: purpose.clone(), choice, op: said.op?, material, at, undated, actor })
    });
    answers.collect()
}
