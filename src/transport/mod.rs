//! Carries one request and brings back one answer. What is sent, and when, is decided in `sync`.

use std::sync::Arc;

mod exchange;
#[cfg(feature = "http-reqwest")]
mod reqwest;
#[cfg(feature = "cookies-reqwest")]
mod reqwest_cookies;

pub use self::exchange::{HttpHeader, HttpRequest, HttpResponse, Transport, TransportError};
#[cfg(feature = "http-reqwest")]
pub use self::reqwest::{ReqwestOptions, ReqwestTransport};
#[cfg(feature = "cookies-reqwest")]
pub use self::reqwest_cookies::GatedCookieStore;

/// The transport this build brings along, if any.
pub fn built_in() -> Option<Arc<dyn Transport>> {
    #[cfg(feature = "http-reqwest")]
    return ReqwestTransport::new().ok().map(|transport| Arc::new(transport) as Arc<dyn Transport>);
    #[cfg(not(feature = "http-reqwest"))]
    None
}
