//! Opening: the file, the policy that the app ships, and what was noticed of wrong dates.

use std::sync::{Arc, atomic::AtomicBool};

use arc_swap::ArcSwap;

use super::{
    observers::Registry,
    open_ledger::{OpenLedger, stamp},
    options::Options,
    present::Present,
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
    store::{Patience, Store},
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
    let store = Store::open(&options.path, Some(options.watermark()))?;
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
    let entered = if store.is_behind() { None } else { Some(written(shipped.clone())) };
    let (policy, entered) = match entered {
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
        observers: Arc::new(Registry::default()),
        entered: AtomicBool::new(entered),
        tracking_read: AtomicBool::new(false),
    };
    ledger.refresh()?;
    if entered && ledger.present.load().bears_impossible_dates(ledger.options.clock.now()) {
        // Any write records it. Where the file took none just now, such a grant does not count, and the next write tries again.
        drop(ledger.write(&[], |_| Ok(())));
    }
    if entered {
        ledger.store.fold_log();
    }
    Ok(ledger)
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
        if lost(transaction, head, level)?.is_some() {
            return Err(cannot("the file cannot be written, and records of it are missing"));
        }
        let hash = chain::hex(&chain::hash(options.policy.as_bytes()));
        weigh(transaction, head, Offered { policy: &shipped, hash: &hash, shipped: true }, options.clock.now())?;
        stored_policy(transaction, adopted.edition)
    })
}
