//! Giving an installation its token.

use consentkit::sync::{
    installation,
    protocol::{ALREADY_REGISTERED, InstallRequest, InstallResponse, UNPROVEN},
};
use rusqlite::Transaction;

use crate::{app::App, http::Fault, key, name, store};

/// Registers an installation.
///
/// An installation whose name is the hash of a key shows the key and gets its token, the same one each time. So it does no harm if the
/// answer is lost, and nobody else gets the token. An installation named by an older version has no key. To register again it must show the
/// token that it got the first time, since otherwise anybody who knows its name would get a token for it. Before it has sent its first
/// change it may register again without that token, because the first answer may have been lost.
pub fn register(
    app: &App,
    tx: &Transaction<'_>,
    request: &InstallRequest,
    bearer: Option<&str>,
    now: i64,
) -> Result<InstallResponse, Fault> {
    let install = request.install.as_str();
    if !name::is_install(install) {
        return Err(Fault::bad_install());
    }
    if installation::is_keyed(install) {
        if !request.proof.as_ref().is_some_and(|proof| installation::proves(proof, install)) {
            return Err(Fault::forbidden(UNPROVEN, "the proof is not the key that this installation's name was made of"));
        }
        let token = key::install_token(&app.secret, install);
        store::register(tx, install, &token, now)?;
        return Ok(InstallResponse { token });
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
