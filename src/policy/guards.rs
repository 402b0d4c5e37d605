//! What an edition that is delivered over the network may not loosen.
//!
//! Whoever controls the server can write such a document. It may ask for less, and it may protect the person more, at any time. Some
//! protections of a person are never put to the person as a question: who the audience is, the hours of the night, the opt-outs of the
//! system, the other consents that a purpose requires. Only an edition that ships inside the app may loosen those, because it went through
//! the app's own release.

use std::collections::BTreeSet;

use super::{
    Audience, Basis, Channel, CookieNames, CookiePattern, FaultCode, GoogleConsentType, Policy, Purpose,
    agreed::{Kind, changed_parts},
    fault::Faults,
};

/// What to do about each of these faults.
const FIX: &str = "ship the change inside the app";

/// How far the number of a purpose's meaning may rise in one delivered edition. A number never falls, so one as high as there is would leave
/// no later delivered edition a higher one. A million is enough for numbers that are dates, such as 20261127, over a hundred years.
const MAX_MATERIAL_AHEAD: u32 = 1_000_000;
/// Most days of notice that a delivered edition may promise. Every later delivered edition is held to that promise; ten years are more than
/// anybody gives.
const MAX_NOTICE_DAYS: u32 = 3_660;

/// Adds every guard that the offered edition loosens.
pub(super) fn check(faults: &mut Faults, in_force: &Policy, former: &[Policy], offered: &Policy) {
    if strictness(offered.audience) < strictness(in_force.audience) {
        let what = "a delivered policy expects fewer children than the one in force, and a child would be taken for a grown-up (PIPA-8)";
        faults.push("/audience", FaultCode::GuardWeakened, what, FIX);
    }
    for name in in_force.regimes.iter().filter(|name| !offered.regimes.contains(name)) {
        let what = format!("a delivered policy is no longer held to the law {name:?}");
        faults.push("/regimes", FaultCode::GuardWeakened, what, format!("add {name:?}, or {FIX}"));
    }
    if offered.age_of_consent() < in_force.age_of_consent() {
        let what = "a delivered policy lowers the age of consent, and a child would be taken for a grown-up (PIPA-8)";
        faults.push("/age_of_consent", FaultCode::GuardWeakened, what, FIX);
    }
    if offered.languages.first() != in_force.languages.first() {
        let what =
            "a delivered policy puts another language first, and texts are compared in the first one, so a later text could change unseen";
        faults.push("/languages/0", FaultCode::GuardWeakened, what, FIX);
    }
    if spares_more(offered, in_force) {
        let what = "a delivered policy allows messages at hours that need a consent of their own (KR-4)";
        faults.push("/night", FaultCode::ConsentTakenAway, what, FIX);
    }
    if offered.cool_down_days() < in_force.cool_down_days() {
        let what = "a delivered policy brings a closed form back sooner (PIPA-16)";
        faults.push("/cool_down_days", FaultCode::GuardWeakened, what, FIX);
    }
    if let Some(amendments) = &offered.amendments {
        let before = in_force.amendments.as_ref().map_or((0, 0), |before| (before.notice_days, before.material_notice_days));
        for (field, before, days) in
            [("notice_days", before.0, amendments.notice_days), ("material_notice_days", before.1, amendments.material_notice_days)]
        {
            if days > before.max(MAX_NOTICE_DAYS) {
                let what = format!("a delivered policy promises more than {MAX_NOTICE_DAYS} days of notice");
                faults.push(format!("/amendments/{field}"), FaultCode::OutOfRange, what, FIX);
            }
        }
    }
    for (at, purpose) in offered.purposes.iter().enumerate() {
        let place = format!("/purposes/{at}");
        let before = last_asked(in_force, former, &purpose.id).map(|(_, before)| before.material);
        if before.is_some_and(|before| purpose.material > before.saturating_add(MAX_MATERIAL_AHEAD)) {
            let what = format!("a delivered policy raises material by more than {MAX_MATERIAL_AHEAD}");
            faults.push(format!("{place}/material"), FaultCode::OutOfRange, what, "count it up by one, or ship the change inside the app");
        }
        match last_asked(in_force, former, &purpose.id) {
            Some((policy, before)) => {
                purpose_keeps_its_guards(faults, &place, (policy, before), (offered, purpose));
                nothing_is_added_unasked(faults, (policy, before), (offered, purpose), at);
            }
            None if purpose.basis.silence_allows() => {
                let what = "a delivered policy brings a purpose that is allowed although nobody was asked about it";
                faults.push(format!("{place}/basis"), FaultCode::ConsentTakenAway, what, FIX);
            }
            None => {}
        }
    }
    let editions: Vec<&Policy> = std::iter::once(in_force).chain(former).collect();
    channels_keep_their_night(faults, &editions, offered);
    cookies_keep_their_guards(faults, &editions, offered);
    google_keeps_its_guards(faults, &editions, offered);
}

/// The purpose as people were last asked for it, with the edition that asked: the one in force, or else the newest former one that has it.
pub(super) fn last_asked<'a>(in_force: &'a Policy, former: &'a [Policy], purpose: &str) -> Option<(&'a Policy, &'a Purpose)> {
    std::iter::once(in_force).chain(former).find_map(|policy| Some((policy, policy.purpose(purpose)?)))
}

/// True where a message that needs the separate consent to the night under one policy would not need it under the other.
fn spares_more(policy: &Policy, than: &Policy) -> bool {
    than.quiet_hours().is_some_and(|before| policy.quiet_hours().is_none_or(|night| night.spares_more_than(before)))
}

/// How much a person has to say: to be asked first is more than to be able to object, and that is more than nothing.
fn say(basis: Basis) -> u8 {
    match basis {
        Basis::Contract | Basis::Law => 0,
        Basis::LegitimateInterest | Basis::OptOut => 1,
        Basis::Consent => 2,
    }
}

/// What a person loses where a basis gives way to one that leaves less to say.
fn lost_say(before: Basis) -> &'static str {
    if before == Basis::Consent { "consent" } else { "the person's objection" }
}

fn strictness(audience: Audience) -> u8 {
    match audience {
        Audience::Adult => 0,
        Audience::Mixed => 1,
        Audience::Child => 2,
    }
}

fn purpose_keeps_its_guards(faults: &mut Faults, place: &str, before: (&Policy, &Purpose), after: (&Policy, &Purpose)) {
    let (old, new) = (before.1, after.1);
    if !old.basis.may_be_answered() {
        return;
    }
    if say(new.basis) < say(old.basis) {
        let what = format!("a delivered policy takes the purpose away from {}", lost_say(old.basis));
        faults.push(format!("{place}/basis"), FaultCode::ConsentTakenAway, what, FIX);
    }
    let exempt = |policy: &Policy, purpose: &Purpose| !purpose.channel.as_ref().is_some_and(|channel| policy.needs_night_consent(channel));
    let loosened = [
        ("uses", old.uses.is_some() && new.uses != old.uses, "the system's own opt-outs would no longer hold the purpose back"),
        ("sharing", old.sharing && !new.sharing, "Global Privacy Control would no longer hold the purpose back"),
        ("scope", new.scope != old.scope, "an answer would follow somebody else than its giver was told"),
        ("night", old.night && !new.night, "the separate consent to the night would become a consent to any hour (KR-4)"),
        ("channel", !exempt(before.0, old) && exempt(after.0, new), "the night would no longer hold the purpose back (KR-4)"),
        ("requires", old.requires.iter().any(|id| !new.requires.contains(id)), "the purpose would no longer need another consent"),
        ("expires_after_days", new.lasts_longer_than(old), "a grant would count for longer"),
    ];
    for (field, _, effect) in loosened.into_iter().filter(|(_, loosened, _)| *loosened) {
        let what = format!("a delivered policy takes away a guard: {effect}");
        faults.push(format!("{place}/{field}"), FaultCode::GuardWeakened, what, FIX);
    }
}

// Nobody is asked about a purpose that rests on a contract, on a law or on silence, however much `material` rises. So whatever is added to it
// would be allowed at once, also to those who refused the same thing elsewhere.
fn nothing_is_added_unasked(faults: &mut Faults, before: (&Policy, &Purpose), after: (&Policy, &Purpose), at: usize) {
    let (old, new) = (before.1, after.1);
    if old.basis == Basis::Consent || new.basis == Basis::Consent {
        return;
    }
    let is_editorial = new.is_editorial(before.0.edition, after.0.edition);
    let added = changed_parts(before, after, at).into_iter().filter(|part| part.widens && !(is_editorial && part.kind == Kind::Wording));
    for part in added {
        let what = "a delivered policy changes what is allowed although nobody is asked about it";
        faults.push(part.pointer, FaultCode::ConsentTakenAway, what, FIX);
    }
}

// The night holds back the messages of every basis, also of one that nobody is asked about. A channel is what the last edition said that had it,
// so that it cannot be left out in one edition and come back free of the night in the next.
fn channels_keep_their_night(faults: &mut Faults, editions: &[&Policy], offered: &Policy) {
    for (at, defined) in offered.channels.iter().enumerate() {
        let before = editions.iter().find(|policy| policy.channels.iter().any(|former| former.id == defined.id));
        let channel = Channel::named(&defined.id);
        if before.is_some_and(|before| before.needs_night_consent(&channel)) && !offered.needs_night_consent(&channel) {
            let what = "a delivered policy allows messages by a channel at hours that need a consent of their own (KR-4)";
            faults.push(format!("/channels/{at}"), FaultCode::ConsentTakenAway, what, FIX);
        }
    }
}

// A cookie can lose its protection although no purpose loses any: another purpose may claim it, or claim a narrower name. Where no purpose
// of the edition in force claims the cookie, the last edition that had it claimed is compared; otherwise one edition could drop the cookie
// and the next one give it to a purpose without protection.
fn cookies_keep_their_guards(faults: &mut Faults, editions: &[&Policy], offered: &Policy) {
    let before: Vec<Claims<'_>> = editions.iter().copied().map(Claims::of).collect();
    let now = Claims::of(offered);
    let names: BTreeSet<Sought<'_>> = before.iter().chain([&now]).flat_map(Claims::sought).collect();
    let mut names: Vec<Sought<'_>> = names.into_iter().collect();
    // Who reads the faults goes through the document from its top.
    names.sort_by_cached_key(|name| now.owner(*name).map(|(_, at, index)| (at, index)));
    for name in names {
        let Some((after, at, index)) = now.owner(name) else { continue };
        let (place, cookie) = (format!("/purposes/{at}/cookies/{index}"), name.text());
        let Some((before, ..)) = before.iter().find_map(|claims| claims.owner(name)) else {
            if brings_cookies_unasked(after, editions) {
                let what = format!("a delivered policy allows the cookie {cookie} although nobody was asked about it");
                faults.push(place, FaultCode::ConsentTakenAway, what, FIX);
            }
            continue;
        };
        if !before.basis.may_be_answered() {
            continue;
        }
        // An objection to one purpose is none to another.
        let leaves_objection = after.basis.silence_allows() && after.id != before.id;
        if say(after.basis) < say(before.basis) || leaves_objection {
            let what = format!("a delivered policy takes the cookie {cookie} away from {}", lost_say(before.basis));
            faults.push(place, FaultCode::ConsentTakenAway, what, FIX);
        } else if before.shares_for_advertising() && !after.shares_for_advertising() {
            let what = format!("a delivered policy takes the cookie {cookie} away from what Global Privacy Control holds back");
            faults.push(place, FaultCode::GuardWeakened, what, FIX);
        }
    }
}

// A cookie that no purpose claimed before is allowed at once where its purpose needs no yes. Where a person can object, the objection was to
// the cookies of then. A purpose that rests on a contract or a law and has cookies may have more of them, since their names are technical and
// change; one that had none may not begin to.
fn brings_cookies_unasked(purpose: &Purpose, editions: &[&Policy]) -> bool {
    let before = || editions.iter().find_map(|policy| policy.purpose(&purpose.id));
    purpose.basis.silence_allows() || (purpose.basis != Basis::Consent && before().is_some_and(|before| before.cookies.is_empty()))
}

// Google is told that a type is granted while every purpose that names the type is allowed. Where one purpose no longer names it, the type
// is granted without that purpose's consent. The offered edition is compared with the last one in which any purpose named the type.
fn google_keeps_its_guards(faults: &mut Faults, editions: &[&Policy], offered: &Policy) {
    use GoogleConsentType::{AdPersonalization, AdStorage, AdUserData, AnalyticsStorage};
    let named = |policy: &Policy, kind: GoogleConsentType| -> BTreeSet<String> {
        let naming = policy.purposes.iter().filter(|purpose| purpose.google.contains(&kind));
        naming.map(|purpose| purpose.id.clone()).collect()
    };
    for kind in [AdStorage, AnalyticsStorage, AdUserData, AdPersonalization] {
        let last = editions.iter().map(|policy| named(policy, kind)).find(|purposes| !purposes.is_empty());
        let (before, after) = (last.unwrap_or_default(), named(offered, kind));
        if !after.is_empty() && !before.is_subset(&after) {
            let what = "a delivered policy tells Google of a consent that depends on fewer purposes than before (GCM-4)";
            faults.push("/purposes", FaultCode::GuardWeakened, what, FIX);
        }
    }
}

/// The purpose and the pattern that a cookie's name belongs to (CK-8).
struct Claims<'a>(CookieNames<&'a str, Claim<'a>>);

/// A purpose, its place in the policy, and the place of one of its patterns.
type Claim<'a> = (&'a Purpose, usize, usize);

impl<'a> Claims<'a> {
    fn of(policy: &'a Policy) -> Self {
        Self(CookieNames::new(policy.purposes.iter().enumerate().flat_map(|(at, purpose)| {
            let patterns = purpose.cookies.iter().enumerate();
            patterns.map(move |(index, pattern)| CookiePattern::read(pattern, (purpose, at, index)))
        })))
    }

    /// What these patterns tell apart: each exact name, and for each beginning the names that have nothing more exact.
    fn sought(&self) -> impl Iterator<Item = Sought<'a>> + '_ {
        let exact = self.0.names().copied().map(Sought::Name);
        exact.chain(self.0.beginnings().copied().map(Sought::Beginning))
    }

    fn owner(&self, sought: Sought<'_>) -> Option<Claim<'a>> {
        let owner = match sought {
            Sought::Name(name) => self.0.of_name(name),
            Sought::Beginning(beginning) => self.0.of_beginning(beginning),
        };
        owner.copied()
    }
}

/// A name of a cookie that is looked up, or any name with this beginning for which no purpose has a more exact pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sought<'a> {
    Name(&'a str),
    Beginning(&'a str),
}

impl<'a> Sought<'a> {
    fn text(self) -> &'a str {
        match self {
            Self::Name(text) | Self::Beginning(text) => text,
        }
    }
}
