//! Giving an installation its token.

use consentkit::sync::protocol::{ALREADY_REGISTERED, InstallResponse};
use rusqlite::Transaction;

use crate::{http::Fault, key, name, store};

/// Registers an installation. A second time needs the token of the first, else whoever knows the id would get a token for it. A device
/// whose first answer was lost has sent no change yet, and may register anew until then.
pub fn register(tx: &Transaction<'_>, install: &str, bearer: Option<&str>, now: i64) -> Result<InstallResponse, Fault> {
    if !name::is_install(install) {
        return Err(Fault::bad_install());
    }
    if let Some(known) = store::install(tx, install)?.filter(|known| known.used) {
        return match bearer {
            Some(token) if known.token == key::digest(token) => Ok(InstallResponse { token: token.to_owned() }),
            _ => Err(Fault::conflict(ALREADY_REGISTERED, "install", "is registered and in use: its token is not given again")),
        };
    }
    let token = key::random_key()?;
    store::register(tx, install, &token, now)?;
    Ok(InstallResponse { token })
}
