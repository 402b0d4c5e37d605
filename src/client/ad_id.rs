//! The gate before the advertising id: the only way to it.

use std::fmt;

use super::{
    arguments::check_text,
    denial::Denied,
    host::asked,
    open_ledger::OpenLedger,
    signals,
    writing::ad_id::{record_ad_id, tag},
};
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

/// Gives the advertising id, where it is allowed: see `Consent::advertising_id`.
pub fn advertising_id(ledger: &OpenLedger, purpose: &str) -> Result<AdvertisingId> {
    check_text("purpose", purpose, MAX_ID_CHARS)?;
    let policy = ledger.policy_now();
    if policy.purpose(purpose).is_some_and(|found| found.uses != Some(Uses::AdvertisingId)) {
        return Err(Error::invalid("purpose", "does not use the advertising id; name a purpose that does"));
    }
    if !ledger.present.load().available {
        return Err(Error::ShutDown);
    }
    // What the provider said last is left out here, so that it is asked again: the person may have lifted a limit meanwhile.
    let before = ledger.present.load().decide_before_asking(purpose, ledger.options.clock.now());
    if !before.allowed {
        return Ok(AdvertisingId::Refused { reasons: before.reasons });
    }
    let answer = match &ledger.options.ad_id {
        Some(provider) => asked(|| provider.advertising_id()).unwrap_or(AdIdAnswer::Unavailable { kind: AdIdUnavailable::Failed }),
        None => AdIdAnswer::Unavailable { kind: AdIdUnavailable::NoProvider },
    };
    let (signal, id) = read(&answer);
    note(ledger, signal, id)?;
    let decision = ledger.present.load().decide(purpose, ledger.options.clock.now());
    Ok(match (decision.allowed, id) {
        (true, Some(id)) => AdvertisingId::Available { id: id.to_owned() },
        _ => AdvertisingId::Refused { reasons: decision.reasons },
    })
}

/// Records what the provider said, and whether the id is another one than last time. Writes nothing where nothing changed.
///
/// Where the file cannot be read, it is what was last known of it that shows what the provider's word takes away. That counts all the same.
fn note(ledger: &OpenLedger, signal: AdIdSignal, id: Option<&str>) -> Result<()> {
    let (known, unread) = match ledger.read(|transaction, _| transaction.setting(AD_ID_TAG)) {
        Ok(known) => (known, None),
        Err(error) if error.is_of_the_file() => (ledger.present.ad_id(), Some(error)),
        Err(error) => return Err(error),
    };
    let (_, key) = ledger.present.shown_key();
    let tag = id.map(|id| tag(&key, id)).transpose()?;
    let another = tag.as_ref().is_some_and(|tag| known.as_ref().is_some_and(|known| known != tag));
    let reported = Signals { ad_id: Some(signal), ..Signals::default() };
    if ledger.present.load().recorded.ad_id == Some(signal) && (tag.is_none() || tag == known) {
        return unread.map_or(Ok(()), Err);
    }
    let mut denials = signals::denials_of(ledger, reported)?;
    if let Some(tag) = tag.clone().filter(|_| another) {
        denials.push(ledger.denial(&ledger.stamp(), Denied::AnotherAdId(tag))?);
    }
    ledger.write(&denials, |writer| record_ad_id(writer, reported, tag.as_deref()))?;
    ledger.present.learn_ad_id(tag.or(known));
    Ok(())
}
