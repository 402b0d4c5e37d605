//! What Swift and Kotlin see of cookies.

use std::sync::Arc;

use super::{ConsentCore, Result};
use crate::{
    client::{CookieGate, CookieJudgement, CookieOptions},
    cookie::{CookieReport, CookieVerdict, PurgeStep, SeenCookie},
};

/// The cookies that may be set and sent, by what the person allows at the moment of each call. It sees every change. Every call answers from
/// memory and may be made from any thread. After shutdown it denies what needs consent.
#[derive(uniffi::Object)]
pub struct CookieGateCore(CookieGate);

#[uniffi::export]
impl ConsentCore {
    /// Makes a gate for cookies. Reads the catalogue and the list of public suffixes, so make it once and keep it.
    pub fn cookies(&self, options: CookieOptions) -> Result<Arc<CookieGateCore>> {
        Ok(Arc::new(CookieGateCore(self.consent.cookies(&options)?)))
    }

    /// Records that cookies went after a withdrawal: the steps are the plan that purge made and the host carried out, and left are the cookies
    /// that are in the jars afterwards all the same. What is kept are counts for each jar and purpose, no name and no value. Returns when it is
    /// on disk; writes nothing for an empty plan.
    pub fn cookies_removed(&self, steps: Vec<PurgeStep>, left: Vec<SeenCookie>) -> Result<()> {
        Ok(self.consent.cookies_removed(&steps, &left)?)
    }
}

#[uniffi::export]
impl CookieGateCore {
    /// Whether a cookie may be set and sent now, with every reason against it.
    pub fn verdict(&self, name: &str) -> CookieVerdict {
        self.0.verdict(name)
    }

    /// A Cookie header without the cookies that may not be sent. Nothing where none may, and then the header has to be left out.
    pub fn request(&self, header: &str) -> Option<String> {
        self.0.request(header)
    }

    /// Judges a Set-Cookie header that came from an address.
    pub fn judge(&self, url: &str, header: &str) -> Result<CookieJudgement> {
        Ok(self.0.judge(url, header)?)
    }

    /// The Set-Cookie headers of a response that may be handed on: those that set an allowed cookie, or delete one.
    pub fn response(&self, url: &str, headers: Vec<String>) -> Result<Vec<String>> {
        Ok(self.0.response(url, headers)?)
    }

    /// What is in the jars and whether it may be there, for whoever answers for privacy. At most 10,000 cookies in one call.
    pub fn scan(&self, seen: Vec<SeenCookie>) -> Result<CookieReport> {
        Ok(self.0.scan(seen)?)
    }

    /// The cookies that have to go because they may not be there now, each with how it is deleted. What is necessary or allowed stays. At most
    /// 10,000 cookies in one call.
    pub fn purge(&self, url: &str, seen: Vec<SeenCookie>) -> Result<Vec<PurgeStep>> {
        Ok(self.0.purge(url, seen)?)
    }
}
