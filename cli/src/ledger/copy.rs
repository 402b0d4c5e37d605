//! A database that is read from a copy in a folder of its own, so that nothing is written beside the file that was given.

use std::{
    fs,
    path::{Path, PathBuf},
};

use consentkit::store::Store;
use tempfile::TempDir;

use super::of_file;
use crate::outcome::{Outcome, Stop};

/// What SQLite may keep beside a database whose process has not closed it.
const LOG: &str = "-wal";

/// The copy, and the folder that goes with it.
pub struct Copy {
    pub path: PathBuf,
    _folder: TempDir,
}

impl Copy {
    /// Copies the database, and its write-ahead log where there is one.
    pub fn of(file: &Path) -> Outcome<Self> {
        if !file.is_file() {
            return Err(Stop::file(file, "is no file; give a copy of an app's database"));
        }
        let about = |error: std::io::Error| {
            Stop::file(file, format_args!("cannot be copied to be read ({error}); free some space or give a file that you may read"))
        };
        let folder = TempDir::new().map_err(about)?;
        let path = folder.path().join("ledger.db");
        fs::copy(file, &path).map_err(about)?;
        let beside = |path: &Path| PathBuf::from(format!("{}{LOG}", path.display()));
        if beside(file).is_file() {
            fs::copy(beside(file), beside(&path)).map_err(about)?;
        }
        Ok(Self { path, _folder: folder })
    }

    /// Opens it. A file of an earlier version is brought to the newest schema, in the copy alone.
    pub fn open(&self, file: &Path) -> Outcome<Store> {
        Store::open(&self.path, None).map_err(|error| of_file(file, &error))
    }
}
