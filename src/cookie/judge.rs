//! Whether a `Set-Cookie` header sets a cookie, and which (CK-1 to CK-6).

use super::{CookieFault, Place, PublicSuffixes, SameSite, SetCookie};

/// The longest that a cookie lives, in seconds: 400 days, whatever the header asks for (CK-2).
pub const MAX_AGE_SECONDS: i64 = 34_560_000;

/// A cookie that a header sets. Whether the person allowed it is not said here.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Cookie {
    /// Its name; empty for a cookie without one.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The host or domain that it goes to, in lower case.
    pub domain: String,
    /// True where it goes to that host alone, and not to the hosts under it.
    pub host_only: bool,
    /// The path that it goes to.
    pub path: String,
    /// True where it goes over secure connections only.
    pub secure: bool,
    /// True where scripts do not see it.
    pub http_only: bool,
    /// Which requests from other sites it goes along with.
    pub same_site: SameSite,
    /// True where each site that embeds its own has one for itself.
    pub partitioned: bool,
    /// Until when it lives, Unix milliseconds; absent where it ends with the session. A time that is past deletes the cookie.
    pub expires_at: Option<i64>,
}

crate::debug::silent!(Cookie);

impl Cookie {
    /// True where it deletes the cookie of its name instead of setting one, at `now` (Unix milliseconds).
    pub fn is_past(&self, now: i64) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }
}

/// The names that promise what the cookie is, longest first, each with what is said where the promise is not kept.
const PREFIXES: [(&str, CookieFault); 4] = [
    ("__Host-Http-", CookieFault::HostHttpPrefix),
    ("__Secure-", CookieFault::SecurePrefix),
    ("__Host-", CookieFault::HostPrefix),
    ("__Http-", CookieFault::HttpPrefix),
];

/// Reads a header that came from a place at `now` (Unix milliseconds), and answers the cookie that it sets. Without a list of public suffixes
/// only a domain of a single label counts as one.
///
/// # Errors
///
/// Where the draft asks to ignore the header.
pub fn judge(header: &str, place: &Place, suffixes: Option<&PublicSuffixes>, now: i64) -> Result<Cookie, CookieFault> {
    let read = SetCookie::read(header)?;
    let domain = domain_of(&read, place, suffixes)?;
    let host_only = domain.is_none();
    let path = read.path.flatten().unwrap_or_else(|| place.default_path());
    if read.secure && !place.is_secure {
        return Err(CookieFault::NotSecure);
    }
    if read.same_site == SameSite::NoRestriction && !read.secure {
        return Err(CookieFault::SameSiteNone);
    }
    if read.partitioned && !read.secure {
        return Err(CookieFault::Partitioned);
    }
    let named = if read.name.is_empty() { read.value } else { read.name };
    if let Some((prefix, fault)) = PREFIXES.into_iter().find(|(prefix, _)| begins_with(named, prefix)) {
        if read.name.is_empty() {
            return Err(CookieFault::NamelessPrefix);
        }
        // The draft would let pass a path that is none, where the default path is the root. Browsers ask for the root itself.
        let at_host = host_only && read.path == Some(Some("/"));
        let kept = match prefix {
            "__Secure-" => read.secure,
            "__Host-" => read.secure && at_host,
            "__Http-" => read.secure && read.http_only,
            _ => read.secure && read.http_only && at_host,
        };
        if !kept {
            return Err(fault);
        }
    }
    Ok(Cookie {
        name: read.name.to_owned(),
        value: read.value.to_owned(),
        domain: domain.unwrap_or_else(|| place.host.clone()),
        host_only,
        path: path.to_owned(),
        secure: read.secure,
        http_only: read.http_only,
        same_site: read.same_site,
        partitioned: read.partitioned,
        expires_at: expires_at(&read, now),
    })
}

/// The domain that the cookie goes to together with the hosts under it; `None` where it goes to the host alone.
fn domain_of(read: &SetCookie<'_>, place: &Place, suffixes: Option<&PublicSuffixes>) -> Result<Option<String>, CookieFault> {
    let domain = read.domain.unwrap_or_default().to_ascii_lowercase();
    if !domain.is_ascii() {
        return Err(CookieFault::DomainNotAscii);
    }
    if domain.is_empty() {
        return Ok(None);
    }
    if suffixes.map_or_else(|| !domain.contains('.'), |known| known.contains(&domain)) {
        return if domain == place.host { Ok(None) } else { Err(CookieFault::PublicSuffix) };
    }
    if place.is_under(&domain) { Ok(Some(domain)) } else { Err(CookieFault::ForeignDomain) }
}

/// `Max-Age` counts before `Expires`, wherever they stand.
fn expires_at(read: &SetCookie<'_>, now: i64) -> Option<i64> {
    let latest = now.saturating_add(MAX_AGE_SECONDS * 1_000);
    let by_age = read.max_age.map(|age| if age <= 0 { 0 } else { now.saturating_add(age.saturating_mul(1_000)) });
    by_age.or_else(|| read.expires.map(|at| at.saturating_mul(1_000))).map(|at| at.min(latest))
}

/// The draft compares these prefixes without regard to case, because some servers read names so.
fn begins_with(name: &str, prefix: &str) -> bool {
    name.as_bytes().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}
