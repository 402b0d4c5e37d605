//! Opening: the file, the policy, the installation.

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use arc_swap::{ArcSwap, ArcSwapOption};

use super::{
    Consent, Options, Snapshot,
    commit::{Pen, Stamp, random, random_name},
    denial::{Denial, Denied},
    marker,
    observers::Registry,
    present::Present,
    signals::{tell_person, tell_signals},
};
use crate::{
    error::{Error, Result},
    json,
    ledger::{Body, Install, Link, PolicyAdopted, Restore, chain},
    policy::{Fault, FaultCode, MAX_POLICY_BYTES, Policy, revision},
    store::{
        Head, Patience, Store, Transaction,
        settings::{ACKNOWLEDGED, AD_ID_TAG, INSTALL_KEY, INSTALL_TOKEN, SHIPPED_EDITION, SHOWN_KEY, VERSIONS},
    },
    sync::{installation, protocol::ChangeKind},
    transport::built_in,
};

/// Most editions that are taken over from the network between two that apps shipped: a company publishes a few a year.
const MAX_DELIVERED_EDITIONS: usize = 32;
/// How far a delivered edition may be ahead of the highest that an app shipped. An app cannot ship less than the edition in force: a document
/// with the highest number there is would keep every later app from changing the policy. Enough for editions that are numbered by dates, such
/// as 20261127, over a hundred years.
const MAX_EDITIONS_AHEAD: u32 = 1_000_000;

impl Consent {
    /// Opens the database, creating it where there is none, and brings the policy the app ships into force.
    ///
    /// Where a later edition of it was delivered meanwhile, that one stays in force. Blocks on the disk; its cost does not grow with
    /// history. Sends nothing. Fails with a typed error on an option that cannot be used, a policy with faults, of another name than
    /// the one in force or older than an app shipped here before, and a file that is not ours; nothing is lost then.
    ///
    /// Where a file that was opened before takes no writes now, it opens all the same, under the policy that was in force in it: what
    /// denies counts, and the first write that the file takes does what this call could not.
    pub fn open(mut options: Options) -> Result<Self> {
        options.check()?;
        if options.server.is_some() && options.transport.is_none() {
            let missing = || Error::invalid("transport", "is missing: a server needs one, and this build has none of its own");
            options.transport = Some(built_in().ok_or_else(missing)?);
        }
        let shipped = Policy::parse(&options.policy).map_err(|faults| Error::PolicyInvalid { faults })?;
        let store = Store::open(&options.path)?;
        let stamp = Stamp {
            now: options.clock.now(),
            offset: options.clock.utc_offset(),
            app: options.app_version.clone(),
            platform: options.platform,
        };
        let written = |policy: Policy| {
            store.write_with(
                Patience::Opens,
                || (),
                |transaction, head| {
                    let mut pen = Pen::new(transaction, head, stamp);
                    let policy = enter(&mut pen, &options, policy)?;
                    pen.finish()?;
                    Ok(policy)
                },
                |_, _| (),
            )
        };
        let entered = if store.is_behind() { None } else { Some(written(shipped.clone())) };
        let (policy, entered) = match entered {
            None => (in_force(&store, &options, shipped)?, false),
            Some(Err(error @ Error::StoreUnavailable { .. })) => match in_force(&store, &options, shipped) {
                // What SQLite said tells more.
                Err(Error::StoreUnavailable { .. }) => return Err(error),
                policy => (policy?, false),
            },
            Some(policy) => (policy?, true),
        };
        let policy = Arc::new(policy);
        let consent = Self {
            present: Present::new(Snapshot::blank(policy.clone(), options.platform)),
            policy: ArcSwap::new(policy),
            options,
            store,
            observers: Arc::new(Registry::default()),
            form: ArcSwapOption::empty(),
            entered: AtomicBool::new(entered),
            tracking_read: AtomicBool::new(false),
            syncing: AtomicBool::new(false),
        };
        consent.refresh()?;
        if entered && consent.present.load().bears_impossible_dates(consent.options.clock.now()) {
            // Any write records it. Where the file took none just now, such a grant does not count, and the next write tries again.
            drop(consent.write(&[], |_| Ok(())));
        }
        Ok(consent)
    }

    /// Takes over a policy that the server or the app delivered, if it is a later edition of the one in force.
    ///
    /// It may not move a purpose away from consent nor loosen what guards a person (the audience, the night, what caps a purpose and what
    /// it requires): only the document that the app ships may.
    ///
    /// What it takes away counts from the call on, also where the file cannot be written: see `unrecorded`.
    pub fn adopt_policy(&self, document: &str) -> Result<()> {
        let offered = Policy::parse(document).map_err(|faults| Error::PolicyInvalid { faults })?;
        let denials = self.narrowing(&offered, document)?;
        let adopt = |pen: &mut Pen<'_>| Ok(Arc::new(adopt(pen, offered, document, false)?));
        self.write_and(&denials, adopt, |policy| self.policy.store(policy.clone()))?;
        Ok(())
    }

    /// What an offered edition takes away, where it may follow the one in force. Where the file cannot be read, the one in memory tells.
    fn narrowing(&self, offered: &Policy, document: &str) -> Result<Vec<Denial>> {
        let hash = chain::hex(&chain::hash(document.as_bytes()));
        let follows = match self.read(|transaction, head| weigh(transaction, head, offered.clone(), &hash, false)) {
            Ok(weighed) => matches!(weighed, Weighed::Follows(_)),
            Err(error) if error.is_of_the_file() => revision::check(&self.policy.load(), &[], offered, false).is_ok(),
            Err(error) => return Err(error),
        };
        if !follows || !self.present.load().is_narrowed_by(offered) {
            return Ok(vec![]);
        }
        let edition = Denied::Edition { policy: Arc::new(offered.clone()), document: document.to_owned() };
        Ok(vec![self.denial(&self.stamp(), edition)?])
    }

    /// Reads the file again: another process may have written to it. Blocks on the disk.
    pub fn refresh(&self) -> Result<()> {
        self.read(|_, _| Ok(()))
    }
}

/// What an open writes: the installation, the policy the app ships, and the versions that opened the file.
fn enter(pen: &mut Pen<'_>, options: &Options, shipped: Policy) -> Result<Policy> {
    let marker = options.marker.as_deref();
    if pen.head.seq == 0 {
        begin(pen, marker)?;
    } else if is_no_more_ours(pen.transaction, pen.head, marker)? {
        restore(pen, marker)?;
    }
    tell_person(pen)?;
    let edition = shipped.edition;
    let policy = adopt(pen, shipped, &options.policy, true)?;
    if edition > shipped_edition(pen.transaction)? {
        pen.transaction.set_setting(SHIPPED_EDITION, &edition.to_be_bytes())?;
    }
    let versions = format!("{} {}", options.app_version, env!("CARGO_PKG_VERSION"));
    if pen.transaction.setting(VERSIONS)?.as_deref() != Some(versions.as_bytes()) {
        pen.transaction.retry_stuck()?;
        pen.transaction.set_setting(VERSIONS, versions.as_bytes())?;
    }
    Ok(policy)
}

/// The same for a file that took no writes when it was opened.
pub(super) fn enter_late(pen: &mut Pen<'_>, options: &Options) -> Result<Policy> {
    let shipped = Policy::parse(&options.policy).map_err(|faults| Error::PolicyInvalid { faults })?;
    enter(pen, options, shipped)
}

/// The policy that was in force in a file that takes no writes now. Fails where the file has none yet, where the one the app ships is
/// refused, and where the file needs another installation before anything in it may count.
fn in_force(store: &Store, options: &Options, shipped: Policy) -> Result<Policy> {
    store.read(|transaction, head| {
        let cannot = |reason: &str| Error::StoreUnavailable { reason: reason.into(), code: 0 };
        let adopted = head.state.policy.as_ref().ok_or_else(|| cannot("the file cannot be written, and nothing is in it yet"))?;
        if is_no_more_ours(transaction, head, options.marker.as_deref())? {
            return Err(cannot("the file cannot be written, and is a copy of another installation's"));
        }
        weigh(transaction, head, shipped, &chain::hex(&chain::hash(options.policy.as_bytes())), true)?;
        stored_policy(transaction, adopted.edition)
    })
}

/// True where a new installation has to begin: the file is a copy, or cannot show any more that its name is its own.
fn is_no_more_ours(transaction: &Transaction<'_>, head: &Head, marker: Option<&Path>) -> Result<bool> {
    Ok(is_copy(head, marker)? || lost_its_key(transaction, head)?)
}

/// True where the marker names another installation than the file: the file came from a backup, or from another phone.
fn is_copy(head: &Head, marker: Option<&Path>) -> Result<bool> {
    marker.map_or(Ok(false), |marker| Ok(marker::read(marker)? != head.state.install))
}

/// True where the installation cannot show any more that its name is its own: then it needs another one, as a copy does.
fn lost_its_key(transaction: &Transaction<'_>, head: &Head) -> Result<bool> {
    let install = &head.state.install;
    if !installation::is_keyed(install) {
        return Ok(false);
    }
    Ok(transaction.setting(INSTALL_KEY)?.is_none_or(|key| installation::name(&key) != *install))
}

/// Makes a new installation's key and gives its name.
fn new_installation(pen: &Pen<'_>) -> Result<String> {
    let key = random::<{ installation::KEY_BYTES }>()?;
    pen.transaction.set_setting(INSTALL_KEY, &key)?;
    Ok(installation::name(&key))
}

fn begin(pen: &mut Pen<'_>, marker: Option<&Path>) -> Result<()> {
    let (install, device, person) = (new_installation(pen)?, random_name()?, random_name()?);
    pen.transaction.add_subject(&device, None)?;
    pen.transaction.add_subject(&person, None)?;
    pen.transaction.set_setting(SHOWN_KEY, &random::<32>()?)?;
    pen.append(&install, Body::Install(Install { device, person }))?;
    marker.map_or(Ok(()), |marker| marker::write(marker, &install))
}

/// Begins a new installation on a file that came from a backup or another phone: the old installation may still speak under its name.
pub(super) fn restore(pen: &mut Pen<'_>, marker: Option<&Path>) -> Result<()> {
    let former = pen.head.state.install.clone();
    let (install, device) = (new_installation(pen)?, random_name()?);
    pen.transaction.add_subject(&device, None)?;
    pen.transaction.drop_copied()?;
    pen.transaction.forget_cursors()?;
    pen.transaction.drop_setting(INSTALL_TOKEN)?;
    pen.transaction.drop_setting(AD_ID_TAG)?;
    // What the server holds of the former installation says nothing of this one: it would look like data the server lost.
    pen.transaction.drop_setting(ACKNOWLEDGED)?;
    pen.transaction.set_setting(SHOWN_KEY, &random::<32>()?)?;
    pen.append(&install, Body::Restore(Restore { former, device }))?;
    pen.head.pending = pen.transaction.count_outbox()?;
    if pen.head.state.signed_in {
        let subject = pen.head.state.person.clone();
        pen.replace_waiting(&subject, ChangeKind::Link)?;
        pen.send(Body::Link(Link { subject, account: true }))?;
    }
    tell_signals(pen)?;
    marker.map_or(Ok(()), |marker| marker::write(marker, &install))
}

/// What becomes of a policy that is offered.
enum Weighed {
    /// This one stays in force.
    Stays(Policy),
    /// The offered one may follow.
    Follows(Policy),
}

/// Weighs a policy against the one in force; fails where it may not follow.
fn weigh(transaction: &Transaction<'_>, head: &Head, offered: Policy, hash: &str, shipped: bool) -> Result<Weighed> {
    if let Some(adopted) = &head.state.policy {
        if adopted.document == hash {
            return Ok(Weighed::Stays(offered));
        }
        let in_force = stored_policy(transaction, adopted.edition)?;
        // A later edition may have been delivered since this app was built: the older one it ships must not lock it out. An app that
        // ships less than an app before it did was put back, and its texts are not the ones people answered.
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

/// Puts a delivered edition in force that was held in memory alone. Nothing where it may no longer follow the one that is in force by now.
pub(super) fn adopt_late(pen: &mut Pen<'_>, offered: &Policy, document: &str) -> Result<Option<Policy>> {
    match adopt(pen, offered.clone(), document, false) {
        Ok(policy) => Ok(Some(policy)),
        Err(Error::PolicyRefused { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Puts a policy in force, if it may follow the one that is.
fn adopt(pen: &mut Pen<'_>, offered: Policy, document: &str, shipped: bool) -> Result<Policy> {
    let hash = chain::hex(&chain::hash(document.as_bytes()));
    let offered = match weigh(pen.transaction, pen.head, offered, &hash, shipped)? {
        Weighed::Stays(policy) => return Ok(policy),
        Weighed::Follows(offered) => offered,
    };
    pen.transaction.add_policy(offered.edition, document)?;
    // What the server said of a purpose that this edition brings was not kept: the next pulls ask for everything again.
    pen.transaction.forget_cursors()?;
    let (id, version, edition) = (offered.id.clone(), offered.version.clone(), offered.edition);
    let install = pen.head.state.install.clone();
    pen.append(&install, Body::Policy(PolicyAdopted { id, version, edition, document: hash }))?;
    Ok(offered)
}

/// Each edition stays in the file, since records name it: a server that delivers a new one in every answer would fill the phone.
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

/// Whoever can serve a document once must not take from the app the numbers of its own later editions.
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

/// The editions before the one in force, newest first, where the offered one is compared with them: where it was delivered, and where it has
/// a purpose again that the one in force has not.
fn earlier_editions(transaction: &Transaction<'_>, in_force: &Policy, offered: &Policy, shipped: bool) -> Result<Vec<Policy>> {
    if shipped && offered.purposes.iter().all(|purpose| in_force.purpose(&purpose.id).is_some()) {
        return Ok(Vec::new());
    }
    let editions = transaction.editions_before(in_force.edition)?;
    editions.into_iter().map(|edition| stored_policy(transaction, edition)).collect()
}

/// The highest edition that an app shipped, 0 where none did.
fn shipped_edition(transaction: &Transaction<'_>) -> Result<u32> {
    let stored = transaction.setting(SHIPPED_EDITION)?;
    Ok(stored.and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes))
}

/// A policy that was in force here. Only its shape is read: a rule that came later does not make a good database a damaged one.
pub(super) fn stored_policy(transaction: &Transaction<'_>, edition: u32) -> Result<Policy> {
    let stored = transaction.policy(edition)?.and_then(|stored| json::read(stored.as_bytes(), MAX_POLICY_BYTES).ok());
    stored.ok_or_else(|| Error::Damaged { reason: "a policy that was in force is gone".into() })
}
