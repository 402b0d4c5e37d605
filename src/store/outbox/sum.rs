//! The sum over the changes that wait. It lies beside the root, which covers it, so that a change that was altered, or is gone, is noticed
//! before anything is sent.
//!
//! A change that is added and one that is taken away alter the sum by themselves, whatever else waits. So a choice costs the same however
//! many changes wait, and only reading the sum anew goes through all of them.

use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use crate::{
    error::{Error, Result},
    ledger::chain::Hash,
    store::{
        failure::failure,
        state_table::Head,
        transaction::{Transaction, toggle},
    },
};

/// How many changes may wait for their sum to be read whenever the state is: that is no more than a page or two of the file. Where more wait
/// it is read before they are sent.
const FEW: i64 = 256;

/// The columns that a row's part of the sum is made of. Why a change is stuck and when it is tried again are left out: the server is asked
/// again within a day whatever they say.
const SUMMED: &str = "SELECT subject, purpose, place, kind, op, lowered FROM key JOIN state ON state.key = key.id";

/// A row's part of the sum.
fn part(subject: &str, purpose: &str, place: i64, kind: &str, op: &[u8], lowered: i64) -> Hash {
    let mut digest = Sha256::new();
    for text in [subject.as_bytes(), purpose.as_bytes(), kind.as_bytes(), op] {
        digest.update(text.len().to_be_bytes());
        digest.update(text);
    }
    digest.update(place.to_be_bytes());
    digest.update(lowered.to_be_bytes());
    digest.finalize().into()
}

fn part_of(row: &Row<'_>) -> rusqlite::Result<Hash> {
    let (subject, purpose, kind): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(3)?);
    let (op, lowered): (Vec<u8>, Option<i64>) = (row.get(4)?, row.get(5)?);
    Ok(part(&subject, &purpose, row.get(2)?, &kind, &op, lowered.unwrap_or(-1)))
}

impl Transaction<'_> {
    /// Adds the row of a change to the sum, or takes it away.
    pub(super) fn toggle_row(&self, key: i64, place: i64) -> Result<()> {
        let sql = format!("{SUMMED} WHERE id = ?1 AND place = ?2 AND kind IS NOT NULL");
        let mut statement = self.inner.prepare_cached(&sql).map_err(failure)?;
        if let Some(part) = statement.query_row(params![key, place], part_of).optional().map_err(failure)? {
            self.toggle_waiting(&part);
        }
        Ok(())
    }

    /// The sum over all that waits, read anew.
    pub(in crate::store) fn sum_waiting(&self) -> Result<Hash> {
        let mut sum = Hash::default();
        let mut statement = self.inner.prepare_cached(&format!("{SUMMED} WHERE kind IS NOT NULL")).map_err(failure)?;
        let mut rows = statement.query([]).map_err(failure)?;
        while let Some(row) = rows.next().map_err(failure)? {
            toggle(&mut sum, &part_of(row).map_err(failure)?);
        }
        Ok(sum)
    }

    /// Fails where what waits is not what was written. This reads all of it.
    pub fn check_waiting(&self, head: &Head) -> Result<()> {
        if self.sum_waiting()? == head.waiting {
            return Ok(());
        }
        Err(Error::Damaged { reason: "what waits to be sent is not what was written".into() })
    }

    /// The same where few changes wait.
    pub(in crate::store) fn check_few_waiting(&self, head: &Head) -> Result<()> {
        if head.pending > FEW { Ok(()) } else { self.check_waiting(head) }
    }
}
