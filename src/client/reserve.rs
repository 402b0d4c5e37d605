//! The reserve: a file beside the database that takes up room on the disk, so that a no finds room where the disk is full.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::disk::{Disk, beside};

/// What the path of the database ends with where it names the reserve.
const ENDING: &str = "-reserve";

/// Bytes of the reserve. A file that was closed needs 32 KiB to be opened, and a no between 20 and 30 KiB of the log; folded back, a no takes
/// about 1 KiB of the database.
const BYTES: usize = 256 * 1024;

/// The reserve of one database. Nothing is in it that anybody reads, so it costs nothing to lose it but the room.
pub struct Reserve {
    path: PathBuf,
    disk: Arc<dyn Disk>,
    /// True while it may take up less than it should.
    is_short: AtomicBool,
}

impl Reserve {
    /// The reserve that belongs to a database.
    pub fn of(database: &Path, disk: Arc<dyn Disk>) -> Self {
        Self { path: beside(database, ENDING), disk, is_short: AtomicBool::new(true) }
    }

    /// Takes up what is missing, as far as there is room. False where the disk is full. Where the reserve cannot be made for any other reason
    /// that is no want of room.
    pub fn fill(&self) -> bool {
        if !self.is_short.load(Ordering::Relaxed) {
            return true;
        }
        let is_whole = self.disk.take_up(&self.path, BYTES);
        self.is_short.store(!matches!(is_whole, Ok(true)), Ordering::Relaxed);
        !matches!(is_whole, Ok(false))
    }

    /// Gives the room back to the disk.
    pub fn release(&self) {
        self.is_short.store(true, Ordering::Relaxed);
        // Where it cannot be removed it takes nothing away from anybody but room.
        drop(self.disk.remove(&self.path));
    }
}
