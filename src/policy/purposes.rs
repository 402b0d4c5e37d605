//! The rules that the purposes of a document keep: each by itself, and one with another.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Basis, FaultCode, Matter, Purpose, Scope,
    check::{Check, needed, positive, unique},
    fault::Faults,
    shape,
};

/// The consent to use data for marketing. Where a document has it, every channel requires it (KR-5, PIPA-4).
pub const MARKETING_DATA_USE: &str = "marketing.data_use";

/// Most purposes of one document. No person could answer more questions, and some rules compare every purpose with every other.
pub const MAX_PURPOSES: usize = 200;

/// Most vendors of one document. A list of every company of the advertising trade has about half as many.
pub const MAX_VENDORS: usize = 2_000;

/// Adds all that is wrong with the purposes.
pub(super) fn check(check: &Check<'_>, faults: &mut Faults) {
    if check.policy.purposes.len() > MAX_PURPOSES {
        let fix = format!("ask for at most {MAX_PURPOSES}");
        return faults.push("/purposes", FaultCode::TooWide, "more purposes than anybody answers", fix);
    }
    let mut claims = BTreeMap::new();
    for (at, purpose) in check.policy.purposes.iter().enumerate() {
        let place = format!("/purposes/{at}");
        numbers(faults, &place, purpose);
        editorial(check, faults, &place, purpose);
        notice(check, faults, &place, purpose);
        basis(check, faults, &place, purpose);
        scope(faults, &place, purpose);
        references(check, faults, &place, purpose);
        requires(check, faults, &place, purpose);
        night(check, faults, &place, purpose);
        cookies(faults, &place, purpose, &mut claims);
        google(faults, &place, purpose);
    }
}

fn numbers(faults: &mut Faults, place: &str, purpose: &Purpose) {
    positive(faults, &format!("{place}/material"), purpose.material);
    if let Some(days) = purpose.expires_after_days {
        positive(faults, &format!("{place}/expires_after_days"), days);
    }
}

fn editorial(check: &Check<'_>, faults: &mut Faults, place: &str, purpose: &Purpose) {
    let place = format!("{place}/editorial");
    let Some(edition) = purpose.editorial else { return };
    positive(faults, &place, edition);
    if edition > check.policy.edition && check.replaced.spares("/edition") {
        let what = format!("names edition {edition}, and this is edition {}", check.policy.edition);
        faults.push(place, FaultCode::OutOfRange, what, "name the edition that last changed the wording alone");
    }
}

fn notice(check: &Check<'_>, faults: &mut Faults, place: &str, purpose: &Purpose) {
    let place = format!("{place}/notice");
    let rule = check.policy.asked_by(Matter::ConsentNotice);
    match (&purpose.notice, rule) {
        (Some(notice), rule) => {
            needed(faults, &format!("{place}/items"), &notice.items, FaultCode::NoticeItemMissing, rule);
            check.items(faults, &format!("{place}/items"), &notice.items);
        }
        (None, Some(rule)) if purpose.basis == Basis::Consent => {
            let what = format!("consent is asked for without a notice ({rule})");
            faults.push(place, FaultCode::NoticeItemMissing, what, "add notice with purpose, items, retention and refusal");
        }
        (None, _) => {}
    }
}

fn basis(check: &Check<'_>, faults: &mut Faults, place: &str, purpose: &Purpose) {
    if purpose.basis == Basis::Consent {
        return;
    }
    let place = format!("{place}/basis");
    if let Some(rule) = purpose.is_marketing().then(|| check.policy.asked_by(Matter::MarketingOnConsent)).flatten() {
        let what = format!("marketing needs the person's own consent ({rule})");
        faults.push(&place, FaultCode::MarketingNeedsConsent, what, "write \"consent\"");
    } else if purpose.night {
        // On another basis it would be a consent that nobody gave, and the decision never counts it.
        let what = "the separate consent to messages at night is a consent (KR-4)";
        faults.push(&place, FaultCode::MarketingNeedsConsent, what, "write \"consent\", or remove the purpose");
    }
    // The opt-outs of the system and Global Privacy Control hold back what a person decides on. What rests on a contract or a law would pass
    // them by.
    let passes_by = !purpose.basis.may_be_answered();
    if purpose.uses_advertising_id() {
        if let Some(rule) = check.policy.asked_by(Matter::AdvertisingIdOnConsent).or(passes_by.then_some("OPT-1")) {
            let what = format!("the advertising id needs the person's own consent ({rule})");
            faults.push(&place, FaultCode::AdvertisingIdNeedsConsent, what, "write \"consent\"");
        }
    } else if purpose.sharing && passes_by {
        let what = "nobody can say no to this basis, so Global Privacy Control would not hold the sharing back (GCM-6)";
        let fix = "write \"consent\", or \"opt_out\" where the law lets people say no afterwards, or remove sharing";
        faults.push(&place, FaultCode::SharingNeedsConsent, what, fix);
    } else if purpose.sharing
        && purpose.scope == Scope::Person
        && let Some(rule) = check.policy.asked_by(Matter::SharingOfPersonOnConsent)
    {
        let what = format!("what is known of a person is shared for advertising only with that person's consent ({rule})");
        faults.push(&place, FaultCode::SharingNeedsConsent, what, "write \"consent\", or remove sharing");
    }
}

fn scope(faults: &mut Faults, place: &str, purpose: &Purpose) {
    let place = format!("{place}/scope");
    if purpose.channel.is_some() && purpose.scope != Scope::Person {
        faults.push(&place, FaultCode::WrongScope, "a marketing choice follows the person", "write \"person\"");
    }
    if (purpose.uses.is_some() || !purpose.cookies.is_empty()) && purpose.scope != Scope::Device {
        faults.push(
            &place,
            FaultCode::WrongScope,
            "a choice about cookies or the advertising id stays with the device",
            "write \"device\"",
        );
    }
}

fn references(check: &Check<'_>, faults: &mut Faults, place: &str, purpose: &Purpose) {
    let policy = check.policy;
    unique(faults, &format!("{place}/surfaces"), "", &purpose.surfaces);
    for (at, surface) in purpose.surfaces.iter().enumerate() {
        check.reference(faults, &format!("{place}/surfaces/{at}"), surface, "/surfaces", policy.surfaces.contains(surface));
    }
    unique(faults, &format!("{place}/third_parties"), "", &purpose.third_parties);
    for (at, id) in purpose.third_parties.iter().enumerate() {
        let known = policy.third_parties.iter().any(|party| party.id == *id);
        check.reference(faults, &format!("{place}/third_parties/{at}"), id, "/third_parties", known);
    }
    unique(faults, &format!("{place}/vendors"), "", &purpose.vendors);
    for (at, id) in purpose.vendors.iter().enumerate() {
        check.names_vendor(faults, (place, at), id);
    }
    unique(faults, &format!("{place}/transfers"), "", &purpose.transfers);
    for (at, id) in purpose.transfers.iter().enumerate() {
        let known = policy.transfers.iter().any(|transfer| transfer.id == *id);
        check.reference(faults, &format!("{place}/transfers/{at}"), id, "/transfers", known);
    }
}

fn requires(check: &Check<'_>, faults: &mut Faults, place: &str, purpose: &Purpose) {
    unique(faults, &format!("{place}/requires"), "", &purpose.requires);
    for (at, id) in purpose.requires.iter().enumerate() {
        let required = check.purpose(id);
        let place = format!("{place}/requires/{at}");
        check.reference(faults, &place, id, "/purposes", required.is_some());
        if !purpose.basis.may_be_answered() && required.is_some_and(|required| required.basis.may_be_answered()) {
            let what = "a purpose that nobody can refuse hangs on one that the person can refuse";
            faults.push(place, FaultCode::RequiresConsent, what, "remove it, or ask for consent here too");
        }
    }
    let reached = reached(check, purpose);
    if reached.contains(purpose.id.as_str()) {
        let what = "the purpose requires itself, directly or through others";
        faults.push(format!("{place}/requires"), FaultCode::RequiresCircle, what, "break the circle");
    }
    let wants_data_use = purpose.channel.is_some() && purpose.id != MARKETING_DATA_USE && check.purpose(MARKETING_DATA_USE).is_some();
    let rule = check.policy.asked_by(Matter::MarketingDataUse);
    if let Some(rule) = rule.filter(|_| wants_data_use && !reached.contains(MARKETING_DATA_USE)) {
        let what = format!("a channel is used only with the consent to use data for marketing ({rule})");
        faults.push(format!("{place}/requires"), FaultCode::DataUseNotRequired, what, format!("add {MARKETING_DATA_USE:?}"));
    }
}

// The ids of all purposes that this one requires, directly or through others.
fn reached<'a>(check: &'a Check<'_>, purpose: &'a Purpose) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = purpose.requires.iter().map(String::as_str).collect();
    while let Some(id) = open.pop() {
        if reached.insert(id) {
            open.extend(check.purpose(id).into_iter().flat_map(|next| next.requires.iter().map(String::as_str)));
        }
    }
    reached
}

fn night(check: &Check<'_>, faults: &mut Faults, place: &str, purpose: &Purpose) {
    if !purpose.night {
        return;
    }
    let Some(channel) = &purpose.channel else {
        let what = "a night consent is for the messages of one channel";
        return faults.push(format!("{place}/night"), FaultCode::NightWithoutChannel, what, "add channel, or remove night");
    };
    if !check.policy.needs_night_consent(channel) {
        let (what, fix) = match check.policy.quiet_hours() {
            Some(_) => ("this channel needs no separate consent at night (KR-4)", "remove the purpose"),
            None => ("the policy has no night", "write night, or the law that has one in regimes, or remove the purpose"),
        };
        return faults.push(format!("{place}/night"), FaultCode::NightExempt, what, fix);
    }
    let is_day = |id: &String| check.purpose(id).is_some_and(|day| day.channel.as_ref() == Some(channel) && !day.night);
    if !purpose.requires.iter().any(is_day) && check.replaced.spares("/purposes") {
        let fix = "add to requires the purpose of the same channel without night";
        faults.push(
            format!("{place}/requires"),
            FaultCode::NightWithoutDay,
            "a night consent means nothing without its day consent (KR-4)",
            fix,
        );
    }
}

fn cookies<'a>(faults: &mut Faults, place: &str, purpose: &'a Purpose, claims: &mut BTreeMap<&'a str, &'a str>) {
    for (at, pattern) in purpose.cookies.iter().enumerate() {
        let place = format!("{place}/cookies/{at}");
        if !shape::is_cookie(pattern) {
            let fix = "write the name, or its beginning followed by one *";
            faults.push(&place, FaultCode::BadCookie, "not the name of a cookie", fix);
        }
        // A name and a wider pattern may overlap: the longest match decides (CK-8). Only equal ones leave it open.
        if let Some(owner) = claims.insert(pattern, &purpose.id) {
            let what = format!("{owner} claims the same cookies");
            faults.push(place, FaultCode::CookieClaimedTwice, what, "leave them to one purpose");
        }
    }
}

fn google(faults: &mut Faults, place: &str, purpose: &Purpose) {
    let place = format!("{place}/google");
    if !purpose.google.is_empty() && purpose.basis != Basis::Consent {
        let what = "a purpose without consent would tell Google that consent was given (GCM-1)";
        faults.push(&place, FaultCode::GoogleNeedsConsent, what, "remove google, or ask for consent");
    }
    for (at, kind) in purpose.google.iter().enumerate() {
        let place = format!("{place}/{at}");
        if purpose.google[..at].contains(kind) {
            faults.push(&place, FaultCode::Duplicate, "the type stands here twice", "remove one");
        }
        if kind.shares_for_advertising() && !purpose.shares_for_advertising() {
            let what = "Google receives data for advertising, and Global Privacy Control would not hold it back";
            faults.push(&place, FaultCode::GoogleNeedsSharing, what, "add sharing: true");
        }
    }
}
