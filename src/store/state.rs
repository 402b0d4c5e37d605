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
    rows: BTreeMap<(String, String), String>,
    head_row: String,
}

impl Default for Head {
    fn default() -> Self {
        Self { seq: 0, hash: GENESIS, pending: 0, state: State::default(), rows: BTreeMap::new(), head_row: String::new() }
    }
}

impl Head {
    /// Hash over every row of the state, the head of the ledger and the number of pending changes.
    fn root(&self) -> Hash {
        let mut digest = Sha256::new();
        let mut add = |part: &[u8]| {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        };
        add(self.head_row.as_bytes());
        for ((subject, purpose), value) in &self.rows {
            add(subject.as_bytes());
            add(purpose.as_bytes());
            add(value.as_bytes());
        }
        add(&self.hash);
        add(&self.seq.to_be_bytes());
        add(&self.pending.to_be_bytes());
        digest.finalize().into()
    }
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
        let mut statement = self.inner.prepare_cached("SELECT seq, pending FROM head WHERE id = 1").map_err(failure)?;
        let place = statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional().map_err(failure)?;
        Ok(place.unwrap_or((0, 0)))
    }

    /// Reads the state and checks its root. The ledger itself is not read: this costs the same whatever its length.
    pub fn head(&self) -> Result<Head> {
        let sql = "SELECT seq, hash, pending, state, root FROM head WHERE id = 1";
        let found = self
            .inner
            .query_row(sql, [], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Hash>(1)?, row.get::<_, i64>(2)?, row.get::<_, String>(3)?, row.get::<_, Hash>(4)?))
            })
            .optional()
            .map_err(failure)?;
        let Some((seq, hash, pending, head_row, root)) = found else {
            let records: i64 = self.inner.query_row("SELECT count(*) FROM ledger", [], |row| row.get(0)).map_err(failure)?;
            return if records == 0 {
                Ok(Head::default())
            } else {
                Err(Error::Damaged { reason: "there are records but no state".into() })
            };
        };
        let mut head = Head { seq, hash, pending, state: decode(&head_row)?, rows: BTreeMap::new(), head_row };
        let mut statement = self.inner.prepare("SELECT subject, purpose, value FROM state").map_err(failure)?;
        let mut rows = statement.query([]).map_err(failure)?;
        while let Some(row) = rows.next().map_err(failure)? {
            let (subject, purpose): (String, String) = (row.get(0).map_err(failure)?, row.get(1).map_err(failure)?);
            let value: String = row.get(2).map_err(failure)?;
            let key: Key = decode(&value)?;
            head.state.subjects.entry(subject.clone()).or_default().keys.insert(purpose.clone(), key);
            head.rows.insert((subject, purpose), value);
        }
        if head.root() != root {
            return Err(Error::Damaged { reason: "the state is not the one that was written".into() });
        }
        let last: Option<Hash> =
            self.inner.query_row("SELECT hash FROM ledger WHERE seq = ?1", [seq], |row| row.get(0)).optional().map_err(failure)?;
        if seq > 0 && last != Some(hash) {
            return Err(Error::Damaged { reason: "the ledger does not end where the state says".into() });
        }
        Ok(head)
    }

    /// Writes what changed of the state, and the root.
    pub fn save(&self, head: &mut Head, touched: &Touched) -> Result<()> {
        let sql = "INSERT INTO state (subject, purpose, value) VALUES (?1, ?2, ?3) \
                   ON CONFLICT (subject, purpose) DO UPDATE SET value = excluded.value";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        for (subject, purpose) in &touched.keys {
            let Some(key) = head.state.key(subject, purpose) else { continue };
            let value = encode(key)?;
            if head.rows.get(&(subject.clone(), purpose.clone())) == Some(&value) {
                continue;
            }
            statement.execute(params![subject, purpose, value]).map_err(failure)?;
            head.rows.insert((subject.clone(), purpose.clone()), value);
        }
        if touched.head || head.head_row.is_empty() {
            head.head_row = encode(&head.state)?;
        }
        let sql = "INSERT INTO head (id, seq, hash, pending, state, root) VALUES (1, ?1, ?2, ?3, ?4, ?5) \
                   ON CONFLICT (id) DO UPDATE SET seq = ?1, hash = ?2, pending = ?3, state = ?4, root = ?5";
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        statement.execute(params![head.seq, head.hash.as_slice(), head.pending, head.head_row, head.root().as_slice()]).map_err(failure)?;
        Ok(())
    }
}
