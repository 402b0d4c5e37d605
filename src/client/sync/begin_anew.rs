//! The new installation that begins where a server says that this file is a copy of another phone's.

use super::allowance::{self, RESTORE_BYTES};
use crate::{
    client::writing::{installation::restore, marker::Marker, writer::LedgerWriter},
    error::Result,
    store::settings::BEGUN_ANEW,
    sync::protocol::{SyncResponse, WireOutcome},
};

/// The server's code for a second ledger under one installation's name.
const FORK: &str = "fork";

/// Begins a new installation where the answer says that another ledger under this name took the place of a change. Says whether it did.
pub fn begin_anew_if_forked(writer: &mut LedgerWriter<'_>, response: &SyncResponse, marker: Option<Marker<'_>>) -> Result<bool> {
    if response.results.iter().any(|result| result.reason.as_deref() == Some(FORK)) {
        return begin_anew(writer, marker);
    }
    let takes_up_a_change = response.results.iter().any(|result| result.outcome != WireOutcome::Rejected);
    if takes_up_a_change && writer.transaction.setting(BEGUN_ANEW)?.is_some() {
        writer.transaction.drop_setting(BEGUN_ANEW)?;
    }
    Ok(false)
}

/// Begins a new installation because a server says that this file is a copy. Says whether it did.
///
/// A server may say so in every answer, and each new installation writes records and has everything asked for again. So once one began, no
/// other does before an answer took up a change and did not say so, and all of them together are bounded by the [`allowance`].
pub fn begin_anew(writer: &mut LedgerWriter<'_>, marker: Option<Marker<'_>>) -> Result<bool> {
    if writer.transaction.setting(BEGUN_ANEW)?.is_some() || !allowance::take(writer, RESTORE_BYTES)? {
        return Ok(false);
    }
    restore(writer, marker, None)?;
    writer.transaction.set_setting(BEGUN_ANEW, b"told")?;
    Ok(true)
}
