//! What a walk met, and how often: a promise that held where nothing went wrong would be worth nothing.

use std::sync::atomic::{AtomicU64, Ordering};

/// What every whole walk must meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// A process died with an answer or a form.
    Crash,
    /// An answer on its way was never heard.
    LostAnswer,
    /// A request that was taken came again.
    Duplicate,
    /// Two unnoticed copies both spoke, and the server found one of them out.
    Clone,
    /// A sign-in brought an answer along.
    Merge,
    /// Somebody granted on a tab that did not show a withdrawal which the server held.
    StaleTab,
    /// The server went back to its backup and had lost something.
    Restored,
    /// A pull brought news while the form was open.
    PullUnderForm,
    /// Somebody granted on a form of the older text.
    OlderText,
    /// An objection that was made elsewhere was heard where silence allows.
    Objection,
}

/// Everything that is counted, with the words for it.
const WORDS: [(Met, &str); 10] = [
    (Met::Crash, "a process died with a form or an answer"),
    (Met::LostAnswer, "an answer was lost"),
    (Met::Duplicate, "a request that was taken came again"),
    (Met::Clone, "an unnoticed copy was found out by the server"),
    (Met::Merge, "a sign-in brought an answer along"),
    (Met::StaleTab, "a grant on a tab that did not show a withdrawal"),
    (Met::Restored, "the server went back to a backup and had lost something"),
    (Met::PullUnderForm, "a pull brought news while the form was open"),
    (Met::OlderText, "a grant on a form of the older text"),
    (Met::Objection, "an objection made elsewhere took away what silence allowed"),
];

/// The counts of one walk or of several.
#[derive(Debug, Default)]
pub struct Counts([AtomicU64; WORDS.len()]);

impl Counts {
    /// Counts one more meeting.
    pub fn note(&self, met: Met) {
        self.0[met as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Adds what another walk met.
    pub fn add(&self, other: &Self) {
        for (count, more) in self.0.iter().zip(&other.0) {
            count.fetch_add(more.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    /// Prints each count, and answers false where something was never met.
    pub fn tell(&self) -> bool {
        let mut all = true;
        for (met, words) in WORDS {
            let count = self.0[met as usize].load(Ordering::Relaxed);
            println!("  {count:>9}  {words}");
            all &= count > 0;
        }
        all
    }
}
