//! Installations and their tokens.

use rusqlite::{OptionalExtension, Transaction, params};

use crate::{http::Fault, key};

/// One installation.
pub struct Install {
    /// Its name.
    pub install: String,
    /// SHA-256 of its token.
    pub token: Vec<u8>,
    /// True once a change of it was accepted.
    pub used: bool,
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Install> {
    Ok(Install { install: row.get(0)?, token: row.get(1)?, used: row.get(2)? })
}

/// The installation of that name.
pub fn install(tx: &Transaction<'_>, id: &str) -> Result<Option<Install>, Fault> {
    Ok(tx.query_row("SELECT install, token, used FROM install WHERE install = ?1", [id], read).optional()?)
}

/// The installation that this token belongs to. The digest of the token is looked up, so that the time that it takes tells nothing about a
/// token that is nearly right.
pub fn install_by_token(tx: &Transaction<'_>, token: &str) -> Result<Option<Install>, Fault> {
    let digest = key::digest(token);
    Ok(tx.query_row("SELECT install, token, used FROM install WHERE token = ?1", [&digest[..]], read).optional()?)
}

/// Gives an installation its token. An earlier token is void from then on.
pub fn register(tx: &Transaction<'_>, id: &str, token: &str, now: i64) -> Result<(), Fault> {
    tx.execute(
        "INSERT INTO install (install, token, registered_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (install) DO UPDATE SET token = excluded.token",
        params![id, &key::digest(token)[..], now],
    )?;
    Ok(())
}

/// Notes that the installation has sent a change, so its token is in use. From here on it gets a new token only if it shows this one.
pub fn mark_used(tx: &Transaction<'_>, id: &str) -> Result<(), Fault> {
    tx.execute("UPDATE install SET used = 1 WHERE install = ?1 AND used = 0", [id])?;
    Ok(())
}

/// Gives a subject's numbering a new name and returns it. Numbers that a form showed under the old name no longer count.
pub fn renew(tx: &Transaction<'_>, subject: i64) -> Result<String, Fault> {
    let numbering = key::random_name()?;
    tx.execute("UPDATE subject SET history = ?1 WHERE id = ?2", params![numbering, subject])?;
    Ok(numbering)
}

/// Gives every numbering a new name, and returns how many there are.
pub fn renew_all(tx: &Transaction<'_>) -> Result<usize, Fault> {
    let ids = tx.prepare("SELECT id FROM subject")?.query_map([], |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
    for subject in &ids {
        renew(tx, *subject)?;
    }
    Ok(ids.len())
}
