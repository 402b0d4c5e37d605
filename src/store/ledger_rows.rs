//! The table `ledger`: one row for each record. Rows are appended and read in order; what a record says is never changed.

use rusqlite::{OptionalExtension, params};

use super::{failure::failure, transaction::Transaction};
use crate::{
    error::{Error, Result},
    json,
    ledger::{
        Body, Record,
        chain::{self, GENESIS, Hash},
    },
};

/// One stored record.
pub struct Row {
    /// Position, from 1.
    pub seq: i64,
    /// Salt of the leaf. It is absent once the record is erased.
    pub salt: Option<Vec<u8>>,
    /// The exact bytes. They are absent once the record is erased.
    pub body: Option<Vec<u8>>,
    /// Hash of salt and bytes.
    pub leaf: Vec<u8>,
    /// Hash in the chain.
    pub hash: Vec<u8>,
}

/// A record as it is appended.
pub struct Entry {
    /// Position, from 1.
    pub seq: i64,
    /// Hash of salt and bytes.
    pub leaf: Hash,
    /// Hash in the chain.
    pub hash: Hash,
    /// Salt of the leaf. It is absent once the record is erased.
    pub salt: Option<Vec<u8>>,
    /// The exact bytes. They are absent once the record is erased.
    pub body: Option<Vec<u8>>,
}

/// What the last record of a transaction bears beside itself, so that the state can be checked against the ledger when a file is opened.
pub struct End {
    /// Changes that wait to be sent.
    pub pending: i64,
    /// The sum over the changes that wait.
    pub waiting: Hash,
    /// The root: a hash over the state that follows from the records, the end of the ledger, what waits, and what else is kept that decides
    /// or is sent.
    pub root: Hash,
}

/// A place at which the chain of records breaks, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Position of the record.
    pub seq: i64,
    /// What does not fit.
    pub what: &'static str,
}

impl Row {
    /// Checks this row against its place in the chain, and gives the record and its hash.
    pub fn verify(&self, seq: i64, prev: &Hash) -> std::result::Result<(Record, Hash), Fault> {
        let fault = |what| Fault { seq, what };
        if self.seq != seq {
            return Err(fault("a record is missing before this one"));
        }
        let (Some(salt), Some(body)) = (&self.salt, &self.body) else { return Err(fault("its bytes are gone without an erasure")) };
        let leaf = chain::leaf(salt, body);
        if leaf.as_slice() != self.leaf {
            return Err(fault("its bytes are not the ones that were hashed"));
        }
        let record: Record = json::own(body).ok_or_else(|| fault("its bytes are no record of a known format"))?;
        let hash = chain::link(&record.install, seq, prev, &leaf);
        if hash.as_slice() != self.hash {
            return Err(fault("it does not follow from the record before it"));
        }
        if record.seq != seq {
            return Err(fault("it names another position"));
        }
        Ok((record, hash))
    }
}

/// Follows the chain from record to record, also over those that were erased.
pub struct Follower {
    /// Position of the record that was followed last.
    pub seq: i64,
    /// Its hash.
    pub hash: Hash,
    /// The installation whose records these are. The records that name it are never erased.
    install: String,
    /// The first and the last record without bytes of which no record after them has said yet that they are erased.
    gone: Option<(i64, i64)>,
}

impl Default for Follower {
    fn default() -> Self {
        Self { seq: 0, hash: GENESIS, install: String::new(), gone: None }
    }
}

impl Follower {
    /// Follows the next row, and gives its record; `None` for one without bytes.
    pub fn follow(&mut self, row: &Row) -> std::result::Result<Option<Record>, Fault> {
        let seq = self.seq + 1;
        if row.salt.is_some() || row.body.is_some() {
            let (record, hash) = row.verify(seq, &self.hash)?;
            match &record.body {
                Body::Install(_) | Body::Restore(_) => self.install.clone_from(&record.install),
                Body::Erased(erased) => drop(self.gone.take_if(|(_, last)| *last <= erased.until)),
                _ => {}
            }
            (self.seq, self.hash) = (seq, hash);
            return Ok(Some(record));
        }
        let linked = Hash::try_from(row.leaf.as_slice()).map(|leaf| chain::link(&self.install, seq, &self.hash, &leaf));
        match linked {
            Ok(hash) if row.seq == seq && hash.as_slice() == row.hash => (self.seq, self.hash) = (seq, hash),
            _ => return Err(Fault { seq, what: "its bytes are gone, and it does not follow from the record before it" }),
        }
        self.gone = Some((self.gone.map_or(seq, |(first, _)| first), seq));
        Ok(None)
    }

    /// Fails where records without bytes were followed that no record calls erased.
    pub fn end(&self) -> std::result::Result<(), Fault> {
        self.gone.map_or(Ok(()), |(seq, _)| Err(Fault { seq, what: "its bytes are gone without an erasure" }))
    }
}

impl Transaction<'_> {
    /// Takes salt and bytes of records away for good. Their hashes stay.
    pub fn blank(&self, places: &[i64]) -> Result<()> {
        let mut statement = self.inner.prepare_cached("UPDATE ledger SET salt = NULL, body = NULL WHERE seq = ?1").map_err(failure)?;
        for seq in places {
            statement.execute([seq]).map_err(failure)?;
        }
        Ok(())
    }

    /// Appends a record. Only the last one of a transaction is given an `end`.
    pub fn append(&self, entry: &Entry, end: Option<&End>) -> Result<()> {
        let sql = "INSERT INTO ledger (seq, pending, root, leaf, hash, salt, body, waiting) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        let (pending, root) = (end.map(|end| end.pending), end.map(|end| end.root.as_slice()));
        let waiting = end.map(|end| end.waiting.as_slice());
        let Entry { seq, leaf, hash, salt, body } = entry;
        statement.execute(params![seq, pending, root, leaf.as_slice(), hash.as_slice(), salt, body, waiting]).map_err(failure)?;
        Ok(())
    }

    /// Gives the last record another end. This is for a transaction that changed what waits and wrote no record.
    pub fn set_end(&self, seq: i64, end: &End) -> Result<()> {
        let sql = "UPDATE ledger SET pending = ?2, root = ?3, waiting = ?4 WHERE seq = ?1";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        statement.execute(params![seq, end.pending, end.root.as_slice(), end.waiting.as_slice()]).map_err(failure)?;
        Ok(())
    }

    /// Hash of the record at a position.
    pub fn hash_at(&self, seq: i64) -> Result<Option<Vec<u8>>> {
        self.inner.query_row("SELECT hash FROM ledger WHERE seq = ?1", [seq], |row| row.get(0)).optional().map_err(failure)
    }

    /// The record at a position. It is not checked against the chain.
    pub fn record(&self, seq: i64) -> Result<Option<Record>> {
        let mut found = None;
        self.records(seq, |record| {
            found = Some(record).filter(|record| record.seq == seq);
            Ok(false)
        })?;
        Ok(found)
    }

    /// Shows `visit` the rows in order, beginning at the position `from`, until it says false.
    pub fn walk(&self, from: i64, mut visit: impl FnMut(Row) -> Result<bool>) -> Result<()> {
        let sql = "SELECT seq, salt, body, leaf, hash FROM ledger WHERE seq >= ?1 ORDER BY seq";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        let mut rows = statement.query([from]).map_err(failure)?;
        while let Some(row) = rows.next().map_err(failure)? {
            let row = Row {
                seq: row.get(0).map_err(failure)?,
                salt: row.get(1).map_err(failure)?,
                body: row.get(2).map_err(failure)?,
                leaf: row.get(3).map_err(failure)?,
                hash: row.get(4).map_err(failure)?,
            };
            if !visit(row)? {
                break;
            }
        }
        Ok(())
    }

    /// Shows `visit` the records in order, beginning at the position `from`, until it says false. They are not checked against the chain.
    pub fn records(&self, from: i64, mut visit: impl FnMut(Record) -> Result<bool>) -> Result<()> {
        self.walk(from, |row| {
            let Some(body) = row.body else { return Ok(true) };
            let record =
                json::own(&body).ok_or_else(|| Error::Damaged { reason: format!("record {} is no record of a known format", row.seq) })?;
            visit(record)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{FORMAT, Link, rfc3339};

    /// A row whose hashes all fit its place in the chain, whatever place its record names.
    fn row(seq: i64, named: i64) -> Row {
        let record = Record {
            format: FORMAT,
            install: "i".into(),
            seq: named,
            op: "o".into(),
            at: rfc3339(0),
            offset: 0,
            app: "1".into(),
            sdk: "1".into(),
            body: Body::Link(Link { subject: "s".into(), account: false }),
        };
        let body = serde_json::to_vec(&record).unwrap();
        let leaf = chain::leaf(b"salt", &body);
        let hash = chain::link("i", seq, &chain::GENESIS, &leaf);
        Row { seq, salt: Some(b"salt".to_vec()), body: Some(body), leaf: leaf.to_vec(), hash: hash.to_vec() }
    }

    #[test]
    fn f_56_a_record_that_names_another_position_than_its_own_is_a_fault() {
        assert!(row(7, 7).verify(7, &chain::GENESIS).is_ok());
        for named in [6, 8, 1, 0, -7, i64::MAX] {
            let fault = row(7, named).verify(7, &chain::GENESIS).err();
            assert_eq!(fault, Some(Fault { seq: 7, what: "it names another position" }), "{named}");
        }
    }

    #[test]
    fn each_way_in_which_a_row_does_not_fit_is_told_apart() {
        let fault = |row: Row| row.verify(7, &chain::GENESIS).err().map(|fault| fault.what);
        assert_eq!(fault(row(8, 8)), Some("a record is missing before this one"));
        assert_eq!(fault(Row { body: None, ..row(7, 7) }), Some("its bytes are gone without an erasure"));
        assert_eq!(fault(Row { salt: Some(b"other".to_vec()), ..row(7, 7) }), Some("its bytes are not the ones that were hashed"));
        assert_eq!(fault(Row { hash: vec![0; 32], ..row(7, 7) }), Some("it does not follow from the record before it"));
    }
}
