//! Editions that are announced: which of them a further one may stand beside.
//!
//! Numbers and days of editions go up together. An edition with a higher number and an earlier day than an announced one takes its place, so
//! that a company can take an announcement back. What the app ships is never held up by what was delivered: otherwise whoever can deliver a
//! document once could keep every later app from opening.

use super::{Fault, FaultCode, Policy, fault::Faults, revision};

/// Most editions that are announced at a time. A company announces one, and a second one at the most before the first is in force.
pub const MAX_ANNOUNCED: usize = 4;

/// An edition that is announced.
#[derive(Debug, Clone)]
pub struct Announced {
    /// The edition.
    pub policy: Policy,
    /// When it comes into force, Unix milliseconds.
    pub from: i64,
    /// True where the app brought it; false where it was delivered over the network.
    pub shipped: bool,
}

/// Where a further edition stands among those that are announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// It has a place, and these editions have none any more.
    Beside(Vec<u32>),
    /// It never comes into force, because an edition with a higher number does so before.
    Overtaken,
}

/// Finds the place of an edition that may follow the one in force. `from` is the moment at which it comes into force, Unix milliseconds;
/// `None` where it does so now. `announced` are ordered by their numbers.
pub fn place_among(announced: &[Announced], offered: &Policy, from: Option<i64>, shipped: bool) -> Result<Place, Vec<Fault>> {
    if shipped { Ok(place_of_shipped(announced, offered, from)) } else { place_of_delivered(announced, offered, from) }
}

fn place_of_shipped(announced: &[Announced], offered: &Policy, from: Option<i64>) -> Place {
    let overtakes = |other: &&Announced| other.policy.edition > offered.edition && from.is_some_and(|from| other.from <= from);
    if announced.iter().any(|other| overtakes(&other)) {
        return Place::Overtaken;
    }
    let mut kept = 0;
    let has_place = |other: &Announced| match other.policy.edition.cmp(&offered.edition) {
        std::cmp::Ordering::Less => from.is_some_and(|from| other.from < from) && follows(&other.policy, offered, true),
        std::cmp::Ordering::Equal => false,
        std::cmp::Ordering::Greater => follows(offered, &other.policy, other.shipped),
    };
    let drops = announced.iter().filter(|other| {
        let room = kept + usize::from(from.is_some()) < MAX_ANNOUNCED;
        let stays = room && has_place(other);
        kept += usize::from(stays);
        !stays
    });
    Place::Beside(drops.map(|other| other.policy.edition).collect())
}

fn place_of_delivered(announced: &[Announced], offered: &Policy, from: Option<i64>) -> Result<Place, Vec<Fault>> {
    let mut faults = Faults::default();
    let mut drops = vec![];
    for other in announced {
        let edition = other.policy.edition;
        if edition == offered.edition {
            let what = format!("edition {edition} is announced with other content: records name editions, so one edition is one text");
            faults.push("/edition", FaultCode::SameEditionChanged, what, "raise edition");
            continue;
        }
        if from == Some(other.from) {
            let what = format!("edition {edition} is announced for the same day");
            faults.push("/effective_on", FaultCode::DayTaken, what, "let one of the two take effect on another day");
            continue;
        }
        let compared = if edition < offered.edition {
            if from.is_none_or(|from| from < other.from) {
                drops.push(edition);
            }
            revision::check(&other.policy, &[], offered, false)
        } else if from.is_some_and(|from| from > other.from) {
            let what = format!("it takes effect after edition {edition}, which is announced and has a higher number");
            faults.push("/effective_on", FaultCode::DatesBackwards, what, "give it a higher number, or let it take effect earlier");
            continue;
        } else {
            revision::check(offered, &[], &other.policy, other.shipped)
        };
        for fault in compared.err().unwrap_or_default() {
            let what = format!("beside edition {edition}, which is announced: {}", fault.what);
            faults.push(fault.pointer, fault.code, what, fault.fix);
        }
    }
    if from.is_some() && announced.len() - drops.len() >= MAX_ANNOUNCED {
        let what = format!("{MAX_ANNOUNCED} editions are announced already");
        faults.push("/effective_on", FaultCode::OutOfRange, what, "announce it once one of them is in force");
    }
    faults.into_result().map(|()| Place::Beside(drops))
}

/// True where one edition may come into force after another.
fn follows(earlier: &Policy, later: &Policy, shipped: bool) -> bool {
    revision::check(earlier, &[], later, shipped).is_ok()
}
