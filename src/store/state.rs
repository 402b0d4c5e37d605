//! The state table: the fold of the ledger, and the root that ties both together.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use super::{
    connection::{Transaction, failure},
    ledger::{End, Fault},
    outbox::NO_PURPOSE,
};
use crate::{
    error::{Error, Result},
    json::{self, FromJson},
    ledger::{
        State, Subject, Touched,
        chain::{GENESIS, Hash},
    },
};
use sha2::{Digest, Sha256};

/// Place of the fold's own rows in the table `state`: past every record.
pub(super) const FOLD: i64 = i64::MAX;

/// The key of the row that holds the state without its keys.
const REST: i64 = 0;

/// The end of the ledger and the state that follows from it, as they are in the file.
#[derive(Debug, Clone)]
pub struct Head {
    /// Position of the last record; 0 for an empty ledger.
    pub seq: i64,
    /// Its hash.
    pub hash: Hash,
    /// Changes that wait to be sent.
    pub pending: i64,
    /// The fold.
    pub state: State,
    rows: BTreeMap<i64, Hash>,
}

impl Default for Head {
    fn default() -> Self {
        Self { seq: 0, hash: GENESIS, pending: 0, state: State::default(), rows: BTreeMap::new() }
    }
}

impl Head {
    /// Hash over every row of the fold, the end of the ledger and the number of pending changes. The rows are hashed one by one, so
    /// that a choice hashes its own anew and of the others only their hashes.
    fn root(&self) -> Hash {
        let mut digest = Sha256::new();
        for row in self.rows.values() {
            digest.update(row);
        }
        digest.update(self.hash);
        digest.update(self.seq.to_be_bytes());
        digest.update(self.pending.to_be_bytes());
        digest.finalize().into()
    }
}

fn row_hash(subject: &str, purpose: &str, value: &str) -> Hash {
    let mut digest = Sha256::new();
    for part in [subject, purpose, value] {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

fn encode<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|_| Error::Damaged { reason: "a state cannot be written".into() })
}

fn decode<T: FromJson>(text: &str) -> Result<T> {
    json::own(text.as_bytes()).ok_or_else(|| Error::Damaged { reason: "a row of the state table cannot be read".into() })
}

impl Transaction<'_> {
    /// What the file's state stands on: the position of the last record, and how many changes wait.
    pub fn place(&self) -> Result<(i64, i64)> {
        let mut statement = self.inner.prepare_cached("SELECT seq, pending FROM ledger ORDER BY seq DESC LIMIT 1").map_err(failure)?;
        let place = statement.query_row([], |row| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?))).optional().map_err(failure)?;
        // Without a number the last record is not the one that ended its transaction: no head says so, and so it is read anew.
        Ok(place.map_or((0, 0), |(seq, pending)| (seq, pending.unwrap_or(-1))))
    }

    /// Reads the state and checks its root. The ledger itself is not read: this costs the same whatever its length.
    pub fn head(&self) -> Result<Head> {
        let mut state = State::default();
        let mut subjects = BTreeMap::<String, Subject>::new();
        let head = self.stored(|key, value| {
            match key {
                None => state = decode(value)?,
                Some((reference, purpose)) if purpose == NO_PURPOSE => {
                    let subject = subjects.entry(reference).or_default();
                    *subject = Subject { keys: std::mem::take(&mut subject.keys), ..decode(value)? };
                }
                Some((reference, purpose)) => drop(subjects.entry(reference).or_default().keys.insert(purpose, decode(value)?)),
            }
            Ok(())
        })?;
        Ok(Head { state: State { subjects, ..state }, ..head })
    }

    /// Checks the root over the rows of the state as they are, whatever version wrote them.
    pub fn check_root(&self) -> Result<()> {
        self.stored(|_, _| Ok(())).map(drop)
    }

    /// Reads the rows of the state, the one of no key first, and checks their root.
    fn stored(&self, mut each: impl FnMut(Option<(String, String)>, &str) -> Result<()>) -> Result<Head> {
        let damaged = |reason: &str| Error::Damaged { reason: reason.into() };
        let sql = "SELECT value FROM state WHERE key = ?1 AND place = ?2";
        let rest: Option<String> = self.inner.query_row(sql, [REST, FOLD], |row| row.get(0)).optional().map_err(failure)?;
        let sql = "SELECT seq, hash, pending, root FROM ledger ORDER BY seq DESC LIMIT 1";
        type End = (i64, Hash, Option<i64>, Option<Hash>);
        let end = self.inner.query_row(sql, [], |row| Ok::<End, _>((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).optional();
        let (seq, hash, pending, root, rest) = match (end.map_err(failure)?, rest) {
            (None, None) => return Ok(Head::default()),
            (None, Some(_)) => return Err(damaged("there is a state but no records")),
            (Some(_), None) => return Err(damaged("there are records but no state")),
            (Some((seq, hash, Some(pending), Some(root))), Some(rest)) => (seq, hash, pending, root, rest),
            (Some(_), Some(_)) => return Err(damaged("the ledger does not end where the state says")),
        };
        let rows = BTreeMap::from([(REST, row_hash("", "", &rest))]);
        each(None, &rest)?;
        let mut head = Head { seq, hash, pending, state: State::default(), rows };
        // From key to key: what waits behind a key is passed over, however much it is.
        let sql = "SELECT id, subject, purpose, value FROM key CROSS JOIN state ON state.key = key.id AND place = ?1";
        let mut statement = self.inner.prepare(sql).map_err(failure)?;
        let mut rows = statement.query([FOLD]).map_err(failure)?;
        while let Some(row) = rows.next().map_err(failure)? {
            let id = row.get(0).map_err(failure)?;
            let (subject, purpose): (String, String) = (row.get(1).map_err(failure)?, row.get(2).map_err(failure)?);
            let value: String = row.get(3).map_err(failure)?;
            head.rows.insert(id, row_hash(&subject, &purpose, &value));
            each(Some((subject, purpose)), &value)?;
        }
        if head.root() != root {
            return Err(damaged("the state is not the one that was written"));
        }
        Ok(head)
    }

    /// Makes the state anew from the records, each held against the chain, for a file of an earlier version. What waits to be sent stays.
    pub fn refold(&self) -> Result<()> {
        let mut head = Head::default();
        self.walk(1, |row| {
            let broken = |fault: Fault| Error::Damaged { reason: format!("record {}: {}", fault.seq, fault.what) };
            let (record, hash) = row.verify(head.seq + 1, &head.hash).map_err(broken)?;
            head.state.apply(&record);
            (head.seq, head.hash) = (record.seq, hash);
            Ok(true)
        })?;
        if head.seq == 0 {
            return Ok(());
        }
        self.inner.execute("DELETE FROM state WHERE place = ?1", [FOLD]).map_err(failure)?;
        let keys = |(subject, known): (&String, &Subject)| {
            let subject = subject.clone();
            known.keys.keys().map(|purpose| (subject.clone(), purpose.clone())).collect::<Vec<_>>()
        };
        let subjects = head.state.subjects.keys().cloned().collect();
        let touched = Touched { keys: head.state.subjects.iter().flat_map(keys).collect(), subjects, head: true };
        head.pending = self.count_outbox()?;
        let end = End { root: self.save(&mut head, &touched)?, pending: head.pending };
        self.set_end(head.seq, &end)
    }

    /// The number of a key that something was written of.
    pub(super) fn known_key(&self, subject: &str, purpose: &str) -> Result<Option<i64>> {
        let mut statement = self.inner.prepare_cached("SELECT id FROM key WHERE subject = ?1 AND purpose = ?2").map_err(failure)?;
        statement.query_row([subject, purpose], |row| row.get(0)).optional().map_err(failure)
    }

    /// The number of a key, given to it when it is first written.
    pub(super) fn key(&self, subject: &str, purpose: &str) -> Result<i64> {
        if let Some(id) = self.known_key(subject, purpose)? {
            return Ok(id);
        }
        self.inner.execute("INSERT INTO key (subject, purpose) VALUES (?1, ?2)", [subject, purpose]).map_err(failure)?;
        Ok(self.inner.last_insert_rowid())
    }

    /// Writes what changed of the state, and gives the root that the last record is to bear.
    pub fn save(&self, head: &mut Head, touched: &Touched) -> Result<Hash> {
        for (subject, purpose) in &touched.keys {
            let Some(key) = head.state.key(subject, purpose) else { continue };
            let value = encode(key)?;
            self.save_row(head, self.key(subject, purpose)?, row_hash(subject, purpose, &value), &value)?;
        }
        for subject in &touched.subjects {
            let Some(found) = head.state.subjects.get(subject) else { continue };
            let value = encode(found)?;
            self.save_row(head, self.key(subject, NO_PURPOSE)?, row_hash(subject, NO_PURPOSE, &value), &value)?;
        }
        if touched.head {
            let value = encode(&head.state)?;
            self.save_row(head, REST, row_hash("", "", &value), &value)?;
        }
        Ok(head.root())
    }

    fn save_row(&self, head: &mut Head, key: i64, hash: Hash, value: &str) -> Result<()> {
        let sql = match head.rows.insert(key, hash) {
            Some(before) if before == hash => return Ok(()),
            Some(_) => "UPDATE state SET value = ?3 WHERE key = ?1 AND place = ?2",
            None => "INSERT INTO state (key, place, value) VALUES (?1, ?2, ?3)",
        };
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        statement.execute(params![key, FOLD, value]).map_err(failure)?;
        Ok(())
    }
}
