//! The operator's key, and the file beside the database that keeps it from one start to the next.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::key::{self, NoRandom};

/// Where the operator's key came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// From the caller.
    Given,
    /// From this file, which only its owner may read.
    File(PathBuf),
    /// Made for this run: there is no database file to keep it beside.
    Memory,
}

/// Why there is no key.
pub enum KeyError {
    /// The file cannot be read or written.
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The key that was given holds nothing.
    Empty,
    /// None could be made.
    NoRandom(NoRandom),
}

/// The key that was given, or else the one in the file beside the database. Where there is no such file, a key is made and written there;
/// where there is no database file either, a key is made for this run alone.
pub fn operator_key(given: Option<String>, database: Option<&Path>) -> Result<(String, KeySource), KeyError> {
    if let Some(key) = given {
        if key.trim().is_empty() {
            return Err(KeyError::Empty);
        }
        return Ok((key, KeySource::Given));
    }
    let fresh = || key::random_key().map_err(KeyError::NoRandom);
    let Some(database) = database else { return Ok((fresh()?, KeySource::Memory)) };
    let path = key_file(database);
    let fail = |reason: String| KeyError::File { path: path.clone(), reason };
    match fs::read_to_string(&path) {
        Ok(text) if text.trim().is_empty() => Err(fail("is an empty file: remove it to have a new key made".into())),
        Ok(text) => Ok((text.trim().to_owned(), KeySource::File(path))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = fresh()?;
            write_private(&path, &key).map_err(|error| fail(error.to_string()))?;
            Ok((key, KeySource::File(path)))
        }
        Err(error) => Err(fail(error.to_string())),
    }
}

/// The file beside the database that holds the key.
fn key_file(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".operator-key");
    name.into()
}

/// Makes a file that is not there yet and that only its owner may read and write, from its first byte on. A file that is there is left
/// alone, and the answer is an error.
pub fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Writes a new key. It returns when the key is on disk, so that a key which was handed out is not lost in a power cut.
fn write_private(path: &Path, key: &str) -> io::Result<()> {
    let mut file = private_file(path)?;
    file.write_all(key.as_bytes())?;
    file.sync_all()
}
