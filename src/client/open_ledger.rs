//! The open ledger: the file, what readers see of it, the policy in force and the observers. Every call that touches the file comes through
//! `read` and `write` of this file.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use arc_swap::ArcSwap;

use super::{
    ahead::{self, Ahead},
    denial::{Denial, Denied},
    observers::Registry,
    options::Options,
    present::{Present, Whose},
    rolled_back::RolledBack,
    snapshot::{self, NextEdition, Snapshot},
    writing::{
        editions::come_into_force,
        enter::enter_late,
        impossible_dates,
        kept_editions::stored_policy,
        left_over::record_all,
        random::new_op,
        writer::{LedgerWriter, Stamp},
    },
    zones::ZoneBook,
};
use crate::{
    error::{Error, Result},
    ledger::State,
    policy::Policy,
    signal::{Signals, Tracking},
    store::{
        Head, Patience, Store, Transaction,
        settings::{AD_ID_TAG, SHOWN_KEY},
    },
    sync::device_rule::current_answers,
};

/// What an error says while something is held in memory alone.
const COUNTS: &str = "what was taken away counts in memory already, and the next call that can write records it (see `unrecorded`); nothing \
                      else of this call was done: make it again once the file can be written";

/// What an error says while nothing is held in memory.
const NOT_DONE: &str = "nothing of this call was done: make it again once the file can be written";

/// What the error of `shutdown` says.
const LOST: &str = "what was held in memory alone (see `unrecorded`) could not be recorded, and is lost with this process";

/// What a `Consent` has open, and what its calls share.
pub struct OpenLedger {
    pub options: Options,
    pub store: Store,
    /// What readers see.
    pub present: Present,
    /// The policy that the file says is in force. Once the day of an announced edition has come, that one counts: see `policy_now`.
    pub policy: ArcSwap<Policy>,
    /// The editions that the file says come into force later, the next one first.
    pub announced: ArcSwap<Vec<Ahead>>,
    /// What the host told of the time zones of policies.
    pub zones: ZoneBook,
    pub observers: Arc<Registry>,
    /// False until the file took a write of this process. The first write that it takes does what opening could not do.
    pub entered: AtomicBool,
    /// True once this process read the permission to track. A permission counts only then, while a denial that was recorded counts always.
    pub tracking_read: AtomicBool,
}

/// The denials of one call. Where the call ends without a word, by a panic in host code, they stay for the next write.
struct Held<'a> {
    present: &'a Present,
    ids: Vec<u64>,
    ended: bool,
}

impl Held<'_> {
    fn end(&mut self, keep: bool) {
        self.present.release(&self.ids, keep);
        self.ended = true;
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.present.release(&self.ids, true);
        }
    }
}

impl OpenLedger {
    /// When, by which app and on which platform a record of this moment is written.
    pub fn stamp(&self) -> Stamp {
        stamp(&self.options)
    }

    /// Runs `work` on one consistent view of the file. What is newer in the file than what readers see is shown to them first.
    pub fn read<T>(&self, work: impl FnOnce(&Transaction<'_>, &Head) -> Result<T>) -> Result<T> {
        let value = self.store.read(|transaction, head| {
            self.meet(transaction, head)?;
            work(transaction, head)
        });
        self.learn_zone();
        self.tell();
        value
    }

    /// Reads what another handle or process has written, where the file can be read at once. A call that takes something away begins with
    /// this, so that it is taken from whoever is signed in by the file at that time. Where the file cannot be read at once, the call goes by
    /// what is known, since a no does not wait.
    pub fn meet_news(&self) {
        drop(self.store.read_news(|transaction, head| self.meet(transaction, head)));
    }

    /// Runs `work` in one transaction and tells the observers of what it changed.
    ///
    /// `denials` is what the call takes away. It counts from before the file is touched, since that may take long or fail, and it goes on
    /// counting where it cannot be recorded. What earlier calls could not record is recorded first. Where that fails, this call fails too,
    /// so that nothing that was said later comes before it in the ledger.
    pub fn write<T>(&self, denials: &[Denial], work: impl FnOnce(&mut LedgerWriter<'_>) -> Result<T>) -> Result<T> {
        self.write_and(denials, work, |_| ())
    }

    /// The same for a call that may have waited for the file already: `patience` says how long this write waits.
    pub fn write_with<T>(
        &self,
        patience: Patience,
        denials: &[Denial],
        work: impl FnOnce(&mut LedgerWriter<'_>) -> Result<T>,
    ) -> Result<T> {
        self.write_then(patience, denials, work, |_| ())
    }

    /// The same as `write`. `then` runs once the change is on disk, and before readers see it.
    pub fn write_and<T>(
        &self,
        denials: &[Denial],
        work: impl FnOnce(&mut LedgerWriter<'_>) -> Result<T>,
        then: impl FnOnce(&T),
    ) -> Result<T> {
        self.write_then(Patience::Waits, denials, work, then)
    }

    fn write_then<T>(
        &self,
        patience: Patience,
        denials: &[Denial],
        work: impl FnOnce(&mut LedgerWriter<'_>) -> Result<T>,
        then: impl FnOnce(&T),
    ) -> Result<T> {
        let mut held = Held { present: &self.present, ids: self.present.hold(denials), ended: false };
        let written = self.enter_due_edition(patience).and_then(|()| self.write_now(patience, &held.ids, work, then));
        let kept = written.as_ref().err().is_some_and(Error::is_of_the_file);
        held.end(kept);
        self.learn_zone();
        self.tell();
        match written {
            Err(error) if kept && !self.present.left_over().is_empty() => Err(saying(error, COUNTS)),
            Err(error @ Error::StoreUnavailable { .. }) => Err(saying(error, NOT_DONE)),
            written => written,
        }
    }

    /// Records that an announced edition is in force, where its day has come. It is a transaction of its own, so that whatever a call reads
    /// of the policy in force fits what it writes.
    fn enter_due_edition(&self, patience: Patience) -> Result<()> {
        if !self.present.is_edition_due(self.options.clock.now()) {
            return Ok(());
        }
        self.write_now(
            patience,
            &[],
            |writer| Ok(come_into_force(writer)?.map(Arc::new)),
            |policy| {
                if let Some(policy) = policy {
                    self.policy.store(policy.clone());
                }
            },
        )
        .map(drop)
    }

    fn write_now<T>(
        &self,
        patience: Patience,
        held: &[u64],
        work: impl FnOnce(&mut LedgerWriter<'_>) -> Result<T>,
        then: impl FnOnce(&T),
    ) -> Result<T> {
        let stamp = self.stamp();
        let written = self.store.write_with(
            patience,
            // An observer that keeps the last snapshot must not answer from it for as long as this call waits.
            || self.tell(),
            |transaction, head| {
                self.meet(transaction, head)?;
                let (left_over, unchanged) = (self.present.left_over(), transaction.changes());
                let mut writer = LedgerWriter::new(transaction, head, stamp);
                let entered = if self.entered.load(Ordering::Relaxed) { None } else { Some(enter_late(&mut writer, &self.options)?) };
                let adopted = record_all(&mut writer, &left_over)?;
                if self.present.load().bears_impossible_dates(writer.stamp.now) {
                    impossible_dates::notice(&mut writer)?;
                }
                let value = work(&mut writer)?;
                writer.finish()?;
                // A call that wrote nothing does not show that the file can be written, so a failed sign-in still denies after it.
                let ends = |denial: &&Denial| denial.is_recorded_by_itself() || transaction.changes() > unchanged;
                let recorded = left_over.iter().filter(ends).map(|denial| denial.id).collect::<Vec<_>>();
                let announced = self.newly_announced(transaction, &head.state)?;
                Ok((value, recorded, entered.map(Arc::new), adopted.map(Arc::new), announced.map(Arc::new)))
            },
            |head, (value, recorded, entered, adopted, announced)| {
                if let Some(policy) = entered {
                    self.policy.store(policy.clone());
                    self.entered.store(true, Ordering::Relaxed);
                }
                if let Some(policy) = adopted {
                    self.policy.store(policy.clone());
                }
                then(value);
                if let Some(announced) = announced {
                    self.announced.store(announced.clone());
                }
                let mut recorded = recorded.clone();
                recorded.extend(held);
                if !recorded.is_empty() || !self.present.is_at((head.seq, head.pending), &self.policy.load()) {
                    self.publish(head, &recorded);
                }
            },
        );
        written.map(|(value, ..)| value)
    }

    /// The editions that the file says come into force later, where they or the edition that they follow are others than those known.
    fn newly_announced(&self, transaction: &Transaction<'_>, state: &State) -> Result<Option<Vec<Ahead>>> {
        let known = self.announced.load();
        let follows_the_same = || state.policy.as_ref().is_some_and(|adopted| adopted.edition == self.policy.load().edition);
        if known.iter().map(|ahead| &ahead.named).eq(&state.announced) && (known.is_empty() || follows_the_same()) {
            return Ok(None);
        }
        ahead::read(transaction, state).map(Some)
    }

    /// The policy in force now. Where the day of an announced edition has come, it is that one, also before any record says so.
    pub fn policy_now(&self) -> Arc<Policy> {
        self.policy_at(self.options.clock.now())
    }

    /// The same for a moment, Unix milliseconds.
    pub fn policy_at(&self, now: i64) -> Arc<Policy> {
        let announced = self.announced.load();
        let begun = announced.iter().rev().find(|ahead| ahead.named.from_ms() <= now);
        begun.map_or_else(|| self.policy.load_full(), |ahead| ahead.policy.clone())
    }

    /// Shows readers what is newer in the file than what they see. Another process may have written it, and may have brought another edition
    /// of the policy into force.
    fn meet(&self, transaction: &Transaction<'_>, head: &Head) -> Result<()> {
        let edition = head.state.policy.as_ref().map(|adopted| adopted.edition);
        if let Some(edition) = edition.filter(|edition| *edition != self.policy.load().edition) {
            self.policy.store(Arc::new(stored_policy(transaction, edition)?));
        }
        if let Some(announced) = self.newly_announced(transaction, &head.state)? {
            self.announced.store(Arc::new(announced));
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

    /// Reads the file again: another process may have written to it.
    pub fn refresh(&self) -> Result<()> {
        self.read(|_, _| Ok(()))
    }

    fn publish(&self, head: &Head, recorded: &[u64]) {
        self.present.rebase(self.view_of(head), recorded, &self.observers);
    }

    /// Lets readers see the policy in force by its own time zone, where the host has to tell that. No lock is held.
    fn learn_zone(&self) {
        let now = self.options.clock.now();
        let in_force = self.zones.learn(&self.policy.load_full(), now);
        let ahead = self.announced.load().iter().filter(|ahead| self.zones.learn(&ahead.policy, now)).count();
        if in_force || ahead > 0 {
            self.present.know_zones(&self.zones.known(), &self.observers);
        }
    }

    /// Tells the observers of what they have not heard yet. No lock is held.
    pub fn tell(&self) {
        self.present.queue_untold(&self.observers);
        if self.observers.has_news() {
            self.observers.tell(self.options.clock.now());
        }
    }

    /// What readers see of this state of the file, without the denials that are held in memory.
    pub fn view_of(&self, head: &Head) -> Snapshot {
        let announced = self.announced.load();
        // The last edition first, since each one leads to the one after it.
        let next = announced.iter().rev().fold(None, |next, ahead| {
            let snapshot = Arc::new(self.view_under(head, ahead.policy.clone(), Some(ahead), next));
            Some(NextEdition { from: ahead.named.from_ms(), snapshot })
        });
        self.view_under(head, self.policy.load_full(), None, next)
    }

    fn view_under(&self, head: &Head, policy: Arc<Policy>, ahead: Option<&Ahead>, next: Option<NextEdition>) -> Snapshot {
        let recorded = head.state.present_signals(policy.age_of_consent());
        let mut answers = current_answers(&head.state, &policy);
        if let Some(ahead) = ahead {
            ahead.lay_over(&mut answers, &head.state);
        }
        Snapshot {
            generation: 0,
            dates: snapshot::dates(answers.values()),
            answers,
            policy,
            signals: self.seen_signals(recorded),
            platform: self.options.platform,
            available: true,
            seq: head.seq,
            pending: head.pending,
            signed_in: head.state.signed_in,
            rolled_back: RolledBack::of(&head.state),
            recorded,
            person: head.state.person.clone(),
            zones: self.zones.known(),
            rules: std::collections::HashMap::default(),
            next,
        }
        .with_rules()
    }

    /// The signals that count. A permission to track counts only in the process that read it.
    pub fn seen_signals(&self, mut recorded: Signals) -> Signals {
        if recorded.tracking == Some(Tracking::Authorized) && !self.tracking_read.load(Ordering::Relaxed) {
            recorded.tracking = None;
        }
        recorded
    }

    /// Closes the file, after what is held in memory alone is recorded.
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

    /// Records what is held in memory alone. Where nothing is held, the file is not touched.
    pub fn record_left_over(&self) -> Result<()> {
        if self.present.left_over().is_empty() { Ok(()) } else { self.write(&[], |_| Ok(())) }
    }

    /// A denial of this moment, to be handed to `write`.
    pub fn denial(&self, stamp: &Stamp, what: Denied) -> Result<Denial> {
        let Stamp { now: at, offset, .. } = *stamp;
        Ok(Denial { id: 0, left_over: false, at, offset, op: new_op(at)?, what })
    }

    /// The policy that a call's arguments fit. Where they do not fit the one in memory, another process may have brought a later edition into
    /// force meanwhile, so the file is read again and its policy is asked.
    pub fn fitting_policy(&self, check: impl Fn(&Policy) -> Result<()>) -> Result<Arc<Policy>> {
        let policy = self.policy_now();
        let Err(fault) = check(&policy) else { return Ok(policy) };
        // Where the file cannot be read, the arguments do not fit by all that is known.
        let newer = self.refresh().ok().map(|()| self.policy_now()).filter(|newer| newer.edition != policy.edition).ok_or(fault)?;
        check(&newer)?;
        Ok(newer)
    }
}

/// When, by which app and on which platform a record of this moment is written.
pub fn stamp(options: &Options) -> Stamp {
    Stamp { now: options.clock.now(), offset: options.clock.utc_offset(), app: options.app_version.clone(), platform: options.platform }
}

/// The same error, whose text says more.
fn saying(error: Error, more: &str) -> Error {
    match error {
        Error::StoreUnavailable { reason, code } => Error::StoreUnavailable { reason: format!("{reason}; {more}"), code },
        Error::Damaged { reason } => Error::Damaged { reason: format!("{reason}; {more}") },
        other => other,
    }
}
