//! Whether a cookie may be set and sent, by what the person allowed.

use super::{Catalogue, Cookie, CookieFault, CookieSource, Place, PublicSuffixes, header::trimmed, judge};
use crate::decision::{Decision, Reason};

/// What an HTTP client asks about cookies.
pub trait CookieFilter: Send + Sync {
    /// A `Cookie` header without the cookies that may not be sent; `None` where none may.
    fn request(&self, header: &str) -> Option<String>;

    /// True where a `Set-Cookie` header that came from an address may be handed to the jar.
    fn passes(&self, url: &str, header: &str) -> bool;
}

/// Whether a cookie may be set and sent, with every reason against it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CookieVerdict {
    /// The name of the cookie.
    pub name: String,
    /// Who says what it is for.
    pub source: CookieSource,
    /// The purposes that it needs, all of them. A cookie that nobody names needs the marketing of the policy.
    pub purposes: Vec<String>,
    /// True where all of them are allowed.
    pub allowed: bool,
    /// Every reason against it.
    pub reasons: Vec<Reason>,
}

impl CookieVerdict {
    /// The verdict about a cookie by the decisions about its purposes.
    pub fn of(catalogue: &Catalogue, name: &str, decide: impl Fn(&str) -> Decision) -> Self {
        let (source, purposes) = catalogue.purposes_of(name);
        let purposes: Vec<String> = purposes.map(str::to_owned).collect();
        let mut reasons: Vec<Reason> = vec![];
        for reason in purposes.iter().flat_map(|purpose| decide(purpose).reasons) {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        if purposes.is_empty() {
            reasons.push(Reason::UnknownPurpose);
        }
        Self { name: name.to_owned(), source, purposes, allowed: reasons.is_empty(), reasons }
    }
}

/// What may be set and sent at one moment. It holds one answer for each purpose, so it is made anew when the answers may have changed.
#[derive(Debug, Clone)]
pub struct Gate<'a> {
    catalogue: &'a Catalogue,
    allowed: Vec<bool>,
}

impl<'a> Gate<'a> {
    /// Asks about each purpose once.
    pub fn new(catalogue: &'a Catalogue, allows: impl Fn(&str) -> bool) -> Self {
        Self { catalogue, allowed: catalogue.purposes().map(allows).collect() }
    }

    /// True where the cookie may be set and sent: everything that it needs is allowed. What needs nothing that is known is not allowed.
    pub fn allows(&self, name: &str) -> bool {
        let needed = &self.catalogue.entry(name).purposes;
        !needed.is_empty() && needed.iter().all(|at| self.allowed[*at])
    }

    /// The purposes that a cookie needs, all of them.
    pub fn purposes_of(&self, name: &str) -> Vec<String> {
        self.catalogue.purposes_of(name).1.map(str::to_owned).collect()
    }

    /// A `Cookie` header without the cookies that may not be sent; empty where none may, and then the header has to be left out.
    pub fn request(&self, header: &str) -> String {
        let mut kept = String::with_capacity(header.len());
        for pair in header.split(';').map(trimmed).filter(|pair| !pair.is_empty()) {
            let name = pair.split_once('=').map_or("", |(name, _)| trimmed(name));
            if self.allows(name) {
                if !kept.is_empty() {
                    kept.push_str("; ");
                }
                kept.push_str(pair);
            }
        }
        kept
    }

    /// The cookie that a `Set-Cookie` header of a place sets at `now` (Unix milliseconds); `None` where the person did not allow it. A header
    /// that deletes a cookie is let through whatever the person said.
    ///
    /// # Errors
    ///
    /// Where the header sets nothing, whatever was allowed.
    pub fn response(
        &self,
        header: &str,
        place: &Place,
        suffixes: Option<&PublicSuffixes>,
        now: i64,
    ) -> Result<Option<Cookie>, CookieFault> {
        let cookie = judge(header, place, suffixes, now)?;
        let passes = self.allows(&cookie.name) || cookie.is_past(now);
        Ok(passes.then_some(cookie))
    }
}
