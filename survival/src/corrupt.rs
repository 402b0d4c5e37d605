//! Corrupted files: bits that flip, files that are cut, pages that change places, logs of another time or another file. Whatever is left,
//! the client answers as before, or it says that something is wrong and allows nothing that was not allowed.

use std::path::Path;

use consentkit::{
    client::{Consent, PendingChange},
    error::Error,
};

use crate::{
    app::{App, Call, POLICY, Seen, story},
    chance::Chance,
    replay::Files,
    stage::{Done, Tally, folder, lay, read, side_by_side},
    tape::Kept,
};

/// Calls of the story whose files are corrupted.
const CALLS: usize = 14;

/// Of one story's files so many corruptions are made.
const OF_A_STORY: usize = 100;

/// Of so many stories one leaves a no in the mailbox, of this purpose.
const WITH_MAIL_EACH: u64 = 4;
const MAILED: &str = "marketing.data_use";

/// A page of the database, in bytes.
const PAGE: usize = 4096;

/// Words that decide something, or that are sent.
const DECIDING: [&str; 8] = ["acct_81", "acct_91", "withdrawn", "granted", "choice", "shipped_edition", "marketing.email", "install_key"];

/// How much of the policy's text is looked for in a file to know where it lies, in bytes.
const SNIPPET: usize = 24;

/// The files of one story, and what they say.
struct Whole {
    files: Files,
    /// The files as they were some calls before.
    earlier: Files,
    seen: Seen,
    account: Option<&'static str>,
}

fn whole(seed: u64) -> Done<Whole> {
    let folder = folder()?;
    let mut app = App::on(folder.path());
    let calls = story(seed, CALLS);
    let mut earlier = Files::new();
    let mut account = None;
    for (at, call) in calls.iter().enumerate() {
        app.call(*call)?;
        if at == calls.len() * 2 / 3 {
            earlier = read(folder.path())?;
        }
        match call {
            Call::SignIn(name) => account = Some(*name),
            Call::SignOut => account = None,
            _ => {}
        }
    }
    // Every other story ends in order, so that there is no log; the others end in the middle of things.
    if seed.is_multiple_of(2) {
        app.call(Call::Close)?;
        app.call(Call::Open)?;
        app.call(Call::Close)?;
        // And of some of those somebody said no who could not open the file, so that the no lies in the mailbox.
        if seed.is_multiple_of(WITH_MAIL_EACH) {
            app.leaves_a_no(MAILED)?;
        }
        let files = read(folder.path())?;
        let mut again = App::again(folder.path());
        again.call(Call::Open)?;
        return Ok(Whole { files, earlier, seen: again.seen()?, account });
    }
    Ok(Whole { files: read(folder.path())?, earlier, seen: app.seen()?, account })
}

/// Corrupts files in one way, and says how.
fn corrupt(whole: &Whole, other: &Whole, chance: &mut Chance) -> (Files, String) {
    let mut files = whole.files.clone();
    let present: Vec<Kept> = files.keys().copied().collect();
    let mut file = chance.pick(&present);
    let way = chance.below(20);
    // The small files are soon through: most of what is hurt lies in the two large ones.
    if way < 12 && chance.once_in(2) {
        file = Kept::Database;
    }
    let bytes = files.entry(file).or_default();
    let at = chance.below(bytes.len());
    let what = match way {
        0..=8 => flip(bytes, at, chance),
        9..=11 => flip_what_decides(bytes, &whole.seen.pending, chance),
        12 | 13 => {
            bytes.truncate(at);
            format!("cut to {at} bytes")
        }
        14 => {
            bytes.clear();
            "emptied".into()
        }
        15 | 16 => swap(files.entry(Kept::Database).or_default(), chance),
        17 => stale(&mut files, &whole.earlier, Kept::Log),
        18 => stale(&mut files, &whole.earlier, Kept::Database),
        _ => stale(&mut files, &other.files, Kept::Log),
    };
    (files, format!("{} {what}", file.name()))
}

fn flip(bytes: &mut [u8], at: usize, chance: &mut Chance) -> String {
    let bit = chance.below(8);
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << bit;
    }
    format!("bit {bit} of byte {at} flipped")
}

/// The name of an operation as a change that waits bears it in the file.
fn packed(op: &str) -> Vec<u8> {
    let digits: Vec<u8> = op.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|two| two.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}

/// Flips a bit of something that is known to lie in the file: what a random bit seldom hits.
fn flip_what_decides(bytes: &mut [u8], waiting: &[PendingChange], chance: &mut Chance) -> String {
    let looked_for: Vec<u8> = match chance.below(3) {
        0 => {
            let from = chance.below(POLICY.len() - SNIPPET);
            POLICY.as_bytes()[from..from + SNIPPET].to_vec()
        }
        1 if !waiting.is_empty() => packed(&waiting[chance.below(waiting.len())].op),
        _ => chance.pick(&DECIDING).as_bytes().to_vec(),
    };
    let places: Vec<usize> = (0..bytes.len().saturating_sub(looked_for.len())).filter(|at| bytes[*at..].starts_with(&looked_for)).collect();
    let at = match places.as_slice() {
        [] => chance.below(bytes.len()),
        some => chance.pick(some) + chance.below(looked_for.len()),
    };
    format!("{} (in what decides)", flip(bytes, at, chance))
}

fn swap(bytes: &mut [u8], chance: &mut Chance) -> String {
    let pages = bytes.len() / PAGE;
    let (one, other) = (chance.below(pages), chance.below(pages));
    for at in 0..PAGE.min(bytes.len()) {
        bytes.swap(one * PAGE + at, other * PAGE + at);
    }
    format!("pages {one} and {other} in each other's place")
}

fn stale(files: &mut Files, from: &Files, file: Kept) -> String {
    match from.get(&file) {
        Some(bytes) => drop(files.insert(file, bytes.clone())),
        None => drop(files.remove(&file)),
    }
    format!("with the {} of another time or story", file.name())
}

/// Opens what is left.
fn judge(folder: &Path, whole: &Whole) -> Done {
    let mut app = App::again(folder);
    match app.call(Call::Open) {
        Ok(()) => {}
        Err(Error::Damaged { .. } | Error::NotADatabase | Error::NewerStore { .. } | Error::StoreUnavailable { .. }) => return Ok(()),
        Err(error) => return Err(format!("CATEGORY: the file is at fault, and the error says: {error}").into()),
    }
    let Some(consent) = app.consent() else { return Err("it is closed".into()) };
    let seen = match app.seen() {
        Err(error) if error_of_the_file(&error) => return nothing_new(&app.granted(), whole),
        seen => seen?,
    };
    nothing_new(&seen.granted, whole)?;
    if consent.rolled_back().is_some() && seen.granted.is_empty() {
        return Ok(());
    }
    if seen.policy != whole.seen.policy {
        return Err("POLICY: another policy is in force".into());
    }
    if is_told(consent, &seen) {
        return Ok(());
    }
    if seen != whole.seen {
        return Err(format!("SILENT: {}", differs(&seen, &whole.seen)).into());
    }
    // The account's name is in no answer. Who signs in as who is signed in already changes nothing.
    if let Some(account) = whole.account {
        let signed_in = consent.sign_in(account);
        if signed_in.is_ok() && consent.history(0, 1000)?.len() != seen.history.len() {
            return Err("ACCOUNT: the ledger is another account's by now".into());
        }
    }
    Ok(())
}

/// Nothing counts that did not count before.
fn nothing_new(granted: &[String], whole: &Whole) -> Done {
    match granted.iter().find(|purpose| !whole.seen.granted.contains(purpose)) {
        Some(purpose) => Err(format!("ALLOWED: {purpose} counts, and did not before").into()),
        None => Ok(()),
    }
}

/// True where the client says that something is wrong.
fn is_told(consent: &Consent, seen: &Seen) -> bool {
    let new_installation = seen.history.iter().any(|entry| entry.kind == "restore");
    let lost = (consent.rolled_back().is_some() || new_installation) && seen.granted.is_empty();
    lost || consent.verify().is_ok_and(|verified| !verified.ok) || consent.verify().is_err_and(|error| error_of_the_file(&error))
}

fn error_of_the_file(error: &Error) -> bool {
    matches!(error, Error::Damaged { .. } | Error::StoreUnavailable { .. } | Error::NotADatabase)
}

fn differs(seen: &Seen, before: &Seen) -> String {
    let same = seen.history.iter().zip(&before.history).take_while(|(seen, before)| seen == before).count();
    if same < before.history.len() {
        return format!("{} of {} records are gone or say something else", before.history.len() - same, before.history.len());
    }
    if seen.pending != before.pending {
        return "what waits to be sent is not what was written".into();
    }
    "what counts is not what was written".into()
}

fn corruptions(seeds: impl Iterator<Item = u64>, wanted: usize) -> Done<Tally> {
    let mut tally = Tally::default();
    let folder = folder()?;
    let mut other = whole(u64::MAX)?;
    for seed in seeds {
        let whole = whole(seed)?;
        let mut chance = Chance::of(seed);
        for _ in 0..OF_A_STORY {
            let (files, what) = corrupt(&whole, &other, &mut chance);
            lay(folder.path(), &files)?;
            tally.case(|| format!("story {seed}: {what}"), judge(folder.path(), &whole));
            if tally.cases() >= wanted {
                return Ok(tally);
            }
        }
        other = whole;
    }
    Ok(tally)
}

/// Makes so many corruptions.
pub fn run(wanted: usize) -> Done {
    let tally = side_by_side(|first, step| corruptions((first as u64..).step_by(step), wanted.div_ceil(step)))?;
    tally.close("corrupt", "corrupted files")
}
