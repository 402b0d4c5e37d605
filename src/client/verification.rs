//! The proof that a ledger is whole.

use std::{path::Path, sync::Arc};

use crate::{
    disk::SystemDisk,
    error::{Error, Result},
    ledger::{Body, State, chain},
    store::{Compared, Fault, Follower, Store, Watermark},
};

/// Where a ledger does not hold.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VerificationFault {
    /// Position of the record; 0 where the fault is in what follows from the records.
    pub seq: i64,
    /// What does not fit.
    pub what: String,
}

/// Result of a full check of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Verification {
    /// True where every record is the one that was written, in its place, and the state follows from them.
    pub ok: bool,
    /// Records checked.
    pub records: i64,
    /// The first fault.
    pub fault: Option<VerificationFault>,
}

/// Checks a copy of a database, as a privacy officer does. What it says is not changed. An empty ledger proves nothing and is no yes.
///
/// Whether the newest records are missing is told by the file beside the database that ends in `-watermark`. Copy it too, and the one that ends
/// in `-wal`, which holds what was recorded last while the app is open. A copy without a watermark is checked up to where it ends.
pub fn verify_file(path: impl AsRef<Path>) -> Result<Verification> {
    let path = path.as_ref();
    if !path.is_file() {
        return Err(Error::invalid("path", "is no file; give the copy of a database"));
    }
    // Read before the ledger, since both grow where an app writes just now.
    let level = Watermark::of(path, Arc::new(SystemDisk)).level();
    let store = match Store::open(path, None) {
        Ok(store) => store,
        Err(Error::Damaged { reason }) => return Ok(broken(0, 0, reason)),
        Err(other) => return Err(other),
    };
    let checked = verify(&store)?;
    if !checked.ok {
        return Ok(checked);
    }
    Ok(match store.read(|transaction, head| transaction.compare(head, level))? {
        Compared::Missing { records } => {
            let are = if records == 1 { "1 record is".to_owned() } else { format!("{records} records are") };
            let what = format!("{are} missing from here on, by the watermark beside the file; copy the file that ends in -wal too");
            broken(checked.records, checked.records + 1, what)
        }
        Compared::Another => {
            broken(checked.records, 0, "the watermark beside the file is of another ledger, or the file was put back to an earlier one")
        }
        Compared::Whole if checked.records == 0 => broken(0, 0, "the file holds no records"),
        Compared::Whole => checked,
    })
}

fn broken(records: i64, seq: i64, what: impl Into<String>) -> Verification {
    Verification { ok: false, records, fault: Some(VerificationFault { seq, what: what.into() }) }
}

/// Checks every record, the chain, and that the state follows from them.
pub fn verify(store: &Store) -> Result<Verification> {
    store.read(|transaction, _| {
        let mut follower = Follower::default();
        let mut fold = State::default();
        let mut fault = None;
        transaction.walk(1, |row| match follower.follow(&row) {
            Ok(None) => Ok(true),
            Ok(Some(record)) => {
                if let Body::Policy(adopted) = &record.body {
                    let document = match transaction.policy(adopted.edition) {
                        Err(Error::Damaged { .. }) => None,
                        document => document?,
                    };
                    if document.map(|document| chain::hex(&chain::hash(document.as_bytes()))).as_ref() != Some(&adopted.document) {
                        fault = Some(Fault { seq: record.seq, what: "the policy it names is not the one that was adopted" });
                        return Ok(false);
                    }
                }
                fold.apply(&record);
                Ok(true)
            }
            Err(found) => {
                fault = Some(found);
                Ok(false)
            }
        })?;
        let (seq, prev) = (follower.seq, follower.hash);
        let fault = fault.or(follower.end().err());
        if let Some(fault) = fault {
            return Ok(broken(seq, fault.seq, fault.what));
        }
        for ahead in &fold.announced {
            let document = transaction.policy(ahead.edition)?;
            if document.map(|document| chain::hex(&chain::hash(document.as_bytes()))).as_ref() != Some(&ahead.document) {
                return Ok(broken(seq, 0, "the policy that was announced is not the one that is kept"));
            }
        }
        let stored = match transaction.head() {
            Ok(stored) => stored,
            Err(Error::Damaged { reason }) => return Ok(broken(seq, 0, reason)),
            Err(other) => return Err(other),
        };
        if stored.seq != seq || stored.hash != prev {
            return Ok(broken(seq, stored.seq, "the ledger does not end where the state says"));
        }
        if stored.state != fold {
            return Ok(broken(seq, 0, "the state does not follow from the records"));
        }
        if let Err(Error::Damaged { reason }) = transaction.check_waiting(&stored) {
            return Ok(broken(seq, 0, reason));
        }
        if transaction.count_outbox()? != stored.pending {
            return Ok(broken(seq, 0, "changes that wait to be sent are missing"));
        }
        Ok(Verification { ok: true, records: seq, fault: None })
    })
}
