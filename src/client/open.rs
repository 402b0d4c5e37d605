//! Opening: the file, the policy that the app ships, and what was noticed of wrong dates.

use std::{
    fs,
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use arc_swap::ArcSwap;

use super::{
    observers::Registry,
    open_ledger::{OpenLedger, stamp},
    options::Options,
    present::Present,
    reserve::Reserve,
    snapshot::Snapshot,
    writing::{
        editions::{Offered, weigh},
        enter::enter,
        installation::{lost, needs_another_installation},
        kept_editions::stored_policy,
        writer::LedgerWriter,
    },
    zones::ZoneBook,
};
use crate::{
    error::{Error, Result},
    ledger::chain,
    policy::Policy,
    store::{Patience, Store, is_of_the_disk, wants_room},
    transport::built_in,
};

/// Opens the database: see `Consent::open`.
pub fn open(mut options: Options) -> Result<OpenLedger> {
    options.check()?;
    if options.server.is_some() && options.transport.is_none() {
        let missing = || Error::invalid("transport", "is missing; a server needs one, and this build has none of its own");
        options.transport = Some(built_in().ok_or_else(missing)?);
    }
    let shipped = Policy::parse(&options.policy).map_err(|faults| Error::PolicyInvalid { faults })?;
    let (reserve, mailbox) = (options.reserve(), options.mailbox());
    let (store, is_locked) = open_store(&options, &reserve)?;
    let stamp = stamp(&options);
    let written = |policy: Policy| {
        store.write_with(
            Patience::Opens,
            || (),
            |transaction, head| {
                let mut writer = LedgerWriter::new(transaction, head, stamp);
                let policy = enter(&mut writer, &options, policy)?;
                writer.finish()?;
                Ok(policy)
            },
            |_, _| (),
        )
    };
    let entered = if is_locked || store.is_behind() { None } else { Some(written(shipped.clone())) };
    let (policy, entered) = match entered {
        // Nothing of it is shown before the file can be read, and then the file says which policy is in force.
        None if is_locked => (shipped, false),
        None => (in_force(&store, &options, shipped)?, false),
        Some(Err(error @ Error::StoreUnavailable { .. })) => match in_force(&store, &options, shipped) {
            // The first error bears what SQLite said, which tells more.
            Err(Error::StoreUnavailable { .. }) => return Err(error),
            policy => (policy?, false),
        },
        Some(policy) => (policy?, true),
    };
    let policy = Arc::new(policy);
    let zones = ZoneBook::new(options.zones.clone());
    zones.learn(&policy, options.clock.now());
    let ledger = OpenLedger {
        present: Present::new(Snapshot::blank(policy.clone(), options.platform)),
        policy: ArcSwap::new(policy),
        announced: ArcSwap::default(),
        zones,
        options,
        store,
        reserve,
        mailbox,
        observers: Arc::new(Registry::default()),
        entered: AtomicBool::new(entered),
        tracking_read: AtomicBool::new(false),
    };
    match ledger.refresh() {
        Err(error @ Error::StoreUnavailable { .. }) if !is_locked => return Err(error),
        Ok(()) | Err(Error::StoreUnavailable { .. }) => {}
        Err(other) => return Err(other),
    }
    ledger.reserve.fill();
    if entered {
        // What could not be read of it was told as lost, by the transaction above.
        ledger.mailbox.forget_unreadable();
    }
    if ledger.meet_mail() && entered {
        // Where it cannot be recorded now it counts all the same, and the next write tries again.
        drop(ledger.record_left_over());
    }
    if entered && ledger.present.load().bears_impossible_dates(ledger.options.clock.now()) {
        // Any write records it. Where the file took none just now, such a grant does not count, and the next write tries again.
        drop(ledger.write(&[], |_| Ok(())));
    }
    if entered {
        ledger.store.fold_log();
    }
    Ok(ledger)
}

/// Opens the file, and says whether it is locked: it is there and cannot be read now, which the next calls try again.
fn open_store(options: &Options, reserve: &Reserve) -> Result<(Store, bool)> {
    let open = || Store::open(&options.path, Some(options.watermark()));
    let mut opened = open();
    if opened.as_ref().err().is_some_and(wants_room) {
        // A file that was closed has to be given the two small files of its log before anything of it can be read.
        reserve.release();
        opened = open();
    }
    match opened {
        Err(error) if is_of_the_disk(&error) && has_content(&options.path) => {
            Ok((Store::locked(&options.path, Some(options.watermark())), true))
        }
        opened => Ok((opened?, false)),
    }
}

/// True where a file lies there that is not empty. In the place of any other one a ledger would have to be created.
fn has_content(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() > 0)
}

/// The policy that was in force in a file that takes no writes now. It fails where the file has no policy yet, where the one that the app
/// ships is refused, and where another installation has to begin on the file before anything in it may count.
fn in_force(store: &Store, options: &Options, shipped: Policy) -> Result<Policy> {
    // It is read before the file is: another process may write both at any time, and writes the file first.
    let level = options.watermark().level();
    store.read(|transaction, head| {
        let cannot = |reason: &str| Error::StoreUnavailable { reason: reason.into(), code: 0 };
        let adopted = head.state.policy.as_ref().ok_or_else(|| cannot("the file cannot be written, and nothing is in it yet"))?;
        if needs_another_installation(transaction, head, options.marker())? {
            return Err(cannot("the file cannot be written, and is a copy of another installation's"));
        }
        if lost(transaction, head, level, options.mailbox().unreadable())?.is_some() {
            return Err(cannot("the file cannot be written, and records of it are missing"));
        }
        let hash = chain::hex(&chain::hash(options.policy.as_bytes()));
        weigh(transaction, head, Offered { policy: &shipped, hash: &hash, shipped: true }, options.clock.now())?;
        stored_policy(transaction, adopted.edition)
    })
}
