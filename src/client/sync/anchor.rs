//! The anchor: how far the server says that it holds this ledger, beside what it once acknowledged.

use crate::{
    client::writing::writer::LedgerWriter,
    error::{Error, Result},
    ledger::chain,
    store::settings::{ACKNOWLEDGED, ANOTHER_LEDGER},
    sync::protocol::{Anchor, SyncResponse},
};

/// What the server holds of this ledger, beside what it once acknowledged.
pub struct HeldByServer {
    /// It holds less than that.
    pub less: bool,
    /// It holds another ledger under this installation's name, which was not told before. That is a second server with other data, a copy of
    /// this file that sent its own records, or a server that lies.
    pub another: bool,
    /// What counts as acknowledged from now on.
    pub acknowledged: Option<Anchor>,
}

/// Compares what the server holds of this ledger with what it once acknowledged.
///
/// The server says itself whether it lost what was acknowledged: it looks before it takes up what the request brings. The record that came to
/// it last is the one to be shown next time, since a server that holds that one holds all before it. An older server tells the highest place
/// alone. There a lower place than before shows a loss, unless the request brought a record of a higher place.
pub fn compare_anchor(writer: &LedgerWriter<'_>, acknowledged: Option<&Anchor>, response: &SyncResponse) -> Result<HeldByServer> {
    let before = acknowledged.map_or(0, |anchor| anchor.seq);
    let Some(last) = response.last_arrived.as_ref().or(response.anchor.as_ref()) else {
        return Ok(HeldByServer { less: before > 0, another: false, acknowledged: None });
    };
    let known = is_of_this_ledger(writer, last)?;
    let highest = response.anchor.as_ref().unwrap_or(last);
    let another = !known || !is_of_this_ledger(writer, highest)?;
    let told = writer.transaction.setting(ANOTHER_LEDGER)?.is_some();
    match (another, told) {
        // It is told to the app and nothing else is done: it says nothing of this ledger. Two copies of one file that took it for a loss
        // would send their withdrawals in turns for ever.
        (true, false) => writer.transaction.set_setting(ANOTHER_LEDGER, b"told")?,
        (false, true) => writer.transaction.drop_setting(ANOTHER_LEDGER)?,
        _ => {}
    }
    let lower = response.last_arrived.is_none() && known && last.seq < before;
    let acknowledged = if known { Some(last) } else { acknowledged.filter(|_| !response.lost) };
    Ok(HeldByServer { less: response.lost || lower, another: another && !told, acknowledged: acknowledged.cloned() })
}

fn is_of_this_ledger(writer: &LedgerWriter<'_>, anchor: &Anchor) -> Result<bool> {
    Ok(writer.transaction.hash_at(anchor.seq)?.is_some_and(|hash| chain::hex(&hash) == anchor.hash))
}

/// Keeps what the next request says was acknowledged.
pub fn remember_anchor(writer: &LedgerWriter<'_>, before: Option<&Anchor>, acknowledged: Option<&Anchor>) -> Result<()> {
    match acknowledged {
        _ if acknowledged == before => Ok(()),
        Some(anchor) => {
            let bytes = serde_json::to_vec(anchor).map_err(|_| Error::Damaged { reason: "an anchor cannot be written".into() })?;
            writer.transaction.set_setting(ACKNOWLEDGED, &bytes)
        }
        None => writer.transaction.drop_setting(ACKNOWLEDGED),
    }
}
