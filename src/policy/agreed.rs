//! What a person agreed to with a yes to a purpose, part by part, and which of it an edition changes.
//!
//! PIPA-1 to 3 list what a notice tells; a change of any of it asks again. So the purpose's `material` must rise with such a change. Only
//! where nothing but the wording changed, and the meaning did not, may an edition say so instead: see `editorial` of a purpose.

use std::collections::{BTreeMap, BTreeSet};

use super::{Policy, Purpose, PurposeNotice, Text, ThirdParty, Transfer};

/// Whether a change of a part can be one of its wording alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Never: a list of items, a channel, a number of days.
    Fact,
    /// It can, but who a recipient is and which country data goes to hang on a few letters: only the app itself may say that they mean the
    /// same as before.
    Name,
    /// It can.
    Wording,
}

/// A part that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// Its place in the later document, a JSON pointer.
    pub(super) pointer: String,
    pub(super) kind: Kind,
    /// True where the change adds something to what the purpose allows, or says it in other words. False where it takes something away, and
    /// for what the guards of a delivered edition look at by themselves: basis, scope, night, cookies, expiry and what is required.
    pub(super) widens: bool,
}

/// The parts of a purpose that an edition changes. Each purpose comes with the edition that asks for it; `at` is its place among the
/// purposes of the later edition. The title is
/// one only where it is all that a person reads. The forms that ask are no part of what is agreed to, and less is: a cookie or a consent type
/// of Google that the purpose gives up takes nothing from anybody.
pub(super) fn changed_parts(before: (&Policy, &Purpose), after: (&Policy, &Purpose), at: usize) -> Vec<Part> {
    parts_changed_in(before.0.languages.first().map(String::as_str), before, after, at)
}

/// The same with every language compared, for an edition that says itself that the meaning changed: then a translation that changed is no
/// corrected letter.
pub(super) fn changed_parts_in_any_language(before: (&Policy, &Purpose), after: (&Policy, &Purpose), at: usize) -> Vec<Part> {
    parts_changed_in(None, before, after, at)
}

fn parts_changed_in(first: Option<&str>, before: (&Policy, &Purpose), after: (&Policy, &Purpose), at: usize) -> Vec<Part> {
    let (old, new) = (before.1, after.1);
    let mut parts = Parts { list: vec![], place: format!("/purposes/{at}") };
    parts.fact_that_widens("basis", old.basis != new.basis, false);
    parts.fact_that_widens("scope", old.scope != new.scope, false);
    parts.fact_that_widens("channel", old.channel != new.channel, new.channel.is_some());
    parts.fact_that_widens("night", old.night != new.night, false);
    parts.fact_that_widens("uses", old.uses != new.uses, new.uses.is_some());
    parts.fact_that_widens("sharing", old.sharing != new.sharing, new.sharing);
    parts.fact("google", new.google.iter().any(|kind| !old.google.contains(kind)));
    parts.fact_that_widens("cookies", new.cookies.iter().any(|pattern| !old.cookies.contains(pattern)), false);
    parts.fact_that_widens("expires_after_days", new.lasts_longer_than(old), false);
    parts.fact_that_widens("requires", set(&old.requires) != set(&new.requires), false);
    parts.fact_that_widens(
        "third_parties",
        set(&old.third_parties) != set(&new.third_parties),
        !set(&new.third_parties).is_subset(&set(&old.third_parties)),
    );
    parts.fact_that_widens("transfers", set(&old.transfers) != set(&new.transfers), !set(&new.transfers).is_subset(&set(&old.transfers)));
    parts.fact("vendors", !set(&new.vendors).is_subset(&set(&old.vendors)));
    let none = PurposeNotice::default();
    let (told, tells) = (old.notice.as_ref().unwrap_or(&none), new.notice.as_ref().unwrap_or(&none));
    parts.fact_that_widens("notice/items", items(old) != items(new), !items(new).is_subset(&items(old)));
    let told_by_title = told.purpose.is_empty() && tells.purpose.is_empty();
    parts.of("title", Kind::Wording, told_by_title && is_reworded(first, &old.title, &new.title));
    parts.of("notice/purpose", Kind::Wording, is_reworded(first, &told.purpose, &tells.purpose));
    parts.of("notice/retention", Kind::Wording, is_reworded(first, &told.retention, &tells.retention));
    parts.of("notice/refusal", Kind::Wording, is_reworded(first, &told.refusal, &tells.refusal));
    let mut collected: BTreeSet<&str> = items(new);
    for (index, party) in named(&after.0.third_parties, &new.third_parties, |party| &party.id) {
        let Some(former) = before.0.third_parties.iter().find(|former| former.id == party.id) else { continue };
        parts.place = format!("/third_parties/{index}");
        third_party(&mut parts, first, former, party);
        collected.extend(set(&party.items));
    }
    for (index, transfer) in named(&after.0.transfers, &new.transfers, |transfer| &transfer.id) {
        let Some(former) = before.0.transfers.iter().find(|former| former.id == transfer.id) else { continue };
        parts.place = format!("/transfers/{index}");
        abroad(&mut parts, first, former, transfer);
        collected.extend(set(&transfer.items));
    }
    renamed_vendors(&mut parts, before.0, after.0, &set(&new.vendors));
    let labels: BTreeMap<&str, &Text> = before.0.items.iter().map(|item| (item.id.as_str(), &item.label)).collect();
    for (index, item) in after.0.items.iter().enumerate().filter(|(_, item)| collected.contains(item.id.as_str())) {
        let reworded = labels.get(item.id.as_str()).is_some_and(|label| is_reworded(first, label, &item.label));
        parts.place = format!("/items/{index}");
        parts.of("label", Kind::Wording, reworded);
    }
    parts.list
}

fn third_party(parts: &mut Parts, first: Option<&str>, old: &ThirdParty, new: &ThirdParty) {
    parts.fact_that_widens("items", set(&old.items) != set(&new.items), !set(&new.items).is_subset(&set(&old.items)));
    parts.of("recipient", Kind::Name, is_renamed(&old.recipient, &new.recipient));
    parts.of("purpose", Kind::Wording, is_reworded(first, &old.purpose, &new.purpose));
    parts.of("retention", Kind::Wording, is_reworded(first, &old.retention, &new.retention));
    parts.of("refusal", Kind::Wording, is_reworded(first, &old.refusal, &new.refusal));
}

fn abroad(parts: &mut Parts, first: Option<&str>, old: &Transfer, new: &Transfer) {
    parts.fact_that_widens("items", set(&old.items) != set(&new.items), !set(&new.items).is_subset(&set(&old.items)));
    parts.of("country", Kind::Name, is_renamed(&old.country, &new.country));
    parts.of("recipient", Kind::Name, is_renamed(&old.recipient, &new.recipient));
    parts.of("contact", Kind::Wording, old.contact != new.contact);
    parts.of("when", Kind::Wording, is_reworded(first, &old.when, &new.when));
    parts.of("method", Kind::Wording, is_reworded(first, &old.method, &new.method));
    parts.of("purpose", Kind::Wording, is_reworded(first, &old.purpose, &new.purpose));
    parts.of("retention", Kind::Wording, is_reworded(first, &old.retention, &new.retention));
    parts.of("refusal", Kind::Wording, is_reworded(first, &old.refusal, &new.refusal));
}

/// A vendor that bears another name is another recipient, unless the app says otherwise.
fn renamed_vendors(parts: &mut Parts, before: &Policy, after: &Policy, named: &BTreeSet<&str>) {
    if named.is_empty() {
        return;
    }
    let names: BTreeMap<&str, &str> = before.vendors.iter().map(|vendor| (vendor.id.as_str(), vendor.name.as_str())).collect();
    for (index, vendor) in after.vendors.iter().enumerate().filter(|(_, vendor)| named.contains(vendor.id.as_str())) {
        parts.place = format!("/vendors/{index}");
        parts.of("name", Kind::Name, names.get(vendor.id.as_str()).is_some_and(|name| *name != vendor.name));
    }
}

/// The changed parts found so far, and the place of the object that is looked at.
struct Parts {
    list: Vec<Part>,
    place: String,
}

impl Parts {
    fn add(&mut self, field: &str, kind: Kind, changed: bool, widens: bool) {
        if changed {
            self.list.push(Part { pointer: format!("{}/{field}", self.place), kind, widens });
        }
    }

    fn of(&mut self, field: &str, kind: Kind, changed: bool) {
        self.add(field, kind, changed, true);
    }

    fn fact(&mut self, field: &str, changed: bool) {
        self.of(field, Kind::Fact, changed);
    }

    fn fact_that_widens(&mut self, field: &str, changed: bool, widens: bool) {
        self.add(field, Kind::Fact, changed, widens);
    }
}

/// True where a text says something else in the first language of the earlier edition, which is the one that counts: a corrected translation
/// asks nobody again. Where one of the two has no text in it, every language that both have is compared.
fn is_reworded(first: Option<&str>, old: &Text, new: &Text) -> bool {
    match first.and_then(|language| old.get(language).zip(new.get(language))) {
        Some((text, later)) => text != later,
        None => is_renamed(old, new),
    }
}

/// True where a text says something else in any language that both editions have. A further translation changes nothing for those who read
/// another one. Where no language is left, nobody reads what was agreed to.
fn is_renamed(old: &Text, new: &Text) -> bool {
    let mut common = old.iter().filter_map(|(language, text)| Some((text, new.get(language)?))).peekable();
    if common.peek().is_none() { old != new } else { common.any(|(text, later)| text != later) }
}

fn named<'a, T>(list: &'a [T], ids: &'a [String], id: impl Fn(&T) -> &String + 'a) -> impl Iterator<Item = (usize, &'a T)> {
    list.iter().enumerate().filter(move |(_, entry)| ids.contains(id(entry)))
}

fn set(ids: &[String]) -> BTreeSet<&str> {
    ids.iter().map(String::as_str).collect()
}

fn items(purpose: &Purpose) -> BTreeSet<&str> {
    purpose.notice.as_ref().map(|notice| set(&notice.items)).unwrap_or_default()
}
