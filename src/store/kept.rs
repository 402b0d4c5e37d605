//! The sum over what is kept beside the records and their state, and decides or is sent: which account each reference stands for, how far what
//! the server tells was read, the policies, and the settings that decide. The root covers it. These are few rows, whatever the history.

use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

use super::{failure::failure, transaction::Transaction};
use crate::{
    error::{Error, Result},
    ledger::chain::Hash,
};

/// What is summed of each table, in a fixed order. A policy is summed by its hash, which is compared with the document when that is read.
/// Of the settings these are the ones that `settings.rs` says decide.
const SUMMED: [&str; 3] = [
    "SELECT reference, account, cursor, history FROM subject ORDER BY reference",
    "SELECT edition, hash, regimes FROM policy ORDER BY edition",
    "SELECT name, value FROM setting WHERE name = 'shipped_edition' OR (name >= 'held_back' AND name < 'held_bacl') ORDER BY name",
];

/// The tables that are looked up by an index. An index is a second copy of what is in its table, which the root does not cover: one that is of
/// another time leads to another row, or to none. Both tables are short, whatever the history.
const LOOKED_UP: [&str; 2] = ["PRAGMA integrity_check('key')", "PRAGMA integrity_check('subject')"];

impl Transaction<'_> {
    /// Fails where an index does not say what its table says.
    pub(super) fn check_indexes(&self) -> Result<()> {
        for sql in LOOKED_UP {
            let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
            let said: String = statement.query_row([], |row| row.get(0)).map_err(failure)?;
            if said != "ok" {
                return Err(Error::Damaged { reason: "an index does not fit its table".into() });
            }
        }
        Ok(())
    }

    /// The sum over all of it.
    pub(super) fn sum_kept(&self) -> Result<Hash> {
        let mut digest = Sha256::new();
        for sql in SUMMED {
            let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
            let columns = statement.column_count();
            let mut rows = statement.query([]).map_err(failure)?;
            while let Some(row) = rows.next().map_err(failure)? {
                for column in 0..columns {
                    add(&mut digest, row.get_ref(column).map_err(failure)?);
                }
            }
            digest.update([b'.']);
        }
        Ok(digest.finalize().into())
    }
}

/// Adds a value with its kind and its length, so that no two rows are the same text.
fn add(digest: &mut Sha256, value: ValueRef<'_>) {
    let bytes = match value {
        ValueRef::Null => return digest.update([0]),
        ValueRef::Integer(number) => {
            digest.update([1]);
            return digest.update(number.to_be_bytes());
        }
        ValueRef::Real(number) => {
            digest.update([2]);
            return digest.update(number.to_be_bytes());
        }
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
    };
    digest.update([3]);
    digest.update(bytes.len().to_be_bytes());
    digest.update(bytes);
}
