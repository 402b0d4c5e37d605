//! Power cuts: a story is recorded once, operation by operation, and the power goes at each of them in each way of losing what was not
//! synced. What is then on the disk is opened by the shipped client.

use std::{collections::BTreeSet, path::Path};

use consentkit::{client::Consent, error::Error};

use crate::{
    app::{App, Call, Seen, story},
    chance::Chance,
    replay::{Files, Loss, Replay},
    stage::{Done, Tally, folder, lay, side_by_side},
    tape::{self, Operation, Tape},
};

/// Calls of a story.
const CALLS: usize = 14;

/// Of so many stories one is long enough that the write-ahead log reaches its bound and is folded back while the app runs.
const ONE_LONG_IN: usize = 8;

/// Calls of a long story.
const LONG_CALLS: usize = 90;

/// States that are taken of one story, at most.
const STATES_OF_A_STORY: usize = 1_000;

/// The ways of losing that are taken at each place. Two of them are another one each time.
const WAYS: [Loss; 8] = [Loss::Nothing, Loss::Everything, Loss::Some, Loss::Torn, Loss::Some, Loss::Torn, Loss::Some, Loss::Torn];

/// Of so many states one is also taken of a disk that lied.
const ONE_LIE_IN: usize = 4;

/// Which of the syncs may be the lie: one of the last so many.
const LAST_SYNCS: usize = 6;

/// What was done to the files, and what could be seen after each acknowledged call.
struct Recorded {
    calls: Vec<Call>,
    operations: Vec<Operation>,
    seen: Vec<Seen>,
}

fn record(seed: u64) -> Done<Recorded> {
    let folder = folder()?;
    let length = if seed as usize % ONE_LONG_IN == ONE_LONG_IN - 1 { LONG_CALLS } else { CALLS };
    let calls = story(seed, length);
    let former = tape::change(Tape { operations: Some(vec![]), ..Tape::default() });
    let mut app = App::on(folder.path());
    let mut seen = vec![Seen::default()];
    for call in &calls {
        app.call(*call).map_err(|error| format!("story {seed}: {call:?} failed while nothing did: {error}"))?;
        tape::done(Operation::Acknowledged);
        let last = if *call == Call::Close { seen.last().cloned().unwrap_or_default() } else { app.seen()? };
        seen.push(last);
    }
    let operations = tape::change(former).operations.unwrap_or_default();
    Ok(Recorded { calls, operations, seen })
}

/// Whether every sync of the disk did what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Disk {
    Honest,
    /// One sync did nothing, so records may be gone. Then the client has to say so.
    LiedOnce,
}

/// Opens what lies in a folder and compares it with what was acknowledged, and with what the call in flight would have left.
fn judge(folder: &Path, recorded: &Recorded, acknowledged: usize, disk: Disk) -> Done {
    let mut app = App::again(folder);
    let opened = app.call(Call::Open);
    if disk == Disk::LiedOnce && opened.as_ref().is_err_and(is_told) {
        return Ok(());
    }
    opened.map_err(|error| format!("TORN: it does not open: {error}"))?;
    let seen = match app.seen() {
        Err(error) if disk == Disk::LiedOnce && is_told(&error) => return Ok(()),
        seen => seen?,
    };
    let before = &recorded.seen[acknowledged];
    let after = recorded.seen.get(acknowledged + 1);
    let whole = seen == *before || Some(&seen) == after || (before.is_blank() && seen.is_blank());
    if disk == Disk::LiedOnce && !whole {
        return told(&app, &seen, recorded, acknowledged);
    }
    let verified = match app.consent().map(Consent::verify).transpose() {
        Err(error) if disk == Disk::LiedOnce && is_told(&error) => return Ok(()),
        verified => verified?,
    };
    if disk == Disk::Honest && verified.as_ref().is_none_or(|verified| !verified.ok) {
        return Err(format!("TORN: it does not verify: {verified:?}").into());
    }
    if whole { Ok(()) } else { Err(differs(&seen, before).into()) }
}

/// True for an error that says that the file is not what it was.
fn is_told(error: &Error) -> bool {
    matches!(error, Error::Damaged { .. } | Error::NotADatabase)
}

/// What is there is not what was acknowledged. That is right where the client says so and allows nothing, and where only grants are gone,
/// which nothing needs to notice.
fn told(app: &App, seen: &Seen, recorded: &Recorded, acknowledged: usize) -> Done {
    let Some(consent) = app.consent() else { return Err("it is closed".into()) };
    if consent.rolled_back().is_some() {
        let granted = &seen.granted;
        return if granted.is_empty() { Ok(()) } else { Err(format!("ALLOWED: records are lost, and {granted:?} count").into()) };
    }
    match consent.verify() {
        Ok(verified) if verified.ok => {}
        _ => return Ok(()),
    }
    let earlier = recorded.seen[..acknowledged].iter().rposition(|earlier| earlier == seen);
    match earlier {
        Some(earlier) if !recorded.calls[earlier..acknowledged].iter().any(|call| call.denies()) => Ok(()),
        Some(earlier) => {
            let gone = &recorded.calls[earlier..acknowledged];
            Err(format!("SILENT: {gone:?} are gone, and nothing says so").into())
        }
        None => Err(format!("SILENT: {}", differs(seen, &recorded.seen[acknowledged])).into()),
    }
}

/// What is different, in words.
fn differs(seen: &Seen, before: &Seen) -> String {
    let same = seen.history.iter().zip(&before.history).take_while(|(seen, before)| seen == before).count();
    let lost = before.history.len() - same;
    if lost > 0 {
        format!("LOST: {lost} of {} acknowledged records are gone or say something else", before.history.len())
    } else if seen.history == before.history {
        "HALF DONE: the records are there, and what follows from them is not".into()
    } else {
        format!("HALF DONE: {} records, where {} were acknowledged", seen.history.len(), before.history.len())
    }
}

/// Takes the power away in many ways over stories until there are enough states.
fn states(seeds: impl Iterator<Item = u64>, wanted: usize) -> Done<Tally> {
    let mut tally = Tally::default();
    let folder = folder()?;
    for seed in seeds {
        let recorded = record(seed)?;
        let mut chance = Chance::of(seed);
        let mut replay = Replay::default();
        let mut acknowledged = 0;
        let mut met = BTreeSet::new();
        // Of a long story only some of the places are taken, so that the states of all of it are seen.
        let skips = (recorded.operations.len() * WAYS.len() / STATES_OF_A_STORY).max(1);
        for (at, operation) in recorded.operations.iter().enumerate() {
            replay.apply(operation);
            acknowledged += usize::from(matches!(operation, Operation::Acknowledged));
            if !chance.once_in(skips) {
                continue;
            }
            for loss in WAYS {
                let mut take = |files: Files, disk: Disk| {
                    if met.insert((acknowledged, print(&files), disk == Disk::Honest)) {
                        lay(folder.path(), &files)?;
                        let (of, call) = (recorded.operations.len(), recorded.calls.get(acknowledged));
                        let name = || format!("story {seed}, operation {at} of {of}, {disk:?}, {loss:?}, in {call:?}");
                        tally.case(name, judge(folder.path(), &recorded, acknowledged, disk));
                    }
                    Done::Ok(())
                };
                take(replay.after(loss, &mut chance), Disk::Honest)?;
                if loss != Loss::Nothing && chance.once_in(ONE_LIE_IN) {
                    take(lied(&recorded.operations[..=at], &mut chance).after(loss, &mut chance), Disk::LiedOnce)?;
                }
            }
            if tally.cases() >= wanted {
                return Ok(tally);
            }
        }
    }
    Ok(tally)
}

/// The files where one of the last syncs did nothing.
fn lied(operations: &[Operation], chance: &mut Chance) -> Replay {
    let syncs: Vec<usize> = (0..operations.len()).filter(|at| matches!(operations[*at], Operation::Sync { .. })).collect();
    let lie = syncs.len().checked_sub(1 + chance.below(LAST_SYNCS)).and_then(|at| syncs.get(at));
    let mut replay = Replay::default();
    operations.iter().enumerate().filter(|(at, _)| Some(at) != lie).for_each(|(_, operation)| replay.apply(operation));
    replay
}

/// A number by which the same files are recognised.
fn print(files: &Files) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    for (file, bytes) in files {
        (file.name(), bytes).hash(&mut hasher);
    }
    hasher.finish()
}

/// Opens so many states.
pub fn run(wanted: usize) -> Done {
    let tally = side_by_side(|first, step| states((first as u64..).step_by(step), wanted.div_ceil(step)))?;
    tally.close("crash", "states of the disk after a power cut, each another one")
}
