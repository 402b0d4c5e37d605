//! The caps: what denies a purpose whatever the person said, such as an opt-out of the system. A cap never grants anything (OPT-1).

use super::{Context, Reason};
use crate::{
    policy::{Audience, Purpose},
    signal::{AdIdSignal, AdIdUnavailable, Platform, Tracking},
};

/// True where only the guardian's grant counts, because the person is below the age of consent, or may be (PIPA-8).
pub(super) fn guarded(context: &Context<'_>) -> bool {
    context.signals.may_be_child(children_expected(context))
}

fn children_expected(context: &Context<'_>) -> bool {
    context.policy.audience != Audience::Adult
}

/// The caps on a purpose about which the person has a say, in the order that [`decide`](super::decide()) documents.
pub(super) fn caps(purpose: &Purpose, context: &Context<'_>) -> Vec<Reason> {
    let signals = context.signals;
    let mut caps = Vec::new();
    if signals.guardian_missing(children_expected(context)) {
        caps.push(Reason::GuardianRequired);
    }
    // A guardian's consent does not lift this one: app stores forbid the advertising id of a child or of somebody who may be one (AND-5),
    // and no behavioural advertising may be shown to children (BA-1).
    if purpose.shares_for_advertising() && guarded(context) {
        caps.push(Reason::Child);
    }
    if purpose.uses_advertising_id() {
        caps.extend(signals.tracking_on(context.platform).and_then(tracking_cap));
        caps.extend(ad_id_cap(signals.ad_id, context.platform));
    }
    if purpose.shares_for_advertising() && signals.gpc == Some(true) {
        caps.push(Reason::Gpc);
    }
    caps
}

fn tracking_cap(tracking: Tracking) -> Option<Reason> {
    match tracking {
        Tracking::Authorized => None,
        Tracking::Denied => Some(Reason::OsDenied),
        Tracking::Restricted => Some(Reason::OsRestricted),
        Tracking::NotDetermined => Some(Reason::OsNotDetermined),
    }
}

fn ad_id_cap(signal: Option<AdIdSignal>, platform: Platform) -> Option<Reason> {
    match signal {
        Some(AdIdSignal::Available) => None,
        Some(AdIdSignal::Limited) => Some(Reason::AdIdLimited),
        Some(AdIdSignal::Unavailable { kind }) => Some(Reason::AdIdUnavailable { kind }),
        None if platform == Platform::Desktop => Some(Reason::AdIdUnavailable { kind: AdIdUnavailable::NoProvider }),
        // On other platforms the provider is asked only once the decision allows it, so that it has not answered yet says nothing.
        None => None,
    }
}
