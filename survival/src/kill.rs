//! Kills: a process of its own plays a story, and ends without a word at an operation on a file, or whenever its parent ends it. What it had
//! acknowledged by then is there afterwards.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::Mutex,
    thread,
    time::Duration,
};

use consentkit::client::Consent;

use crate::{
    app::{App, Call, Seen, story},
    chance::Chance,
    stage::{Done, Tally, folder, side_by_side},
    tape::{self, Tape},
};

/// Calls of a story.
const CALLS: usize = 26;

/// Of so many kills one comes from outside, at any moment, and the others at an operation on a file.
const ONE_FROM_OUTSIDE_IN: usize = 5;

/// A story does about so many operations. A child that was to end later ends in order, and is a case too.
const OPERATIONS: usize = 520;

/// How many places of the client a run of this many kills has to meet, each named after the call, the file and what is done to it.
const PLACES: usize = 40;
const KILLS_THAT_MEET_THEM: usize = 300;

/// So many stories are looked through for the places that there are.
const STORIES_LOOKED_THROUGH: u64 = 24;

/// The longest that a child may live before it is ended from outside, microseconds.
const LIFE: usize = 40_000;

/// The child: plays a story and says after each call what can be seen.
pub fn child(folder: &Path, seed: u64, ends_at: Option<usize>) -> Done {
    tape::change(Tape { ends_at, says_where: true, ..Tape::default() });
    let mut app = App::on(folder);
    for call in story(seed, CALLS) {
        tape::with(|tape| tape.verb = call.verb().into());
        app.call(call)?;
        if call != Call::Close {
            let seen = app.seen()?;
            writeln!(std::io::stdout(), "{} {}", seen.history.len(), print(&seen, seen.history.len()))?;
        }
    }
    Ok(())
}

/// A number by which what was seen is recognised: its first records, and where these are all, everything else too.
fn print(seen: &Seen, records: usize) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    format!("{:?}", &seen.history[..records]).hash(&mut hasher);
    hasher.finish()
}

/// Where a child ends.
#[derive(Clone, Copy)]
enum Ends {
    /// At an operation on a file.
    At(usize),
    /// Whenever its parent ends it.
    FromOutside,
}

/// Plays some stories to their ends, and gives for each place of the client a story and the operation at which the story meets it.
fn all_places() -> Done<Vec<(u64, usize)>> {
    let mut found = BTreeMap::new();
    for seed in 0..STORIES_LOOKED_THROUGH {
        let folder = folder()?;
        let former = tape::change(Tape { places: Some(vec![]), ..Tape::default() });
        let mut app = App::on(folder.path());
        for call in story(seed, CALLS) {
            tape::with(|tape| tape.verb = call.verb().into());
            app.call(call)?;
            if call != Call::Close {
                app.seen()?;
            }
        }
        let met = tape::change(former).places.unwrap_or_default();
        for (at, place) in met.into_iter().enumerate() {
            found.entry(place).or_insert((seed, at));
        }
    }
    Ok(found.into_values().collect())
}

/// Lets one child end, and opens what it left.
fn kill(seed: u64, ends: Ends, chance: &mut Chance, places: &Mutex<BTreeSet<String>>) -> Done {
    let folder = folder()?;
    let from_outside = matches!(ends, Ends::FromOutside);
    let ends_at = if let Ends::At(operation) = ends { operation.to_string() } else { "never".into() };
    let mut child = Command::new(env::current_exe()?)
        .args(["child", &folder.path().to_string_lossy(), &seed.to_string(), &ends_at])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    if from_outside {
        thread::sleep(Duration::from_micros(chance.below(LIFE) as u64));
        child.kill()?;
    }
    let mut acknowledged = None;
    if let Some(said) = child.stdout.take() {
        for line in BufReader::new(said).lines() {
            let line = line?;
            if let Some(place) = line.strip_prefix("at ") {
                places.lock().map_err(|_| "a thread panicked")?.insert(place.to_owned());
            } else if let Some((records, print)) = line.split_once(' ') {
                acknowledged = Some((records.parse::<usize>()?, print.parse::<u64>()?));
            }
        }
    }
    child.wait()?;
    let mut app = App::again(folder.path());
    app.call(Call::Open).map_err(|error| format!("TORN: it does not open: {error}"))?;
    let verified = app.consent().map(Consent::verify).transpose()?;
    if verified.as_ref().is_none_or(|verified| !verified.ok) {
        return Err(format!("TORN: it does not verify: {verified:?}").into());
    }
    let seen = app.seen()?;
    if app.consent().is_some_and(|consent| consent.rolled_back().is_some()) {
        return Err("ALARM: it says that records are lost, and none are".into());
    }
    let Some((records, known)) = acknowledged else { return Ok(()) };
    if seen.history.len() < records || print(&seen, records) != known {
        return Err(format!("LOST: {records} records were acknowledged, and {} are there", seen.history.len()).into());
    }
    Ok(())
}

/// Kills so many children.
pub fn run(wanted: usize) -> Done {
    let known = all_places()?;
    let places = Mutex::new(BTreeSet::new());
    let tally = side_by_side(|first, step| {
        let mut tally = Tally::default();
        for number in (first as u64..wanted as u64).step_by(step) {
            let mut chance = Chance::of(number);
            let (seed, ends) = match known.get(number as usize) {
                // Each place is met once, and then whatever comes.
                Some((seed, at)) => (*seed, Ends::At(*at)),
                None if chance.once_in(ONE_FROM_OUTSIDE_IN) => (number, Ends::FromOutside),
                None => (number, Ends::At(chance.below(OPERATIONS))),
            };
            tally.case(|| format!("kill {number}"), kill(seed, ends, &mut chance, &places));
        }
        Ok(tally)
    })?;
    let met = places.lock().map_or(0, |places| places.len());
    println!("kill: {met} places of the client, by call, file and operation");
    tally.close("kill", "processes that were ended")?;
    if wanted >= KILLS_THAT_MEET_THEM && met < PLACES {
        return Err(format!("kill: only {met} of {PLACES} places were met").into());
    }
    Ok(())
}
