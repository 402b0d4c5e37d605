//! The small files beside the database, over the same tape as the database's.

use std::{
    io::{Error, ErrorKind, Result},
    path::Path,
};

use consentkit::disk::{Disk, SystemDisk};
use rusqlite::ffi::SQLITE_FULL;

use crate::tape::{self, Kept, Operation};

/// Bytes that the reserve really takes up here. How much room there is plays no part: a full disk is a fault that is told to SQLite.
const RESERVED: usize = 512;

/// A disk that keeps on the tape what is done, and fails what the tape says.
pub struct TapedDisk;

fn begins(path: &Path, what: &str) -> Result<Kept> {
    let file = Kept::of(path);
    match tape::begins(file, what) {
        Ok(()) => Ok(file),
        Err(SQLITE_FULL) => Err(ErrorKind::StorageFull.into()),
        Err(_) => Err(Error::other("the disk failed")),
    }
}

impl Disk for TapedDisk {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>> {
        SystemDisk.read(path)
    }

    fn overwrite(&self, path: &Path, offset: u64, bytes: &[u8], durable: bool) -> Result<()> {
        let file = begins(path, "write")?;
        SystemDisk.overwrite(path, offset, bytes, false)?;
        tape::done(Operation::Write { file, offset: offset as usize, bytes: bytes.to_vec() });
        if durable {
            begins(path, "sync")?;
            tape::done(Operation::Sync { file });
        }
        Ok(())
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let file = begins(path, "replace")?;
        SystemDisk.replace(path, bytes)?;
        tape::done(Operation::Replace { file, bytes: bytes.to_vec() });
        Ok(())
    }

    fn remove(&self, path: &Path) -> Result<()> {
        let file = begins(path, "delete")?;
        SystemDisk.remove(path)?;
        tape::done(Operation::Delete { file });
        Ok(())
    }

    /// What the reserve holds says nothing, so the tape keeps only that it was written.
    fn take_up(&self, path: &Path, bytes: usize) -> Result<bool> {
        match begins(path, "write") {
            Err(error) if error.kind() == ErrorKind::StorageFull => Ok(false),
            Err(error) => Err(error),
            Ok(_) => SystemDisk.take_up(path, bytes.min(RESERVED)),
        }
    }
}
