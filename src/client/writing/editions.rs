//! Editions of the policy: which may follow the one in force, and how one is put in force.

use crate::{
    error::{Error, Result},
    ledger::{Body, EditionAhead, PolicyAdopted, PolicyAnnounced, SetAside, State, chain, rfc3339},
    policy::{Announced, Fault, FaultCode, Place, Policy, place_among, revision},
    store::{Head, Transaction},
};

use super::{
    kept_editions::{former_policies, shipped_edition, stored_policy},
    shipped_line::{faults_of_shipped, is_delivered, set_aside},
    writer::LedgerWriter,
};

/// Most editions that are taken over from the network between two that apps shipped. A company publishes a few in a year.
const MAX_DELIVERED_EDITIONS: usize = 32;
/// How far a delivered edition may be ahead of the highest that an app shipped. An app cannot ship a lower edition than the one in force, so a
/// delivered document with the highest number there is would keep every later app from changing the policy. A million is enough for editions
/// that are numbered by dates, such as 20261127, over a hundred years.
const MAX_EDITIONS_AHEAD: u32 = 1_000_000;

/// What becomes of a policy that is offered.
pub enum Weighed {
    /// This policy stays in force, and nothing changes.
    Stays(Box<Policy>),
    /// The offered one takes its place among the editions.
    Follows(Box<Followed>),
}

/// An edition that may follow the one in force.
pub struct Followed {
    pub policy: Policy,
    /// The moment at which it comes into force, Unix milliseconds; `None` where it does so now.
    pub from: Option<i64>,
    /// Announced editions that cannot come into force beside it.
    pub drops: Vec<u32>,
}

/// An offered policy, and how it came here.
#[derive(Clone, Copy)]
pub struct Offered<'a> {
    pub policy: &'a Policy,
    /// SHA-256 (hex) of the document.
    pub hash: &'a str,
    /// True where the app brings it; false where it was delivered over the network.
    pub shipped: bool,
}

/// Weighs a policy at `now` (Unix milliseconds) against the one in force and against those that are announced; fails where it may not follow.
///
/// Where there is no policy yet, the offered one comes into force whatever its day: an app that has nothing older asks by what it has.
pub fn weigh(transaction: &Transaction<'_>, head: &Head, offered: Offered<'_>, now: i64) -> Result<Weighed> {
    let Offered { policy, hash, shipped } = offered;
    let mut policy = policy.clone();
    let follows = |policy, from, drops| Ok(Weighed::Follows(Box::new(Followed { policy, from, drops })));
    let Some(adopted) = &head.state.policy else { return follows(policy, None, vec![]) };
    if policy.edition == adopted.edition && policy.regimes.is_empty() {
        policy.regimes = transaction.assumed_regimes(adopted.edition)?;
    }
    if adopted.document == hash {
        return Ok(Weighed::Stays(Box::new(policy)));
    }
    let in_force = stored_policy(transaction, adopted.edition)?;
    // A later edition may have been delivered since this app was built, or another document under the same number, and the one that the app
    // ships must not be refused for that. It does not take the place of one with its own number, since records name editions by it. An app that ships a lower edition than an app before it did is refused: it was put back to an older version, and its texts
    // are not the ones that people answered.
    let former = shipped_edition(transaction)?;
    let overtaken = shipped
        && policy.id == in_force.id
        && ((former..in_force.edition).contains(&policy.edition)
            || (policy.edition == in_force.edition && is_delivered(transaction, &head.state, in_force.edition)?));
    let is_announced = head.state.announced.iter().any(|ahead| ahead.document == hash);
    if in_force == policy || overtaken || is_announced {
        return Ok(Weighed::Stays(Box::new(in_force)));
    }
    if !shipped {
        refuse_distant_edition(policy.edition, former)?;
        refuse_endless_editions(transaction, policy.edition, former)?;
    }
    let earlier = earlier_editions(transaction, &head.state, (&in_force, &policy), shipped)?;
    let refused = |faults| Err(Error::PolicyRefused { faults });
    let mut faults = revision::check(&in_force, &earlier, &policy, shipped).err().unwrap_or_default();
    // A day keeps no app from opening. That of the edition in force may have been a slip, or the edition may have come into force by a clock
    // that was wrong. What people are asked does not hang on it.
    if shipped {
        faults = faults_of_shipped(transaction, &head.state, (&in_force, &policy), faults)?;
    } else {
        faults.extend(revision::goes_back(&in_force, &policy));
    }
    if !faults.is_empty() {
        return refused(faults);
    }
    let from = Some(policy.effective_from()).filter(|from| *from > now);
    let announced = announced_editions(transaction, &head.state)?;
    match place_among(&announced, &policy, from, shipped) {
        Ok(Place::Overtaken) => Ok(Weighed::Stays(Box::new(in_force))),
        Ok(Place::Beside(drops)) => follows(policy, from, drops),
        Err(faults) => refused(faults),
    }
}

/// Brings a delivered edition into force, or announces it, that was held in memory alone. `None` where it changes nothing of what is in force
/// by now.
pub fn adopt_late(writer: &mut LedgerWriter<'_>, offered: &Policy, document: &str) -> Result<Option<Policy>> {
    match adopt(writer, offered, document, false) {
        Ok(policy) => Ok(Some(policy)),
        Err(Error::PolicyRefused { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Takes a policy over, if it may follow the one in force: brings it into force where its day has come, and announces it where that lies
/// ahead. Gives the policy that is in force then.
pub fn adopt(writer: &mut LedgerWriter<'_>, offered: &Policy, document: &str, shipped: bool) -> Result<Policy> {
    let hash = chain::hex(&chain::hash(document.as_bytes()));
    let weighed = weigh(writer.transaction, writer.head, Offered { policy: offered, hash: &hash, shipped }, writer.stamp.now)?;
    let Followed { policy, from, drops } = match weighed {
        Weighed::Stays(policy) => return Ok(*policy),
        Weighed::Follows(followed) => *followed,
    };
    writer.transaction.put_policy(policy.edition, document)?;
    let (id, version, edition) = (policy.id.clone(), policy.version.clone(), policy.edition);
    let Some(from) = from else {
        let Entering { asked_before, pull_first, sets_aside } = entering(writer, &policy, shipped)?;
        let delivered = !shipped;
        enter(writer, PolicyAdopted { id, version, edition, document: hash, asked_before, pull_first, drops, delivered, sets_aside })?;
        return Ok(policy);
    };
    let ahead = EditionAhead { id, version, edition, document: hash, from: rfc3339(from), shipped };
    let install = writer.head.state.install.clone();
    writer.append(&install, Body::Announced(PolicyAnnounced { policy: ahead, drops }))?;
    let in_force = writer.head.state.policy.as_ref().map_or(edition, |adopted| adopted.edition);
    stored_policy(writer.transaction, in_force)
}

/// Brings the announced edition into force whose day has come, where one has. Of several it is the last; those before it are former editions
/// then.
pub fn come_into_force(writer: &mut LedgerWriter<'_>) -> Result<Option<Policy>> {
    let now = writer.stamp.now;
    let Some(due) = writer.head.state.announced.iter().rev().find(|ahead| ahead.from_ms() <= now).cloned() else { return Ok(None) };
    let EditionAhead { id, version, edition, document, shipped, .. } = due;
    let policy = stored_policy(writer.transaction, edition)?;
    let Entering { asked_before, pull_first, sets_aside } = entering(writer, &policy, shipped)?;
    let (drops, delivered) = (vec![], !shipped);
    enter(writer, PolicyAdopted { id, version, edition, document, asked_before, pull_first, drops, delivered, sets_aside })?;
    Ok(Some(policy))
}

fn enter(writer: &mut LedgerWriter<'_>, adopted: PolicyAdopted) -> Result<()> {
    // What the server told of a purpose that this edition brings was not kept. Without cursors the next pulls ask for everything again.
    writer.transaction.forget_cursors()?;
    let install = writer.head.state.install.clone();
    writer.append(&install, Body::Policy(adopted)).map(drop)
}

/// The editions that are announced, each with how it came here.
fn announced_editions(transaction: &Transaction<'_>, state: &State) -> Result<Vec<Announced>> {
    let read = |ahead: &EditionAhead| {
        Ok(Announced { policy: stored_policy(transaction, ahead.edition)?, from: ahead.from_ms(), shipped: ahead.shipped })
    };
    state.announced.iter().map(read).collect()
}

/// What changes in the worth of what people said, and of their silence, as an edition comes into force.
#[derive(Default)]
struct Entering {
    /// The purposes to which an earlier edition here asked consent.
    asked_before: Vec<String>,
    /// True where what was said elsewhere has to be pulled first.
    pull_first: bool,
    sets_aside: Vec<SetAside>,
}

fn entering(writer: &LedgerWriter<'_>, offered: &Policy, shipped: bool) -> Result<Entering> {
    let Some(adopted) = &writer.head.state.policy else { return Ok(Entering::default()) };
    let is_silent = offered.purposes.iter().any(|purpose| purpose.basis.silence_allows());
    if !is_silent && !shipped {
        return Ok(Entering::default());
    }
    let (transaction, state) = (writer.transaction, &writer.head.state);
    let in_force = stored_policy(transaction, adopted.edition)?;
    let former = former_policies(transaction, state, &in_force)?;
    let sets_aside = if shipped { set_aside(transaction, state, (&in_force, &former), offered)? } else { vec![] };
    if !is_silent {
        return Ok(Entering { sets_aside, ..Entering::default() });
    }
    let asked_before = revision::asked_before(&in_force, &former, offered);
    let asked_before = asked_before.into_iter().filter(|purpose| !state.asked_before.contains(purpose)).collect();
    Ok(Entering { asked_before, pull_first: revision::brings_silence(&in_force, offered), sets_aside })
}

/// Refuses an edition where too many were delivered. Each one stays in the file, since records name it, so a server that delivers a new one in
/// every answer would fill the phone.
fn refuse_endless_editions(transaction: &Transaction<'_>, offered: u32, shipped: u32) -> Result<()> {
    let delivered = transaction.editions_before(offered)?.into_iter().filter(|edition| *edition > shipped).count();
    if delivered < MAX_DELIVERED_EDITIONS {
        return Ok(());
    }
    Err(edition_refused(
        format!("{MAX_DELIVERED_EDITIONS} editions were delivered since the app's own"),
        "ship the newest edition inside the app",
    ))
}

/// Refuses an edition whose number is too far ahead. Whoever can serve a document once must not use up the numbers of the app's own editions.
fn refuse_distant_edition(offered: u32, shipped: u32) -> Result<()> {
    if offered <= shipped.saturating_add(MAX_EDITIONS_AHEAD) {
        return Ok(());
    }
    let what = format!("edition {offered} is more than {MAX_EDITIONS_AHEAD} ahead of {shipped}, the highest that the app shipped");
    Err(edition_refused(what, "count editions up by one, or ship this one inside the app"))
}

fn edition_refused(what: String, fix: &str) -> Error {
    Error::PolicyRefused { faults: vec![Fault { pointer: "/edition".into(), code: FaultCode::OutOfRange, what, fix: fix.into() }] }
}

/// The editions before the one in force, newest first. The offered one is compared with them where it was delivered, or where it has a purpose
/// that the edition in force does not have; otherwise there are none.
fn earlier_editions(
    transaction: &Transaction<'_>,
    state: &State,
    (in_force, offered): (&Policy, &Policy),
    shipped: bool,
) -> Result<Vec<Policy>> {
    if shipped && offered.purposes.iter().all(|purpose| in_force.purpose(&purpose.id).is_some()) {
        return Ok(Vec::new());
    }
    former_policies(transaction, state, in_force)
}
