//! The state of all purposes at one moment, as Swift and Kotlin keep it.

use crate::{
    client::Snapshot,
    decision::{GoogleConsent, Reason},
    ledger::Status,
    signal::Signals,
};

/// The answer about one purpose, to be kept and read without calling the core.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PurposeAnswer {
    /// The purpose.
    pub purpose: String,
    /// Whether it may be done.
    pub allowed: bool,
    /// Every reason against it.
    pub reasons: Vec<Reason>,
    /// What the person said last.
    pub status: Status,
    /// Unix milliseconds. From this time on the answer and its reasons may be others, and a new snapshot has to be taken. It is left out
    /// where only a change can alter them. They end, too, when the clock is before the snapshot's own time.
    pub valid_until: Option<i64>,
    /// True for a push purpose while notifications are turned off in the system. It is no reason against the purpose and no part of
    /// `allowed` (KR-6).
    pub os_blocked: bool,
}

/// The state of all purposes at one moment.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ConsentSnapshot {
    /// Counts up with every change of this core.
    pub generation: i64,
    /// When it was taken, Unix milliseconds.
    pub at: i64,
    /// Label of the policy version in force.
    pub policy_version: String,
    /// Changes saved on this device and not yet acknowledged by the server.
    pub pending: i64,
    /// True while an account is signed in.
    pub signed_in: bool,
    /// False once the core is shut down. Nothing that needs consent is allowed then.
    pub available: bool,
    /// True where the operating system blocks notifications. It is reported apart, since its permission is never a consent (KR-6).
    pub push_blocked: bool,
    /// What the platform says.
    pub signals: Signals,
    /// What Google's libraries may be told (Consent Mode v2). Hand over all four at each change.
    pub google: GoogleConsent,
    /// One answer for each purpose, in the policy's order.
    pub answers: Vec<PurposeAnswer>,
}

impl ConsentSnapshot {
    pub(super) fn of(snapshot: &Snapshot, now: i64) -> Self {
        let snapshot = snapshot.at(now);
        let answers = snapshot.policy.purposes.iter().map(|purpose| {
            let decision = snapshot.decide(&purpose.id, now);
            PurposeAnswer {
                purpose: purpose.id.clone(),
                allowed: decision.allowed,
                reasons: decision.reasons,
                status: snapshot.answers.get(&purpose.id).map(|answer| answer.status).unwrap_or_default(),
                valid_until: snapshot.valid_until(&purpose.id, now),
                os_blocked: decision.os_blocked,
            }
        });
        Self {
            generation: snapshot.generation,
            at: now,
            policy_version: snapshot.policy.version.clone(),
            pending: snapshot.pending,
            signed_in: snapshot.signed_in,
            available: snapshot.available,
            push_blocked: snapshot.signals.push_blocked(),
            signals: snapshot.signals,
            google: snapshot.google_consent(now),
            answers: answers.collect(),
        }
    }
}
