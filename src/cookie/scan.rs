//! What is in a jar and what should not be: a report for whoever answers for privacy.

use super::{Catalogue, CookieSource, CookieVerdict};
use crate::decision::Decision;

/// A cookie that was found in a jar. Its value is nobody's business here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct SeenCookie {
    /// Its name.
    pub name: String,
    /// The jar that it was found in, in the host's own word: `web_view`, `http`.
    pub store: String,
    /// Its domain, where the jar tells; with a dot in front where it goes to the hosts under it too.
    pub domain: Option<String>,
    /// Its path, where the jar tells.
    pub path: Option<String>,
}

/// A cookie that was found, and whether it may be there.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ScannedCookie {
    /// The cookie.
    pub cookie: SeenCookie,
    /// Whether it may be set, and why not.
    pub verdict: CookieVerdict,
}

/// What was found in the jars.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CookieReport {
    /// Every cookie, in the order in which it was given.
    pub cookies: Vec<ScannedCookie>,
    /// How many the policy names.
    pub named_by_policy: i64,
    /// How many the app's catalogue names and the policy does not. They should be declared in the policy.
    pub named_by_catalogue: i64,
    /// How many nobody names.
    pub unknown: i64,
    /// How many are there although they may not be set now.
    pub without_consent: i64,
}

/// Looks each cookie up and judges it.
pub fn scan(catalogue: &Catalogue, seen: Vec<SeenCookie>, decide: impl Fn(&str) -> Decision) -> CookieReport {
    let judged = |cookie: SeenCookie| ScannedCookie { verdict: CookieVerdict::of(catalogue, &cookie.name, &decide), cookie };
    let cookies: Vec<ScannedCookie> = seen.into_iter().map(judged).collect();
    let count = |wanted: &dyn Fn(&CookieVerdict) -> bool| {
        let found = cookies.iter().filter(|scanned| wanted(&scanned.verdict)).count();
        i64::try_from(found).unwrap_or(i64::MAX)
    };
    CookieReport {
        named_by_policy: count(&|verdict| verdict.source == CookieSource::Policy),
        named_by_catalogue: count(&|verdict| verdict.source == CookieSource::Catalogue),
        unknown: count(&|verdict| verdict.source == CookieSource::Unknown),
        without_consent: count(&|verdict| !verdict.allowed),
        cookies,
    }
}
