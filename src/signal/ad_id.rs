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
        /// The platform's limit flag; true also where the platform has such a flag and does not say (AND-6).
        limited: bool,
    },
    /// The platform gave none.
    Unavailable {
        /// Why.
        kind: AdIdUnavailable,
    },
}

impl fmt::Debug for AdIdAnswer {
    // By hand: a derived one would print the id into logs and panics.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id { limited, .. } => out.debug_struct("Id").field("limited", limited).finish_non_exhaustive(),
            Self::Unavailable { kind } => out.debug_struct("Unavailable").field("kind", kind).finish(),
        }
    }
}

/// Reads a provider's answer: the signal it amounts to, and the id where there is one that may be used.
///
/// A limit flag outranks a real-looking value, and zeros outrank a missing flag (AND-2). A value that is no
/// UUID is never an id: the provider failed.
pub fn read(answer: &AdIdAnswer) -> (AdIdSignal, Option<&str>) {
    match answer {
        AdIdAnswer::Unavailable { kind } => (AdIdSignal::Unavailable { kind: *kind }, None),
        AdIdAnswer::Id { limited: true, .. } => (AdIdSignal::Limited, None),
        AdIdAnswer::Id { value, .. } if says_limited(value) => (AdIdSignal::Limited, None),
        AdIdAnswer::Id { value, .. } if is_uuid(value) => (AdIdSignal::Available, Some(value)),
        AdIdAnswer::Id { .. } => (AdIdSignal::Unavailable { kind: AdIdUnavailable::Failed }, None),
    }
}

/// Zeros in any grouping are how Apple and Google say "limited"; Fire OS has no value at all then.
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
