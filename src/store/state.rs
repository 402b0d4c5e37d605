//! The state table: the fold of the ledger, and the root that ties both together.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use super::connection::{Transaction, failure};
use crate::{
    error::{Error, Result},
    json::{self, FromJson},
    ledger::{
        Key, State, Touched,
        chain::{GENESIS, Hash},
    },
};
use sha2::{Digest, Sha256};

/// Place of the fold's own rows in the table `key`: past every record.
pub(super) const FOLD: i64 = i64::MAX;

/// Subject and purpose of the row that holds the state without its keys.
const REST: (&str, &str) = ("", "");

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
    rows: BTreeMap<(String, String), Hash>,
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
        let damaged = |reason: &str| Error::Damaged { reason: reason.into() };
        let mut head = Head::default();
        let rest = self.fold_row(REST.0, REST.1)?;
        let sql = "SELECT seq, hash, pending, root FROM ledger ORDER BY seq DESC LIMIT 1";
        let end = self.inner.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).optional();
        let (Some((seq, hash, pending, root)), Some(rest)) = (end.map_err(failure)?, &rest) else {
            let records: i64 = self.inner.query_row("SELECT count(*) FROM ledger", [], |row| row.get(0)).map_err(failure)?;
            return match (records, rest) {
                (0, None) => Ok(head),
                (0, Some(_)) => Err(damaged("there is a state but no records")),
                (_, _) => Err(damaged("there are records but no state")),
            };
        };
        let (Some(pending), Some(root)): (Option<i64>, Option<Hash>) = (pending, root) else {
            return Err(damaged("the ledger does not end where the state says"));
        };
        (head.seq, head.hash, head.pending, head.state) = (seq, hash, pending, decode(rest)?);
        head.rows.insert((REST.0.to_owned(), REST.1.to_owned()), row_hash(REST.0, REST.1, rest));
        // From key to key along the index: what waits behind a key is passed over, however much it is.
        let sql = "SELECT subject, purpose, place, value FROM key WHERE (subject, purpose) > (?1, ?2) \
                   ORDER BY subject, purpose, place DESC LIMIT 1";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        let (mut subject, mut purpose) = (String::new(), String::new());
        loop {
            let next = statement.query_row([&subject, &purpose], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).optional();
            let Some((next_subject, next_purpose, place, value)) = next.map_err(failure)? else { break };
            (subject, purpose) = (next_subject, next_purpose);
            let place: i64 = place;
            let value: Option<String> = value;
            if let Some(value) = value.filter(|_| place == FOLD) {
                let key: Key = decode(&value)?;
                head.rows.insert((subject.clone(), purpose.clone()), row_hash(&subject, &purpose, &value));
                head.state.subjects.entry(subject.clone()).or_default().keys.insert(purpose.clone(), key);
            }
        }
        if head.root() != root {
            return Err(damaged("the state is not the one that was written"));
        }
        Ok(head)
    }

    fn fold_row(&self, subject: &str, purpose: &str) -> Result<Option<String>> {
        let sql = "SELECT value FROM key WHERE subject = ?1 AND purpose = ?2 AND place = ?3";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        statement.query_row(params![subject, purpose, FOLD], |row| row.get(0)).optional().map_err(failure)
    }

    /// Writes what changed of the state, and gives the root that the last record is to bear.
    pub fn save(&self, head: &mut Head, touched: &Touched) -> Result<Hash> {
        for (subject, purpose) in &touched.keys {
            let Some(key) = head.state.key(subject, purpose) else { continue };
            let value = encode(key)?;
            self.save_row(head, subject, purpose, &value)?;
        }
        if touched.head {
            let value = encode(&head.state)?;
            self.save_row(head, REST.0, REST.1, &value)?;
        }
        Ok(head.root())
    }

    fn save_row(&self, head: &mut Head, subject: &str, purpose: &str, value: &str) -> Result<()> {
        let hash = row_hash(subject, purpose, value);
        let before = head.rows.insert((subject.to_owned(), purpose.to_owned()), hash);
        let sql = match before {
            Some(before) if before == hash => return Ok(()),
            Some(_) => "UPDATE key SET value = ?4 WHERE subject = ?1 AND purpose = ?2 AND place = ?3",
            None => "INSERT INTO key (subject, purpose, place, value) VALUES (?1, ?2, ?3, ?4)",
        };
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        statement.execute(params![subject, purpose, FOLD, value]).map_err(failure)?;
        Ok(())
    }
}
