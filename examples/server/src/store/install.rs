//! Installations and their tokens.

use consentkit::{ledger::chain, signal::Signals, sync::protocol::Anchor};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::{http::Fault, key};

/// One installation.
pub struct Install {
    /// Its id.
    pub install: String,
    /// SHA-256 of its token.
    pub token: Vec<u8>,
    /// True once a change of it was taken up.
    pub used: bool,
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Install> {
    Ok(Install { install: row.get(0)?, token: row.get(1)?, used: row.get(2)? })
}

/// The installation of that id.
pub fn install(tx: &Transaction<'_>, id: &str) -> Result<Option<Install>, Fault> {
    Ok(tx.query_row("SELECT install, token, used FROM install WHERE install = ?1", [id], read).optional()?)
}

/// The installation that this token belongs to. Looking up a digest tells nothing about a token that is nearly right.
pub fn install_by_token(tx: &Transaction<'_>, token: &str) -> Result<Option<Install>, Fault> {
    let digest = key::digest(token);
    Ok(tx.query_row("SELECT install, token, used FROM install WHERE token = ?1", [&digest[..]], read).optional()?)
}

/// Gives an installation its token; an older one is void from then on.
pub fn register(tx: &Transaction<'_>, id: &str, token: &str, now: i64) -> Result<(), Fault> {
    tx.execute(
        "INSERT INTO install (install, token, registered_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (install) DO UPDATE SET token = excluded.token",
        params![id, &key::digest(token)[..], now],
    )?;
    Ok(())
}

/// From here on the installation's token is not given anew.
pub fn mark_used(tx: &Transaction<'_>, id: &str) -> Result<(), Fault> {
    tx.execute("UPDATE install SET used = 1 WHERE install = ?1 AND used = 0", [id])?;
    Ok(())
}

/// Renews the numbering of every subject of an installation that was once told of a higher place than is held here: this database is
/// older than what was acknowledged, so the numbers given since are lost and may not be given to other withdrawals under the same name.
/// Once for each acknowledged place, as the installation may go on naming it, and once for each subject that it comes with: the loss may
/// have unlinked it. Not where the record of that place is held after all, under another installation: then a phone was restored, not
/// this server. True where it renewed this subject.
pub fn renew_after_loss(tx: &Transaction<'_>, id: &str, subject: i64, acknowledged: &Anchor) -> Result<bool, Fault> {
    let held = super::anchor(tx, id)?.map_or(0, |anchor| anchor.seq);
    let noted: Option<i64> = tx.query_row("SELECT seq FROM renewal WHERE install = ?1", [id], |row| row.get(0)).optional()?;
    if acknowledged.seq > held.max(noted.unwrap_or(0)) && !is_held(tx, acknowledged)? {
        tx.execute(
            "INSERT INTO renewal (install, seq) VALUES (?1, ?2) ON CONFLICT (install) DO UPDATE SET seq = excluded.seq",
            params![id, acknowledged.seq],
        )?;
        let mut subjects = tx.prepare("SELECT id FROM subject WHERE install = ?1 UNION SELECT subject FROM link WHERE install = ?1")?;
        let ids = subjects.query_map([id], |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
        for other in ids.into_iter().filter(|other| *other != subject) {
            renew_once(tx, id, other, acknowledged.seq)?;
        }
        return renew_once(tx, id, subject, acknowledged.seq);
    }
    noted.map_or(Ok(false), |seq| renew_once(tx, id, subject, seq))
}

fn is_held(tx: &Transaction<'_>, anchor: &Anchor) -> Result<bool, Fault> {
    let hash = chain::unhex(&anchor.hash).unwrap_or_default();
    Ok(tx.prepare("SELECT 1 FROM operation WHERE hash = ?1 AND seq = ?2")?.exists(params![hash, anchor.seq])?)
}

/// Renews a subject, unless it was for this loss. True where it did.
fn renew_once(tx: &Transaction<'_>, id: &str, subject: i64, seq: i64) -> Result<bool, Fault> {
    let sql = "INSERT INTO renewed (install, subject, seq) VALUES (?1, ?2, ?3)
               ON CONFLICT (install, subject) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq";
    let fresh = tx.execute(sql, params![id, subject, seq])? > 0;
    if fresh {
        renew(tx, subject)?;
    }
    Ok(fresh)
}

/// Gives a subject's numbering a new name: what was seen under the old one no longer counts.
pub fn renew(tx: &Transaction<'_>, subject: i64) -> Result<(), Fault> {
    tx.execute("UPDATE subject SET history = ?1 WHERE id = ?2", params![key::random_name()?, subject])?;
    Ok(())
}

/// Renews every numbering, and says how many.
pub fn renew_all(tx: &Transaction<'_>) -> Result<usize, Fault> {
    let ids = tx.prepare("SELECT id FROM subject")?.query_map([], |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
    for subject in &ids {
        renew(tx, *subject)?;
    }
    Ok(ids.len())
}

/// Keeps the platform's last word; an older record that comes late changes nothing.
pub fn set_signals(tx: &Transaction<'_>, id: &str, seq: i64, signals: &Signals) -> Result<(), Fault> {
    let text = serde_json::to_string(signals).map_err(|_| Fault::damaged())?;
    tx.execute("UPDATE install SET signals = ?1, signals_seq = ?2 WHERE install = ?3 AND signals_seq <= ?2", params![text, seq, id])?;
    Ok(())
}

/// The last words of all installations that a subject was used on.
pub fn signals_of_linked(tx: &Transaction<'_>, subject: i64) -> Result<Vec<Signals>, Fault> {
    let mut rows = tx.prepare(
        "SELECT signals FROM install WHERE signals IS NOT NULL AND install IN
           (SELECT install FROM link WHERE subject = ?1 UNION SELECT install FROM subject WHERE id = ?1)",
    )?;
    let texts = rows.query_map([subject], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    texts.iter().map(|text| serde_json::from_str(text).map_err(|_| Fault::damaged())).collect()
}
