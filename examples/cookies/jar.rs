//! The jar of the example: as little of one as the story needs.

use consentkit::cookie::{Cookie, SeenCookie};

/// Cookies by name, domain and path.
#[derive(Default)]
pub struct Jar(Vec<Cookie>);

impl Jar {
    pub fn set(&mut self, cookie: Cookie) {
        self.0.retain(|kept| (&kept.name, &kept.domain, &kept.path) != (&cookie.name, &cookie.domain, &cookie.path));
        self.0.push(cookie);
    }

    pub fn delete(&mut self, cookie: &SeenCookie) {
        self.0.retain(|kept| kept.name != cookie.name || Some(&kept.path) != cookie.path.as_ref());
    }

    pub fn seen(&self) -> Vec<SeenCookie> {
        let seen = |cookie: &Cookie| SeenCookie {
            name: cookie.name.clone(),
            store: "example".into(),
            domain: Some(if cookie.host_only { cookie.domain.clone() } else { format!(".{}", cookie.domain) }),
            path: Some(cookie.path.clone()),
        };
        self.0.iter().map(seen).collect()
    }

    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|cookie| cookie.name.as_str()).collect()
    }

    /// The `Cookie` header of a request to a page of the shop. Its paths are all above the page, so only the host is compared.
    pub fn header(&self, url: &str) -> String {
        let host = url.split('/').nth(2).unwrap_or_default();
        let goes = |cookie: &&Cookie| if cookie.host_only { cookie.domain == host } else { host.ends_with(&cookie.domain) };
        self.0.iter().filter(goes).map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect::<Vec<_>>().join("; ")
    }
}
