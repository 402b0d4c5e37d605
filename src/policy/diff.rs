//! What changes from one edition of a policy to another, field by field, and what follows from it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    Basis, Fault, FaultCode, Policy,
    agreed::{changed_parts, changed_parts_in_any_language},
    revision,
};

/// One change between two editions of a policy.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PolicyChange {
    /// Its place: a JSON pointer (RFC 6901) into the later document, or into the earlier one for what the later one no longer has.
    pub pointer: String,
    /// What stood there: a text as it is, anything else as JSON. Absent for what is new.
    pub old: Option<String>,
    /// What stands there now. Absent for what is gone.
    pub new: Option<String>,
    /// True where it is part of what people agree to, so that a consent given before does not cover it.
    pub material: bool,
    /// The purposes that it is part of, where it is material.
    pub purposes: Vec<String>,
}

/// What changes from one edition of a policy to another, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDiff {
    /// Every change, in the order of the fields' names.
    pub changes: Vec<PolicyChange>,
    /// The purposes whose `material` rises: whoever granted one of them is asked again.
    pub asks_again: Vec<String>,
    /// The purposes for which nobody was asked before.
    pub asks_first: Vec<String>,
    /// The fewest days from the announcement until it is in force.
    pub notice_days: u32,
    /// What keeps the later edition from following the earlier one, however it is published.
    pub faults: Vec<Fault>,
    /// What keeps it from following only if it is delivered over the network. The app itself may ship it.
    pub delivery_faults: Vec<Fault>,
}

/// Compares two editions of a policy.
pub fn diff(old: &Policy, new: &Policy) -> PolicyDiff {
    let mut changes = vec![];
    let value = |policy: &Policy| serde_json::to_value(policy).unwrap_or_default();
    compare(Some((&value(old), String::new())), Some((&value(new), String::new())), &mut changes);
    let agreed = agreed(old, new);
    for change in &mut changes {
        let holds = |place: &str| is_within(&change.pointer, place) || is_within(place, &change.pointer);
        let purposes = agreed.iter().filter(|(place, _)| holds(place)).flat_map(|(_, purposes)| purposes);
        change.purposes = purposes.collect::<BTreeSet<_>>().into_iter().cloned().collect();
        change.material = !change.purposes.is_empty();
    }
    let asked =
        |policy: &Policy, id: &str| policy.purpose(id).filter(|purpose| purpose.basis == Basis::Consent).map(|found| found.material);
    let (mut asks_again, mut asks_first) = (vec![], vec![]);
    for purpose in new.purposes.iter().filter(|purpose| purpose.basis == Basis::Consent) {
        match asked(old, &purpose.id) {
            None => asks_first.push(purpose.id.clone()),
            Some(material) if material < purpose.material => asks_again.push(purpose.id.clone()),
            Some(_) => {}
        }
    }
    let of = |shipped| revision::check(old, &[], new, shipped).err().unwrap_or_default();
    let mut faults = of(true);
    faults.extend(revision::goes_back(old, new));
    if new.edition > old.edition && new.effective_on.is_some() && new.effective_on == old.effective_on {
        faults.push(same_day(old));
    }
    let delivery_faults = of(false).into_iter().filter(|fault| !faults.contains(fault)).collect();
    PolicyDiff { changes, notice_days: revision::notice_days(old, new), asks_again, asks_first, faults, delivery_faults }
}

fn same_day(old: &Policy) -> Fault {
    Fault {
        pointer: "/effective_on".into(),
        code: FaultCode::DayTaken,
        what: format!("edition {} takes effect on the same day", old.edition),
        fix: "let it take effect on a later day".into(),
    }
}

/// The places in the later document of what changed of that which people agree to, each with the purposes that it is part of.
fn agreed(old: &Policy, new: &Policy) -> BTreeMap<String, BTreeSet<String>> {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (at, purpose) in new.purposes.iter().enumerate() {
        let Some(before) = old.purpose(&purpose.id) else {
            if purpose.basis.may_be_answered() {
                places.entry(format!("/purposes/{at}")).or_default().insert(purpose.id.clone());
            }
            continue;
        };
        if !before.basis.may_be_answered() && !purpose.basis.may_be_answered() {
            continue;
        }
        let changed = if purpose.material > before.material { changed_parts_in_any_language } else { changed_parts };
        for part in changed((old, before), (new, purpose), at) {
            places.entry(part.pointer).or_default().insert(purpose.id.clone());
        }
    }
    places
}

/// True where a pointer names a place or something within it.
fn is_within(pointer: &str, place: &str) -> bool {
    pointer.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A value with its place in its own document; `None` where the document has none there.
type At<'a> = Option<(&'a Value, String)>;

fn compare(old: At<'_>, new: At<'_>, changes: &mut Vec<PolicyChange>) {
    match (&old, &new) {
        (Some((before, _)), Some((after, _))) if before == after => {}
        (Some((Value::Object(before), there)), Some((Value::Object(after), here))) => {
            let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for key in keys {
                let at = |object, place: &str| member(object, key, place);
                compare(at(before, there), at(after, here), changes);
            }
        }
        (Some((Value::Array(before), there)), Some((Value::Array(after), here))) => match (by_name(before), by_name(after)) {
            (Some(former), Some(later)) => {
                for (index, entry) in after.iter().enumerate() {
                    let known = name_of(entry).and_then(|name| former.get(&name));
                    let known = known.and_then(|index| Some((before.get(*index)?, format!("{there}/{index}"))));
                    compare(known, Some((entry, format!("{here}/{index}"))), changes);
                }
                for (index, entry) in before.iter().enumerate() {
                    if name_of(entry).is_some_and(|name| !later.contains_key(&name)) {
                        compare(Some((entry, format!("{there}/{index}"))), None, changes);
                    }
                }
            }
            _ => push(old, new, changes),
        },
        _ => push(old, new, changes),
    }
}

fn member<'a>(object: &'a Map<String, Value>, key: &str, place: &str) -> At<'a> {
    let escaped = key.replace('~', "~0").replace('/', "~1");
    object.get(key).map(|value| (value, format!("{place}/{escaped}")))
}

fn push(old: At<'_>, new: At<'_>, changes: &mut Vec<PolicyChange>) {
    let Some(pointer) = new.as_ref().or(old.as_ref()).map(|(_, place)| place.clone()) else { return };
    let shown = |at: At<'_>| at.map(|(value, _)| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    changes.push(PolicyChange { pointer, old: shown(old), new: shown(new), material: false, purposes: vec![] });
}

/// The places of a list's entries by the names that they have within it; `None` where an entry has none, or two have the same one.
fn by_name(list: &[Value]) -> Option<BTreeMap<String, usize>> {
    let mut places = BTreeMap::new();
    for (index, entry) in list.iter().enumerate() {
        if places.insert(name_of(entry)?, index).is_some() {
            return None;
        }
    }
    Some(places)
}

/// By what an entry of a list is known again in another edition: its id, the kind of a right, the number of a version.
fn name_of(entry: &Value) -> Option<String> {
    let entry = entry.as_object()?;
    ["id", "kind", "edition"].iter().find_map(|key| entry.get(*key)).map(Value::to_string)
}
