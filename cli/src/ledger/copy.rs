//! A database that is read from a copy in a folder of its own, so that nothing is written beside the file that was given.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use consentkit::{
    disk::{SystemDisk, beside},
    store::{Compared, Level, Store, Watermark},
};
use tempfile::TempDir;

use super::of_file;
use crate::{
    outcome::{Found, Outcome, Stop},
    print,
};

/// What SQLite may keep beside a database whose process has not closed it: the newest records.
const LOG: &str = "-wal";

/// What the library keeps beside a database: how far its ledger had come.
const WATERMARK: &str = "-watermark";

/// The copy, and the folder that goes with it.
pub struct Copy {
    pub path: PathBuf,
    /// True where a log was copied with it.
    has_log: bool,
    /// How far the ledger had come; `None` where nothing beside the file says so.
    level: Option<Level>,
    _folder: TempDir,
}

impl Copy {
    /// Copies the database, and what lies beside it: its write-ahead log and its watermark, where they are there.
    pub fn of(file: &Path) -> Outcome<Self> {
        if !file.is_file() {
            return Err(Stop::file(file, "is no file; give a copy of an app's database"));
        }
        let about = |error: std::io::Error| {
            Stop::file(file, format_args!("cannot be copied to be read ({error}); free some space or give a file that you may read"))
        };
        let folder = TempDir::new().map_err(about)?;
        let path = folder.path().join("ledger.db");
        // The watermark comes first: where an app writes meanwhile, the ledger may be ahead of it and not the other way round.
        for ending in [WATERMARK, "", LOG] {
            let given = beside(file, ending);
            if given.is_file() {
                fs::copy(given, beside(&path, ending)).map_err(about)?;
            }
        }
        let level = Watermark::of(&path, Arc::new(SystemDisk)).level();
        Ok(Self { has_log: beside(&path, LOG).is_file(), level, path, _folder: folder })
    }

    /// Opens it. A file of an earlier version is brought to the newest schema, in the copy alone.
    pub fn open(&self, file: &Path) -> Outcome<Store> {
        Store::open(&self.path, None).map_err(|error| of_file(file, &error))
    }

    /// What cannot be told of a ledger that holds, because nothing says how far it had come.
    pub fn doubt(&self) -> Option<String> {
        let log = match self.has_log {
            true => "No file that ends in -watermark lay beside it.",
            false => "Neither a file that ends in -wal nor one that ends in -watermark lay beside it.",
        };
        let doubt = || format!("{log} The newest records may be missing: while the app is open, they are in the -wal.");
        self.level.is_none().then(doubt)
    }

    /// Tells on the standard error, beside what a command says of the records, whether the newest of them are missing or may be.
    pub fn missing(&self, file: &Path, store: &Store) -> Outcome {
        let compared = store.read(|transaction, head| transaction.compare(head, self.level)).map_err(|error| of_file(file, &error))?;
        let missing = match compared {
            Compared::Whole => None,
            Compared::Missing { records } => Some(format!(
                "{} at the end {} missing, by the -watermark beside it.",
                print::count(usize::try_from(records).unwrap_or(usize::MAX), "record"),
                if records == 1 { "is" } else { "are" }
            )),
            Compared::Another => Some("The -watermark beside it is of another ledger, or it was put back to an earlier one.".to_owned()),
        };
        if let Some(told) = missing.clone().or_else(|| self.doubt()) {
            eprintln!("consentkit: {}: {told}", file.display());
        }
        Ok(Found::when(missing.is_some()))
    }
}
