//! The table `state`: what follows from the records, one row for each key, and the root that ties it to the ledger.
//!
//! The changes that wait to be sent are rows of the same table, so that recording a choice writes one page of it. `outbox/` reads and writes
//! those; here only the rows at [`PLACE_OF_STATE`] are touched.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use super::{
    failure::failure,
    key_table::{NO_KEY, NO_PURPOSE, PLACE_OF_STATE},
    ledger_rows::{End, Fault, Follower},
    transaction::{Transaction, toggle},
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

/// The end of the ledger and the state that follows from it, as they are in the file.
#[derive(Debug, Clone)]
pub struct Head {
    /// Position of the last record; 0 for an empty ledger.
    pub seq: i64,
    /// Its hash.
    pub hash: Hash,
    /// Changes that wait to be sent.
    pub pending: i64,
    /// What follows from the records up to there.
    pub state: State,
    /// The sum over the changes that wait.
    pub(super) waiting: Hash,
    /// The sum over what else is kept that decides or is sent.
    kept: Hash,
    /// The root that the last record bears; `None` for an empty ledger.
    root: Option<Hash>,
    /// The hash of each row, by the number of its key.
    rows: BTreeMap<i64, Hash>,
}

/// What a root covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Everything that decides or is sent.
    Present,
    /// The state and the number of what waits, as in files of a schema before the seventh.
    Former,
}

impl Default for Head {
    fn default() -> Self {
        let (waiting, kept) = (Hash::default(), Hash::default());
        Self { seq: 0, hash: GENESIS, pending: 0, state: State::default(), waiting, kept, root: None, rows: BTreeMap::new() }
    }
}

impl Head {
    /// Hash over every row of the state, the end of the ledger, the number of waiting changes and the sums over them and over what else is
    /// kept. Each row has a hash of its own, so a choice hashes its own row anew and takes only the hashes of the others. Earlier versions
    /// left the sums out.
    fn root_of(&self, form: Form) -> Hash {
        let mut digest = Sha256::new();
        for row in self.rows.values() {
            digest.update(row);
        }
        digest.update(self.hash);
        digest.update(self.seq.to_be_bytes());
        digest.update(self.pending.to_be_bytes());
        if form == Form::Present {
            digest.update(self.waiting);
            digest.update(self.kept);
        }
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
    /// True where a head was read from this state of the file, and need not be read again.
    pub(super) fn is_at(&self, head: &Head) -> Result<bool> {
        let mut statement =
            self.inner.prepare_cached("SELECT seq, pending, root FROM ledger ORDER BY seq DESC LIMIT 1").map_err(failure)?;
        // A last record without a number or a root did not end its transaction. No head is like that, so the state is read and found damaged.
        type End = (i64, Option<i64>, Option<Hash>);
        let end = statement.query_row([], |row| Ok::<End, _>((row.get(0)?, row.get(1)?, row.get(2)?))).optional().map_err(failure)?;
        Ok(match end {
            None => head.seq == 0,
            Some(end) => end == (head.seq, Some(head.pending), head.root),
        })
    }

    /// Reads the state and checks its root. The ledger itself is not read, so this costs the same whatever its length.
    pub fn head(&self) -> Result<Head> {
        let mut state = State::default();
        let mut subjects = BTreeMap::<String, Subject>::new();
        let head = self.stored(Form::Present, |key, value| {
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

    /// Checks the root over the rows of the state as they are. They may be of an earlier version, whose values this one cannot read.
    pub fn check_former_root(&self) -> Result<()> {
        self.stored(Form::Former, |_, _| Ok(())).map(drop)
    }

    /// Shows `each` the rows of the state, the one of no key first, and checks their root.
    fn stored(&self, form: Form, mut each: impl FnMut(Option<(String, String)>, &str) -> Result<()>) -> Result<Head> {
        let damaged = |reason: &str| Error::Damaged { reason: reason.into() };
        let sql = "SELECT value FROM state WHERE key = ?1 AND place = ?2";
        let rest: Option<String> = self.inner.query_row(sql, [NO_KEY, PLACE_OF_STATE], |row| row.get(0)).optional().map_err(failure)?;
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
        let rows = BTreeMap::from([(NO_KEY, row_hash("", "", &rest))]);
        each(None, &rest)?;
        let mut head = Head { seq, hash, pending, root: Some(root), rows, ..Head::default() };
        if form == Form::Present {
            let sql = "SELECT waiting FROM ledger WHERE seq = ?1";
            let waiting: Option<Hash> = self.inner.query_row(sql, [seq], |row| row.get(0)).map_err(failure)?;
            head.waiting = waiting.ok_or_else(|| damaged("the ledger does not end where the state says"))?;
            head.kept = self.sum_kept()?;
        }
        // CROSS JOIN makes SQLite go from key to key, so that the changes that wait behind each are passed over, however many they are.
        let sql = "SELECT id, subject, purpose, value FROM key CROSS JOIN state ON state.key = key.id AND place = ?1";
        let mut statement = self.inner.prepare(sql).map_err(failure)?;
        let mut rows = statement.query([PLACE_OF_STATE]).map_err(failure)?;
        while let Some(row) = rows.next().map_err(failure)? {
            let id = row.get(0).map_err(failure)?;
            let (subject, purpose): (String, String) = (row.get(1).map_err(failure)?, row.get(2).map_err(failure)?);
            let value: String = row.get(3).map_err(failure)?;
            head.rows.insert(id, row_hash(&subject, &purpose, &value));
            each(Some((subject, purpose)), &value)?;
        }
        if head.root_of(form) != root {
            return Err(damaged("the state, or what else is kept beside the records, is not what was written"));
        }
        if form == Form::Present {
            self.check_indexes()?;
            self.check_few_waiting(&head)?;
        }
        Ok(head)
    }

    /// Makes the state of an earlier version's file anew from its records, each of which is checked against the chain. What waits to be sent
    /// stays.
    pub fn refold(&self) -> Result<()> {
        self.fold_anew(true).map(drop)
    }

    /// The same after records were erased, before a record says so. Gives the head that follows from those that are left.
    pub fn fold_what_is_left(&self) -> Result<Head> {
        self.fold_anew(false)
    }

    fn fold_anew(&self, says_so: bool) -> Result<Head> {
        let (mut head, mut follower) = (Head::default(), Follower::default());
        let broken = |fault: Fault| Error::Damaged { reason: format!("record {}: {}", fault.seq, fault.what) };
        self.walk(1, |row| {
            if let Some(record) = follower.follow(&row).map_err(broken)? {
                head.state.apply(&record);
            }
            Ok(true)
        })?;
        if says_so {
            follower.end().map_err(broken)?;
        }
        (head.seq, head.hash) = (follower.seq, follower.hash);
        if head.seq == 0 {
            return Ok(head);
        }
        self.inner.execute("DELETE FROM state WHERE place = ?1", [PLACE_OF_STATE]).map_err(failure)?;
        let keys = |(subject, known): (&String, &Subject)| {
            let subject = subject.clone();
            known.keys.keys().map(|purpose| (subject.clone(), purpose.clone())).collect::<Vec<_>>()
        };
        let subjects = head.state.subjects.keys().cloned().collect();
        let touched = Touched { keys: head.state.subjects.iter().flat_map(keys).collect(), subjects, head: true };
        head.pending = self.count_outbox()?;
        self.sum_anew();
        self.kept_changed();
        let end = self.save(&mut head, &touched)?;
        self.set_end(head.seq, &end)?;
        Ok(head)
    }

    /// Writes the rows of the state that changed, and gives what the last record is to bear.
    pub fn save(&self, head: &mut Head, touched: &Touched) -> Result<End> {
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
            self.save_row(head, NO_KEY, row_hash("", "", &value), &value)?;
        }
        let unrooted = self.take_unrooted();
        if unrooted.waiting_anew {
            head.waiting = self.sum_waiting()?;
        } else {
            toggle(&mut head.waiting, &unrooted.waiting);
        }
        if unrooted.kept {
            head.kept = self.sum_kept()?;
        }
        let root = head.root_of(Form::Present);
        head.root = Some(root);
        Ok(End { pending: head.pending, waiting: head.waiting, root })
    }

    fn save_row(&self, head: &mut Head, key: i64, hash: Hash, value: &str) -> Result<()> {
        let sql = match head.rows.insert(key, hash) {
            Some(before) if before == hash => return Ok(()),
            Some(_) => "UPDATE state SET value = ?3 WHERE key = ?1 AND place = ?2",
            None => "INSERT INTO state (key, place, value) VALUES (?1, ?2, ?3)",
        };
        let mut statement = self.inner.prepare_cached(sql).map_err(failure)?;
        statement.execute(params![key, PLACE_OF_STATE, value]).map_err(failure)?;
        Ok(())
    }
}
