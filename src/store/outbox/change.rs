//! The wire form of a waiting change, made from its record.

use rusqlite::OptionalExtension;

use super::row::OutboxRow;
use crate::{
    error::{Error, Result},
    ledger::{
        Body,
        chain::{self, GENESIS, hex},
    },
    store::{failure::failure, transaction::Transaction},
    sync::protocol::{Change, ChangeKind},
};

impl Transaction<'_> {
    /// The wire form of a row: the exact bytes of its record, with the hashes that tie it into the chain.
    pub(super) fn change(&self, row: &OutboxRow) -> Result<Change> {
        if row.kind == ChangeKind::Relay {
            return self.relayed(row);
        }
        let missing = || Error::Damaged { reason: format!("record {} waits to be sent and is gone", row.seq) };
        let sql = "SELECT salt, body, hash, leaf FROM ledger WHERE seq = ?1 AND body IS NOT NULL";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        type Found = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);
        let found = statement.query_row([row.seq], |row| Ok::<Found, _>((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
        let (salt, body, hash, leaf) = found.optional().map_err(failure)?.ok_or_else(missing)?;
        if chain::leaf(&salt, &body).as_slice() != leaf {
            return Err(Error::Damaged { reason: format!("record {} waits to be sent and is not what was written", row.seq) });
        }
        let mut statement = self.inner.prepare_cached("SELECT hash FROM ledger WHERE seq = ?1 - 1").map_err(failure)?;
        let prev: Option<Vec<u8>> = statement.query_row([row.seq], |row| row.get(0)).optional().map_err(failure)?;
        Ok(Change {
            kind: row.kind,
            op: row.op.clone(),
            record: String::from_utf8(body).map_err(|_| missing())?,
            salt: hex(&salt),
            prev: hex(&prev.unwrap_or_else(|| GENESIS.to_vec())),
            hash: hex(&hash),
        })
    }

    /// The wire form of a withdrawal that was made elsewhere. Its bytes are in the record of what the server told.
    pub(super) fn relayed(&self, row: &OutboxRow) -> Result<Change> {
        let missing = || Error::Damaged { reason: format!("what is to be sent again is not in record {}", row.seq) };
        let Some(Body::Remote(told)) = self.record(row.seq)?.map(|record| record.body) else { return Err(missing()) };
        let state = told.states.into_iter().find(|state| state.purpose == row.purpose).ok_or_else(missing)?;
        let (op, record) = state.op.zip(state.record).ok_or_else(missing)?;
        Ok(Change { kind: row.kind, op, record, salt: String::new(), prev: String::new(), hash: String::new() })
    }
}
