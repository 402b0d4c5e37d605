//! The way out of a damaged file: what can still be read of it is carried over into a fresh one.

use std::{fs, path::PathBuf};

use super::{
    open_ledger::stamp,
    options::Options,
    writing::{
        installation::{begin, restore},
        kept_editions::stored_policy,
        marker::Marker,
        random::random_name,
        writer::LedgerWriter,
    },
};
use crate::{
    disk::beside,
    error::{Error, Result},
    ledger::{Body, Link, Lost, PolicyAdopted, chain},
    policy::Policy,
    store::{Head, Level, NO_PURPOSE, OutboxRow, RECOVERING, Salvage, Store, Transaction, move_aside, put_in_place, salvage},
    sync::protocol::ChangeKind,
};

/// What was saved of a damaged file. It holds nothing of what anybody said, so that it may be shown and sent to whoever helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// Records that were carried over: all from the first on up to the first that is gone or altered.
    pub records: i64,
    /// Records that are known to be gone.
    pub lost: i64,
    /// Refusals and withdrawals among those carried over that the server has not acknowledged. They are sent at the next sync.
    pub noes: i64,
    /// Where the damaged file lies now, with its log beside it. Nothing but the app removes it.
    pub aside: PathBuf,
}

/// Recovers a damaged file: see `Consent::recover`.
pub fn recover(options: &Options) -> Result<Recovered> {
    options.check()?;
    // It is looked at twice: what a disk or a locked device says once in passing is no damage.
    for _ in 0..2 {
        if is_whole(options)? {
            return Err(Error::invalid("path", "is not damaged; open it"));
        }
    }
    let saved = salvage(&options.path);
    let made = beside(&options.path, RECOVERING);
    for ending in ["", "-wal", "-shm"] {
        // What a recovery left behind that was interrupted.
        drop(fs::remove_file(beside(&made, ending)));
    }
    let level = options.watermark().level();
    let records = i64::try_from(saved.records.len()).unwrap_or(i64::MAX);
    let lost = Lost { records: level.map_or(0, |level| (level.seq - records).max(0)), since: saved.since.clone() };
    let fresh = Store::open(&made, None)?;
    let (noes, level) = fresh.write(
        || (),
        |transaction, head| carry_over(transaction, head, (options, options.marker_of(&made)), &saved, &lost),
        |_, _| (),
    )?;
    fresh.close()?;
    let cannot = |_| Error::StoreUnavailable { reason: "the damaged file cannot be moved aside".into(), code: 0 };
    let aside = move_aside(&options.path).map_err(cannot)?;
    put_in_place(&made, &options.path)?;
    options.watermark().begin(level);
    Ok(Recovered { records, lost: lost.records, noes, aside })
}

/// False where the file is damaged or is none of ours any more. Every other trouble is an error, and moves nothing.
fn is_whole(options: &Options) -> Result<bool> {
    let read = Store::open(&options.path, None).and_then(|store| {
        store.read(|transaction, head| {
            transaction.check_waiting(head)?;
            match &head.state.policy {
                Some(adopted) => stored_policy(transaction, adopted.edition).map(drop),
                None => Ok(()),
            }
        })
    });
    match read {
        Ok(()) => Ok(true),
        Err(Error::Damaged { .. } | Error::NotADatabase) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Writes into a fresh file what was saved, and begins a new installation on it. Gives how many noes wait, and where the ledger ends.
fn carry_over(
    transaction: &Transaction<'_>,
    head: &mut Head,
    (options, marker): (&Options, Option<Marker<'_>>),
    saved: &Salvage,
    lost: &Lost,
) -> Result<(i64, Level)> {
    for entry in &saved.records {
        transaction.append(entry, None)?;
    }
    for policy in &saved.policies {
        transaction.put_saved_policy(policy)?;
    }
    transaction.refold()?;
    *head = transaction.head()?;
    for reference in head.state.subjects.keys() {
        let account = saved.accounts.iter().find(|(of, _)| of == reference).map(|(_, account)| account.as_str());
        transaction.add_subject(reference, account)?;
    }
    let noes = unsent_noes(transaction, head)?;
    for no in &noes {
        transaction.enqueue(no)?;
        head.pending += 1;
    }
    let mut writer = LedgerWriter::new(transaction, head, stamp(options));
    if writer.head.seq == 0 {
        begin(&mut writer, marker, Some(lost.clone()))?;
    } else {
        restore(&mut writer, marker, Some(lost.clone()))?;
        leave(&mut writer)?;
        put_policy_in_force(&mut writer, options)?;
    }
    writer.finish()?;
    Ok((i64::try_from(noes.len()).unwrap_or(i64::MAX), Level { seq: head.seq, hash: head.hash }))
}

/// The newest refusal or withdrawal of each key that the server has not acknowledged, as far as the records say.
fn unsent_noes(transaction: &Transaction<'_>, head: &Head) -> Result<Vec<OutboxRow>> {
    let mut noes = vec![];
    for (reference, subject) in &head.state.subjects {
        for (purpose, key) in &subject.keys {
            let Some(own) = key.own_withdrawal.as_ref().filter(|own| own.numbered.is_none()) else { continue };
            let row = |kind| OutboxRow {
                seq: own.seq,
                subject: reference.clone(),
                purpose: purpose.clone(),
                kind,
                op: own.op.clone(),
                lowers: true,
                stuck: None,
            };
            match transaction.record(own.seq)?.map(|record| record.body) {
                Some(Body::Choice(choice)) if choice.subject == *reference => noes.push(row(ChangeKind::Choice)),
                Some(Body::Import(import)) if import.subject == *reference => noes.push(row(ChangeKind::Import)),
                Some(Body::Merge(merge)) if merge.subject == *reference => {
                    let merged = OutboxRow { purpose: NO_PURPOSE.into(), ..row(ChangeKind::Merge) };
                    if !noes.contains(&merged) {
                        noes.push(merged);
                    }
                }
                _ => {}
            }
        }
    }
    noes.sort_by_key(|no| no.seq);
    Ok(noes)
}

/// Nobody is signed in afterwards: the name of an account is the one thing that no hash covers.
fn leave(writer: &mut LedgerWriter<'_>) -> Result<()> {
    if !writer.head.state.signed_in {
        return Ok(());
    }
    let (subject, install) = (random_name()?, writer.head.state.install.clone());
    writer.transaction.add_subject(&subject, None)?;
    writer.append(&install, Body::Link(Link { subject, account: false })).map(drop)
}

/// Where the document in force is gone, the one that the app ships takes its place. An edition whose day is still to come and whose document is
/// gone does not come any more; it can be delivered again.
fn put_policy_in_force(writer: &mut LedgerWriter<'_>, options: &Options) -> Result<()> {
    let state = &writer.head.state;
    let announced: Vec<u32> = state.announced.iter().map(|ahead| ahead.edition).collect();
    let mut in_force = state.policy.clone();
    if let Some(adopted) = &in_force
        && writer.transaction.policy(adopted.edition)?.is_none()
    {
        in_force = None;
    }
    let mut drops = vec![];
    for edition in announced {
        if writer.transaction.policy(edition)?.is_none() {
            drops.push(edition);
        }
    }
    let adopted = match in_force {
        Some(_) if drops.is_empty() => return Ok(()),
        Some(adopted) => PolicyAdopted { drops, ..adopted },
        None => shipped(writer, options, drops)?,
    };
    let install = writer.head.state.install.clone();
    writer.append(&install, Body::Policy(adopted)).map(drop)
}

/// The app's own policy, to be put in force. What an earlier edition asked consent to is not known, so no silence allows anything.
fn shipped(writer: &LedgerWriter<'_>, options: &Options, drops: Vec<u32>) -> Result<PolicyAdopted> {
    let policy = Policy::parse(&options.policy).map_err(|faults| Error::PolicyInvalid { faults })?;
    if writer.transaction.policy(policy.edition)?.is_none() {
        writer.transaction.put_policy(policy.edition, &options.policy)?;
    }
    let document = chain::hex(&chain::hash(options.policy.as_bytes()));
    let silent = policy.purposes.iter().filter(|purpose| purpose.basis.silence_allows());
    let asked_before = silent.map(|purpose| purpose.id.clone()).collect();
    let Policy { id, version, edition, .. } = policy;
    Ok(PolicyAdopted { id, version, edition, document, asked_before, pull_first: true, drops, delivered: false, sets_aside: vec![] })
}
