//! The open ledger: the file, what readers see of it, the policy in force and the observers. Every call that reads the file comes through
//! `read` of this file, and every one that writes through `write.rs`.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use arc_swap::ArcSwap;

use super::{
    ahead::{self, Ahead},
    denial::{Denial, Denied},
    mailbox::Mailbox,
    observers::Registry,
    options::Options,
    present::{Present, Whose},
    reserve::Reserve,
    rolled_back::RolledBack,
    snapshot::{self, NextEdition, Snapshot},
    writing::{kept_editions::stored_policy, random::new_op, writer::Stamp},
    zones::ZoneBook,
};
use crate::{
    error::Result,
    ledger::State,
    policy::Policy,
    signal::{Signals, Tracking},
    store::{
        Head, Store, Transaction,
        settings::{AD_ID_TAG, SHOWN_KEY},
    },
    sync::device_rule::current_answers,
};

/// What a `Consent` has open, and what its calls share.
pub struct OpenLedger {
    pub options: Options,
    pub store: Store,
    /// The room that a no finds on a full disk.
    pub reserve: Reserve,
    /// Where a no lies that could not be recorded.
    pub mailbox: Mailbox,
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

    /// For the watch: shows readers what another process wrote. False where it could not be read now.
    pub fn hear_others(&self) -> bool {
        // A file that was let go of is not opened again by the watch, since the app lets go of it for as long as it rests. One that could
        // never be read is.
        if !self.store.is_open() && self.present.load().available {
            return false;
        }
        let mut is_news = false;
        let heard = self.store.read_news(|transaction, head| {
            let before = self.present.load().generation;
            self.meet(transaction, head)?;
            is_news = self.present.load().generation != before;
            Ok(())
        });
        // Where there was no news, what this process has just changed is left to the thread that changed it, which tells it before its call
        // returns.
        if is_news {
            self.learn_zone();
            self.tell();
        }
        heard.unwrap_or(false)
    }

    /// The editions that the file says come into force later, where they or the edition that they follow are others than those known.
    pub(super) fn newly_announced(&self, transaction: &Transaction<'_>, state: &State) -> Result<Option<Vec<Ahead>>> {
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
    pub(super) fn meet(&self, transaction: &Transaction<'_>, head: &Head) -> Result<()> {
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

    pub(super) fn publish(&self, head: &Head, recorded: &[u64]) {
        self.present.rebase(self.view_of(head), recorded, &self.observers);
    }

    /// Lets readers see the policy in force by its own time zone, where the host has to tell that. No lock is held.
    pub(super) fn learn_zone(&self) {
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
