//! Faults of the disk: every operation of a story fails, one after the other, with every code, once or from then on.

use std::path::Path;

use consentkit::{client::Consent, error::Error};

use crate::{
    app::{App, Call, Seen, story},
    replay::Files,
    stage::{Done, Tally, folder, lay, read, side_by_side},
    tape::{self, CODES, Fault, Tape},
};

/// A story begins with so many calls, of which the last one grants this purpose.
const FIRST_CALLS: usize = 2;
const GRANTED_FIRST: &str = "marketing.data_use";

/// What a story left behind on a disk that failed.
struct Left {
    /// What could be seen after the last call that was acknowledged.
    seen: Seen,
    /// True where the database was there before the fault.
    was_there: bool,
    /// True where the fault came at all.
    failed: bool,
    /// The purpose of the first withdrawal that could not be written, and the files as a process leaves them that is ended right after it.
    unwritten: Option<(&'static str, Files)>,
}

/// Plays a story on a disk that fails, and looks after each call whether what was taken away counts no more.
fn play(folder: &Path, calls: &[Call], fault: Fault) -> Done<Left> {
    let former = tape::change(Tape { fault: Some(fault), ..Tape::default() });
    let mut app = App::on(folder);
    let mut left = Left { seen: Seen::default(), was_there: false, failed: false, unwritten: None };
    let mut wrong = None;
    for call in calls {
        let before = tape::with(|tape| tape.failed);
        if !before {
            left.was_there = folder.join("consent.db").metadata().is_ok_and(|file| file.len() > 0);
        }
        let was_open = app.consent().is_some();
        let done = app.call(*call);
        if let (Call::Withdraw(purpose), Some(consent)) = (call, app.consent())
            && consent.allows(purpose)
        {
            wrong = Some(format!("ALLOWED: {purpose} after its withdrawal, which answered {done:?}"));
        }
        if let (Call::Withdraw(purpose), Err(error)) = (call, &done)
            && left.unwritten.is_none()
            && left.was_there
            && matches!(error, Error::StoreUnavailable { .. })
        {
            left.unwritten = Some((purpose, read(folder)?));
        }
        if done.is_ok()
            && (was_open || *call == Call::Open)
            && *call != Call::Close
            && let Ok(seen) = app.seen()
        {
            left.seen = seen;
        }
        if done.is_err() && *call == Call::Open {
            // The app starts once more, as a person would.
            drop(app.call(Call::Open));
        }
    }
    left.failed = tape::with(|tape| tape.failed);
    drop(app);
    tape::change(former);
    match wrong {
        Some(wrong) => Err(wrong.into()),
        None => Ok(left),
    }
}

/// Opens what is left once the disk works again.
fn judge(folder: &Path, left: &Left) -> Done {
    if left.was_there && !folder.join("consent.db").exists() {
        return Err("DELETED: the database is gone".into());
    }
    let mut app = App::again(folder);
    app.call(Call::Open).map_err(|error| format!("TORN: it does not open: {error}"))?;
    let verified = app.consent().map(Consent::verify).transpose()?;
    if verified.as_ref().is_none_or(|verified| !verified.ok) {
        return Err(format!("TORN: it does not verify: {verified:?}").into());
    }
    let seen = app.seen()?;
    let same = seen.history.iter().zip(&left.seen.history).take_while(|(seen, before)| seen == before).count();
    if same == 0 && !left.seen.history.is_empty() {
        return Err("DELETED: another ledger began in the place of the one that was there".into());
    }
    if same < left.seen.history.len() {
        return Err(format!("LOST: {} of {} acknowledged records", left.seen.history.len() - same, left.seen.history.len()).into());
    }
    // Nothing is ever sent in these stories, so every choice waits.
    let choices = seen.history.iter().filter(|entry| ["choice", "import"].contains(&entry.kind.as_str()));
    match choices.map(|entry| entry.seq).find(|seq| !seen.pending.iter().any(|waiting| waiting.seq == *seq)) {
        Some(seq) => Err(format!("HALF DONE: record {seq} does not wait to be sent").into()),
        None => Ok(()),
    }
}

/// Opens what a process left that was ended after a withdrawal which a disk that failed once could not write. The no is not forgotten.
fn remembers(left: &Left) -> Done {
    let Some((purpose, files)) = &left.unwritten else { return Ok(()) };
    let folder = folder()?;
    lay(folder.path(), files)?;
    let mut app = App::again(folder.path());
    app.call(Call::Open).map_err(|error| format!("TORN: it does not open: {error}"))?;
    match app.granted().iter().any(|granted| granted == purpose) {
        true => Err(format!("FORGOTTEN: {purpose} counts after the next start, and its withdrawal was told to be kept").into()),
        false => Ok(()),
    }
}

fn faults(calls: &[Call], first: usize, step: usize) -> Done<Tally> {
    let mut tally = Tally::default();
    for (name, code) in CODES {
        for stays in [false, true] {
            for at in (first..).step_by(step) {
                let folder = folder()?;
                let case = || format!("{name}{} at operation {at}", if stays { " from then on" } else { "" });
                match play(folder.path(), calls, Fault { at, code, stays }) {
                    Ok(left) if !left.failed => break,
                    Ok(left) => {
                        // On a disk that fails for good nothing can be kept, and the error says so.
                        let remembered = if stays { Ok(()) } else { remembers(&left) };
                        tally.case(case, remembered.and_then(|()| judge(folder.path(), &left)));
                    }
                    Err(wrong) => tally.case(case, Err(wrong)),
                }
            }
        }
    }
    Ok(tally)
}

/// Fails every operation of a story of so many calls.
pub fn run(seed: u64, calls: usize) -> Done {
    let mut calls = story(seed, calls);
    // What the first answer granted is taken away, so that there is a no for each fault to meet.
    calls.insert(FIRST_CALLS, Call::Withdraw(GRANTED_FIRST));
    let tally = side_by_side(|first, step| faults(&calls, first, step))?;
    tally.close("faults", "faults of the disk, each at another operation or of another kind")
}
