//! Names from outside: what an installation, an operation, a purpose and a subject may be called.

use consentkit::sync::{
    protocol::{ANONYMOUS_PREFIX, DEVICE_PREFIX},
    subject_name::{self, SubjectNameFault},
};

/// Most characters of an installation, an operation or a reference: a UUID has 36.
pub const MAX_ID: usize = 64;

/// Most characters of a purpose.
pub const MAX_PURPOSE: usize = 128;

/// Most characters of a language tag, a form's name, a version label.
pub const MAX_LABEL: usize = 64;

/// The installation under which the server itself writes records; no device may use it.
pub const SERVER_INSTALL: &str = "server";

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

/// Why a text is no wire name of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    /// What follows `device:` or `anonymous:` is no random id.
    Reference,
    /// The account is called what no account may be called.
    Account(SubjectNameFault),
}

impl std::fmt::Display for NameFault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Reference => out.write_str("the reference after the prefix is not a random id"),
            Self::Account(fault) => fault.fmt(out),
        }
    }
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
    /// Reads a subject's wire name; the error says what was wrong with it. Accounts go by the rule of the devices.
    pub fn read(text: &'a str) -> Result<Self, NameFault> {
        match Self::stored(text) {
            Self::Device(reference) | Self::Anonymous(reference) if !is_id(reference) => Err(NameFault::Reference),
            Self::Account(name) => subject_name::check(name).map(|()| Self::Account(name)).map_err(NameFault::Account),
            named => Ok(named),
        }
    }

    /// Reads the name of a subject that is stored here: it was taken once, by whatever rule held then.
    pub fn stored(text: &'a str) -> Self {
        match (text.strip_prefix(DEVICE_PREFIX), text.strip_prefix(ANONYMOUS_PREFIX)) {
            (Some(reference), _) => Self::Device(reference),
            (None, Some(reference)) => Self::Anonymous(reference),
            (None, None) => Self::Account(text),
        }
    }

    /// The reference that its own records name, where the wire name holds it.
    pub fn reference(self) -> Option<&'a str> {
        match self {
            Self::Device(reference) | Self::Anonymous(reference) => Some(reference),
            Self::Account(_) => None,
        }
    }
}
