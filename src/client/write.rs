//! Every write comes through here: it is one transaction, it holds in memory what takes something away, and a no that finds the disk full or
//! the file unusable is recorded all the same, or put where it is not lost.

use std::sync::{Arc, atomic::Ordering};

use super::{
    denial::Denial,
    open_ledger::OpenLedger,
    present::Present,
    writing::{editions::come_into_force, enter::enter_late, impossible_dates, left_over::record_all, writer::LedgerWriter},
};
use crate::{
    error::{Error, Result},
    store::{Patience, full, wants_room},
};

/// What an error says while something is held in memory alone.
const COUNTS: &str = "what was taken away counts in memory already, and the next call that can write records it (see `unrecorded`); nothing \
                      else of this call was done: make it again once the file can be written";

/// The same where it is not in memory alone.
const POSTED: &str = "what was taken away counts in memory already and lies in the mailbox beside the file, so that the next call that can \
                      write records it, or the next start; nothing else of this call was done: make it again once the file can be written";

/// What an error says where everything is recorded that the call takes away.
const TAKEN_AWAY: &str = "what was taken away is recorded; nothing else of this call was done: make it again once the file can be written";

/// What an error says while nothing is held in memory.
const NOT_DONE: &str = "nothing of this call was done: make it again once the file can be written";

/// What the error of `shutdown` says.
const LOST: &str = "what was held in memory alone (see `unrecorded`) could not be recorded, and is lost with this process";

/// What a write takes the room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// For anything. The reserve is left alone, and made whole first where it is not.
    Any,
    /// For what takes something away and nothing else: it may have the reserve.
    OfANo,
}

/// What a no may do for room, in this order, each before another try.
#[derive(Clone, Copy)]
enum Makes {
    /// Releases the reserve.
    Released,
    /// Folds the log back, so that its room is the disk's again.
    Folded,
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
    /// Runs `work` in one transaction and tells the observers of what it changed. It may run more than once, and each time but the last
    /// nothing of it was done.
    ///
    /// `denials` is what the call takes away. It counts from before the file is touched, since that may take long or fail, and it goes on
    /// counting where it cannot be recorded. What earlier calls could not record is recorded first. Where that fails, this call fails too,
    /// so that nothing that was said later comes before it in the ledger.
    pub fn write<T>(&self, denials: &[Denial], work: impl FnMut(&mut LedgerWriter<'_>) -> Result<T>) -> Result<T> {
        self.write_and(denials, work, |_| ())
    }

    /// The same for a call that may have waited for the file already: `patience` says how long this write waits.
    pub fn write_with<T>(&self, patience: Patience, denials: &[Denial], work: impl FnMut(&mut LedgerWriter<'_>) -> Result<T>) -> Result<T> {
        self.write_then(patience, Room::Any, denials, work, |_| ())
    }

    /// The same for a call that takes something away and does nothing else, so that it may have the reserve.
    pub fn write_no<T>(&self, patience: Patience, denials: &[Denial], work: impl FnMut(&mut LedgerWriter<'_>) -> Result<T>) -> Result<T> {
        self.write_then(patience, Room::OfANo, denials, work, |_| ())
    }

    /// The same as `write`. `then` runs once the change is on disk, and before readers see it.
    pub fn write_and<T>(
        &self,
        denials: &[Denial],
        work: impl FnMut(&mut LedgerWriter<'_>) -> Result<T>,
        then: impl FnOnce(&T),
    ) -> Result<T> {
        self.write_then(Patience::Waits, Room::Any, denials, work, then)
    }

    fn write_then<T>(
        &self,
        patience: Patience,
        room: Room,
        denials: &[Denial],
        work: impl FnMut(&mut LedgerWriter<'_>) -> Result<T>,
        then: impl FnOnce(&T),
    ) -> Result<T> {
        self.meet_mail();
        let mut held = Held { present: &self.present, ids: self.present.hold(denials), ended: false };
        let written = self.try_for(room, patience, &held.ids, work, then);
        let kept = written.as_ref().err().is_some_and(Error::is_of_the_file);
        held.end(kept);
        let written = written.map_err(|error| if kept { self.told(error, denials) } else { error });
        self.learn_zone();
        self.tell();
        written
    }

    /// Saves what is held in memory alone, and gives the error of the call that could not record it with what became of that.
    fn told(&self, error: Error, denials: &[Denial]) -> Error {
        let left_over = self.present.left_over();
        if left_over.is_empty() {
            return if matches!(error, Error::StoreUnavailable { .. }) { saying(error, NOT_DONE) } else { error };
        }
        // Recorded by itself, without what else the call was to do, it may have the reserve.
        if wants_room(&error) && self.try_for(Room::OfANo, Patience::AtOnce, &[], |_| Ok(()), |()| ()).is_ok() {
            return saying(error, if denials.is_empty() { NOT_DONE } else { TAKEN_AWAY });
        }
        saying(error, if self.mailbox.post(&left_over) { POSTED } else { COUNTS })
    }

    /// Writes, and where the disk is full makes room for a no and tries again.
    fn try_for<T>(
        &self,
        room: Room,
        patience: Patience,
        held: &[u64],
        mut work: impl FnMut(&mut LedgerWriter<'_>) -> Result<T>,
        then: impl FnOnce(&T),
    ) -> Result<T> {
        if room == Room::Any && !self.reserve.fill() {
            return Err(full());
        }
        let mut then = Some(then);
        let mut once = |patience| {
            self.enter_due_edition(patience)?;
            let then = |value: &T| then.take().into_iter().for_each(|then| then(value));
            self.write_now(patience, held, &mut work, then)
        };
        let mut written = once(patience);
        let mut released = false;
        for makes in [Makes::Released, Makes::Folded] {
            match &written {
                Err(error) if room == Room::OfANo && wants_room(error) => {}
                _ => break,
            }
            match makes {
                Makes::Released => self.reserve.release(),
                Makes::Folded => self.store.fold_log(),
            }
            released = true;
            written = once(patience);
        }
        if released {
            // The log is folded back while there is room for that, and what the no did not need is taken up again before another app does.
            self.store.fold_log();
            self.reserve.fill();
        }
        written
    }

    /// For a call that compares something with the policy in force before it writes. It waits for nobody: where the file takes no write now, the
    /// write of that call says so.
    pub fn settle_edition(&self) -> Result<()> {
        let entered = self.enter_due_edition(Patience::AtOnce);
        self.tell();
        entered.or_else(|error| if error.is_of_the_file() { Ok(()) } else { Err(error) })
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
        let posted = self.mailbox.held_ops();
        let written = self.store.write_with(
            patience,
            // An observer that keeps the last snapshot must not answer from it for as long as this call waits.
            || self.tell(),
            |transaction, head| {
                self.meet(transaction, head)?;
                let (left_over, unchanged) = (self.present.left_over(), transaction.changes());
                let mut writer = LedgerWriter::new(transaction, head, stamp);
                let entered = if self.entered.load(Ordering::Relaxed) { None } else { Some(enter_late(&mut writer, &self.options)?) };
                let adopted = record_all(&mut writer, &left_over, &posted)?;
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
        if written.is_ok() && !posted.is_empty() {
            self.mailbox.forget(&posted);
        }
        written.map(|(value, ..)| value)
    }

    /// Lets the noes of the mailbox count here, so that the next write records them. True where one was new.
    pub fn meet_mail(&self) -> bool {
        if !self.mailbox.is_there() {
            return false;
        }
        let letters = self.mailbox.take_up();
        // An app's extension does not know who is in front of the screen by the file.
        let person = self.present.load().person.clone();
        let letters: Vec<Denial> = letters.into_iter().map(|letter| letter.said_by_whoever_is_here(&person)).collect();
        let ids = self.present.hold(&letters);
        self.present.release(&ids, true);
        !letters.is_empty()
    }

    /// For the watch: takes in what another process, or the app's extension, put into the mailbox.
    pub fn hear_mail(&self) {
        if self.store.is_open() && self.meet_mail() {
            self.tell();
            // Where it cannot be recorded now it counts all the same, and the next write tries again.
            drop(self.record_left_over());
        }
    }

    /// Lets go of the file and of its locks: see `Consent::suspend`.
    pub fn suspend(&self) -> Result<()> {
        let recorded = self.record_left_over();
        self.store.let_go()?;
        recorded
    }

    /// Closes the file, after what is held in memory alone is recorded.
    pub fn shutdown(&self) -> Result<()> {
        let recorded = self.record_left_over();
        let kept = recorded.is_ok() || self.mailbox.post(&self.present.left_over());
        let closed = self.store.close();
        self.present.close(&self.observers);
        self.tell();
        match recorded {
            Ok(()) | Err(Error::ShutDown) => closed,
            Err(_) if kept => closed,
            Err(error) => Err(saying(error, LOST)),
        }
    }

    /// Records what is held in memory alone. Where nothing is held, the file is not touched.
    pub fn record_left_over(&self) -> Result<()> {
        if self.present.left_over().is_empty() { Ok(()) } else { self.write_no(Patience::Waits, &[], |_| Ok(())) }
    }
}

/// The same error, whose text says more.
fn saying(error: Error, more: &str) -> Error {
    match error {
        Error::StoreUnavailable { reason, code } => Error::StoreUnavailable { reason: format!("{reason}; {more}"), code },
        Error::Damaged { reason } => Error::Damaged { reason: format!("{reason}; {more}") },
        other => other,
    }
}
