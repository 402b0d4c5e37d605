//! Editions of the policy: which may follow the one in force, and how one is put in force.

use crate::{
    error::{Error, Result},
    ledger::{Body, PolicyAdopted, chain},
    policy::{Fault, FaultCode, Policy, revision},
    store::{Head, Transaction, settings::SHIPPED_EDITION},
};

use super::writer::LedgerWriter;

/// Most editions that are taken over from the network between two that apps shipped. A company publishes a few in a year.
const MAX_DELIVERED_EDITIONS: usize = 32;
/// How far a delivered edition may be ahead of the highest that an app shipped. An app cannot ship a lower edition than the one in force, so a
/// delivered document with the highest number there is would keep every later app from changing the policy. A million is enough for editions
/// that are numbered by dates, such as 20261127, over a hundred years.
const MAX_EDITIONS_AHEAD: u32 = 1_000_000;

/// What becomes of a policy that is offered.
pub enum Weighed {
    /// This policy stays in force.
    Stays(Policy),
    /// The offered one may follow.
    Follows(Policy),
}

/// Weighs a policy against the one in force; fails where it may not follow.
pub fn weigh(transaction: &Transaction<'_>, head: &Head, mut offered: Policy, hash: &str, shipped: bool) -> Result<Weighed> {
    if let Some(adopted) = &head.state.policy {
        if offered.edition == adopted.edition && offered.regimes.is_empty() {
            offered.regimes = transaction.assumed_regimes(adopted.edition)?;
        }
        if adopted.document == hash {
            return Ok(Weighed::Stays(offered));
        }
        let in_force = stored_policy(transaction, adopted.edition)?;
        // A later edition may have been delivered since this app was built, and the older one that the app ships must not be refused for
        // that. An app that ships a lower edition than an app before it did is refused: it was put back to an older version, and its texts
        // are not the ones that people answered.
        let former = shipped_edition(transaction)?;
        let overtaken = shipped && offered.id == in_force.id && (former..in_force.edition).contains(&offered.edition);
        if in_force == offered || overtaken {
            return Ok(Weighed::Stays(in_force));
        }
        if !shipped {
            refuse_distant_edition(offered.edition, former)?;
            refuse_endless_editions(transaction, offered.edition, former)?;
        }
        let earlier = earlier_editions(transaction, &in_force, &offered, shipped)?;
        revision::check(&in_force, &earlier, &offered, shipped).map_err(|faults| Error::PolicyRefused { faults })?;
    }
    Ok(Weighed::Follows(offered))
}

/// Puts a delivered edition in force that was held in memory alone. `None` where it may not follow the one that is in force by now.
pub fn adopt_late(writer: &mut LedgerWriter<'_>, offered: &Policy, document: &str) -> Result<Option<Policy>> {
    match adopt(writer, offered.clone(), document, false) {
        Ok(policy) => Ok(Some(policy)),
        Err(Error::PolicyRefused { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Puts a policy in force, if it may follow the one that is.
pub fn adopt(writer: &mut LedgerWriter<'_>, offered: Policy, document: &str, shipped: bool) -> Result<Policy> {
    let hash = chain::hex(&chain::hash(document.as_bytes()));
    let offered = match weigh(writer.transaction, writer.head, offered, &hash, shipped)? {
        Weighed::Stays(policy) => return Ok(policy),
        Weighed::Follows(offered) => offered,
    };
    let (asked_before, pull_first) = silence_of(writer, &offered)?;
    writer.transaction.add_policy(offered.edition, document)?;
    // What the server told of a purpose that this edition brings was not kept. Without cursors the next pulls ask for everything again.
    writer.transaction.forget_cursors()?;
    let (id, version, edition) = (offered.id.clone(), offered.version.clone(), offered.edition);
    let install = writer.head.state.install.clone();
    writer.append(&install, Body::Policy(PolicyAdopted { id, version, edition, document: hash, asked_before, pull_first }))?;
    Ok(offered)
}

/// What the silence of people is worth under an edition that is about to come into force: the purposes to which an earlier edition here asked
/// consent, and whether what was said elsewhere has to be pulled first.
fn silence_of(writer: &LedgerWriter<'_>, offered: &Policy) -> Result<(Vec<String>, bool)> {
    let Some(adopted) = &writer.head.state.policy else { return Ok((vec![], false)) };
    if !offered.purposes.iter().any(|purpose| purpose.basis.silence_allows()) {
        return Ok((vec![], false));
    }
    let in_force = stored_policy(writer.transaction, adopted.edition)?;
    let former = editions_before(writer.transaction, &in_force)?;
    let known = &writer.head.state.asked_before;
    let asked_before = revision::asked_before(&in_force, &former, offered).into_iter().filter(|purpose| !known.contains(purpose));
    Ok((asked_before.collect(), revision::brings_silence(&in_force, offered)))
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
fn earlier_editions(transaction: &Transaction<'_>, in_force: &Policy, offered: &Policy, shipped: bool) -> Result<Vec<Policy>> {
    if shipped && offered.purposes.iter().all(|purpose| in_force.purpose(&purpose.id).is_some()) {
        return Ok(Vec::new());
    }
    editions_before(transaction, in_force)
}

/// The editions before the one in force, newest first.
fn editions_before(transaction: &Transaction<'_>, in_force: &Policy) -> Result<Vec<Policy>> {
    let editions = transaction.editions_before(in_force.edition)?;
    editions.into_iter().map(|edition| stored_policy(transaction, edition)).collect()
}

/// The highest edition that an app shipped, 0 where none did.
pub fn shipped_edition(transaction: &Transaction<'_>) -> Result<u32> {
    let stored = transaction.setting(SHIPPED_EDITION)?;
    Ok(stored.and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes))
}

/// A policy that was in force here.
pub fn stored_policy(transaction: &Transaction<'_>, edition: u32) -> Result<Policy> {
    let stored = transaction.policy(edition)?.and_then(|stored| Policy::read_kept(&stored));
    let mut policy = stored.ok_or_else(|| Error::Damaged { reason: "a policy that was in force is gone".into() })?;
    if policy.regimes.is_empty() {
        policy.regimes = transaction.assumed_regimes(edition)?;
    }
    Ok(policy)
}
