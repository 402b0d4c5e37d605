//! Refusals and withdrawals that the server told and that were held back: they are not in the ledger.
//!
//! Of a server that tells the same purposes again and again only so much is recorded (see `allowance`). Past that a no to something that is
//! granted is recorded all the same. A no to something that is not granted takes nothing away when it is told, but a form may be open that
//! was drawn before it, and the yes of such a form must not count. So the last such no of each purpose is held back, in the place of the one
//! before it, and is recorded before the next yes to that purpose. The ledger then grows by what the person does, and not by what the server
//! tells.

use crate::{
    error::{Error, Result},
    json,
    ledger::RemoteState,
    store::{Transaction, settings::HELD_BACK},
};

/// Keeps this no until the next yes to its purpose.
pub fn hold_back(transaction: &Transaction<'_>, subject: &str, state: &RemoteState) -> Result<()> {
    // The record behind the no is left out: the server tells it again once there is room to record it.
    let kept = serde_json::to_vec(&RemoteState { record: None, ..state.clone() });
    let kept = kept.map_err(|_| Error::Damaged { reason: "a state cannot be written".into() })?;
    transaction.set_setting(&name(subject, &state.purpose), &kept)
}

/// Forgets the no to this purpose that was held back: the purpose's state is recorded by now.
pub fn forget(transaction: &Transaction<'_>, subject: &str, purpose: &str) -> Result<()> {
    transaction.drop_setting(&name(subject, purpose))
}

/// The no to this purpose that was held back.
pub fn held_back(transaction: &Transaction<'_>, subject: &str, purpose: &str) -> Result<Option<RemoteState>> {
    let Some(kept) = transaction.setting(&name(subject, purpose))? else { return Ok(None) };
    let unreadable = || Error::Damaged { reason: "a state that was held back cannot be read".into() };
    json::own(&kept).map(Some).ok_or_else(unreadable)
}

/// The name of the setting. No reference of a subject holds a colon, so no two purposes share a name.
fn name(subject: &str, purpose: &str) -> String {
    format!("{HELD_BACK}:{subject}:{purpose}")
}
