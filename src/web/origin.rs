//! Origins: which pages may speak to the app.

// From `core`, which has addresses and no sockets.
use core::net::{IpAddr, Ipv6Addr};
use std::fmt;

/// Most origins of one channel. An app shows the pages of a few hosts of its own.
pub const MAX_ORIGINS: usize = 8;

/// Most bytes of all origins of one channel together. They are part of the script, which is kept small.
pub const MAX_ORIGINS_BYTES: usize = 512;

/// Longest name of a host (RFC 1035).
const MAX_HOST_BYTES: usize = 253;

/// Scheme, host and port of a page, as a browser writes them: `https://shop.example`, `https://shop.example:8443`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

/// Why a text is no origin that may speak to the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginFault {
    /// It does not begin with `https://`, and is not on this machine itself.
    NotHttps,
    /// Behind the scheme stands no host, or one that no browser writes so: a `*`, letters beyond ASCII, a user, a dot at its end.
    Host,
    /// The port is no number from 1 to 65535.
    Port,
    /// Something stands behind host and port.
    Path,
}

impl fmt::Display for OriginFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotHttps => "is no origin of the web; begin with https:// (only this machine itself may have http://)",
            Self::Host => {
                "names no host as a browser writes it; give each host in full, one with letters beyond ASCII in its form with xn--"
            }
            Self::Port => "has a port that is no number from 1 to 65535; leave the usual one out",
            Self::Path => "has something behind the host; leave out path, query and fragment",
        })
    }
}

impl Origin {
    /// Reads an origin. Letters of the host become lower case, and the port that the scheme has anyway is left out.
    pub fn read(text: &str) -> Result<Self, OriginFault> {
        let (scheme, rest, usual) = match text.split_once("://") {
            Some(("https", rest)) => ("https", rest, "443"),
            Some(("http", rest)) => ("http", rest, "80"),
            _ => return Err(OriginFault::NotHttps),
        };
        if rest.contains(['/', '?', '#', '\\']) {
            return Err(OriginFault::Path);
        }
        // The colons of an IPv6 address stand within brackets.
        let after_address = rest.find(']').unwrap_or(0);
        let (host, port) = match rest[after_address..].find(':') {
            Some(at) => (&rest[..after_address + at], Some(&rest[after_address + at + 1..])),
            None => (rest, None),
        };
        let host = host.to_ascii_lowercase();
        if !is_host(&host) {
            return Err(OriginFault::Host);
        }
        if scheme == "http" && !is_this_machine(&host) {
            return Err(OriginFault::NotHttps);
        }
        let port = match port {
            Some(port) if !is_port(port) => return Err(OriginFault::Port),
            Some(port) if port != usual => format!(":{port}"),
            _ => String::new(),
        };
        Ok(Self(format!("{scheme}://{host}{port}")))
    }

    /// The origin as a browser writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return address.strip_suffix(']').is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let letters =
        |label: &str| label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_');
    host.len() <= MAX_HOST_BYTES && host.split('.').all(|label| !label.is_empty() && letters(label))
}

/// Browsers take these hosts for this machine itself, whatever a name server says.
fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.ends_with(".localhost") || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0') && port.parse::<u16>().is_ok_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, OriginFault> {
        Origin::read(text).map(|origin| origin.as_str().to_owned())
    }

    #[test]
    fn an_origin_is_read_as_a_browser_writes_it() {
        for (text, origin) in [
            ("https://shop.example", "https://shop.example"),
            ("https://Shop.Example:443", "https://shop.example"),
            ("https://shop.example:8443", "https://shop.example:8443"),
            ("https://xn--9t4b11yi5a.kr", "https://xn--9t4b11yi5a.kr"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://shop.localhost:80", "http://shop.localhost"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("https://[2001:db8::1]", "https://[2001:db8::1]"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(origin), "{text}");
        }
    }

    #[test]
    fn what_is_no_origin_of_ones_own_is_refused() {
        use OriginFault::{Host, NotHttps, Path, Port};
        for (text, fault) in [
            ("", NotHttps),
            ("null", NotHttps),
            ("*", NotHttps),
            ("shop.example", NotHttps),
            ("http://shop.example", NotHttps),
            ("http://localhost.evil.example", NotHttps),
            ("file://", NotHttps),
            ("HTTPS://shop.example", NotHttps),
            ("https://", Host),
            ("https://*.example", Host),
            ("https://shop.example.", Host),
            ("https://shop..example", Host),
            ("https://user@shop.example", Host),
            ("https://상점.kr", Host),
            ("https://shop.example ", Host),
            ("https://[::1", Host),
            ("https://shop.example:", Port),
            ("https://shop.example:0", Port),
            ("https://shop.example:65536", Port),
            ("https://shop.example:+80", Port),
            ("https://shop.example/", Path),
            ("https://shop.example?x", Path),
            ("https://shop.example\\@evil", Path),
        ] {
            assert_eq!(read(text), Err(fault), "{text}");
        }
        assert_eq!(read(&format!("https://{}", "a".repeat(254))), Err(Host));
    }
}
