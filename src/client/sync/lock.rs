//! One sync at a time, in this process and across processes.

use std::{
    fs::{File, OpenOptions},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::{
    disk::{beside, try_lock},
    error::{Error, Result},
};

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
    let unusable = |_| Error::StoreUnavailable { reason: "the uploader's lock file cannot be opened".into(), code: 0 };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(beside(database, ".sync")).map_err(unusable)?;
    if try_lock(&file).map_err(unusable)? { Ok(file) } else { Err(Error::AlreadySyncing) }
}
