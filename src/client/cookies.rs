//! Cookies by what the person allowed: a gate for HTTP clients and web views, and the record of what went after a withdrawal.

use std::{collections::BTreeMap, sync::Arc};

use arc_swap::ArcSwap;

use super::{open_ledger::OpenLedger, snapshot::Snapshot};
use crate::{
    clock::Clock,
    cookie::{
        Catalogue, CatalogueFile, CategoryPurpose, Cookie, CookieFault, CookieFilter, CookieReport, CookieVerdict, Gate, Place,
        PublicSuffixes, PurgeStep, SeenCookie, judge, purge, scan,
    },
    error::{Error, Result},
    ledger::{Body, CookiesRemoved, RemovedCookies},
    policy::Policy,
};

/// Most cookies in one call. Browsers keep about 3,000 in all.
const MAX_SEEN: usize = 10_000;

/// What a cookie gate is made with. Everything may be left out: then the policy alone says what a cookie is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct CookieOptions {
    /// A catalogue of cookies: the CSV of the Open Cookie Database, or a table with its columns Category, Cookie / Data Key name and
    /// Wildcard match. It counts for the names that no pattern of the policy covers.
    #[uniffi(default = None)]
    pub catalogue: Option<String>,
    /// Which purpose each category of that catalogue belongs to. A cookie of a category that is left out is treated as unknown.
    #[uniffi(default = [])]
    pub categories: Vec<CategoryPurpose>,
    /// The list of publicsuffix.org. Without it only a domain of a single label counts as a public suffix.
    #[uniffi(default = None)]
    pub public_suffixes: Option<String>,
}

/// What becomes of a Set-Cookie header.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum CookieJudgement {
    /// It sets this cookie, or deletes it. A deletion passes whatever the person said.
    Passes {
        /// The cookie.
        cookie: Cookie,
    },
    /// The person did not allow it.
    Withheld {
        /// Why.
        verdict: CookieVerdict,
    },
    /// It sets nothing, whatever was allowed.
    Faulty {
        /// What is wrong with it.
        fault: CookieFault,
    },
}

/// The cookies that may be set and sent, by what the person allows at the moment of each call. `Consent::cookies` makes it, and it sees every
/// change.
///
/// It may be called from any thread, answers from memory, and keeps no file open. After `shutdown`, and once the `Consent` is gone, it denies
/// what needs consent.
pub struct CookieGate {
    snapshot: Arc<ArcSwap<Snapshot>>,
    clock: Arc<dyn Clock>,
    file: CatalogueFile,
    categories: Vec<CategoryPurpose>,
    suffixes: Option<PublicSuffixes>,
    /// The catalogue under the policy that was asked last. Another edition brings another one.
    catalogue: ArcSwap<UnderPolicy>,
}

struct UnderPolicy {
    policy: Arc<Policy>,
    catalogue: Catalogue,
}

/// Makes a gate: see `Consent::cookies`.
pub fn cookies(ledger: &OpenLedger, options: &CookieOptions) -> Result<CookieGate> {
    let file = options
        .catalogue
        .as_deref()
        .map(CatalogueFile::parse)
        .transpose()
        .map_err(|fault| Error::invalid("catalogue", fault.to_string()))?;
    let suffixes = options.public_suffixes.as_deref().map(PublicSuffixes::parse).transpose();
    let suffixes = suffixes.map_err(|fault| Error::invalid("public_suffixes", fault.to_string()))?;
    let (file, policy) = (file.unwrap_or_default(), ledger.policy_now());
    let catalogue =
        Catalogue::with(&policy, &file, &options.categories).map_err(|fault| Error::invalid("categories", fault.to_string()))?;
    Ok(CookieGate {
        snapshot: ledger.present.shared(),
        clock: ledger.options.clock.clone(),
        file,
        categories: options.categories.clone(),
        suffixes,
        catalogue: ArcSwap::from_pointee(UnderPolicy { policy, catalogue }),
    })
}

impl CookieGate {
    /// Whether a cookie may be set and sent now, with every reason against it.
    pub fn verdict(&self, name: &str) -> CookieVerdict {
        self.now(|state, known, now| CookieVerdict::of(&known.catalogue, name, |purpose| state.decide(purpose, now)))
    }

    /// Whether a cookie may be set and sent now.
    pub fn allows(&self, name: &str) -> bool {
        self.now(|state, known, now| known.catalogue.allows(name, |purpose| allows(state, purpose, now)))
    }

    /// A `Cookie` header without the cookies that may not be sent; `None` where none may, so that the header has to be left out.
    pub fn request(&self, header: &str) -> Option<String> {
        Some(self.gated(|gate, _| gate.request(header))).filter(|kept| !kept.is_empty())
    }

    /// Judges a `Set-Cookie` header that came from an address.
    ///
    /// # Errors
    ///
    /// Where the address is no web address.
    pub fn judge(&self, url: &str, header: &str) -> Result<CookieJudgement> {
        let place = place(url)?;
        Ok(self.now(|state, known, now| {
            let cookie = match judge(header, &place, self.suffixes.as_ref(), now) {
                Ok(cookie) => cookie,
                Err(fault) => return CookieJudgement::Faulty { fault },
            };
            if cookie.is_past(now) || known.catalogue.allows(&cookie.name, |purpose| allows(state, purpose, now)) {
                return CookieJudgement::Passes { cookie };
            }
            let verdict = CookieVerdict::of(&known.catalogue, &cookie.name, |purpose| state.decide(purpose, now));
            CookieJudgement::Withheld { verdict }
        }))
    }

    /// The `Set-Cookie` headers of a response that may be handed on: those that set an allowed cookie, or delete one.
    ///
    /// # Errors
    ///
    /// Where the address is no web address.
    pub fn response(&self, url: &str, headers: Vec<String>) -> Result<Vec<String>> {
        let place = place(url)?;
        let passes = |gate: &Gate<'_>, header: &str, now| matches!(gate.response(header, &place, self.suffixes.as_ref(), now), Ok(Some(_)));
        Ok(self.gated(|gate, now| headers.into_iter().filter(|header| passes(gate, header, now)).collect()))
    }

    /// What is in the jars and whether it may be there, for whoever answers for privacy. At most 10,000 cookies in one call.
    ///
    /// # Errors
    ///
    /// Where too many are given.
    pub fn scan(&self, seen: Vec<SeenCookie>) -> Result<CookieReport> {
        check_seen("seen", seen.len())?;
        Ok(self.now(|state, known, now| scan(&known.catalogue, seen, |purpose| state.decide(purpose, now))))
    }

    /// The cookies that have to go because they may not be there now, each with how it is deleted. What is necessary or allowed stays. After
    /// the jar was cleaned, `Consent::cookies_removed` records it. At most 10,000 cookies in one call.
    ///
    /// # Errors
    ///
    /// Where the address is no web address, or too many cookies are given.
    pub fn purge(&self, url: &str, seen: Vec<SeenCookie>) -> Result<Vec<PurgeStep>> {
        check_seen("seen", seen.len())?;
        let place = place(url)?;
        Ok(self.gated(|gate, _| purge(gate, &place, self.suffixes.as_ref(), seen)))
    }

    /// Answers from the state at this moment, with the catalogue under its policy.
    fn now<T>(&self, answer: impl FnOnce(&Snapshot, &UnderPolicy, i64) -> T) -> T {
        let now = self.clock.now();
        let snapshot = self.snapshot.load();
        let state = snapshot.at(now);
        let known = self.catalogue.load();
        if Arc::ptr_eq(&known.policy, &state.policy) {
            return answer(state, &known, now);
        }
        drop(known);
        // A category whose purpose this edition no longer has is one without a purpose, so its cookies are unknown.
        let kept = self.categories.iter().filter(|given| state.policy.purpose(&given.purpose).is_some()).cloned().collect::<Vec<_>>();
        let catalogue = Catalogue::with(&state.policy, &self.file, &kept).unwrap_or_else(|_| Catalogue::of(&state.policy));
        let known = Arc::new(UnderPolicy { policy: state.policy.clone(), catalogue });
        self.catalogue.store(known.clone());
        answer(state, &known, now)
    }

    fn gated<T>(&self, answer: impl FnOnce(&Gate<'_>, i64) -> T) -> T {
        self.now(|state, known, now| answer(&Gate::new(&known.catalogue, |purpose| allows(state, purpose, now)), now))
    }
}

impl CookieFilter for CookieGate {
    fn request(&self, header: &str) -> Option<String> {
        self.request(header)
    }

    fn passes(&self, url: &str, header: &str) -> bool {
        matches!(self.judge(url, header), Ok(CookieJudgement::Passes { .. }))
    }
}

/// Records what went after a withdrawal: see `Consent::cookies_removed`.
pub fn cookies_removed(ledger: &OpenLedger, steps: &[PurgeStep], left: &[SeenCookie]) -> Result<()> {
    check_seen("steps", steps.len())?;
    check_seen("left", left.len())?;
    let mut counts: BTreeMap<(&str, &str), RemovedCookies> = BTreeMap::new();
    for step in steps {
        let is_left = left.iter().any(|cookie| (&cookie.name, &cookie.store) == (&step.cookie.name, &step.cookie.store));
        for purpose in &step.purposes {
            let (store, blank) = (&step.cookie.store, || RemovedCookies { purpose: purpose.clone(), removed: 0, left: 0 });
            let count = counts.entry((store, purpose)).or_insert_with(blank);
            *if is_left { &mut count.left } else { &mut count.removed } += 1;
        }
    }
    let mut stores: BTreeMap<&str, Vec<RemovedCookies>> = BTreeMap::new();
    for ((store, _), count) in counts {
        stores.entry(store).or_default().push(count);
    }
    if stores.is_empty() {
        return Ok(());
    }
    ledger.write(&[], |writer| {
        let install = writer.head.state.install.clone();
        for (store, purposes) in &stores {
            writer.append(&install, Body::CookiesRemoved(CookiesRemoved { store: (*store).to_owned(), purposes: purposes.clone() }))?;
        }
        Ok(())
    })
}

fn allows(state: &Snapshot, purpose: &str, now: i64) -> bool {
    state.rule(purpose).is_some_and(|rule| rule.allows(now))
}

fn place(url: &str) -> Result<Place> {
    Place::of(url).map_err(|fault| Error::invalid("url", fault.to_string()))
}

fn check_seen(field: &str, count: usize) -> Result<()> {
    if count > MAX_SEEN { Err(Error::invalid(field, format!("has {count} cookies; give at most {MAX_SEEN} in one call"))) } else { Ok(()) }
}
