//! What an advertising-id provider answers, and when that is an id (APL-6, AND-2, AND-6).

use std::fmt;

use super::{AdIdSignal, AdIdUnavailable};

/// What the host's provider answers when it is asked for the advertising id.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum AdIdAnswer {
    /// The platform gave a value. It may still be no id: all zeros, empty or malformed.
    Id {
        /// The value as the platform gave it. Never stored or logged.
        value: String,
        /// True where the platform's limit flag is set, and also where the platform has such a flag and does not tell it (AND-6).
        limited: bool,
    },
    /// The platform gave no value.
    Unavailable {
        /// Why.
        kind: AdIdUnavailable,
    },
}

impl fmt::Debug for AdIdAnswer {
    // Written by hand, because a derived one would print the id into logs and panics.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id { limited, .. } => out.debug_struct("Id").field("limited", limited).finish_non_exhaustive(),
            Self::Unavailable { kind } => out.debug_struct("Unavailable").field("kind", kind).finish(),
        }
    }
}

/// Reads a provider's answer. Gives the signal that it amounts to, and the id where there is one that may be used.
///
/// A limit flag counts even beside a value that looks like an id, and an id of zeros counts as a limit even without the flag (AND-2). A
/// value that is no UUID is taken for a failure of the provider.
pub fn read(answer: &AdIdAnswer) -> (AdIdSignal, Option<&str>) {
    match answer {
        AdIdAnswer::Unavailable { kind } => (AdIdSignal::Unavailable { kind: *kind }, None),
        AdIdAnswer::Id { limited: true, .. } => (AdIdSignal::Limited, None),
        AdIdAnswer::Id { value, .. } if says_limited(value) => (AdIdSignal::Limited, None),
        AdIdAnswer::Id { value, .. } if is_uuid(value) => (AdIdSignal::Available, Some(value)),
        AdIdAnswer::Id { .. } => (AdIdSignal::Unavailable { kind: AdIdUnavailable::Failed }, None),
    }
}

/// Apple and Google say "limited" by an id of zeros, in whatever groups; an empty value says the same, as on Fire OS.
fn says_limited(value: &str) -> bool {
    value.bytes().all(|byte| matches!(byte, b'0' | b'-'))
}

/// Length of a UUID's text form, which Apple, Google, Huawei and Amazon all use for the id.
const UUID_LEN: usize = 36;

fn is_uuid(value: &str) -> bool {
    value.len() == UUID_LEN
        && value.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

impl AdIdUnavailable {
    /// Every kind, for tables and tests.
    pub const ALL: [Self; 7] = [
        Self::PermissionMissing,
        Self::NoPlayServices,
        Self::PlayServicesRepairable,
        Self::NoProvider,
        Self::MainThread,
        Self::TimedOut,
        Self::Failed,
    ];

    /// Stable code: `no_play_services`.
    pub fn code(self) -> &'static str {
        match self {
            Self::PermissionMissing => "permission_missing",
            Self::NoPlayServices => "no_play_services",
            Self::PlayServicesRepairable => "play_services_repairable",
            Self::NoProvider => "no_provider",
            Self::MainThread => "main_thread",
            Self::TimedOut => "timed_out",
            Self::Failed => "failed",
        }
    }

    /// The kind with this code, if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
