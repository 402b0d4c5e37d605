//! A file system for SQLite that lies over the system's: it keeps on the tape what is done to each file, and fails what the tape says.
//!
//! It becomes the default one, so the shipped client runs over it as it is. Shared memory, locks and reads go straight through.
//! This is the only file with unsafe code: SQLite's face for file systems is one of C.

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    path::Path,
    ptr, slice,
    sync::OnceLock,
};

use rusqlite::ffi::{
    SQLITE_ERROR, SQLITE_OK, SQLITE_OPEN_MAIN_DB, SQLITE_OPEN_MAIN_JOURNAL, SQLITE_OPEN_WAL, sqlite3_file, sqlite3_int64,
    sqlite3_io_methods, sqlite3_vfs, sqlite3_vfs_find, sqlite3_vfs_register,
};

use crate::tape::{self, Kept, Operation};

/// A file of ours: what SQLite sees of it, which one it is, and behind it in memory the system's own.
#[repr(C)]
struct File {
    base: sqlite3_file,
    kept: Kept,
}

/// The system's file system, which does the work.
struct Beneath(*mut sqlite3_vfs);

// It is made once by SQLite, and SQLite calls it from every thread itself.
unsafe impl Send for Beneath {}
unsafe impl Sync for Beneath {}

static BENEATH: OnceLock<Beneath> = OnceLock::new();

/// Makes it the default file system, once for the process.
pub fn install() {
    BENEATH.get_or_init(|| {
        // SAFETY: SQLite answers with its default file system or with null, and takes over one that lives as long as the process.
        unsafe {
            let system = sqlite3_vfs_find(ptr::null());
            let mut ours = *system;
            ours.iVersion = 2;
            ours.szOsFile = (*system).szOsFile + size_of::<File>() as c_int;
            ours.pNext = ptr::null_mut();
            ours.zName = c"survival".as_ptr();
            ours.xOpen = Some(open);
            ours.xDelete = Some(delete);
            let registered = sqlite3_vfs_register(Box::leak(Box::new(ours)), 1);
            assert_eq!(registered, SQLITE_OK, "SQLite takes the file system");
            Beneath(system)
        }
    });
}

fn beneath() -> *mut sqlite3_vfs {
    BENEATH.get().map_or(ptr::null_mut(), |beneath| beneath.0)
}

/// The system's file behind ours.
unsafe fn real(file: *mut sqlite3_file) -> *mut sqlite3_file {
    unsafe { file.cast::<File>().add(1).cast() }
}

unsafe fn kept(file: *mut sqlite3_file) -> Kept {
    unsafe { (*file.cast::<File>()).kept }
}

/// The methods of the system's file.
unsafe fn methods<'a>(file: *mut sqlite3_file) -> &'a sqlite3_io_methods {
    unsafe { &*(*real(file)).pMethods }
}

/// Calls a method of the system's file; one that is missing is an error.
macro_rules! through {
    ($file:expr, $method:ident $(, $argument:expr)*) => {
        match methods($file).$method {
            Some(method) => method(real($file) $(, $argument)*),
            None => SQLITE_ERROR,
        }
    };
}

unsafe extern "C" fn open(_: *mut sqlite3_vfs, name: *const c_char, file: *mut sqlite3_file, flags: c_int, out: *mut c_int) -> c_int {
    unsafe {
        let ours = file.cast::<File>();
        (*ours).base.pMethods = ptr::null();
        let tracked = flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL) != 0 && !name.is_null();
        (*ours).kept = if tracked { kept_of(name) } else { Kept::Other };
        if tracked && let Err(code) = tape::begins((*ours).kept, "open") {
            return code;
        }
        let Some(open) = (*beneath()).xOpen else { return SQLITE_ERROR };
        let opened = open(beneath(), name, real(file), flags, out);
        if opened == SQLITE_OK {
            (*ours).base.pMethods = &METHODS;
        }
        opened
    }
}

unsafe fn kept_of(name: *const c_char) -> Kept {
    Kept::of(Path::new(&*unsafe { CStr::from_ptr(name) }.to_string_lossy()))
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    unsafe {
        let file = kept_of(name);
        if let Err(code) = tape::begins(file, "delete") {
            return code;
        }
        let Some(delete) = (*beneath()).xDelete else { return SQLITE_ERROR };
        let deleted = delete(beneath(), name, sync);
        if deleted == SQLITE_OK {
            tape::done(Operation::Delete { file });
        }
        deleted
    }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, data: *const c_void, amount: c_int, offset: sqlite3_int64) -> c_int {
    unsafe {
        if let Err(code) = tape::begins(kept(file), "write") {
            return code;
        }
        let written = through!(file, xWrite, data, amount, offset);
        if written == SQLITE_OK {
            let bytes = slice::from_raw_parts(data.cast::<u8>(), amount as usize).to_vec();
            tape::done(Operation::Write { file: kept(file), offset: offset as usize, bytes });
        }
        written
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, length: sqlite3_int64) -> c_int {
    unsafe {
        if let Err(code) = tape::begins(kept(file), "truncate") {
            return code;
        }
        let cut = through!(file, xTruncate, length);
        if cut == SQLITE_OK {
            tape::done(Operation::Truncate { file: kept(file), length: length as usize });
        }
        cut
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    unsafe {
        if let Err(code) = tape::begins(kept(file), "sync") {
            return code;
        }
        let synced = through!(file, xSync, flags);
        if synced == SQLITE_OK {
            tape::done(Operation::Sync { file: kept(file) });
        }
        synced
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    unsafe { through!(file, xClose) }
}

unsafe extern "C" fn read(file: *mut sqlite3_file, data: *mut c_void, amount: c_int, offset: sqlite3_int64) -> c_int {
    unsafe { through!(file, xRead, data, amount, offset) }
}

unsafe extern "C" fn size(file: *mut sqlite3_file, size: *mut sqlite3_int64) -> c_int {
    unsafe { through!(file, xFileSize, size) }
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    unsafe { through!(file, xLock, level) }
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    unsafe { through!(file, xUnlock, level) }
}

unsafe extern "C" fn check_reserved(file: *mut sqlite3_file, out: *mut c_int) -> c_int {
    unsafe { through!(file, xCheckReservedLock, out) }
}

unsafe extern "C" fn control(file: *mut sqlite3_file, what: c_int, argument: *mut c_void) -> c_int {
    unsafe { through!(file, xFileControl, what, argument) }
}

unsafe extern "C" fn sector(file: *mut sqlite3_file) -> c_int {
    unsafe { through!(file, xSectorSize) }
}

/// What the device promises: nothing. The system's own file system may say that it writes pages as a whole, which our model does not assume.
unsafe extern "C" fn promises(_: *mut sqlite3_file) -> c_int {
    0
}

unsafe extern "C" fn map_shared(file: *mut sqlite3_file, page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) -> c_int {
    unsafe { through!(file, xShmMap, page, size, extend, out) }
}

unsafe extern "C" fn lock_shared(file: *mut sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    unsafe { through!(file, xShmLock, offset, count, flags) }
}

unsafe extern "C" fn barrier(file: *mut sqlite3_file) {
    unsafe {
        if let Some(barrier) = methods(file).xShmBarrier {
            barrier(real(file));
        }
    }
}

unsafe extern "C" fn unmap_shared(file: *mut sqlite3_file, delete: c_int) -> c_int {
    unsafe { through!(file, xShmUnmap, delete) }
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector),
    xDeviceCharacteristics: Some(promises),
    xShmMap: Some(map_shared),
    xShmLock: Some(lock_shared),
    xShmBarrier: Some(barrier),
    xShmUnmap: Some(unmap_shared),
    xFetch: None,
    xUnfetch: None,
};
