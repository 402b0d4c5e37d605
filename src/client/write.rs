//! Reading and writing: every call of this room that touches the file comes through here.

use std::sync::{Arc, atomic::Ordering};

use super::{
    Consent, Snapshot,
    ad_id::record_ad_id,
    commit::{Pen, Stamp, new_op},
    denial::{Denial, Denied},
    import::fitted,
    open::{adopt_late, enter_late, stored_policy},
    present::Whose,
    redating,
    saying::stood,
    signals::{record_signals, report_person},
    told::record_told,
};
use crate::{
    error::{Error, Result},
    ledger::{Body, ChoiceKind, Link, State, Status},
    policy::{Policy, Scope},
    signal::{DEFAULT_AGE_OF_CONSENT, Signals, Tracking},
    store::{
        Head, Patience, Transaction,
        settings::{AD_ID_TAG, SHOWN_KEY},
    },
    sync::{device_rule::current_answers, protocol::MAX_AFTER},
};

/// What an error says while something is held in memory alone.
const COUNTS: &str = "what was taken away counts in memory already, and the next call that can write records it (see `unrecorded`); nothing \
                      else of this call was done: make it again once the file can be written";

/// What an error says while nothing is held in memory.
const NOT_DONE: &str = "nothing of this call was done: make it again once the file can be written";

/// What the error of `shutdown` says.
const LOST: &str = "what was held in memory alone (see `unrecorded`) could not be recorded, and is lost with this process";

/// The denials of one call. Where it ends without a word, by a panic in host code, they stay for the next write.
struct Held<'a> {
    consent: &'a Consent,
    ids: Vec<u64>,
    ended: bool,
}

impl Held<'_> {
    fn end(&mut self, keep: bool) {
        self.consent.present.release(&self.ids, keep);
        self.ended = true;
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.consent.present.release(&self.ids, true);
        }
    }
}

impl Consent {
    /// Runs `work` on one consistent view of the file, after readers and observers have what is newer there.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Transaction<'_>, &Head) -> Result<T>) -> Result<T> {
        let value = self.store.read(|transaction, head| {
            self.meet(transaction, head)?;
            work(transaction, head)
        });
        self.tell();
        value
    }

    /// Lets this call know whom another handle or process signed in or out, where the file can be had at once: what the call takes away is
    /// taken from whoever is there when it is made. Where the file cannot be had, what is known has to do, since a no does not wait.
    pub(super) fn meet_news(&self) {
        drop(self.store.read_news(|transaction, head| self.meet(transaction, head)));
    }

    /// Runs `work` in one transaction and tells the observers of what it changed.
    ///
    /// `denials` is what the call takes away: it counts before the file is touched, which may take long or fail, and stays where it
    /// cannot be recorded. What earlier calls left is recorded first; where that fails, so does this call, and nothing that was said
    /// later stands before it.
    pub(super) fn write<T>(&self, denials: &[Denial], work: impl FnOnce(&mut Pen<'_>) -> Result<T>) -> Result<T> {
        self.write_and(denials, work, |_| ())
    }

    /// The same, by a call that may have waited for the file already.
    pub(super) fn write_with<T>(&self, patience: Patience, denials: &[Denial], work: impl FnOnce(&mut Pen<'_>) -> Result<T>) -> Result<T> {
        self.write_then(patience, denials, work, |_| ())
    }

    /// The same as `write`; `then` runs once it is on disk, before readers see it.
    pub(super) fn write_and<T>(
        &self,
        denials: &[Denial],
        work: impl FnOnce(&mut Pen<'_>) -> Result<T>,
        then: impl FnOnce(&T),
    ) -> Result<T> {
        self.write_then(Patience::Waits, denials, work, then)
    }

    fn write_then<T>(
        &self,
        patience: Patience,
        denials: &[Denial],
        work: impl FnOnce(&mut Pen<'_>) -> Result<T>,
        then: impl FnOnce(&T),
    ) -> Result<T> {
        let stamp = self.stamp();
        let mut held = Held { consent: self, ids: self.present.hold(denials), ended: false };
        let written = self.store.write_with(
            patience,
            // Who keeps the last snapshot must not answer from it for as long as this waits.
            || self.tell(),
            |transaction, head| {
                self.meet(transaction, head)?;
                let (left_over, unchanged) = (self.present.left_over(), transaction.changes());
                let mut pen = Pen::new(transaction, head, stamp);
                let entered = if self.entered.load(Ordering::Relaxed) { None } else { Some(enter_late(&mut pen, &self.options)?) };
                let adopted = drain(&mut pen, &left_over)?;
                if self.present.load().bears_impossible_dates(pen.stamp.now) {
                    redating::notice(&mut pen)?;
                }
                let value = work(&mut pen)?;
                pen.finish()?;
                // A call that had nothing to write does not show that the file can be written.
                let ends = |denial: &&Denial| denial.is_recorded_by_itself() || transaction.changes() > unchanged;
                let recorded = left_over.iter().filter(ends).map(|denial| denial.id).collect::<Vec<_>>();
                Ok((value, recorded, entered.map(Arc::new), adopted.map(Arc::new)))
            },
            |head, (value, recorded, entered, adopted)| {
                if let Some(policy) = entered {
                    self.policy.store(policy.clone());
                    self.entered.store(true, Ordering::Relaxed);
                }
                if let Some(policy) = adopted {
                    self.policy.store(policy.clone());
                }
                then(value);
                let mut recorded = recorded.clone();
                recorded.extend(&held.ids);
                if !recorded.is_empty() || !self.present.is_at((head.seq, head.pending), &self.policy.load()) {
                    self.publish(head, &recorded);
                }
            },
        );
        let kept = written.as_ref().err().is_some_and(Error::is_of_the_file);
        held.end(kept);
        self.tell();
        match written {
            Ok((value, ..)) => Ok(value),
            Err(error) if kept && !self.present.left_over().is_empty() => Err(saying(error, COUNTS)),
            Err(error @ Error::StoreUnavailable { .. }) => Err(saying(error, NOT_DONE)),
            Err(error) => Err(error),
        }
    }

    /// Lets readers have what is newer in the file than what they see: another process may have written it, and may have brought
    /// another edition of the policy into force.
    fn meet(&self, transaction: &Transaction<'_>, head: &Head) -> Result<()> {
        let edition = head.state.policy.as_ref().map(|adopted| adopted.edition);
        if let Some(edition) = edition.filter(|edition| *edition != self.policy.load().edition) {
            self.policy.store(Arc::new(stored_policy(transaction, edition)?));
        }
        let State { install, person, .. } = &head.state;
        if !self.present.knows(install, person) {
            self.present.learn(Whose {
                install: install.clone(),
                shown_key: transaction.setting(SHOWN_KEY)?.unwrap_or_default(),
                person: person.clone(),
                account: transaction.account_of(person)?,
                ad_id: transaction.setting(AD_ID_TAG)?,
            });
        }
        if !self.present.is_at((head.seq, head.pending), &self.policy.load()) {
            self.publish(head, &[]);
        }
        Ok(())
    }

    fn publish(&self, head: &Head, recorded: &[u64]) {
        self.present.rebase(self.view_of(head), recorded, &self.observers);
    }

    /// Tells the observers of what they have not heard yet. No lock is held.
    pub(super) fn tell(&self) {
        self.present.queue_untold(&self.observers);
        if self.observers.has_news() {
            self.observers.tell(self.options.clock.now());
        }
    }

    /// The state of the file, without what is held over it.
    pub(super) fn view_of(&self, head: &Head) -> Snapshot {
        let policy = self.policy.load_full();
        let recorded = head.state.present_signals(policy.age_of_consent());
        let answers = current_answers(&head.state, &policy);
        Snapshot {
            generation: 0,
            dates: redating::dates(answers.values()),
            answers,
            policy,
            signals: self.seen_signals(recorded),
            platform: self.options.platform,
            available: true,
            seq: head.seq,
            pending: head.pending,
            signed_in: head.state.signed_in,
            recorded,
            person: head.state.person.clone(),
            rules: std::collections::HashMap::default(),
        }
        .with_rules()
    }

    /// The signals that count: a permission to track counts only in the process that read it.
    pub(super) fn seen_signals(&self, mut recorded: Signals) -> Signals {
        if recorded.tracking == Some(Tracking::Authorized) && !self.tracking_read.load(Ordering::Relaxed) {
            recorded.tracking = None;
        }
        recorded
    }

    /// Closes the file, after what is held in memory alone is recorded. Afterwards nothing that needs consent is allowed, and every
    /// other call answers `ShutDown`. Fails where something could not be recorded; the file is closed all the same.
    pub fn shutdown(&self) -> Result<()> {
        let recorded = self.record_left_over();
        let closed = self.store.close();
        self.present.close(&self.observers);
        self.tell();
        match recorded {
            Ok(()) | Err(Error::ShutDown) => closed,
            Err(error) => Err(saying(error, LOST)),
        }
    }

    /// Records what is held in memory alone, where anything is.
    pub(super) fn record_left_over(&self) -> Result<()> {
        if self.present.left_over().is_empty() { Ok(()) } else { self.write(&[], |_| Ok(())) }
    }

    /// A denial of this moment, to be handed to `write`.
    pub(super) fn denial(&self, stamp: &Stamp, what: Denied) -> Result<Denial> {
        let Stamp { now: at, offset, .. } = *stamp;
        Ok(Denial { id: 0, left_over: false, at, offset, op: new_op(at)?, what })
    }
}

impl Drop for Consent {
    /// A last attempt to record what is held in memory alone: the disk may be back since the call that failed. Where it is not, nobody can
    /// be told, which is what `shutdown` is for.
    fn drop(&mut self) {
        drop(self.record_left_over());
    }
}

fn saying(error: Error, more: &str) -> Error {
    match error {
        Error::StoreUnavailable { reason, code } => Error::StoreUnavailable { reason: format!("{reason}; {more}"), code },
        Error::Damaged { reason } => Error::Damaged { reason: format!("{reason}; {more}") },
        other => other,
    }
}

/// Records what earlier calls left in memory, in the order of the taps, each with its own time and for its own person. Gives the edition of
/// the policy that it put in force, where it did.
fn drain(pen: &mut Pen<'_>, denials: &[Denial]) -> Result<Option<Policy>> {
    let mut adopted = None;
    for denial in denials {
        let now = pen.stamp.clone();
        (pen.stamp.now, pen.stamp.offset) = (denial.at, denial.offset);
        match &denial.what {
            Denied::Edition { policy, document } => adopted = adopt_late(pen, policy, document)?.or(adopted),
            _ => record_denial(pen, denial)?,
        }
        pen.stamp = now;
    }
    Ok(adopted)
}

fn record_denial(pen: &mut Pen<'_>, denial: &Denial) -> Result<()> {
    match &denial.what {
        Denied::No(choice) => {
            let mut choice = choice.clone();
            // A copied file renames its device; the no stays with it.
            if choice.scope == Scope::Device {
                choice.subject.clone_from(&pen.head.state.device);
            }
            if is_recorded(pen, &choice.subject, &choice.purpose, &denial.op)? {
                return Ok(());
            }
            if choice.choice == ChoiceKind::Refused && stood(&pen.head.state, &choice.subject, &choice.purpose) == Status::Granted {
                choice.choice = ChoiceKind::Withdrawn;
            }
            pen.send_as(denial.op.clone(), Body::Choice(choice)).map(drop)
        }
        Denied::Import(import) => {
            let mut import = import.clone();
            if import.scope == Scope::Device {
                import.subject.clone_from(&pen.head.state.device);
            }
            if is_recorded(pen, &import.subject, &import.purpose, &denial.op)? {
                return Ok(());
            }
            match fitted(&pen.head.state, import) {
                Some(import) => pen.send_as(denial.op.clone(), Body::Import(import)).map(drop),
                None => Ok(()),
            }
        }
        Denied::Signal(reported) => {
            let signals = pen.head.state.signals.with(*reported);
            record_signals(pen, signals, false)
        }
        // Neither band takes anything from what an age of consent means: whoever is below one stays so for every policy.
        Denied::Person { person, reported } => report_person(pen, person, *reported, DEFAULT_AGE_OF_CONSENT),
        Denied::AnotherAdId(tag) => record_ad_id(pen, Signals::default(), Some(tag)),
        Denied::Left { person, next } => {
            // What the one who follows has said is held behind this, so there must be somebody who said it. A commit that was told as
            // failed and was none has made that subject known already.
            if !pen.transaction.knows_subject(next)? {
                pen.transaction.add_subject(next, None)?;
            }
            if pen.head.state.person != *person {
                return Ok(());
            }
            let install = pen.head.state.install.clone();
            pen.append(&install, Body::Link(Link { subject: next.clone(), account: false })).map(drop)
        }
        Denied::Told(told) => record_told(pen, &told.subject, &told.state),
        Denied::Arriving { .. } | Denied::Edition { .. } => Ok(()),
    }
}

/// True where a commit that was told as failed was none: the no waits to be sent already.
fn is_recorded(pen: &Pen<'_>, subject: &str, purpose: &str, op: &str) -> Result<bool> {
    Ok(pen.transaction.waiting_withdrawals(subject, purpose, MAX_AFTER)?.iter().any(|waiting| waiting == op))
}
