//! The way out of a damaged file, as Swift and Kotlin see it.

use super::{ConsentOptions, HostServices, Result};
use crate::client::Consent;

/// What was saved of a damaged file. It holds nothing of what anybody said, so that it may be shown and sent to whoever helps.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Recovered {
    /// Records that were carried over: all from the first on up to the first that is gone or altered.
    pub records: i64,
    /// Records that are known to be gone.
    pub lost: i64,
    /// Refusals and withdrawals among those carried over that the server has not acknowledged. They are sent at the next sync.
    pub noes: i64,
    /// Where the damaged file lies now, with its log beside it. Nothing but the app removes it.
    pub aside: String,
}

/// Recovers a file that open refused as damaged, or as no database though it is the app's own: moves it aside, and carries over into a fresh
/// one what can still be read. Every refusal and withdrawal that was saved counts. Nothing that was granted counts until a sync shows it or
/// the person answers again. Open it afterwards, with the same options. A file that is not damaged is not touched.
#[uniffi::export]
pub fn recover(options: ConsentOptions, host: HostServices) -> Result<Recovered> {
    let saved = Consent::recover(&options.with(host))?;
    Ok(Recovered { records: saved.records, lost: saved.lost, noes: saved.noes, aside: saved.aside.display().to_string() })
}
