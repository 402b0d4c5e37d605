//! A purpose taken once and asked often: its answer in one word of memory.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use arc_swap::ArcSwap;

use super::snapshot::Snapshot;
use crate::{clock::Clock, decision::Rule};

/// The word of a purpose that is denied whatever the time.
const DENIED: u8 = 0;
/// The word of a purpose that is allowed whatever the time.
const ALLOWED: u8 = 1;
/// The word of a purpose about which the time decides, so that the snapshot has to be asked.
const TIMED: u8 = 2;

/// The answer about one purpose, for code that asks very often: `Consent::purpose` gives it, and it sees every change.
///
/// It keeps no file open. After `shutdown` it denies what needs consent, as `Consent::allows` does; once the `Consent` is gone it denies
/// everything, also what needs no consent, since nobody could tell it of a change any more.
pub struct PurposeHandle {
    purpose: Box<str>,
    word: Arc<AtomicU8>,
    snapshot: Arc<ArcSwap<Snapshot>>,
    clock: Arc<dyn Clock>,
}

impl PurposeHandle {
    /// May this be done now? As `Consent::allows`, without looking the purpose up. Takes no lock and allocates nothing.
    #[inline]
    pub fn allows(&self) -> bool {
        match self.word.load(Ordering::Acquire) {
            DENIED => false,
            ALLOWED => true,
            _ => self.allows_now(),
        }
    }

    fn allows_now(&self) -> bool {
        self.snapshot.load().rule(&self.purpose).is_some_and(|rule| rule.allows(self.clock.now()))
    }

    /// The purpose.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }
}

/// The words of all handles. Handles of one purpose share a word.
#[derive(Default)]
pub struct Words(Vec<(Box<str>, Arc<AtomicU8>)>);

impl Words {
    /// A handle of a purpose, which answers from `snapshot` on.
    pub fn take(&mut self, purpose: &str, snapshot: &Arc<ArcSwap<Snapshot>>, clock: Arc<dyn Clock>) -> PurposeHandle {
        // A word that no handle holds any more is dropped, so that an app that takes ever new names does not fill the memory.
        self.0.retain(|(_, word)| Arc::strong_count(word) > 1);
        let known = self.0.iter().find(|(known, _)| **known == *purpose).map(|(_, word)| word.clone());
        let word = known.unwrap_or_else(|| {
            let word = Arc::new(AtomicU8::new(word_of(&snapshot.load(), purpose)));
            self.0.push((purpose.into(), word.clone()));
            word
        });
        PurposeHandle { purpose: purpose.into(), word, snapshot: snapshot.clone(), clock }
    }

    /// Brings every handle to a new snapshot.
    pub fn show(&self, snapshot: &Snapshot) {
        for (purpose, word) in &self.0 {
            word.store(word_of(snapshot, purpose), Ordering::Release);
        }
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        // Nobody can tell the handles of a withdrawal any more.
        for (_, word) in &self.0 {
            word.store(DENIED, Ordering::Release);
        }
    }
}

fn word_of(snapshot: &Snapshot, purpose: &str) -> u8 {
    match snapshot.rule(purpose).map(|rule| (Rule::needs_clock(rule), rule)) {
        None => DENIED,
        Some((true, _)) => TIMED,
        Some((false, rule)) => u8::from(rule.allows(0)),
    }
}
