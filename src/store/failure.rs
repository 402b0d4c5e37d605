//! What SQLite says, as an error of this library.

use rusqlite::{ErrorCode, ffi};

use crate::error::Error;

/// What the error of a file says that another process or thread has locked.
const HELD: &str = "another process holds it";

/// Translates an error of SQLite. SQLite's own texts are left out, because they may quote what was stored.
pub fn failure(error: rusqlite::Error) -> Error {
    let (code, kind) = match &error {
        rusqlite::Error::SqliteFailure(inner, _) => (inner.extended_code, Some(inner.code)),
        _ => (0, None),
    };
    let reason = match kind {
        Some(ErrorCode::NotADatabase) => return Error::NotADatabase,
        Some(ErrorCode::DatabaseCorrupt) => return Error::Damaged { reason: "a page of the file is malformed".into() },
        // Nothing here writes a row twice, so a row that is there already does not fit the others.
        Some(ErrorCode::ConstraintViolation) if [ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_CONSTRAINT_UNIQUE].contains(&code) => {
            return Error::Damaged { reason: "two rows of the file contradict each other".into() };
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => HELD,
        Some(ErrorCode::CannotOpen) => {
            "the file cannot be opened; make its folder, unlock the device, or give the app the right to write there"
        }
        Some(ErrorCode::DiskFull) => "the disk is full",
        Some(ErrorCode::ReadOnly) if code == ffi::SQLITE_READONLY_DIRECTORY => {
            "the folder of the file takes no files, and its write-ahead log needs two; give the app the right to write there"
        }
        Some(ErrorCode::ReadOnly) => "the file is read-only",
        Some(ErrorCode::SystemIoFailure) => "reading or writing failed",
        Some(ErrorCode::AuthorizationForStatementDenied) if code == ffi::SQLITE_AUTH => "the device is locked",
        Some(_) => "SQLite refused",
        None => return Error::Damaged { reason: "a stored value is of the wrong kind".into() },
    };
    Error::StoreUnavailable { reason: reason.into(), code }
}

/// True where the disk is at fault, and not another process or the file itself: it is full, or read-only, or it failed, or the device is locked.
pub fn is_of_the_disk(error: &Error) -> bool {
    let of_the_disk = [ffi::SQLITE_FULL, ffi::SQLITE_IOERR, ffi::SQLITE_CANTOPEN, ffi::SQLITE_READONLY, ffi::SQLITE_PERM, ffi::SQLITE_AUTH];
    // The lowest byte of an extended code is the plain one.
    matches!(error, Error::StoreUnavailable { code, .. } if of_the_disk.contains(&(code & 0xff)))
}

/// True where more room on the disk may help: a write failed, or a file that was to be made.
pub fn wants_room(error: &Error) -> bool {
    let of_room = [ffi::SQLITE_FULL, ffi::SQLITE_IOERR, ffi::SQLITE_CANTOPEN];
    matches!(error, Error::StoreUnavailable { code, .. } if of_room.contains(&(code & 0xff)))
}

/// The error for a call that has to leave what room there is to refusals and withdrawals.
pub fn full() -> Error {
    let reason = "the disk is full, and what room is left is kept for refusals and withdrawals; make room on the disk";
    Error::StoreUnavailable { reason: reason.into(), code: ffi::SQLITE_FULL }
}

/// The error for a file that is not the one any more that was opened.
pub fn moved() -> Error {
    Error::StoreUnavailable {
        reason: "the file was replaced or removed while it was open; open it again".into(),
        code: ffi::SQLITE_READONLY_DBMOVED,
    }
}

/// The error for a file that could not be moved into its place.
pub fn unusable_file(_: std::io::Error) -> Error {
    Error::StoreUnavailable { reason: "the file cannot be moved into its place".into(), code: 0 }
}

/// The error for a file that another holds, with SQLite's code where SQLite said so, and 0 where it did not.
pub fn held(code: i32) -> Error {
    Error::StoreUnavailable { reason: HELD.into(), code }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_takes_no_files_is_told_from_a_file_that_is_read_only() {
        let reason = |code| match failure(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)) {
            Error::StoreUnavailable { reason, code: told } if told == code => reason,
            other => other.to_string(),
        };
        assert!(reason(ffi::SQLITE_READONLY_DIRECTORY).contains("the folder of the file takes no files"));
        assert!(reason(ffi::SQLITE_READONLY).contains("the file is read-only"));
    }
}
