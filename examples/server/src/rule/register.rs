//! Giving an installation its token.

use consentkit::sync::{
    installation,
    protocol::{ALREADY_REGISTERED, InstallRequest, InstallResponse, UNPROVEN},
};
use rusqlite::Transaction;

use crate::{app::App, http::Fault, key, name, store};

/// Registers an installation.
///
/// One whose name is the hash of a key shows the key and gets its token, the same one each time: an answer that was lost costs nothing,
/// and nobody else gets it. For a name from before there were keys, a second time needs the token of the first, else whoever knows the
/// name would get a token for it; a device whose first answer was lost has sent no change yet, and may register anew until then.
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
