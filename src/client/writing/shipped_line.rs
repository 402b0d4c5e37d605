//! The editions that the app itself shipped, apart from those that were delivered to it.
//!
//! What the app ships follows the edition in force. Where a delivered edition stands in its way, it follows the app's own editions instead:
//! otherwise whoever can deliver a document once could keep every later app from opening.

use super::kept_editions::{former_policies, shipped_edition};
use crate::{
    error::Result,
    ledger::{SetAside, State},
    policy::{Fault, Policy, revision},
    store::Transaction,
};

/// The editions that were in force here, the newest first, by how they came.
struct Lines {
    shipped: Vec<Policy>,
    delivered: Vec<Policy>,
}

/// True where an edition was delivered over the network. Records of older versions do not say it; there a number above every one that an app
/// shipped shows it.
pub fn is_delivered(transaction: &Transaction<'_>, state: &State, edition: u32) -> Result<bool> {
    let highest = shipped_edition(transaction)?;
    Ok(state.delivered_editions.contains(&edition) || (highest > 0 && edition > highest))
}

fn lines(transaction: &Transaction<'_>, state: &State, in_force: &Policy, former: &[Policy]) -> Result<Lines> {
    let mut lines = Lines { shipped: vec![], delivered: vec![] };
    for policy in std::iter::once(in_force).chain(former) {
        let line = if is_delivered(transaction, state, policy.edition)? { &mut lines.delivered } else { &mut lines.shipped };
        line.push(policy.clone());
    }
    Ok(lines)
}

/// What keeps an edition that the app ships from following. `found` is what stands between it and the edition in force; where editions were
/// delivered, what stands between it and the app's own editions counts instead.
pub fn faults_of_shipped(
    transaction: &Transaction<'_>,
    state: &State,
    (in_force, offered): (&Policy, &Policy),
    found: Vec<Fault>,
) -> Result<Vec<Fault>> {
    if found.is_empty() {
        return Ok(found);
    }
    let lines = lines(transaction, state, in_force, &former_policies(transaction, state, in_force)?)?;
    let Some((newest, before)) = lines.shipped.split_first().filter(|_| !lines.delivered.is_empty()) else { return Ok(found) };
    Ok(revision::check(newest, before, offered, true).err().unwrap_or_default())
}

/// The numbers of meaning that an edition sets aside as it comes into force: those of delivered editions, where it follows the app's own
/// editions and not these.
pub fn set_aside(
    transaction: &Transaction<'_>,
    state: &State,
    (in_force, former): (&Policy, &[Policy]),
    offered: &Policy,
) -> Result<Vec<SetAside>> {
    let lines = lines(transaction, state, in_force, former)?;
    if lines.delivered.is_empty() || revision::check(in_force, former, offered, true).is_ok() {
        return Ok(vec![]);
    }
    let highest = |line: &[Policy], id: &str| line.iter().filter_map(|policy| policy.purpose(id)).map(|purpose| purpose.material).max();
    let asides = offered.purposes.iter().filter_map(|purpose| {
        let up_to = highest(&lines.delivered, &purpose.id)?;
        let above = highest(&lines.shipped, &purpose.id).unwrap_or(0);
        (up_to > above).then(|| SetAside { purpose: purpose.id.clone(), above, up_to })
    });
    Ok(asides.collect())
}
