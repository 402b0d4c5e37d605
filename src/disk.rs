//! The small files beside the database. This is the only file that reads or writes them, so that a test can let a disk fail, or lose what
//! was not synced. The database itself is SQLite's.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read, Result, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

/// The most that is read of a small file, in bytes. All that this library keeps in one is shorter.
pub(crate) const MAX_READ_BYTES: u64 = 64 * 1024;

/// Where the small files beside the database lie. Tests bring their own.
pub trait Disk: Send + Sync {
    /// What a file holds; `None` where there is no such file.
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>>;

    /// Overwrites a part of a file where it lies, and makes the file where there is none. With `durable` it returns once that survives a
    /// power cut. The bytes before and behind that part are left alone.
    fn overwrite(&self, path: &Path, offset: u64, bytes: &[u8], durable: bool) -> Result<()>;

    /// Replaces a whole file and returns once that survives a power cut. Whenever the process or the power ends, the old file is there as a
    /// whole, or the new one.
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<()>;

    /// Removes a file. One that is not there is removed already. After a power cut it may be there again.
    fn remove(&self, path: &Path) -> Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Lets a file take up so many bytes of the disk, or as many as there is room for. False where there was not room for all of them.
    fn take_up(&self, path: &Path, bytes: usize) -> Result<bool> {
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        let mut length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        while length < bytes {
            let more = (bytes - length).min(TAKEN_AT_ONCE);
            match file.write(&incompressible(length, more)) {
                Ok(0) => return Ok(false),
                Ok(written) => length += written,
                Err(error) if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

/// Bytes that are written at once while room is taken up.
const TAKEN_AT_ONCE: usize = 16 * 1024;

/// Bytes that no file system makes smaller, so that they take up the room that they seem to. `seed` makes each part another one.
fn incompressible(seed: usize, bytes: usize) -> Vec<u8> {
    let mut state = u64::try_from(seed).unwrap_or_default() ^ 0x9e37_79b9_7f4a_7c15;
    let next = || {
        // Marsaglia's generator with the shifts 13, 7 and 17.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(next).flatten().take(bytes).collect()
}

/// The system's disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDisk;

impl Disk for SystemDisk {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>> {
        let mut bytes = vec![];
        match File::open(path) {
            Ok(file) => file.take(MAX_READ_BYTES).read_to_end(&mut bytes)?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Some(bytes))
    }

    fn overwrite(&self, path: &Path, offset: u64, bytes: &[u8], durable: bool) -> Result<()> {
        let (mut file, is_new) = match OpenOptions::new().write(true).open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => (File::create(path)?, true),
            opened => (opened?, false),
        };
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)?;
        if durable {
            file.sync_all()?;
            if is_new {
                sync_folder(path)?;
            }
        }
        Ok(())
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let fresh = beside(path, ".new");
        let mut file = File::create(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        rename(&fresh, path)
    }
}

/// How often the lock of a small file is tried that another process has, and how long between two tries. Together it is a second, far more
/// than a disk takes to write one.
const TRIES: usize = 200;
const BETWEEN_TRIES: Duration = Duration::from_millis(5);

/// Takes a file's lock, and makes the file where there is none. `None` where it cannot be opened. Where another process keeps the lock, it is
/// given up after a second and the file is given without it, since a process that was stopped must not hold up a withdrawal.
#[expect(clippy::disallowed_methods, reason = "the lock of a file has no time-out of its own, and no host is asked while it is waited for")]
pub fn hold(path: &Path) -> Option<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).ok()?;
    for _ in 0..TRIES {
        match try_lock(&file) {
            Ok(false) => thread::sleep(BETWEEN_TRIES),
            _ => break,
        }
    }
    Some(file)
}

/// Takes a file's lock, which the kernel frees with the file or with its process; false where another process has it. The standard library's
/// own lock fails on every Android until Rust 1.98.
#[cfg(unix)]
pub fn try_lock(file: &File) -> Result<bool> {
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

/// Takes a file's lock, which the system frees with the file or with its process; false where another process has it.
#[cfg(not(unix))]
pub fn try_lock(file: &File) -> Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(std::fs::TryLockError::WouldBlock) => Ok(false),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Puts a file in the place of another one, and returns once that survives a power cut.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to)?;
    sync_folder(to)
}

/// What a file is known by as long as it exists, whatever it is called; `None` where the system has no such number.
#[cfg(unix)]
pub fn identity(path: &Path) -> Result<Option<(u64, u64)>> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).map(|file| Some((file.dev(), file.ino())))
}

/// What a file is known by as long as it exists, whatever it is called. Elsewhere than on Unix an open file cannot be replaced or removed.
#[cfg(not(unix))]
pub fn identity(_: &Path) -> Result<Option<(u64, u64)>> {
    Ok(None)
}

/// The path of a file that lies beside another one and is named after it.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// Lets a file's name survive a power cut.
#[cfg(unix)]
fn sync_folder(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Lets a file's name survive a power cut. Elsewhere than on Unix a folder cannot be opened to sync it, and a rename is written through.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> Result<()> {
    Ok(())
}
