//! Fills in the marks of withdrawals in a database of an older version, which numbered withdrawals without marks.

use consentkit::ledger::Mark;
use rusqlite::{Transaction, params};

/// Works out the marks for each purpose of each subject, from its first withdrawal on.
pub fn fill(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut rows = tx.prepare("SELECT subject, purpose, epoch, op FROM withdrawal ORDER BY subject, purpose, epoch")?;
    let mut found = rows.query([])?;
    let mut update = tx.prepare("UPDATE withdrawal SET mark = ?4 WHERE subject = ?1 AND purpose = ?2 AND epoch = ?3")?;
    let mut key: Option<(i64, String)> = None;
    let mut mark = Mark::START;
    while let Some(row) = found.next()? {
        let (subject, purpose, epoch, op): (i64, String, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let same = key.as_ref().is_some_and(|(known, of)| *known == subject && *of == purpose);
        mark = if same { mark } else { Mark::START }.then(&op);
        update.execute(params![subject, purpose, epoch, mark.bytes()])?;
        key = Some((subject, purpose));
    }
    Ok(())
}
