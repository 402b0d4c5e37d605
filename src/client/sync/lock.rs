//! One sync at a time, in this process and across processes.

use std::{
    fs::{File, OpenOptions},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::error::{Error, Result};

/// Shows that a sync runs in this process, until it is dropped.
pub struct Running<'a>(&'a AtomicBool);

impl<'a> Running<'a> {
    /// Begins a sync, unless one runs in this process.
    pub fn begin(syncing: &'a AtomicBool) -> Result<Self> {
        if syncing.swap(true, Ordering::Acquire) { Err(Error::AlreadySyncing) } else { Ok(Self(syncing)) }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// The lock that keeps other processes from sending at the same time. The kernel frees it, however this process ends.
pub fn uploader_lock(database: &Path) -> Result<File> {
    let mut path = database.as_os_str().to_owned();
    path.push(".sync");
    let unusable = |_| Error::StoreUnavailable { reason: "the uploader's lock file cannot be opened".into(), code: 0 };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(unusable)?;
    if lock(&file).map_err(unusable)? { Ok(file) } else { Err(Error::AlreadySyncing) }
}

/// Takes the file's lock; false where another holds it. The standard library's own lock fails on every Android until Rust 1.98.
#[cfg(unix)]
fn lock(file: &File) -> std::io::Result<bool> {
    use rustix::{
        fs::{FlockOperation, flock},
        io::Errno,
    };
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Takes the file's lock; false where another holds it.
#[cfg(not(unix))]
fn lock(file: &File) -> std::io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(std::fs::TryLockError::WouldBlock) => Ok(false),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}
