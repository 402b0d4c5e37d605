//! Dates that cannot be: a grant given while the clock was wrong counts from the moment at which that is noticed.

use super::{Snapshot, commit::Pen};
use crate::{
    error::Result,
    ledger::{Body, CurrentAnswer, Key, Redated, RedatedAnswer, is_possible, rfc3339},
};

/// Records which grants of the device and of the person in front of it bear a date that cannot be, and that they count from now.
///
/// Until then one with an expiry does not count. A date that was only hidden by a clock of before there were apps comes into its own
/// again. Nothing that was noticed is forgotten: a later noticing may make a date earlier, never later.
pub(super) fn notice(pen: &mut Pen<'_>) -> Result<()> {
    let now = pen.stamp.now;
    let state = &pen.head.state;
    let install = state.install.clone();
    let mut noticed = vec![];
    for reference in [&state.device, &state.person] {
        let Some(subject) = state.subjects.get(reference) else { continue };
        let answers: Vec<_> = subject.keys.iter().filter_map(|(purpose, key)| redated(purpose, key, &install, now)).collect();
        if !answers.is_empty() {
            noticed.push(Redated { subject: reference.clone(), answers });
        }
    }
    for redated in noticed {
        pen.append(&install, Body::Redated(redated))?;
    }
    Ok(())
}

fn redated(purpose: &str, key: &Key, install: &str, now: i64) -> Option<RedatedAnswer> {
    // Whether the giver saw every withdrawal makes no difference to the date.
    let said = key.current_answer(install, true);
    if !said.counts() || is_possible(said.at, now) {
        return None;
    }
    let (written, op) = (key.current_answer_as_written(install, true), said.op?);
    written.install.as_ref()?;
    let at = rfc3339(key.counts_from(&written, now));
    (at != rfc3339(said.at)).then(|| RedatedAnswer { purpose: purpose.to_owned(), op, at })
}

/// The dates of the first and the last of the grants that count, Unix milliseconds.
pub(super) fn dates<'a>(answers: impl Iterator<Item = &'a CurrentAnswer>) -> Option<(i64, i64)> {
    let granted = answers.filter(|answer| answer.counts() && answer.install.is_some());
    granted.map(|answer| (answer.at, answer.at)).reduce(|(first, last), (at, _)| (first.min(at), last.max(at)))
}

impl Snapshot {
    /// True where a grant in it bears a date that cannot be by a clock that says `now`.
    pub(super) fn bears_impossible_dates(&self, now: i64) -> bool {
        self.dates.is_some_and(|(first, last)| !is_possible(first, now) || !is_possible(last, now))
    }
}
