//! Why something is not allowed: stable codes, and a sentence in each language.

use crate::{ledger::AskAgain, signal::AdIdUnavailable};

/// Why a purpose is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Reason {
    /// The policy has no such purpose.
    UnknownPurpose,
    /// The store is closed or cannot be read.
    StoreUnavailable,
    /// The person is under 14, or may be, and the guardian is not verified (PIPA-8).
    GuardianRequired,
    /// The person denied tracking in the system.
    OsDenied,
    /// The system forbids tracking and the person cannot change it.
    OsRestricted,
    /// The system has not asked about tracking yet.
    OsNotDetermined,
    /// The person limited or deleted the advertising id.
    AdIdLimited,
    /// There is no advertising id to be had.
    AdIdUnavailable {
        /// Why.
        kind: AdIdUnavailable,
    },
    /// Global Privacy Control is on.
    Gpc,
    /// A purpose this one requires is not allowed.
    Requires {
        /// That purpose.
        purpose: String,
    },
    /// Nobody was asked, or nothing was said.
    NotAnswered,
    /// The person said no.
    Refused,
    /// The person withdrew.
    Withdrawn,
    /// There was a grant, and it must be asked for again.
    AskAgain {
        /// Why.
        cause: AskAgain,
    },
    /// It is night in the policy's zone and there is no separate consent (KR-4).
    Night,
}
