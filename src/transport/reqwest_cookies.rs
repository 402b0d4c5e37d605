//! A cookie store for reqwest that hands on only what the person allowed.

use std::sync::Arc;

use reqwest::{Url, cookie::CookieStore, header::HeaderValue};

use crate::cookie::CookieFilter;

/// Stands before another cookie store, such as `reqwest::cookie::Jar`, and keeps from it what may not be set and from the server what may not
/// be sent. `client::CookieGate` is the filter.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
/// use consentkit::{client::{Consent, CookieOptions, Options}, transport::GatedCookieStore};
///
/// let consent = Consent::open(Options::new("consent.db", "the policy"))?;
/// let gate = Arc::new(consent.cookies(&CookieOptions::default())?);
/// let store = GatedCookieStore::new(gate, Arc::new(reqwest::cookie::Jar::default()));
/// let client = reqwest::Client::builder().cookie_provider(Arc::new(store));
/// # Ok(())
/// # }
/// ```
///
/// A cookie that was allowed when it was set stays in the jar behind it until it is purged, and is not sent meanwhile. A header that is no
/// UTF-8 is taken for one that may not be set.
pub struct GatedCookieStore {
    filter: Arc<dyn CookieFilter>,
    store: Arc<dyn CookieStore>,
}

impl GatedCookieStore {
    /// Puts a filter before a store.
    pub fn new(filter: Arc<dyn CookieFilter>, store: Arc<dyn CookieStore>) -> Self {
        Self { filter, store }
    }
}

impl CookieStore for GatedCookieStore {
    fn set_cookies(&self, cookie_headers: &mut dyn Iterator<Item = &HeaderValue>, url: &Url) {
        let passes =
            |header: &&HeaderValue| std::str::from_utf8(header.as_bytes()).is_ok_and(|header| self.filter.passes(url.as_str(), header));
        self.store.set_cookies(&mut cookie_headers.filter(passes), url);
    }

    fn cookies(&self, url: &Url) -> Option<HeaderValue> {
        let header = self.store.cookies(url)?;
        let kept = self.filter.request(std::str::from_utf8(header.as_bytes()).ok()?)?;
        HeaderValue::from_str(&kept).ok()
    }
}
