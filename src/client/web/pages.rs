//! The pages of one web view, as the ledger knows them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::{open_ledger::OpenLedger, writing::random::random_name};
use crate::{
    error::{Error, Result},
    web::{Channel, MAX_ORIGINS, MAX_ORIGINS_BYTES, OriginFault},
};

/// The pages of one web view: which of them may speak to the app, and the forms that they were given.
///
/// It lives in memory alone. What a page has not recorded when it ends, or the process does, was never said.
pub struct WebPages {
    channel: Mutex<Channel>,
}

impl WebPages {
    /// The channel. No call of the host runs while it is held.
    pub(super) fn channel(&self) -> MutexGuard<'_, Channel> {
        self.channel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for WebPages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebPages").finish_non_exhaustive()
    }
}

/// The pages of a web view, of some origins: see `Consent::web_pages`.
pub fn web_pages(ledger: &OpenLedger, origins: &[&str]) -> Result<WebPages> {
    let origins: Vec<String> = origins.iter().map(|&origin| origin.to_owned()).collect();
    if origins.is_empty() {
        return Err(Error::invalid("origins", "is empty; give the origin of each page that may speak to the app"));
    }
    if !Channel::has_room_for(&origins) {
        return Err(Error::invalid(
            "origins",
            format!("is too long for the script; give at most {MAX_ORIGINS} origins with at most {MAX_ORIGINS_BYTES} bytes together"),
        ));
    }
    let refuse = |(place, fault): (usize, OriginFault)| Error::invalid(format!("origins[{place}]"), fault.to_string());
    let channel = Channel::new(random_name()?, &origins, ledger.options.clock.monotonic()).map_err(refuse)?;
    Ok(WebPages { channel: Mutex::new(channel) })
}
