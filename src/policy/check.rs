//! What the rules of a document share: the document with its ids looked up once, and the faults that a list or a number can have
//! wherever it stands.

use std::collections::{BTreeMap, BTreeSet};

use super::{FaultCode, Policy, Purpose, fault::Faults, shape, structure::Replaced};

/// A document that is being checked.
pub(super) struct Check<'a> {
    pub(super) policy: &'a Policy,
    pub(super) replaced: &'a Replaced,
    // A hostile document may name thousands of ids. Looking each up in a list would take seconds.
    items: BTreeSet<&'a str>,
    purposes: BTreeMap<&'a str, &'a Purpose>,
    vendors: BTreeSet<&'a str>,
}

impl<'a> Check<'a> {
    /// Looks the ids of a document up. `replaced` are the places where its reader put a neutral value.
    pub(super) fn new(policy: &'a Policy, replaced: &'a Replaced) -> Self {
        Self {
            policy,
            replaced,
            items: policy.items.iter().map(|item| item.id.as_str()).collect(),
            vendors: policy.vendors.iter().map(|vendor| vendor.id.as_str()).collect(),
            // From the last to the first, so that the first of several with one id is the one that stays.
            purposes: policy.purposes.iter().rev().map(|purpose| (purpose.id.as_str(), purpose)).collect(),
        }
    }

    /// The purpose with this id, the first of several.
    pub(super) fn purpose(&self, id: &str) -> Option<&'a Purpose> {
        self.purposes.get(id).copied()
    }

    /// An id that must name a purpose.
    pub(super) fn names_purpose(&self, faults: &mut Faults, place: &str, id: &str) {
        self.reference(faults, place, id, "/purposes", self.purpose(id).is_some());
    }

    /// An id that must name a vendor: the one at a place of a purpose's list. There may be thousands, so the place is put in words only
    /// where it is told.
    pub(super) fn names_vendor(&self, faults: &mut Faults, (purpose, at): (&str, usize), id: &str) {
        if !self.vendors.contains(id) {
            self.reference(faults, &format!("{purpose}/vendors/{at}"), id, "/vendors", false);
        }
    }

    /// A list of ids, each of which must name one of the document's items, and none twice.
    pub(super) fn items(&self, faults: &mut Faults, place: &str, ids: &[String]) {
        unique(faults, place, "", ids);
        for (at, id) in ids.iter().enumerate() {
            self.reference(faults, &format!("{place}/{at}"), id, "/items", self.items.contains(id.as_str()));
        }
    }

    /// An id that must name an entry of a list. Where a value in that list was replaced it is not known whether the id would be there, so
    /// no fault is reported.
    pub(super) fn reference(&self, faults: &mut Faults, place: &str, id: &str, list: &str, known: bool) {
        if !known && self.replaced.spares(list) {
            let what = format!("{:?} is not in {list}", crate::text::shown(id, shape::MAX_ID_CHARS));
            faults.push(place, FaultCode::UnknownReference, what, format!("name an entry of {list}, or add it there"));
        }
    }
}

/// A list in which no entry may stand twice.
pub(super) fn unique<T: Ord>(faults: &mut Faults, list: &str, field: &str, entries: impl IntoIterator<Item = T>) {
    let mut seen = BTreeSet::new();
    for (at, entry) in entries.into_iter().enumerate() {
        if !seen.insert(entry) {
            faults.push(format!("{list}/{at}{field}"), FaultCode::Duplicate, "the same as an entry before it", "keep one of the two");
        }
    }
}

/// A list that must say something where a rule asks for it.
pub(super) fn needed<T>(faults: &mut Faults, place: &str, list: &[T], code: FaultCode, rule: Option<&str>) {
    if let Some(rule) = rule.filter(|_| list.is_empty()) {
        faults.push(place, code, format!("names nothing, and {rule} asks for it"), "name what is collected");
    }
}

/// A number that counts from 1.
pub(super) fn positive(faults: &mut Faults, place: &str, number: u32) {
    if number == 0 {
        faults.push(place, FaultCode::OutOfRange, "0 is not a number that counts from 1", "write 1 or more");
    }
}

/// A list that must not be empty.
pub(super) fn filled<T>(faults: &mut Faults, place: &str, list: &[T]) {
    if list.is_empty() {
        faults.push(place, FaultCode::EmptyList, "the list is empty", "add an entry");
    }
}
