//! The faults of a document that its JSON Schema cannot express: ids that name nothing, dates out of order, and what the law asks for.
//! Every fault is reported, and not only the first.

use chrono::{Days, NaiveDate};

use super::{
    Channel, Contact, FaultCode, Period, Policy,
    check::{Check, filled, needed, positive, unique},
    fault::Faults,
    guide::compare_versions,
    night::{MAX_GUARD_MINUTES, MAX_OFFSET_MINUTES},
    purposes, shape,
    structure::Replaced,
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
    guides(&check, &mut found);
    night(&check, &mut found);
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
    unique(faults, "/languages", "", &policy.languages);
    for (at, surface) in policy.surfaces.iter().enumerate() {
        if !shape::is_id(surface) {
            let fix = "write lower-case words joined by dots or underscores, such as first_run";
            faults.push(format!("/surfaces/{at}"), FaultCode::BadId, "not the name of a form", fix);
        }
    }
    unique(faults, "/surfaces", "", &policy.surfaces);
    filled(faults, "/purposes", &policy.purposes);
    positive(faults, "/edition", policy.edition);
    if policy.age_of_consent.is_some_and(|age| !AGES_OF_CONSENT.contains(&age)) {
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
    unique(faults, "/remedies", "/id", policy.remedies.iter().map(|entry| &entry.id));
    unique(faults, "/rights/kinds", "/kind", policy.rights.kinds.iter().map(|right| right.kind));
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
        filled(faults, &format!("{place}/ways"), &entry.ways);
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
        needed(faults, &place, &entry.items, FaultCode::ThirdPartyItemMissing, "PIPA-2");
        check.items(faults, &place, &entry.items);
    }
    for (at, entry) in policy.transfers.iter().enumerate() {
        let place = format!("/transfers/{at}/items");
        needed(faults, &place, &entry.items, FaultCode::TransferItemMissing, "PIPA-3");
        check.items(faults, &place, &entry.items);
        reachable(faults, &format!("/transfers/{at}/contact"), &entry.contact);
    }
    reachable(faults, "/controller/contact", &policy.controller.contact);
    reachable(faults, "/officer/contact", &policy.officer.contact);
    for (at, entry) in policy.remedies.iter().enumerate() {
        reachable(faults, &format!("/remedies/{at}/contact"), &entry.contact);
    }
    filled(faults, "/destruction/methods", &policy.destruction.methods);
    filled(faults, "/rights/kinds", &policy.rights.kinds);
    filled(faults, "/rights/ways", &policy.rights.ways);
    filled(faults, "/amendments/ways", &policy.amendments.ways);
    for (at, entry) in policy.safeguards.iter().enumerate() {
        filled(faults, &format!("/safeguards/{at}/measures"), &entry.measures);
    }
}

fn guides(check: &Check<'_>, faults: &mut Faults) {
    let policy = check.policy;
    let fix = "tell how to refuse it (PIPA-12)";
    if let Some(guide) = &policy.cookies {
        filled(faults, "/cookies/refusal", &guide.refusal);
        unique(faults, "/cookies/refusal", "/id", guide.refusal.iter().map(|entry| &entry.id));
    } else if policy.purposes.iter().any(|purpose| !purpose.cookies.is_empty()) {
        faults.push("/cookies", FaultCode::GuideMissing, "a purpose covers cookies and there is no guide to refusing them", fix);
    }
    let Some(guide) = &policy.advertising_id else {
        if policy.purposes.iter().any(|purpose| purpose.uses.is_some()) {
            let what = "a purpose uses the advertising id and there is no guide to refusing it";
            faults.push("/advertising_id", FaultCode::GuideMissing, what, fix);
        }
        return;
    };
    filled(faults, "/advertising_id/names", &guide.names);
    filled(faults, "/advertising_id/used_for", &guide.used_for);
    filled(faults, "/advertising_id/refusal", &guide.refusal);
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
    let night = &check.policy.night;
    if night.from == night.until && check.replaced.spares("/night") {
        faults.push("/night/until", FaultCode::BadNight, "the night ends when it begins", "write when it ends");
    }
    if night.utc_offset_minutes.unsigned_abs() > MAX_OFFSET_MINUTES.unsigned_abs() {
        let what = "no place on earth is that far from UTC";
        faults.push("/night/utc_offset_minutes", FaultCode::BadNight, what, format!("write at most {MAX_OFFSET_MINUTES} minutes"));
    }
    if night.guard_minutes > MAX_GUARD_MINUTES {
        let fix = format!("write at most {MAX_GUARD_MINUTES}");
        faults.push("/night/guard_minutes", FaultCode::BadNight, "more than a guard", fix);
    }
    unique(faults, "/night/exempt", "", &night.exempt);
    for (at, channel) in night.exempt.iter().enumerate() {
        if *channel != Channel::Email {
            faults.push(format!("/night/exempt/{at}"), FaultCode::BadNight, "only e-mail is exempt (KR-4)", "remove it");
        }
    }
}

fn versions(check: &Check<'_>, faults: &mut Faults) {
    let (policy, amendments) = (check.policy, &check.policy.amendments);
    if check.replaced.spares("/announced_on") && check.replaced.spares("/effective_on") {
        announced(faults, "/announced_on", policy.announced_on, policy.effective_on);
        let notice = amendments.notice_days;
        let ready = policy.announced_on.checked_add_days(Days::new(u64::from(notice)));
        let backwards = policy.announced_on > policy.effective_on;
        if check.replaced.spares("/amendments/notice_days") && !backwards && ready.is_none_or(|ready| ready > policy.effective_on) {
            let what = format!("announced less than the promised {notice} days before it takes effect");
            faults.push("/announced_on", FaultCode::NoticeTooShort, what, "announce it earlier, or let it take effect later");
        }
    }
    if amendments.material_notice_days < amendments.notice_days {
        let fix = "give a weighty change at least as many days as any change";
        faults.push("/amendments/material_notice_days", FaultCode::OutOfRange, "fewer days than for any change", fix);
    }
    filled(faults, "/amendments/versions", &amendments.versions);
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
    same("announced_on", last.announced_on.is_none_or(|day| day == policy.announced_on));
    same("effective_on", last.effective_on == policy.effective_on);
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
