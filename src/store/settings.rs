//! The table `setting`: secrets and what the uploader remembers, by name. None of it is part of the state that follows from the records.

use rusqlite::{OptionalExtension, params};

use super::{failure::failure, transaction::Transaction};
use crate::error::Result;

/// There once a marker named this installation. A file that never had one is no copy because there is none.
pub const MARKED: &str = "marked";

/// The key that signs `Shown` tokens.
pub const SHOWN_KEY: &str = "shown_key";

/// The key of which the installation's name was made. By it the installation shows that the name is its own.
pub const INSTALL_KEY: &str = "install_key";

/// The installation's own bearer token.
pub const INSTALL_TOKEN: &str = "install_token";

/// The record of this ledger that came to the server last, as it said; of older servers the one at the highest place.
pub const ACKNOWLEDGED: &str = "acknowledged";

/// There while the server holds another ledger under this installation's name, so that this is told only once.
pub const ANOTHER_LEDGER: &str = "another_ledger";

/// There from the moment at which a server's word let a new installation begin, until an answer takes up a change
/// and does not call the file a copy.
/// While it is there no server's word lets another one begin.
pub const BEGUN_ANEW: &str = "begun_anew";

/// The address of the server that answered rightly last. What comes from this address and is not that server's answer is a portal's.
pub const KNOWN_SERVER: &str = "known_server";

/// The breaker: what is remembered of failed requests, and when the next may be made.
pub const RETRY: &str = "retry";

/// How much of what a server told again was recorded lately, and when that was worked out.
pub const TOLD_AGAIN: &str = "told_again";

/// The last no to a purpose that the server told and that was not recorded; the subject and the purpose follow in the name.
pub const HELD_BACK: &str = "held_back";

/// The operations of the letters that were taken in from the mailbox last.
pub const TAKEN_IN: &str = "taken_in";

/// There while an erasure is not complete, because a refusal or withdrawal waits to be sent: position of the last record that it is about.
pub const ERASING: &str = "erasing";

/// The keyed hash of the last advertising id.
pub const AD_ID_TAG: &str = "ad_id_tag";

/// The highest edition of the policy that an app shipped.
pub const SHIPPED_EDITION: &str = "shipped_edition";

/// The versions of the app and of this library at the last open.
pub const VERSIONS: &str = "versions";

/// True for a setting that decides something: it is under the root. What an altered one of the others could do is found out by itself, since
/// a key or a token fits no more, and a time or a count is bounded.
fn decides(name: &str) -> bool {
    name == SHIPPED_EDITION || name.starts_with(HELD_BACK)
}

impl Transaction<'_> {
    /// Reads a setting.
    pub fn setting(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let mut statement = self.inner.prepare_cached("SELECT value FROM setting WHERE name = ?1").map_err(failure)?;
        statement.query_row([name], |row| row.get(0)).optional().map_err(failure)
    }

    /// Writes a setting.
    pub fn set_setting(&self, name: &str, value: &[u8]) -> Result<()> {
        if decides(name) {
            self.kept_changed();
        }
        let sql = "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.inner.prepare_cached(sql).map_err(failure)?.execute(params![name, value]).map_err(failure)?;
        Ok(())
    }

    /// Forgets every setting whose name begins so.
    pub fn drop_settings(&self, begin: &str) -> Result<()> {
        let sql = "DELETE FROM setting WHERE substr(name, 1, length(?1)) = ?1";
        if self.inner.execute(sql, [begin]).map_err(failure)? > 0 {
            self.kept_changed();
        }
        Ok(())
    }

    /// Forgets a setting.
    pub fn drop_setting(&self, name: &str) -> Result<()> {
        let dropped = self.inner.execute("DELETE FROM setting WHERE name = ?1", [name]).map_err(failure)?;
        if dropped > 0 && decides(name) {
            self.kept_changed();
        }
        Ok(())
    }
}
