//! Names from outside: what an installation, an operation, a purpose and a subject may be called.

use consentkit::sync::protocol::{ANONYMOUS_PREFIX, DEVICE_PREFIX};

/// Most characters of an installation, an operation or a reference: a UUID has 36.
pub const MAX_ID: usize = 64;

/// Most characters of a purpose.
pub const MAX_PURPOSE: usize = 128;

/// Most characters of a subject without its prefix.
pub const MAX_SUBJECT: usize = 128;

/// Most characters of a language tag, a form's name, a version label.
pub const MAX_LABEL: usize = 64;

/// The installation under which the server itself writes records; no device may use it.
pub const SERVER_INSTALL: &str = "server";

/// Digits that make a run of digits a telephone number (E.164 allows 15).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 9..=15;

/// True for a random name as devices make them.
pub fn is_id(text: &str) -> bool {
    (1..=MAX_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// True for the name of an installation that is not the server.
pub fn is_install(text: &str) -> bool {
    is_id(text) && text != SERVER_INSTALL
}

/// True for the name of a purpose.
pub fn is_purpose(text: &str) -> bool {
    (1..=MAX_PURPOSE).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// True for a short label without control characters.
pub fn is_label(text: &str) -> bool {
    text.chars().count() <= MAX_LABEL && !text.chars().any(char::is_control)
}

/// Whom a request is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SubjectName<'a> {
    /// `device:<reference>`: one installation's device-scope choices.
    Device(&'a str),
    /// `anonymous:<reference>`: a person who has not signed in.
    Anonymous(&'a str),
    /// An account, by the company's own random name for it.
    Account(&'a str),
}

impl<'a> SubjectName<'a> {
    /// Reads a subject's wire name; the error says what was wrong with it.
    pub fn read(text: &'a str) -> Result<Self, &'static str> {
        if let Some(reference) = text.strip_prefix(DEVICE_PREFIX) {
            return if is_id(reference) { Ok(Self::Device(reference)) } else { Err("the reference after the prefix is not a random id") };
        }
        if let Some(reference) = text.strip_prefix(ANONYMOUS_PREFIX) {
            return if is_id(reference) {
                Ok(Self::Anonymous(reference))
            } else {
                Err("the reference after the prefix is not a random id")
            };
        }
        if text.is_empty() || text.chars().count() > MAX_SUBJECT {
            return Err("needs 1 to 128 characters");
        }
        if text.contains('@') {
            return Err("looks like an e-mail address: use the account's random id, never a contact address");
        }
        if looks_like_phone(text) {
            return Err("looks like a telephone number: use the account's random id, never a contact number");
        }
        if !text.chars().all(|c| c.is_alphanumeric() || "-._:~|=+".contains(c)) {
            return Err("holds characters other than letters, digits and - . _ : ~ | = +");
        }
        let lower = text.to_lowercase();
        if lower.starts_with(DEVICE_PREFIX) || lower.starts_with(ANONYMOUS_PREFIX) {
            return Err("begins with a reserved prefix");
        }
        Ok(Self::Account(text))
    }

    /// The reference that its own records name, where the wire name holds it.
    pub fn reference(self) -> Option<&'a str> {
        match self {
            Self::Device(reference) | Self::Anonymous(reference) => Some(reference),
            Self::Account(_) => None,
        }
    }
}

fn looks_like_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (text.starts_with('+') || text.starts_with('0'))
        && PHONE_DIGITS.contains(&digits)
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-. ()".contains(&byte))
}
