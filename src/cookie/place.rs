//! Where a response came from: what of its address decides which cookies it may set.

/// The address that answered, as far as cookies depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// True where it answered over https.
    pub(super) is_secure: bool,
    /// The host in lower-case ASCII, without a port; an IPv6 address in its brackets.
    pub(super) host: String,
    /// The path without query and fragment; at least a slash.
    pub(super) path: String,
}

/// Why an address is not usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlaceFault {
    /// It does not begin with http:// or https://.
    #[error("is no web address; give one that begins with https:// or http://")]
    NoWebAddress,
    /// It has no host, or one that no host can be.
    #[error("has no usable host; give the address that answered")]
    BadHost,
    /// The host holds letters that are not ASCII.
    #[error("has a host with letters that are not ASCII; give the host in the form that begins with xn--")]
    HostNotAscii,
}

/// Most letters of a host's name (RFC 1035).
const MAX_HOST_CHARS: usize = 253;

impl Place {
    /// Reads a web address.
    ///
    /// # Errors
    ///
    /// Where it is no web address, or its host is not in the form in which it is looked up.
    pub fn of(url: &str) -> Result<Self, PlaceFault> {
        let (scheme, rest) = url.split_once("://").ok_or(PlaceFault::NoWebAddress)?;
        let is_secure = match scheme.to_ascii_lowercase().as_str() {
            "https" | "wss" => true,
            "http" | "ws" => false,
            _ => return Err(PlaceFault::NoWebAddress),
        };
        // Browsers take a backslash for a slash.
        let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = host_without_port(host).ok_or(PlaceFault::BadHost)?;
        if !host.is_ascii() {
            return Err(PlaceFault::HostNotAscii);
        }
        if !is_host(host) {
            return Err(PlaceFault::BadHost);
        }
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        let path = if path.starts_with('/') { path } else { "/" };
        Ok(Self { is_secure, host: host.to_ascii_lowercase(), path: path.to_owned() })
    }

    /// The path that a cookie has which names none: the folder of the address.
    pub(super) fn default_path(&self) -> &str {
        match self.path.rfind('/') {
            None | Some(0) => "/",
            Some(end) => &self.path[..end],
        }
    }

    /// True where the host is this domain or lies under it. Nothing lies under an IP address.
    pub(super) fn is_under(&self, domain: &str) -> bool {
        let above = self.host.strip_suffix(domain);
        above.is_some_and(|above| above.is_empty() || (above.ends_with('.') && !domain.is_empty() && !is_address(&self.host)))
    }

    /// The domains above the host, from the nearest on. An IP address has none.
    pub(super) fn parents(&self) -> impl Iterator<Item = &str> {
        let host = if is_address(&self.host) { "" } else { &self.host };
        std::iter::successors(host.split_once('.').map(|(_, parent)| parent), |domain| domain.split_once('.').map(|(_, parent)| parent))
    }
}

/// `None` where the port is no number, or a bracket is not closed.
fn host_without_port(host: &str) -> Option<&str> {
    let end = if host.starts_with('[') { host.find(']')? + 1 } else { host.find(':').unwrap_or(host.len()) };
    let (host, port) = host.split_at(end);
    let digits = port.strip_prefix(':').unwrap_or_default();
    (port.is_empty() || (port.starts_with(':') && digits.bytes().all(|byte| byte.is_ascii_digit()))).then_some(host)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return address.strip_suffix(']').is_some_and(|address| address.parse::<core::net::Ipv6Addr>().is_ok());
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let label = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    name.len() <= MAX_HOST_CHARS && name.split('.').all(label)
}

/// True for an IP address. A name whose last part is a number is one, too, in some way of writing (WHATWG URL).
pub(super) fn is_address(host: &str) -> bool {
    let last = host.strip_suffix('.').unwrap_or(host).rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    host.starts_with('[')
        || (!last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
        || hex.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
