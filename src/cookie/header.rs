//! The parts of a `Set-Cookie` header, before anything is decided about them (CK-1, CK-2, CK-5, CK-6).

use super::{CookieFault, date::cookie_date};

/// Most bytes of a name and its value together.
pub const MAX_PAIR_BYTES: usize = 4_096;

/// Most bytes of an attribute's value. A longer one is ignored.
pub const MAX_ATTRIBUTE_BYTES: usize = 1_024;

/// Which requests from other sites a cookie goes along with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum SameSite {
    /// The header says nothing that is known. Browsers treat it much like Lax.
    Unset,
    /// It goes along with every request.
    NoRestriction,
    /// From another site it goes along only where a person follows a link.
    Lax,
    /// It goes along with no request from another site.
    Strict,
}

impl SameSite {
    fn read(value: &str) -> Self {
        let known = [("none", Self::NoRestriction), ("lax", Self::Lax), ("strict", Self::Strict)];
        known.into_iter().find(|(word, _)| value.eq_ignore_ascii_case(word)).map_or(Self::Unset, |(_, same_site)| same_site)
    }
}

/// A `Set-Cookie` header in its parts. Of each attribute the last one counts.
#[derive(Clone, PartialEq, Eq)]
pub struct SetCookie<'a> {
    /// The name; empty for a header without an equals sign.
    pub name: &'a str,
    /// The value.
    pub value: &'a str,
    /// The date of `Expires`, Unix seconds.
    pub expires: Option<i64>,
    /// The seconds of `Max-Age`.
    pub max_age: Option<i64>,
    /// `Domain` without a dot in front, as it was written.
    pub domain: Option<&'a str>,
    /// `Path`: `Some(None)` where it was given and does not begin with a slash, so that the default path counts.
    pub path: Option<Option<&'a str>>,
    /// Whether `Secure` was given.
    pub secure: bool,
    /// Whether `HttpOnly` was given.
    pub http_only: bool,
    /// `SameSite`.
    pub same_site: SameSite,
    /// Whether `Partitioned` was given.
    pub partitioned: bool,
}

impl std::fmt::Debug for SetCookie<'_> {
    /// A value may lead to a person, so none is shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetCookie").finish_non_exhaustive()
    }
}

impl<'a> SetCookie<'a> {
    /// Reads a header.
    ///
    /// # Errors
    ///
    /// Where the header holds a control character, has neither name nor value, or more than [`MAX_PAIR_BYTES`] of them.
    pub fn read(header: &'a str) -> Result<Self, CookieFault> {
        if header.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
            return Err(CookieFault::ControlCharacter);
        }
        let mut parts = header.split(';');
        let pair = parts.next().unwrap_or_default();
        let (name, value) = pair.split_once('=').map_or(("", trimmed(pair)), |(name, value)| (trimmed(name), trimmed(value)));
        if name.is_empty() && value.is_empty() {
            return Err(CookieFault::Empty);
        }
        if name.len() + value.len() > MAX_PAIR_BYTES {
            return Err(CookieFault::TooLong);
        }
        let mut cookie = Self {
            name,
            value,
            expires: None,
            max_age: None,
            domain: None,
            path: None,
            secure: false,
            http_only: false,
            same_site: SameSite::Unset,
            partitioned: false,
        };
        for attribute in parts {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            cookie.take(trimmed(key), trimmed(value));
        }
        Ok(cookie)
    }

    fn take(&mut self, key: &str, value: &'a str) {
        if value.len() > MAX_ATTRIBUTE_BYTES {
            return;
        }
        let is = |known: &str| key.eq_ignore_ascii_case(known);
        if is("expires") {
            self.expires = cookie_date(value).or(self.expires);
        } else if is("max-age") {
            self.max_age = seconds(value).or(self.max_age);
        } else if is("domain") {
            self.domain = Some(value.strip_prefix('.').unwrap_or(value));
        } else if is("path") {
            self.path = Some(Some(value).filter(|path| path.starts_with('/')));
        } else if is("secure") {
            self.secure = true;
        } else if is("httponly") {
            self.http_only = true;
        } else if is("samesite") {
            self.same_site = SameSite::read(value);
        } else if is("partitioned") {
            self.partitioned = true;
        }
    }
}

/// The text without the blanks and tabs around it.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// The seconds of `Max-Age`: digits, perhaps with a minus in front. More of them than fit are as many as there can be.
fn seconds(value: &str) -> Option<i64> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| value.parse().unwrap_or(if value.starts_with('-') { i64::MIN } else { i64::MAX }))
}
