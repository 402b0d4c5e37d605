//! Records of the advertising id: what the provider said of it, and whether it is another one than last time. The id itself is never kept,
//! only a keyed hash of it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{signals::record_signals, writer::LedgerWriter};
use crate::{
    error::{Error, Result},
    signal::Signals,
    store::settings::AD_ID_TAG,
};

/// Records what the provider said, and by its keyed hash an id that replaced another.
pub fn record_ad_id(writer: &mut LedgerWriter<'_>, reported: Signals, tag: Option<&[u8]>) -> Result<()> {
    let known = writer.transaction.setting(AD_ID_TAG)?;
    let changed = known.as_deref().zip(tag).is_some_and(|(known, tag)| known != tag);
    if let Some(tag) = tag.filter(|tag| known.as_deref() != Some(*tag)) {
        writer.transaction.set_setting(AD_ID_TAG, tag)?;
    }
    let signals = writer.head.state.signals.with(reported);
    record_signals(writer, signals, changed)
}

/// A keyed hash: tells whether the id changed, and nothing to anyone without the key.
pub fn tag(key: &[u8], id: &str) -> Result<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| Error::Damaged { reason: "the device's key is unusable".into() })?;
    mac.update(b"advertising id");
    mac.update(id.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}
