//! The tape: what a client did to its files, in order, and the faults that a disk is told to have. A thread has one tape at a time, since
//! SQLite works in the thread that calls the client.

use std::{cell::RefCell, path::Path};

use rusqlite::ffi;

/// One of the files that a client keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    /// The database.
    Database,
    /// Its write-ahead log.
    Log,
    /// The file that SQLite writes while a database has no write-ahead log yet.
    Journal,
    /// The marker.
    Marker,
    /// The watermark.
    Watermark,
    /// The mailbox.
    Mailbox,
    /// The reserve, which only takes up room.
    Reserve,
    /// Any other file beside the database.
    Other,
}

impl Kept {
    /// Which of them a path is.
    pub fn of(path: &Path) -> Self {
        match path.file_name().and_then(|name| name.to_str()) {
            Some("consent.db") => Self::Database,
            Some("consent.db-wal") => Self::Log,
            Some("consent.db-journal") => Self::Journal,
            Some("marker") => Self::Marker,
            Some("consent.db-watermark") => Self::Watermark,
            Some("consent.db-mailbox") => Self::Mailbox,
            Some("consent.db-reserve") => Self::Reserve,
            _ => Self::Other,
        }
    }

    /// Its name in its folder.
    pub fn name(self) -> &'static str {
        match self {
            Self::Database => "consent.db",
            Self::Log => "consent.db-wal",
            Self::Journal => "consent.db-journal",
            Self::Marker => "marker",
            Self::Watermark => "consent.db-watermark",
            Self::Mailbox => "consent.db-mailbox",
            Self::Reserve => "consent.db-reserve",
            Self::Other => "other",
        }
    }
}

/// One thing that was done to a file.
#[derive(Debug, Clone)]
pub enum Operation {
    /// Bytes were written.
    Write { file: Kept, offset: usize, bytes: Vec<u8> },
    /// The file was cut to a length.
    Truncate { file: Kept, length: usize },
    /// Everything that was written before is on the disk.
    Sync { file: Kept },
    /// The file was removed; the folder is not synced.
    Delete { file: Kept },
    /// The file was replaced as a whole, and its folder was synced.
    Replace { file: Kept, bytes: Vec<u8> },
    /// Not of the disk: a call of the app returned, and what it did counts as acknowledged.
    Acknowledged,
}

/// What the disk does to an operation that it is told to fail.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// Which operation, counted from 0.
    pub at: usize,
    /// What SQLite is told.
    pub code: i32,
    /// True where every later operation fails too, as on a disk that stays full.
    pub stays: bool,
}

/// What is done with the operations of this thread.
#[derive(Default)]
pub struct Tape {
    /// Every operation so far, where they are kept.
    pub operations: Option<Vec<Operation>>,
    /// How many operations there were.
    pub count: usize,
    /// The fault that the disk is told to have.
    pub fault: Option<Fault>,
    /// True once the fault came.
    pub failed: bool,
    /// The operation at which the process ends.
    pub ends_at: Option<usize>,
    /// What the app does now, for the names of the places at which a process is killed.
    pub verb: String,
    /// True where the process says the name of the place at which it ends.
    pub says_where: bool,
    /// The name of the place of each operation so far, where they are kept.
    pub places: Option<Vec<String>>,
}

thread_local! {
    static TAPE: RefCell<Tape> = RefCell::new(Tape::default());
}

/// Does something with this thread's tape.
pub fn with<T>(work: impl FnOnce(&mut Tape) -> T) -> T {
    TAPE.with(|tape| work(&mut tape.borrow_mut()))
}

/// Puts a fresh tape in and gives the former one.
pub fn change(tape: Tape) -> Tape {
    with(|present| std::mem::replace(present, tape))
}

/// Whether an operation may be done. It is an error of SQLite where the disk fails, and where the process is to be killed here, this does
/// not return.
pub fn begins(file: Kept, what: &str) -> Result<(), i32> {
    with(|tape| {
        let at = tape.count;
        tape.count += 1;
        let place = || format!("{} {} {what}", tape.verb, file.name());
        if tape.ends_at == Some(at) {
            if tape.says_where {
                println!("at {}", place());
            }
            // Nothing is flushed and no destructor runs, as when the system kills an app.
            std::process::abort();
        }
        if tape.places.is_some() {
            let place = place();
            tape.places.get_or_insert_default().push(place);
        }
        match tape.fault {
            Some(fault) if fault.at == at || (fault.stays && at > fault.at) => {
                tape.failed = true;
                Err(fault.code)
            }
            _ => Ok(()),
        }
    })
}

/// Keeps what was done.
pub fn done(operation: Operation) {
    with(|tape| {
        if let Some(operations) = &mut tape.operations {
            operations.push(operation);
        }
    });
}

/// The codes that every operation is failed with, each with its name.
pub const CODES: [(&str, i32); 6] = [
    ("IOERR", ffi::SQLITE_IOERR_WRITE),
    ("FULL", ffi::SQLITE_FULL),
    ("FSYNC", ffi::SQLITE_IOERR_FSYNC),
    ("CANTOPEN", ffi::SQLITE_CANTOPEN),
    ("READONLY", ffi::SQLITE_READONLY),
    ("NOMEM", ffi::SQLITE_NOMEM),
];
