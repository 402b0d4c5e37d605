//! What each cookie is for: by the policy, then by a catalogue that the app brings (CK-8).

use super::{CatalogueFault, CatalogueFile, CategoryPurpose, catalogue_file::Row};
use crate::policy::{CookieNames, CookiePattern, GoogleConsentType, Policy, Purpose};

/// Who says what a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum CookieSource {
    /// The policy names it.
    Policy,
    /// The app's catalogue names it, and the policy does not.
    Catalogue,
    /// Nobody names it. It is treated as marketing.
    Unknown,
}

/// Which purposes each cookie needs.
///
/// The policy comes first, since it is what the person agreed to: a row of the app's catalogue counts only for names that no pattern of the
/// policy covers. Within each the exact name comes before the longest beginning.
#[derive(Debug, Clone)]
pub struct Catalogue {
    names: CookieNames<Box<str>, Entry>,
    /// Every purpose that a cookie may need, each once.
    purposes: Vec<Box<str>>,
    /// What a cookie needs that nobody names.
    unknown: Entry,
}

/// What a cookie needs: all of these purposes, by their places in the list.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) source: CookieSource,
    pub(super) purposes: Box<[usize]>,
}

impl Catalogue {
    /// The cookies that a policy names.
    pub fn of(policy: &Policy) -> Self {
        Self::build(policy, &[], &[])
    }

    /// The cookies that a policy names, and those of a catalogue. The categories say which purpose of the policy a category of the catalogue
    /// belongs to; what a category means differs from catalogue to catalogue, so none is guessed, and a cookie of a category that is not
    /// among them is unknown.
    ///
    /// # Errors
    ///
    /// Where a category is given a purpose that the policy does not have, or is given twice.
    pub fn with(policy: &Policy, file: &CatalogueFile, categories: &[CategoryPurpose]) -> Result<Self, CatalogueFault> {
        for (at, given) in categories.iter().enumerate() {
            if policy.purpose(&given.purpose).is_none() {
                return Err(CatalogueFault::UnknownPurpose { at });
            }
            if categories[..at].iter().any(|earlier| earlier.category == given.category) {
                return Err(CatalogueFault::CategoryTwice { at });
            }
        }
        Ok(Self::build(policy, &file.rows, categories))
    }

    fn build(policy: &Policy, rows: &[Row], categories: &[CategoryPurpose]) -> Self {
        let purposes: Vec<Box<str>> = policy.purposes.iter().map(|purpose| purpose.id.as_str().into()).collect();
        let place = |id: &str| purposes.iter().position(|known| **known == *id);
        let own =
            || policy.purposes.iter().enumerate().flat_map(|(at, purpose)| purpose.cookies.iter().map(move |text| (text.as_str(), at)));
        let claimed = CookieNames::new(own().map(|(text, at)| CookiePattern::read(text, at)));
        let of_policy = own().map(|(text, at)| {
            let CookiePattern { text, is_beginning, .. } = CookiePattern::read(text, ());
            CookiePattern { text: text.into(), is_beginning, owner: Entry { source: CookieSource::Policy, purposes: [at].into() } }
        });
        let unknown: Box<[usize]> = marketing(policy).filter_map(|purpose| place(&purpose.id)).collect();
        let needed: Vec<Option<usize>> = categories.iter().map(|given| place(&given.purpose)).collect();
        let of_rows = merged(rows).into_iter().filter(|(name, is_beginning, _)| {
            // Every name that the row covers belongs to the policy where a pattern of the policy covers the row.
            if *is_beginning { claimed.of_beginning(name).is_none() } else { claimed.of_name(name).is_none() }
        });
        let of_rows = of_rows.map(|(text, is_beginning, named)| {
            let found = |category: &str| categories.iter().position(|given| given.category == category).and_then(|at| needed[at]);
            let found: Option<Vec<usize>> = named.into_iter().map(found).collect();
            let owner = match found {
                Some(mut purposes) => {
                    purposes.sort_unstable();
                    purposes.dedup();
                    Entry { source: CookieSource::Catalogue, purposes: purposes.into() }
                }
                None => Entry { source: CookieSource::Unknown, purposes: unknown.clone() },
            };
            CookiePattern { text: text.into(), is_beginning, owner }
        });
        let names = CookieNames::new(of_policy.chain(of_rows));
        Self { names, unknown: Entry { source: CookieSource::Unknown, purposes: unknown }, purposes }
    }

    /// The purposes that a cookie needs, all of them, and who says so.
    pub fn purposes_of(&self, name: &str) -> (CookieSource, impl Iterator<Item = &str>) {
        let entry = self.entry(name);
        (entry.source, entry.purposes.iter().map(|at| &*self.purposes[*at]))
    }

    /// True where everything that a cookie needs is allowed. What needs nothing that is known is not allowed.
    pub fn allows(&self, name: &str, allows: impl Fn(&str) -> bool) -> bool {
        let needed = &self.entry(name).purposes;
        !needed.is_empty() && needed.iter().all(|at| allows(&self.purposes[*at]))
    }

    /// Every pattern, with a `*` behind the beginning of a name, and the purposes that its cookies need.
    pub fn patterns(&self) -> impl Iterator<Item = (String, Vec<&str>)> {
        self.names.patterns().map(|(text, is_beginning, entry)| {
            let pattern = if is_beginning { format!("{text}*") } else { text.to_string() };
            (pattern, entry.purposes.iter().map(|at| &*self.purposes[*at]).collect())
        })
    }

    /// The purposes that a cookie needs which nobody names, all of them. Where there are none, no such cookie may be set.
    pub fn purposes_of_unknown(&self) -> impl Iterator<Item = &str> {
        self.unknown.purposes.iter().map(|at| &*self.purposes[*at])
    }

    pub(super) fn entry(&self, name: &str) -> &Entry {
        self.names.of_name(name).unwrap_or(&self.unknown)
    }

    /// The purposes to which the places of an [`Entry`] lead.
    pub(super) fn purposes(&self) -> impl Iterator<Item = &str> {
        self.purposes.iter().map(|purpose| &**purpose)
    }
}

/// The purposes that a cookie needs which nobody names: those of the policy that set cookies for marketing, or else every one that sets
/// cookies and asks for consent to it. A policy that has neither denies it.
fn marketing(policy: &Policy) -> impl Iterator<Item = &Purpose> {
    let sets_cookies = |purpose: &&Purpose| !purpose.cookies.is_empty() && purpose.basis.may_be_answered();
    let is_marketing = move |purpose: &&Purpose| {
        let tells_google = purpose.google.iter().any(|kind| *kind != GoogleConsentType::AnalyticsStorage);
        sets_cookies(purpose) && (purpose.is_marketing() || purpose.shares_for_advertising() || tells_google)
    };
    let any = policy.purposes.iter().any(|purpose| is_marketing(&purpose));
    policy.purposes.iter().filter(move |purpose| if any { is_marketing(purpose) } else { sets_cookies(purpose) })
}

/// The rows with those of one name put together. Several platforms may use one name for different ends: then all of them must be allowed.
fn merged(rows: &[Row]) -> Vec<(&str, bool, Vec<&str>)> {
    let mut sorted: Vec<&Row> = rows.iter().collect();
    sorted.sort_by(|one, other| (one.is_beginning, &one.name).cmp(&(other.is_beginning, &other.name)));
    let same = |one: &&Row, other: &&Row| one.is_beginning == other.is_beginning && one.name == other.name;
    sorted.chunk_by(same).map(|group| (&*group[0].name, group[0].is_beginning, group.iter().map(|row| &*row.category).collect())).collect()
}
