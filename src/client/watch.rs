//! The watch: a thread of its own that notices what another process wrote to the file, so that a no that was said there is obeyed here within
//! a second, also by an app that only ever asks `allows`.
//!
//! It looks at the write-ahead log, which every commit of every process changes, and only where that was changed does it ask SQLite and read.
//! Nobody who reads an answer waits for it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, PoisonError, Weak},
    thread,
    time::{Duration, SystemTime},
};

use super::open_ledger::OpenLedger;
use crate::disk::beside;

/// How often it looks. What another process said is to count within a second, and reading it takes far less than the rest.
const EVERY: Duration = Duration::from_millis(400);

/// The thread's name, for whoever looks at an app's threads.
const NAME: &str = "consentkit-watch";

/// A watch on one file. It ends when this is dropped; what it is just doing it may still finish.
pub struct Watch(Arc<Ends>);

#[derive(Default)]
struct Ends {
    ended: Mutex<bool>,
    now: Condvar,
}

/// What changes with every commit: the length of the log and when it was written last. `None` where there is no log.
type Log = Option<(u64, Option<SystemTime>)>;

impl Watch {
    /// Begins to watch. Where the system gives no thread, another process's news are heard by `refresh` and by every write, as without it.
    pub fn on(ledger: &Arc<OpenLedger>) -> Self {
        let ends = Arc::new(Ends::default());
        let (watched, until) = (Arc::downgrade(ledger), ends.clone());
        let log = beside(&ledger.options.path, "-wal");
        drop(thread::Builder::new().name(NAME.into()).spawn(move || watch(&watched, &until, log)));
        Self(ends)
    }

    /// Ends it at once, without waiting for what it is just doing.
    pub fn end(&self) {
        *self.0.ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.now.notify_all();
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.end();
    }
}

impl Ends {
    /// Waits until it is time to look again. True where the watch has ended.
    fn come(&self) -> bool {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.now.wait_timeout_while(ended, EVERY, |ended| !*ended);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

fn watch(watched: &Weak<OpenLedger>, until: &Ends, log: PathBuf) {
    let mut seen: Option<Log> = None;
    while !until.come() {
        let Some(ledger) = watched.upgrade() else { return };
        let present = written(&log);
        // What cannot be read now is looked at again the next time.
        if seen != Some(present) && ledger.hear_others() {
            seen = Some(present);
        }
        ledger.hear_mail();
    }
}

fn written(log: &Path) -> Log {
    fs::metadata(log).ok().map(|file| (file.len(), file.modified().ok()))
}
