//! The mailbox: a small file beside the database that keeps a no which could not be recorded, until a call that can write takes it in. It is
//! for a disk that fails under the database, a device that is locked, a file that a later version of this library wrote, and an app's
//! extension, which does not open the database at all.
//!
//! Each letter lies on a line of its own with its own digest. The file is replaced as a whole. It names people by the references that the
//! records bear, and nobody by an account.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;

use super::denial::{Denial, Denied};
use crate::{
    disk::{Disk, MAX_READ_BYTES, beside},
    json::{self, FromJson},
    ledger::{Choice, Import, chain},
    signal::Signals,
    store::Watermark,
};

/// What the path of the database ends with where it names the mailbox.
const ENDING: &str = "-mailbox";

/// The first line. The digit is the version of this format.
const BEGINS: &str = "CKmail1";

/// Most bytes of a mailbox, so that it is always read as a whole. That is room for the noes of a person to about a hundred purposes.
const MAX_BYTES: usize = MAX_READ_BYTES as usize - 1024;

/// Characters of the digest before a letter: 64 bits in hex, enough to tell a letter that was altered.
const DIGEST_CHARS: usize = 16;

/// One denial in the mailbox: of the fields behind `offset` those that its kind needs.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
struct Letter {
    op: String,
    at: i64,
    offset: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    no: Option<Choice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    import: Option<Import>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signals: Option<Signals>,
    /// The person of whom `signals` are, or who left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    /// The anonymous person who came when `person` left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// The keyed hash of another advertising id, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ad_id: Option<String>,
}

/// What became of a change of the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is on the disk.
    Done,
    /// There is no place for so much in it.
    Full,
    /// It could not be written.
    Failed,
}

/// What lies in a mailbox.
#[derive(Clone, Default, PartialEq, Eq)]
struct Content {
    letters: Vec<Letter>,
    /// Lines that are no letter any more.
    unreadable: usize,
}

/// The mailbox of one database.
pub struct Mailbox {
    path: PathBuf,
    disk: Arc<dyn Disk>,
    /// Its lock is that of all small files beside the database.
    watermark: Watermark,
    /// The operations of those letters that this handle holds in memory, or has put in.
    held: Mutex<BTreeSet<String>>,
}

impl Mailbox {
    /// The mailbox that belongs to a database.
    pub fn of(database: &Path, disk: Arc<dyn Disk>, watermark: Watermark) -> Self {
        Self { path: beside(database, ENDING), disk, watermark, held: Mutex::default() }
    }

    fn held(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True where there is a mailbox at all.
    pub fn is_there(&self) -> bool {
        self.path.exists()
    }

    /// The denials in it that this handle does not hold yet. From here on it does.
    pub fn take_up(&self) -> Vec<Denial> {
        let mut held = self.held();
        self.read().letters.into_iter().filter(|letter| held.insert(letter.op.clone())).filter_map(Letter::open).collect()
    }

    /// How many letters were in it and cannot be read any more.
    pub fn unreadable(&self) -> usize {
        self.read().unreadable
    }

    /// The operations of all letters that this handle holds in memory, or has put in.
    pub fn held_ops(&self) -> Vec<String> {
        self.held().iter().cloned().collect()
    }

    /// Puts denials in, in the place of all that this handle put in or took up before. True where each of them lies there now, and survives a
    /// power cut.
    pub fn post(&self, denials: &[Denial]) -> bool {
        let fits: Vec<Letter> = denials.iter().filter_map(Letter::of).collect();
        let by_itself = denials.iter().filter(|denial| denial.is_recorded_by_itself()).count();
        if fits.is_empty() {
            return false;
        }
        let mut held = self.held();
        let changed = self.change(|content| {
            content.letters.retain(|letter| !held.contains(&letter.op));
            content.letters.extend(fits.iter().cloned());
        });
        if changed == Changed::Done {
            held.extend(fits.iter().map(|letter| letter.op.clone()));
        }
        changed == Changed::Done && fits.len() == by_itself
    }

    /// Adds noes to it, each in the place of one to the same purpose by the same person.
    pub fn add(&self, noes: &[Denial]) -> Changed {
        let letters: Vec<Letter> = noes.iter().filter_map(Letter::of).collect();
        let same = |one: &Letter, other: &Letter| match (&one.no, &other.no) {
            (Some(one), Some(other)) => (&one.subject, &one.purpose) == (&other.subject, &other.purpose),
            _ => false,
        };
        self.change(|content| {
            content.letters.retain(|letter| !letters.iter().any(|added| same(added, letter)));
            content.letters.extend(letters.iter().cloned());
        })
    }

    /// Takes out what cannot be read any more, once the ledger says that it is lost.
    pub fn forget_unreadable(&self) {
        if self.unreadable() > 0 {
            self.change(|content| content.unreadable = 0);
        }
    }

    /// Takes letters out that are recorded now.
    pub fn forget(&self, ops: &[String]) {
        let gone = self.change(|content| content.letters.retain(|letter| !ops.contains(&letter.op)));
        if gone == Changed::Done {
            self.held().retain(|op| !ops.contains(op));
        }
    }

    /// Takes everything out.
    pub fn empty(&self) {
        self.change(|content| *content = Content::default());
    }

    fn change(&self, work: impl FnOnce(&mut Content)) -> Changed {
        // Held until the end, so that no other process writes over what this one reads.
        let _lock = self.watermark.lock();
        let before = self.read();
        let mut content = before.clone();
        work(&mut content);
        let written = if content == before {
            Ok(())
        } else if content == Content::default() {
            self.disk.remove(&self.path)
        } else {
            let text = content.text();
            if text.len() > MAX_BYTES {
                return Changed::Full;
            }
            self.disk.replace(&self.path, text.as_bytes())
        };
        if written.is_ok() { Changed::Done } else { Changed::Failed }
    }

    fn read(&self) -> Content {
        let Ok(Some(bytes)) = self.disk.read(&self.path) else { return Content::default() };
        Content::of(&String::from_utf8_lossy(&bytes))
    }
}

impl Content {
    fn of(text: &str) -> Self {
        let mut lines = text.split('\n');
        if lines.next() != Some(BEGINS) {
            return Self { letters: vec![], unreadable: 1 };
        }
        let (mut content, mut ended) = (Self::default(), false);
        for line in lines {
            // The last line is empty, so that one that was cut off is missed.
            ended = line.is_empty();
            match Letter::read(line) {
                Some(letter) => content.letters.push(letter),
                None if ended => {}
                None => content.unreadable += 1,
            }
        }
        content.unreadable += usize::from(!ended);
        content
    }

    fn text(&self) -> String {
        let mut text = format!("{BEGINS}\n");
        self.letters.iter().for_each(|letter| text.push_str(&letter.line()));
        // What cannot be read keeps its place until an opening has taken notice of it.
        (0..self.unreadable).for_each(|_| text.push_str("?\n"));
        text
    }
}

impl Letter {
    /// The letter of a denial. `None` for one that the server tells again by itself, and for a sign-in that failed.
    fn of(denial: &Denial) -> Option<Self> {
        let Denial { at, offset, .. } = *denial;
        let empty =
            Self { op: denial.op.clone(), at, offset, no: None, import: None, signals: None, person: None, next: None, ad_id: None };
        Some(match &denial.what {
            Denied::No(choice) => Self { no: Some(choice.clone()), ..empty },
            Denied::Import(import) => Self { import: Some(import.clone()), ..empty },
            Denied::Signal(signals) => Self { signals: Some(*signals), ..empty },
            Denied::Person { person, reported } => Self { person: Some(person.clone()), signals: Some(*reported), ..empty },
            Denied::AnotherAdId(tag) => Self { ad_id: Some(chain::hex(tag)), ..empty },
            Denied::Left { person, next } => Self { person: Some(person.clone()), next: Some(next.clone()), ..empty },
            Denied::Arriving { .. } | Denied::ServerState(_) | Denied::Edition { .. } => return None,
        })
    }

    /// The denial that a letter is of.
    fn open(self) -> Option<Denial> {
        let Self { op, at, offset, no, import, signals, person, next, ad_id } = self;
        let what = match (no, import, signals, person, next, ad_id) {
            (Some(choice), ..) if choice.choice.lowers() => Denied::No(choice),
            (_, Some(import), ..) if import.choice.lowers() => Denied::Import(import),
            // A letter only ever takes away, whoever wrote it.
            (_, _, Some(reported), ..) if reported.denials() != [reported] => return None,
            (_, _, Some(reported), Some(person), ..) => Denied::Person { person, reported },
            (_, _, Some(reported), ..) => Denied::Signal(reported),
            (_, _, _, Some(person), Some(next), _) => Denied::Left { person, next },
            (.., Some(tag)) => Denied::AnotherAdId(chain::unhex(&tag)?),
            _ => return None,
        };
        Some(Denial { id: 0, left_over: false, at, offset, op, what })
    }

    fn line(&self) -> String {
        let json = serde_json::to_string(self).unwrap_or_default();
        format!("{} {json}\n", digest(&json))
    }

    fn read(line: &str) -> Option<Self> {
        let (found, json) = line.split_once(' ')?;
        if found == digest(json) { json::own(json.as_bytes()) } else { None }
    }
}

fn digest(json: &str) -> String {
    let mut digest = chain::hex(&chain::hash(json.as_bytes()));
    digest.truncate(DIGEST_CHARS);
    digest
}
