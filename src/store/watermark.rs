//! The watermark: a small file beside the database that says how far its ledger had come. SQLite cannot tell a write-ahead log that was cut
//! from one that was never longer, nor an older copy of a file from the newest. A ledger that ends before its watermark has lost records.
//!
//! The file has two places, each in a page of its own, which are written in turn and where they lie. Whatever happens to the one that is
//! being written, the other says what was true before.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use sha2::{Digest, Sha256};

use super::{state_table::Head, transaction::Transaction};
use crate::{
    disk::{Disk, beside, hold},
    error::Result,
    ledger::chain::Hash,
};

/// What the path of the database ends with where it names the watermark.
const ENDING: &str = "-watermark";

/// What each of the two places begins with. The digit is the version of this format.
const BEGINS: [u8; 8] = *b"CKwater1";

/// Where the second place begins, in bytes: behind the largest page that a disk of a phone writes as a whole.
const SECOND_PLACE: usize = 4096;

/// Bytes of one place, before its sum.
const SAID_BYTES: usize = 8 + 8 + 8 + 1 + 32;

/// Bytes of the sum by which a place is known to be whole.
const SUM_BYTES: usize = 16;

/// Bytes of one place.
const PLACE_BYTES: usize = SAID_BYTES + SUM_BYTES;

/// How far a ledger had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Position of the newest record.
    pub seq: i64,
    /// Its hash.
    pub hash: Hash,
}

/// What a ledger is beside its watermark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// It holds the record of the watermark, or there is no watermark.
    Whole,
    /// It ends before the watermark: so many records are missing.
    Missing {
        /// How many at least.
        records: i64,
    },
    /// It holds another record at that place, so it is not the ledger that came so far.
    Another,
}

/// One place of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// Counts the writes, so that the newer of the two places is known.
    turn: u64,
    /// True where the disk was told to keep it before anything went on.
    durable: bool,
    level: Level,
}

/// The watermark of one database.
pub struct Watermark {
    path: PathBuf,
    disk: Arc<dyn Disk>,
}

impl Watermark {
    /// The watermark that belongs to a database.
    pub fn of(database: &Path, disk: Arc<dyn Disk>) -> Self {
        Self { path: beside(database, ENDING), disk }
    }

    /// How far the ledger had come; `None` where there is no watermark, or none that can be read. A file without one is one of an earlier
    /// version, or a copy that was made without it.
    pub fn level(&self) -> Option<Level> {
        newest(self.places()).map(|place| place.level)
    }

    /// Says that the ledger came so far. With `durable` it returns once that survives a power cut.
    ///
    /// Another process may have come further meanwhile; then it is that which is made durable. Where the watermark cannot be written, the
    /// record is on the disk all the same, so that is no error: the next write tries again. Says whether it was written.
    pub(super) fn raise(&self, level: Level, durable: bool) -> bool {
        self.write(durable, |before| match before {
            Some(before) if before.seq >= level.seq => before,
            _ => level,
        })
    }

    /// The same for a ledger that was carried over into a fresh file. Where the watermark cannot be written, the next opening finds the
    /// ledger another one and begins a new installation on it once more, which takes nothing away but grants.
    pub fn begin(&self, level: Level) {
        self.set(level);
    }

    /// Says that the ledger begins anew from here, because records of it are lost: the watermark may go back.
    pub(super) fn set(&self, level: Level) -> bool {
        self.write(true, |_| level)
    }

    fn write(&self, durable: bool, choose: impl FnOnce(Option<Level>) -> Level) -> bool {
        // Held until the end, so that no other process writes what is older over what is newer.
        let _lock = self.lock();
        let places = self.places();
        let before = newest(places);
        let level = choose(before.map(|place| place.level));
        if before.is_some_and(|before| before.level == level && (before.durable || !durable)) {
            return true;
        }
        let place = Place { turn: before.map_or(1, |before| before.turn.wrapping_add(1)), durable, level };
        let at = if older(places) == 0 { 0 } else { SECOND_PLACE as u64 };
        self.disk.overwrite(&self.path, at, &place.bytes(), durable).is_ok()
    }

    fn places(&self) -> [Option<Place>; 2] {
        let bytes = self.disk.read(&self.path).ok().flatten().unwrap_or_default();
        [0, SECOND_PLACE].map(|at| bytes.get(at..at + PLACE_BYTES).and_then(Place::read))
    }

    /// The lock of the small files beside the database. The watermark is the one among them that is never replaced, so its lock is theirs.
    pub fn lock(&self) -> Option<File> {
        hold(&self.path)
    }
}

impl Place {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = BEGINS.to_vec();
        bytes.extend(self.turn.to_be_bytes());
        bytes.extend(self.level.seq.to_be_bytes());
        bytes.push(u8::from(self.durable));
        bytes.extend(self.level.hash);
        bytes.extend(sum(&bytes));
        bytes
    }

    /// Reads a place; `None` where it was never written, or is not whole.
    fn read(bytes: &[u8]) -> Option<Self> {
        let (said, found) = bytes.split_at_checked(SAID_BYTES)?;
        let rest = said.strip_prefix(&BEGINS)?;
        if sum(said) != found {
            return None;
        }
        let (turn, rest) = rest.split_first_chunk()?;
        let (seq, rest) = rest.split_first_chunk()?;
        let ([durable], hash) = rest.split_first_chunk()?;
        let level = Level { seq: i64::from_be_bytes(*seq), hash: hash.try_into().ok()? };
        Some(Self { turn: u64::from_be_bytes(*turn), durable: *durable == 1, level })
    }
}

fn sum(said: &[u8]) -> [u8; SUM_BYTES] {
    let mut sum = [0; SUM_BYTES];
    sum.copy_from_slice(&Sha256::digest(said)[..SUM_BYTES]);
    sum
}

fn newest(places: [Option<Place>; 2]) -> Option<Place> {
    places.into_iter().flatten().max_by_key(|place| place.turn)
}

/// Which place is written next. What was written last and made durable stays, so that at any moment one place is whole on the disk.
fn older(places: [Option<Place>; 2]) -> usize {
    match places {
        [None, _] => 0,
        [_, None] => 1,
        [Some(first), Some(second)] => match (first.durable, second.durable) {
            (true, false) => 1,
            (false, true) => 0,
            _ => usize::from(second.turn < first.turn),
        },
    }
}

impl Transaction<'_> {
    /// Compares the ledger with the level that its watermark had before this transaction began.
    pub fn compare(&self, head: &Head, level: Option<Level>) -> Result<Compared> {
        let Some(level) = level else { return Ok(Compared::Whole) };
        if head.seq < level.seq {
            return Ok(Compared::Missing { records: level.seq - head.seq });
        }
        let same = self.hash_at(level.seq)?.is_some_and(|hash| hash == level.hash);
        Ok(if same { Compared::Whole } else { Compared::Another })
    }
}
