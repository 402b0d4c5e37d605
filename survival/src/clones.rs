//! Backups, restores and clones: a phone's files are put back to an earlier time, or go to another phone, with and without the files that no
//! backup carries. A yes that was copied counts for nobody but the phone on which it was given, and no copy brings back what was withdrawn.

use std::{fs, path::Path, sync::Arc};

use consentkit::client::Consent;
use consentkit_proof::{
    chance::Chance,
    stage::{Clock, DAY},
    wire::Host,
};

use crate::{
    phone::{ACCOUNT, OF_THE_DEVICE, PURPOSES, Phone},
    stage::{Done, Tally, folder, side_by_side},
};

/// Rounds in which everybody synchronises at the end. Whoever learns that its file is a copy has more to say in the next round.
const ROUNDS: usize = 4;

/// More records than a story writes.
const MANY: i64 = 1_000;

/// The purpose that is withdrawn after the backup.
const WITHDRAWN: &str = PURPOSES[1];

/// Where the files go that were saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    /// Back to the phone they came from.
    TheSamePhone,
    /// To one other phone, while the first goes on.
    AnotherPhone,
    /// To two other phones, while the first goes on.
    TwoPhones,
}

/// Which of the small files beside the database come along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum With {
    /// The database alone, as from a backup. The phone that it goes to has none of them.
    Nothing,
    /// The database goes beside the files of the same phone as they are now.
    TheFilesOfNow,
    /// All of them, as when a whole disk is copied.
    Everything,
}

const CASES: [(To, With); 7] = [
    (To::TheSamePhone, With::Nothing),
    (To::TheSamePhone, With::TheFilesOfNow),
    (To::TheSamePhone, With::Everything),
    (To::AnotherPhone, With::Nothing),
    (To::AnotherPhone, With::Everything),
    (To::TwoPhones, With::Nothing),
    (To::TwoPhones, With::Everything),
];

/// Files of a phone in whatever folder.
fn copy(from: &Path, to: &Path, small_files: bool) -> Done {
    fs::create_dir_all(to)?;
    for name in ["consent.db", "consent.db-wal", "consent.db-shm"] {
        drop(fs::remove_file(to.join(name)));
    }
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if ["consent.db", "consent.db-wal"].contains(&name.as_str())
            || (small_files && ["marker", "consent.db-watermark"].contains(&name.as_str()))
        {
            fs::copy(&path, to.join(&name))?;
        }
    }
    Ok(())
}

/// A story up to the time at which everybody goes on.
struct Scene {
    host: Arc<Host>,
    /// The phone that was there first, where it still is, and the copies.
    phones: Vec<(Phone, bool)>,
    /// True where the withdrawal reached the server before the files were put anywhere.
    sent: bool,
    signed_in: bool,
    /// What counted on the first phone when it was saved.
    granted: Vec<String>,
    _folder: tempfile::TempDir,
}

fn scene(chance: &mut Chance, to: To, with: With) -> Done<Scene> {
    let base = folder()?;
    let host = Host::start(&base.path().join("server.db"), Clock::noon())?;
    let (home, saved) = (base.path().join("phone"), base.path().join("saved"));
    fs::create_dir_all(&home)?;
    let mut first = Phone::on(&home, &host);
    first.start()?;
    PURPOSES.iter().try_for_each(|purpose| first.answer(purpose, true))?;
    if chance.once_in(2) {
        first.deliver()?;
    }
    let signed_in = chance.once_in(2);
    if signed_in {
        first.app()?.sign_in(ACCOUNT)?;
        first.answer(WITHDRAWN, true)?;
        first.deliver()?;
    }
    let granted = first.granted()?;
    // The files are saved at a moment at which nobody writes: from an app that has ended, or from one that runs.
    if chance.once_in(2) {
        first.end()?;
        copy(&home, &saved, true)?;
        first.start()?;
    } else {
        copy(&home, &saved, true)?;
    }
    first.app()?.withdraw(&[WITHDRAWN])?;
    let sent = to != To::TheSamePhone || chance.once_in(2);
    if sent {
        first.deliver()?;
    }
    let mut phones = vec![];
    let mut places = vec![];
    match to {
        To::TheSamePhone => {
            first.end()?;
            copy(&saved, &home, with == With::Everything)?;
            if with == With::Nothing {
                fs::remove_file(home.join("marker"))?;
                fs::remove_file(home.join("consent.db-watermark"))?;
            }
            places.push(home);
        }
        To::AnotherPhone | To::TwoPhones => {
            phones.push((first, false));
            for number in 0..if to == To::TwoPhones { 2 } else { 1 } {
                let place = base.path().join(format!("copy {number}"));
                copy(&saved, &place, with == With::Everything)?;
                places.push(place);
            }
        }
    }
    for place in places {
        let mut phone = Phone::on(&place, &host);
        phone.clock.pass(DAY);
        phone.start()?;
        phones.push((phone, true));
    }
    Ok(Scene { host, phones, sent, signed_in, granted, _folder: base })
}

/// What a copy that can be told by its files says when it is opened: that records are gone, or that it is another installation. Then no yes counts.
fn noticed(copy: &Phone, to: To, with: With) -> Done {
    let app = copy.app()?;
    let restored = app.history(0, MANY)?.iter().any(|entry| entry.kind == "restore");
    let told = match with {
        With::Nothing => restored,
        With::TheFilesOfNow => app.rolled_back().is_some(),
        // The marker names the file that it belongs to, which a copy is not. What is put back to the same phone may be the same file.
        With::Everything if to == To::TheSamePhone && !restored => return Ok(()),
        With::Everything => restored,
    };
    let granted = copy.granted()?;
    match (told, granted.is_empty()) {
        (true, true) => Ok(()),
        (false, _) => Err(format!("UNNOTICED: a copy takes itself for the phone, and {granted:?} count").into()),
        (true, false) => Err(format!("ALLOWED: {granted:?} count on a copy").into()),
    }
}

/// True where the server holds a yes to the purpose that was withdrawn.
fn server_allows(scene: &Scene) -> Done<bool> {
    let view = scene.host.subject(ACCOUNT)?;
    let states = view["states"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(states.iter().any(|state| state["purpose"] == WITHDRAWN && state["status"] == "granted"))
}

fn play(seed: u64, to: To, with: With) -> Done {
    let mut chance = Chance::of(seed);
    let scene = scene(&mut chance, to, with)?;
    if scene.granted.len() != PURPOSES.len() {
        return Err(format!("the story does not begin as it should: {:?}", scene.granted).into());
    }
    for (copy, _) in scene.phones.iter().filter(|(_, copied)| *copied) {
        noticed(copy, to, with)?;
        copy.verify()?;
    }
    // Each goes on for itself before it hears of the others.
    for (phone, copied) in &scene.phones {
        match chance.below(3) {
            0 if *copied => drop(phone.app()?.withdraw(&[PURPOSES[0]])?),
            1 => phone.answer(OF_THE_DEVICE, chance.once_in(2))?,
            _ => {}
        }
    }
    for round in 0..ROUNDS {
        let first = chance.below(scene.phones.len());
        for number in 0..scene.phones.len() {
            let (phone, _) = &scene.phones[(first + number) % scene.phones.len()];
            phone.clock.pass(DAY);
            phone.app()?.connectivity_restored()?;
            phone.deliver().map_err(|error| format!("in round {round}: {error}"))?;
        }
    }
    judge(&scene)
}

/// Once all could talk to the server: what was withdrawn and sent counts nowhere, nothing waits, and every ledger holds.
fn judge(scene: &Scene) -> Done {
    for (phone, copied) in &scene.phones {
        phone.verify()?;
        // A copy on which nobody has said anything asks the server nothing for an anonymous person.
        let hears = scene.signed_in || !copied;
        if scene.sent && hears && phone.granted()?.iter().any(|purpose| purpose == WITHDRAWN) {
            return Err(format!("RESURRECTED: {WITHDRAWN} counts on {} again", if *copied { "a copy" } else { "the phone" }).into());
        }
        if !phone.app().map(Consent::pending)??.is_empty() {
            return Err("STALLED: something waits after the last round".into());
        }
    }
    if scene.sent && scene.signed_in && server_allows(scene)? {
        return Err(format!("RESURRECTED: the server holds a yes to {WITHDRAWN}").into());
    }
    Ok(())
}

/// Plays so many cases, all ways in turn.
pub fn run(wanted: usize) -> Done {
    let tally = side_by_side(|first, step| {
        let mut tally = Tally::default();
        for number in (first..wanted).step_by(step) {
            let (to, with) = CASES[number % CASES.len()];
            tally.case(|| format!("case {number}, {to:?} with {with:?}"), play(number as u64, to, with));
        }
        Ok(tally)
    })?;
    tally.close("clones", "files that were put back or copied, with and without what no backup carries")
}
