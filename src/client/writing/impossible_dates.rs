//! Grants that bear a date which cannot be, because the clock was wrong when they were given. They count from the moment at which that is
//! noticed.

use super::writer::LedgerWriter;
use crate::{
    error::Result,
    ledger::{Body, Key, Redated, RedatedAnswer, is_possible, rfc3339},
};

/// Records which grants of the device and of the person in front of it bear a date that cannot be, and from when they count.
///
/// Until it is recorded, such a grant does not count where its purpose has an expiry. A date that only a clock of before 2008 made look wrong
/// is valid again once the clock is right. What was noticed once stays noticed: a later noticing may move a date back, never forward.
pub fn notice(writer: &mut LedgerWriter<'_>) -> Result<()> {
    let now = writer.stamp.now;
    let state = &writer.head.state;
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
        writer.append(&install, Body::Redated(redated))?;
    }
    Ok(())
}

fn redated(purpose: &str, key: &Key, install: &str, now: i64) -> Option<RedatedAnswer> {
    // The date does not depend on whether the giver of the grant saw every withdrawal.
    let said = key.current_answer(install, true);
    if !said.counts() || is_possible(said.at, now) {
        return None;
    }
    let (written, op) = (key.current_answer_as_written(install, true), said.op?);
    written.install.as_ref()?;
    let at = rfc3339(key.counts_from(&written, now));
    (at != rfc3339(said.at)).then(|| RedatedAnswer { purpose: purpose.to_owned(), op, at })
}
