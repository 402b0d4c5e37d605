//! Subjects, the random references that records name them by, and what is linked to them.

use consentkit::sync::protocol::DEVICE_PREFIX;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::{http::Fault, key, name::SubjectName};

/// One subject. No `Debug`: the name may be an account's.
#[derive(Clone)]
pub struct Subject {
    /// Its row.
    pub id: i64,
    /// Its wire name.
    pub subject: String,
    /// The reference by which records written by this server name it.
    pub reference: String,
    /// The name of its numbering.
    pub numbering: String,
    /// The number of its changes so far.
    pub revision: i64,
    /// For `device:` and `anonymous:`: the installation that used it first.
    pub install: Option<String>,
}

/// The subject of that name.
pub fn subject(tx: &Transaction<'_>, name: &str) -> Result<Option<Subject>, Fault> {
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Subject {
            id: row.get(0)?,
            subject: row.get(1)?,
            reference: row.get(2)?,
            numbering: row.get(3)?,
            revision: row.get(4)?,
            install: row.get(5)?,
        })
    };
    let found = tx.query_row("SELECT id, subject, reference, history, revision, install FROM subject WHERE subject = ?1", [name], read);
    Ok(found.optional()?)
}

/// Makes a subject. For a subject that belongs to an installation, `install` is the one that used it first.
pub fn create_subject(tx: &Transaction<'_>, name: &str, install: Option<&str>) -> Result<Subject, Fault> {
    let own = match SubjectName::stored(name).reference() {
        Some(reference) => reference.to_owned(),
        None => key::random_name()?,
    };
    tx.execute(
        "INSERT INTO subject (subject, reference, history, install) VALUES (?1, ?2, ?3, ?4)",
        params![name, own, key::random_name()?, install],
    )?;
    let made = subject(tx, name)?.ok_or_else(Fault::damaged)?;
    tx.execute("INSERT OR IGNORE INTO reference (reference, subject) VALUES (?1, ?2)", params![made.reference, made.id])?;
    Ok(made)
}

/// Makes a device subject an installation's own.
pub fn give_to(tx: &Transaction<'_>, subject: &Subject, install: &str) -> Result<(), Fault> {
    tx.execute("UPDATE subject SET install = ?1 WHERE id = ?2", params![install, subject.id])?;
    Ok(())
}

/// The subject that a reference stands for.
pub fn reference_owner(tx: &Transaction<'_>, reference: &str) -> Result<Option<i64>, Fault> {
    Ok(tx.query_row("SELECT subject FROM reference WHERE reference = ?1", [reference], |row| row.get(0)).optional()?)
}

/// True where the reference stands for this subject.
pub fn own_reference(tx: &Transaction<'_>, subject: &Subject, reference: &str) -> Result<bool, Fault> {
    Ok(reference_owner(tx, reference)? == Some(subject.id))
}

/// The device subjects of the installations that a subject was used on, with one list for each installation.
pub fn devices_of(tx: &Transaction<'_>, subject: &Subject) -> Result<Vec<Vec<Subject>>, Fault> {
    let mut installs =
        tx.prepare("SELECT install FROM link WHERE subject = ?1 UNION SELECT install FROM subject WHERE id = ?1 AND install NOT NULL")?;
    let mut names = tx.prepare("SELECT subject FROM subject WHERE install = ?1 AND subject >= ?2 AND subject < ?3")?;
    // The names that begin with the prefix are those that sort after it and before the same text with the character after the colon in its
    // place.
    let (from, to) = (DEVICE_PREFIX, DEVICE_PREFIX.replace(':', ";"));
    let mut devices = Vec::new();
    for install in installs.query_map([subject.id], |row| row.get::<_, String>(0))? {
        let found = names.query_map(params![install?, from, to], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        let subjects = found.iter().map(|name| self::subject(tx, name)).collect::<Result<Vec<_>, _>>()?;
        devices.push(subjects.into_iter().flatten().collect());
    }
    Ok(devices)
}

/// Makes a reference stand for a subject. False where it stands for another one already.
pub fn bind_reference(tx: &Transaction<'_>, subject: &Subject, reference: &str) -> Result<bool, Fault> {
    tx.execute("INSERT OR IGNORE INTO reference (reference, subject) VALUES (?1, ?2)", params![reference, subject.id])?;
    own_reference(tx, subject, reference)
}

/// Remembers that an installation was signed in to an account.
pub fn link(tx: &Transaction<'_>, install: &str, subject: &Subject, now: i64) -> Result<(), Fault> {
    tx.execute("INSERT OR IGNORE INTO link (install, subject, linked_at) VALUES (?1, ?2, ?3)", params![install, subject.id, now])?;
    Ok(())
}

/// True where an installation was signed in to this account before.
pub fn is_linked(tx: &Transaction<'_>, install: &str, subject: &Subject) -> Result<bool, Fault> {
    let found = tx.query_row("SELECT 1 FROM link WHERE install = ?1 AND subject = ?2", params![install, subject.id], |_| Ok(()));
    Ok(found.optional()?.is_some())
}

/// Notes that what is linked to an installation is to be dropped, and why.
pub fn drop_linked(tx: &Transaction<'_>, install: &str, subject: &Subject, cause: &str, now: i64) -> Result<(), Fault> {
    tx.execute(
        "INSERT INTO linked_drop (install, subject, cause, dropped_at) VALUES (?1, ?2, ?3, ?4)",
        params![install, subject.id, cause, now],
    )?;
    Ok(())
}

/// What was dropped on the installations that a subject was used on, newest first: (installation, cause, time).
pub fn drops_of(tx: &Transaction<'_>, subject: &Subject, most: i64) -> Result<Vec<(String, String, i64)>, Fault> {
    let mut rows = tx.prepare(
        "SELECT install, cause, dropped_at FROM linked_drop
         WHERE subject = ?1 OR install IN (SELECT install FROM link WHERE subject = ?1)
         ORDER BY id DESC LIMIT ?2",
    )?;
    let drops = rows.query_map(params![subject.id, most], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(drops.collect::<Result<_, _>>()?)
}
