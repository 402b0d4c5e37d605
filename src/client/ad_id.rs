//! The gate before the advertising id: the only way to it.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Consent, commit::Pen, denial::Denied, options::check_text, signals::record_signals};
use crate::{
    decision::Reason,
    error::{Error, Result},
    policy::{MAX_ID_CHARS, Uses},
    signal::{AdIdAnswer, AdIdSignal, AdIdUnavailable, Signals, read},
    store::settings::AD_ID_TAG,
};

/// The answer of the gate.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum AdvertisingId {
    /// The id, for this purpose and this moment only. Do not store it.
    Available {
        /// The advertising id.
        id: String,
    },
    /// It may not or cannot be had.
    Refused {
        /// Every reason, in the documented order.
        reasons: Vec<Reason>,
    },
}

impl fmt::Debug for AdvertisingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Available { .. } => f.write_str("Available(..)"),
            Self::Refused { reasons } => f.debug_tuple("Refused").field(reasons).finish(),
        }
    }
}

impl Consent {
    /// Gives the advertising id for a purpose, if the person and the platform allow it.
    ///
    /// Decides first; only if allowed the platform is asked, and what it says (a limit, zeros, a failure) is a signal that is
    /// recorded and decided upon again. An id that replaced another is a stranger's: consent is asked again (AND-4). The id is never
    /// stored or logged. Blocks on the platform's provider and the disk: call it on a worker thread.
    pub fn advertising_id(&self, purpose: &str) -> Result<AdvertisingId> {
        check_text("purpose", purpose, MAX_ID_CHARS)?;
        let policy = self.policy.load_full();
        if policy.purpose(purpose).is_some_and(|found| found.uses != Some(Uses::AdvertisingId)) {
            return Err(Error::invalid("purpose", "does not use the advertising id"));
        }
        if !self.present.load().available {
            return Err(Error::ShutDown);
        }
        // What the provider said last is no reason not to ask it again: a limit may have been lifted meanwhile.
        let before = self.present.load().decide_before_asking(purpose, self.options.clock.now());
        if !before.allowed {
            return Ok(AdvertisingId::Refused { reasons: before.reasons });
        }
        let answer = match &self.options.ad_id {
            Some(provider) => provider.advertising_id(),
            None => AdIdAnswer::Unavailable { kind: AdIdUnavailable::NoProvider },
        };
        let (signal, id) = read(&answer);
        self.note_ad_id(signal, id)?;
        let decision = self.explain(purpose);
        Ok(match (decision.allowed, id) {
            (true, Some(id)) => AdvertisingId::Available { id: id.to_owned() },
            _ => AdvertisingId::Refused { reasons: decision.reasons },
        })
    }

    /// Records what the provider said, and whether the id is another one than last time. Writes nothing where nothing changed.
    ///
    /// Where the file cannot be read, what was known of it last tells what the provider's word takes away: that counts all the same.
    fn note_ad_id(&self, signal: AdIdSignal, id: Option<&str>) -> Result<()> {
        let (known, unread) = match self.read(|transaction, _| transaction.setting(AD_ID_TAG)) {
            Ok(known) => (known, None),
            Err(error) if error.is_of_the_file() => (self.present.ad_id(), Some(error)),
            Err(error) => return Err(error),
        };
        let (_, key) = self.present.shown_key();
        let tag = id.map(|id| tag(&key, id)).transpose()?;
        let another = tag.as_ref().is_some_and(|tag| known.as_ref().is_some_and(|known| known != tag));
        let reported = Signals { ad_id: Some(signal), ..Signals::default() };
        if self.present.load().recorded.ad_id == Some(signal) && (tag.is_none() || tag == known) {
            return unread.map_or(Ok(()), Err);
        }
        let mut denials = self.signal_denials(reported)?;
        if let Some(tag) = tag.clone().filter(|_| another) {
            denials.push(self.denial(&self.stamp(), Denied::AnotherAdId(tag))?);
        }
        self.write(&denials, |pen| record_ad_id(pen, reported, tag.as_deref()))?;
        self.present.learn_ad_id(tag.or(known));
        Ok(())
    }
}

/// Records the provider's word, and an id that replaced another, by its keyed hash.
pub(super) fn record_ad_id(pen: &mut Pen<'_>, reported: Signals, tag: Option<&[u8]>) -> Result<()> {
    let known = pen.transaction.setting(AD_ID_TAG)?;
    let changed = known.as_deref().zip(tag).is_some_and(|(known, tag)| known != tag);
    if let Some(tag) = tag.filter(|tag| known.as_deref() != Some(*tag)) {
        pen.transaction.set_setting(AD_ID_TAG, tag)?;
    }
    let signals = pen.head.state.signals.with(reported);
    record_signals(pen, signals, changed)
}

/// A keyed hash: tells whether the id changed, and nothing to anyone without the key.
fn tag(key: &[u8], id: &str) -> Result<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| Error::Damaged { reason: "the device's key is unusable".into() })?;
    mac.update(b"advertising id");
    mac.update(id.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}
