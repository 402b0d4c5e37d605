//! The faults of a document that its JSON Schema cannot express: ids that name nothing, dates out of order, and what the law asks for.
//! Every fault is reported, and not only the first.

use chrono::{Days, NaiveDate};

use super::{
    Channel, Contact, FaultCode, Matter, Night, Period, Policy, Ruled,
    check::{Check, filled, needed, positive, unique},
    fault::Faults,
    guide::compare_versions,
    night::MAX_GUARD_MINUTES,
    purposes::{self, MAX_VENDORS},
    reason_text::{REASONS, is_reason},
    shape,
    structure::Replaced,
    zone::MAX_OFFSET_MINUTES,
};

/// Ages of consent that a law may name: the lowest is 13 (COPPA, GDPR 8), and nobody comes of age later than with 21.
const AGES_OF_CONSENT: std::ops::RangeInclusive<u32> = 13..=21;

/// Adds all that is wrong with the meaning of a document. What is only a consequence of a value that `structure` replaced is left out.
pub(super) fn check(policy: &Policy, replaced: &Replaced, faults: &mut Faults) {
    let mut found = Faults::default();
    let check = Check::new(policy, replaced);
    head(&check, &mut found);
    ids(&check, &mut found);
    parts(&check, &mut found);
    if policy.asked_by(Matter::WholeDocument).is_some() {
        whole(policy, &mut found);
    }
    guides(&check, &mut found);
    night(&check, &mut found);
    channels(policy, &mut found);
    versions(&check, &mut found);
    purposes::check(&check, &mut found);
    for fault in found.into_list() {
        if !replaced.holds(&fault.pointer) && !replaced.touches_entry(&fault.pointer) {
            faults.push(fault.pointer, fault.code, fault.what, fault.fix);
        }
    }
}

fn head(check: &Check<'_>, faults: &mut Faults) {
    let policy = check.policy;
    filled(faults, "/languages", &policy.languages);
    for (at, language) in policy.languages.iter().enumerate() {
        if !shape::is_language(language) {
            faults.push(format!("/languages/{at}"), FaultCode::BadLanguage, "not a language tag", "write a BCP 47 tag such as ko");
        }
    }
    unique(faults, "/languages", "", policy.languages.iter().map(|tag| tag.to_ascii_lowercase()));
    for (at, surface) in policy.surfaces.iter().enumerate() {
        if !shape::is_id(surface) {
            let fix = "write lower-case words joined by dots, hyphens or underscores, such as first_run";
            faults.push(format!("/surfaces/{at}"), FaultCode::BadId, "not the name of a form", fix);
        }
    }
    unique(faults, "/surfaces", "", &policy.surfaces);
    filled(faults, "/purposes", &policy.purposes);
    unique(faults, "/regimes", "", &policy.regimes);
    positive(faults, "/edition", policy.edition);
    by_law(faults, "/cool_down_days", policy.cool_down_days, policy.highest(|law| law.cool_down_days.as_ref()));
    let lower_than_a_law = by_law(faults, "/age_of_consent", policy.age_of_consent, policy.highest(|law| law.age_of_consent.as_ref()));
    // One mistake is told once: what is lower than a law of the policy asks for is told with the age that this law names.
    if !lower_than_a_law && policy.age_of_consent.is_some_and(|age| !AGES_OF_CONSENT.contains(&age)) {
        let fix = "write the age in years from which the law lets a person consent alone, or leave it out for 14";
        faults.push("/age_of_consent", FaultCode::OutOfRange, "no law knows such an age of consent", fix);
    }
}

fn ids(check: &Check<'_>, faults: &mut Faults) {
    let policy = check.policy;
    unique(faults, "/statements", "/id", policy.statements.iter().map(|entry| &entry.id));
    unique(faults, "/items", "/id", policy.items.iter().map(|entry| &entry.id));
    unique(faults, "/purposes", "/id", policy.purposes.iter().map(|entry| &entry.id));
    unique(faults, "/collection", "/id", policy.collection.iter().map(|entry| &entry.id));
    unique(faults, "/retention", "/id", policy.retention.iter().map(|entry| &entry.id));
    unique(faults, "/third_parties", "/id", policy.third_parties.iter().map(|entry| &entry.id));
    unique(faults, "/transfers", "/id", policy.transfers.iter().map(|entry| &entry.id));
    unique(faults, "/processors", "/id", policy.processors.iter().map(|entry| &entry.id));
    unique(faults, "/channels", "/id", policy.channels.iter().map(|entry| &entry.id));
    unique(faults, "/vendors", "/id", policy.vendors.iter().map(|entry| &entry.id));
    unique(faults, "/remedies", "/id", policy.remedies.iter().map(|entry| &entry.id));
    unique(faults, "/rights/kinds", "/kind", policy.rights.iter().flat_map(|rights| &rights.kinds).map(|right| right.kind));
}

fn parts(check: &Check<'_>, faults: &mut Faults) {
    let policy = check.policy;
    for (at, entry) in policy.collection.iter().enumerate() {
        let place = format!("/collection/{at}");
        check.names_purpose(faults, &format!("{place}/purpose"), &entry.purpose);
        check.items(faults, &format!("{place}/required"), &entry.required);
        check.items(faults, &format!("{place}/optional"), &entry.optional);
        for (index, item) in entry.optional.iter().enumerate() {
            if entry.required.contains(item) {
                let fix = "keep it in one of the two lists";
                faults.push(format!("{place}/optional/{index}"), FaultCode::Duplicate, "both required and optional", fix);
            }
        }
    }
    for (at, entry) in policy.retention.iter().enumerate() {
        if let Some(purpose) = &entry.purpose {
            check.names_purpose(faults, &format!("/retention/{at}/purpose"), purpose);
        }
        period(faults, &format!("/retention/{at}/period"), entry.period);
    }
    if let Some(dormancy) = &policy.dormancy {
        period(faults, "/dormancy/unused_for", dormancy.unused_for);
    }
    for (at, entry) in policy.third_parties.iter().enumerate() {
        let place = format!("/third_parties/{at}/items");
        needed(faults, &place, &entry.items, FaultCode::ThirdPartyItemMissing, policy.asked_by(Matter::ThirdPartyItems));
        check.items(faults, &place, &entry.items);
    }
    for (at, entry) in policy.transfers.iter().enumerate() {
        let place = format!("/transfers/{at}/items");
        needed(faults, &place, &entry.items, FaultCode::TransferItemMissing, policy.asked_by(Matter::TransferItems));
        check.items(faults, &place, &entry.items);
    }
}

/// The parts of a document that a law wants whole say something.
fn whole(policy: &Policy, faults: &mut Faults) {
    for (at, entry) in policy.collection.iter().enumerate() {
        filled(faults, &format!("/collection/{at}/ways"), &entry.ways);
    }
    for (at, entry) in policy.transfers.iter().enumerate() {
        reachable(faults, &format!("/transfers/{at}/contact"), &entry.contact);
    }
    if let Some(controller) = &policy.controller {
        reachable(faults, "/controller/contact", &controller.contact);
    }
    if let Some(officer) = &policy.officer {
        reachable(faults, "/officer/contact", &officer.contact);
    }
    for (at, entry) in policy.remedies.iter().enumerate() {
        reachable(faults, &format!("/remedies/{at}/contact"), &entry.contact);
    }
    if let Some(destruction) = &policy.destruction {
        filled(faults, "/destruction/methods", &destruction.methods);
    }
    if let Some(rights) = &policy.rights {
        filled(faults, "/rights/kinds", &rights.kinds);
        filled(faults, "/rights/ways", &rights.ways);
    }
    if let Some(amendments) = &policy.amendments {
        filled(faults, "/amendments/ways", &amendments.ways);
        filled(faults, "/amendments/versions", &amendments.versions);
    }
    for (at, entry) in policy.safeguards.iter().enumerate() {
        filled(faults, &format!("/safeguards/{at}/measures"), &entry.measures);
    }
    if let Some(guide) = &policy.cookies {
        filled(faults, "/cookies/refusal", &guide.refusal);
    }
    if let Some(guide) = &policy.advertising_id {
        filled(faults, "/advertising_id/names", &guide.names);
        filled(faults, "/advertising_id/used_for", &guide.used_for);
        filled(faults, "/advertising_id/refusal", &guide.refusal);
    }
}

fn guides(check: &Check<'_>, faults: &mut Faults) {
    let policy = check.policy;
    let rule = policy.asked_by(Matter::RefusalGuides);
    let fix = format!("tell how to refuse it ({})", rule.unwrap_or_default());
    if let Some(guide) = &policy.cookies {
        unique(faults, "/cookies/refusal", "/id", guide.refusal.iter().map(|entry| &entry.id));
    } else if rule.is_some() && policy.purposes.iter().any(|purpose| !purpose.cookies.is_empty()) {
        faults.push("/cookies", FaultCode::GuideMissing, "a purpose covers cookies and there is no guide to refusing them", &fix);
    }
    let Some(guide) = &policy.advertising_id else {
        if rule.is_some() && policy.purposes.iter().any(|purpose| purpose.uses.is_some()) {
            let what = "a purpose uses the advertising id and there is no guide to refusing it";
            faults.push("/advertising_id", FaultCode::GuideMissing, what, fix);
        }
        return;
    };
    unique(faults, "/advertising_id/refusal", "/id", guide.refusal.iter().map(|entry| &entry.id));
    for (at, entry) in guide.refusal.iter().enumerate() {
        let place = format!("/advertising_id/refusal/{at}");
        if let (Some(from), Some(before)) = (&entry.from, &entry.before)
            && compare_versions(from, before).is_ge()
        {
            let what = format!("{from} is not before {before}");
            faults.push(format!("{place}/before"), FaultCode::VersionsUnordered, what, "let the range end after its beginning");
        }
        let previous = guide.refusal.iter().take(at).rfind(|other| other.platform == entry.platform);
        if let Some(previous) = previous {
            let follows = match (&previous.before, &entry.from) {
                (Some(before), Some(from)) => compare_versions(before, from).is_le(),
                _ => false,
            };
            if !follows {
                let what = format!("the range overlaps {} or comes before it", previous.id);
                let fix = "order the ranges of one platform; each begins where the one before it ends, or later";
                faults.push(format!("{place}/from"), FaultCode::VersionsUnordered, what, fix);
            }
        }
    }
}

fn night(check: &Check<'_>, faults: &mut Faults) {
    let Some(night) = &check.policy.night else { return };
    let spared = check.replaced.spares("/night");
    if night.from == night.until && spared {
        faults.push("/night/until", FaultCode::BadNight, "the night ends when it begins", "write when it ends");
    }
    let possible = night.utc_offset_minutes.unwrap_or_default().unsigned_abs() <= MAX_OFFSET_MINUTES.unsigned_abs();
    match (&night.zone, night.utc_offset_minutes) {
        (Some(_), Some(_)) => {
            let what = "the time is told twice, by its zone and by its offset";
            faults.push("/night/utc_offset_minutes", FaultCode::BadNight, what, "keep zone, and remove utc_offset_minutes");
        }
        (None, None) if spared => {
            let fix = "add zone, such as Europe/Berlin, or utc_offset_minutes";
            faults.push("/night/utc_offset_minutes", FaultCode::MissingField, "nothing says which time the hours are of", fix);
        }
        _ if spared && possible && night.from != night.until => night_by_law(check.policy, faults, night),
        _ => {}
    }
    if !possible {
        let what = "no place on earth is that far from UTC";
        faults.push("/night/utc_offset_minutes", FaultCode::BadNight, what, format!("write at most {MAX_OFFSET_MINUTES} minutes"));
    }
    if night.guard_minutes > MAX_GUARD_MINUTES {
        let fix = format!("write at most {MAX_GUARD_MINUTES}");
        faults.push("/night/guard_minutes", FaultCode::BadNight, "more than a guard", fix);
    }
    unique(faults, "/night/exempt", "", night.exempt.iter());
}

fn channels(policy: &Policy, faults: &mut Faults) {
    for (at, channel) in policy.channels.iter().enumerate() {
        if Channel::known(&channel.id).is_some() {
            let fix = "remove it, or give another channel another id";
            faults.push(format!("/channels/{at}/id"), FaultCode::Duplicate, "this channel is known, and keeps what it is", fix);
        }
        let rule = policy.laws().filter_map(|law| law.quiet_hours.as_ref()).map(|hours| hours.rule).next();
        if let Some(rule) = rule.filter(|_| channel.electronic && !channel.night) {
            let what = format!("no electronic channel is free of the night ({rule})");
            faults.push(format!("/channels/{at}/night"), FaultCode::BadNight, what, "remove it");
        }
    }
    unique(faults, "/reasons", "/code", policy.reasons.iter().map(|own| &own.code));
    for (at, _) in policy.reasons.iter().enumerate().filter(|(_, own)| !is_reason(&own.code)) {
        let fix = format!("write one of {}", REASONS.join(", "));
        faults.push(format!("/reasons/{at}/code"), FaultCode::UnknownValue, "no reason has this code", fix);
    }
    if policy.vendors.len() > MAX_VENDORS {
        let fix = format!("name at most {MAX_VENDORS}");
        faults.push("/vendors", FaultCode::TooWide, "more vendors than anybody can look through", fix);
    }
}

/// A night may be longer than the one of a law, and never spare anything that the law does not (KR-4).
fn night_by_law(policy: &Policy, faults: &mut Faults, night: &Night) {
    for Ruled { value: law, rule } in policy.laws().filter_map(|law| law.quiet_hours.as_ref()) {
        for (at, channel) in night.exempt.iter().enumerate() {
            let is_letter = policy.channels.iter().any(|defined| defined.id == channel.word() && !defined.electronic);
            if law.restricts(channel) && !is_letter {
                let what = format!("this channel is not exempt ({rule})");
                faults.push(format!("/night/exempt/{at}"), FaultCode::BadNight, what, "remove it");
            }
        }
        if let Some(zone) = night.zone_to_know() {
            let what = format!("the clocks of {zone} are not those of the law ({rule})");
            let fix = "write the zone of the law, or the hours in utc_offset_minutes, or leave the night out";
            faults.push("/night/zone", FaultCode::BadNight, what, fix);
        } else if let Some(minute) = night.minute_spared(law) {
            let what = format!("{minute} UTC is night by law and not by these hours ({rule})");
            faults.push("/night", FaultCode::BadNight, what, "let the night cover all hours of the law, or leave it out");
        }
    }
}

fn versions(check: &Check<'_>, faults: &mut Faults) {
    let policy = check.policy;
    let dates = policy.announced_on.zip(policy.effective_on);
    if let Some((first, effective)) = dates.filter(|_| check.replaced.spares("/announced_on") && check.replaced.spares("/effective_on")) {
        announced(faults, "/announced_on", first, effective);
        let notice = policy.notice_days(false);
        let ready = first.checked_add_days(Days::new(u64::from(notice)));
        let backwards = first > effective;
        if check.replaced.spares("/amendments/notice_days") && !backwards && ready.is_none_or(|ready| ready > effective) {
            let what = format!("announced less than the promised {notice} days before it takes effect");
            faults.push("/announced_on", FaultCode::NoticeTooShort, what, "announce it earlier, or let it take effect later");
        }
    }
    let Some(amendments) = &policy.amendments else { return };
    if amendments.material_notice_days < amendments.notice_days {
        let fix = "give a weighty change at least as many days as any change";
        faults.push("/amendments/material_notice_days", FaultCode::OutOfRange, "fewer days than for any change", fix);
    }
    for (at, version) in amendments.versions.iter().enumerate() {
        let place = format!("/amendments/versions/{at}");
        positive(faults, &format!("{place}/edition"), version.edition);
        if let Some(day) = version.announced_on {
            announced(faults, &format!("{place}/announced_on"), day, version.effective_on);
        }
        let Some(previous) = at.checked_sub(1).and_then(|before| amendments.versions.get(before)) else { continue };
        let fix = "list the versions oldest first";
        if version.edition <= previous.edition {
            faults.push(format!("{place}/edition"), FaultCode::DatesBackwards, "not after the edition before it", fix);
        }
        if version.effective_on <= previous.effective_on {
            faults.push(format!("{place}/effective_on"), FaultCode::DatesBackwards, "not after the version before it", fix);
        }
    }
    let Some(last) = amendments.versions.last() else { return };
    let place = format!("/amendments/versions/{}", amendments.versions.len() - 1);
    let mut same = |field: &str, equal: bool| {
        if !equal && check.replaced.spares(&format!("/{field}")) {
            let what = format!("the last version has another {field} than the document");
            faults.push(format!("{place}/{field}"), FaultCode::VersionMismatch, what, "end the list with this document");
        }
    };
    same("edition", last.edition == policy.edition);
    same("version", last.version == policy.version);
    same("announced_on", last.announced_on.is_none_or(|day| Some(day) == policy.announced_on));
    same("effective_on", Some(last.effective_on) == policy.effective_on);
}

/// A number that a law lets nobody undercut. Says whether the document undercuts it.
fn by_law(faults: &mut Faults, place: &str, said: Option<u32>, law: Option<&Ruled<u32>>) -> bool {
    let (Some(said), Some(law)) = (said, law) else { return false };
    if said >= law.value {
        return false;
    }
    let what = format!("{said} is less than {}, which {} asks for", law.value, law.rule);
    faults.push(place, FaultCode::OutOfRange, what, format!("write {} or more, or leave it out", law.value));
    true
}

fn reachable(faults: &mut Faults, place: &str, contact: &Contact) {
    if *contact == Contact::default() {
        faults.push(place, FaultCode::BadContact, "no way to reach anybody", "add email, phone or url");
    }
}

fn announced(faults: &mut Faults, place: &str, announced: NaiveDate, effective: NaiveDate) {
    if announced > effective {
        let fix = "announce it on the day it takes effect, or before";
        faults.push(place, FaultCode::DatesBackwards, "announced after it takes effect", fix);
    }
}

fn period(faults: &mut Faults, place: &str, period: Period) {
    if matches!(period, Period::Days(0) | Period::Months(0) | Period::Years(0)) {
        faults.push(place, FaultCode::OutOfRange, "a period of nothing", "write a number from 1, or at_once");
    }
}
