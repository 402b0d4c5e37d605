//! Which cookies have to go, and how each is deleted where a jar knows no other way than to set one that is past (CK-11).

use super::{Gate, Place, PublicSuffixes, SeenCookie};

/// Most paths that are tried for a cookie whose path is not known. A page that lies deeper sets its cookies for a folder above it.
pub const MAX_PURGE_PATHS: usize = 16;

/// One cookie that has to go.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PurgeStep {
    /// The cookie. A jar that deletes by name, domain and path does so.
    pub cookie: SeenCookie,
    /// For a jar that does not: the Set-Cookie headers that delete it, whichever of them fits. They go to the address for which the plan was
    /// made.
    pub headers: Vec<String>,
    /// The purposes that it needs and that are not all allowed.
    pub purposes: Vec<String>,
}

/// The cookies that were seen at a place and may not be there, each with how it is deleted. What the gate allows stays.
pub fn purge(gate: &Gate<'_>, place: &Place, suffixes: Option<&PublicSuffixes>, seen: Vec<SeenCookie>) -> Vec<PurgeStep> {
    let unwanted = seen.into_iter().filter(|cookie| !gate.allows(&cookie.name));
    unwanted
        .map(|cookie| PurgeStep { headers: headers(&cookie, place, suffixes), purposes: gate.purposes_of(&cookie.name), cookie })
        .collect()
}

/// A cookie is deleted by one with the same name, domain and path. Where these are not known, the host alone, the host with the hosts under
/// it and each parent that is nobody else's are tried, with every path that the address lies under.
fn headers(cookie: &SeenCookie, place: &Place, suffixes: Option<&PublicSuffixes>) -> Vec<String> {
    let is_writable = |text: &str| !text.contains(|letter: char| letter.is_ascii_control() || letter == ';');
    let parts = [Some(&cookie.name), cookie.domain.as_ref(), cookie.path.as_ref()];
    // What no header can name was set by none, and is deleted by the jar's own means.
    if !parts.into_iter().flatten().all(|part| is_writable(part)) || cookie.name.contains('=') {
        return vec![];
    }
    let domains = match &cookie.domain {
        Some(domain) if domain.starts_with('.') => vec![Some(domain.trim_start_matches('.').to_owned())],
        Some(domain) if *domain == place.host => vec![None, Some(domain.clone())],
        Some(domain) => vec![Some(domain.clone())],
        None => {
            let is_own = |domain: &&str| suffixes.map_or_else(|| domain.contains('.'), |known| !known.contains(domain));
            let parents = place.parents().filter(is_own).map(|parent| Some(parent.to_owned()));
            [None, Some(place.host.clone())].into_iter().chain(parents).collect()
        }
    };
    let paths = cookie.path.clone().map_or_else(|| paths_over(&place.path), |path| vec![path]);
    let header = |domain: &Option<String>, path: &String| {
        let domain = domain.as_ref().map_or_else(String::new, |domain| format!("; Domain={domain}"));
        // A name that promises to be Secure and HttpOnly is refused without them, also where it is to be deleted.
        let secure = if place.is_secure { "; Secure; HttpOnly" } else { "" };
        // A header with neither a name nor a value is ignored, and so would not delete a cookie without a name.
        let value = if cookie.name.is_empty() { "deleted" } else { "" };
        format!("{}={value}; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path={path}{domain}{secure}", cookie.name)
    };
    domains.iter().flat_map(|domain| paths.iter().map(move |path| header(domain, path))).collect()
}

/// The paths whose cookies an address sees: each folder above it with and without the slash behind it, and the path itself.
fn paths_over(path: &str) -> Vec<String> {
    let mut paths = vec!["/".to_owned()];
    for (at, _) in path.match_indices('/').skip(1) {
        paths.push(path[..at].to_owned());
        paths.push(path[..=at].to_owned());
    }
    paths.push(path.to_owned());
    paths.dedup();
    paths.truncate(MAX_PURGE_PATHS);
    paths
}
