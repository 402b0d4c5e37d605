//! What the tests about an older store have in common.

use consentkit::{
    client::{Consent, ImportChoice, ImportReceipt},
    ledger::ChoiceKind,
};

/// A purpose of the device.
pub const COOKIES: &str = "cookies.analytics";
/// A purpose of the person.
pub const DATA_USE: &str = "marketing.data_use";
pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
/// 2024-03-01 00:00 UTC.
pub const MARCH_2024: i64 = 1_709_251_200_000;

/// A row of the older store about cookies.
pub fn row(choice: ChoiceKind, said_at: Option<i64>) -> ImportChoice {
    ImportChoice { purpose: COOKIES.into(), choice, said_at, source: "old-app".into(), text_version: None, actor: None }
}

/// A yes of then.
pub fn yes(at: i64) -> ImportChoice {
    row(ChoiceKind::Granted, Some(at))
}

/// A no of then.
pub fn no(at: i64) -> ImportChoice {
    row(ChoiceKind::Withdrawn, Some(at))
}

/// How many rows were taken, and how many left things as they were.
pub fn taken(receipt: &ImportReceipt) -> (usize, usize) {
    (receipt.imported.len(), receipt.kept.len())
}

/// Why a purpose is not allowed.
pub fn codes(consent: &Consent, purpose: &str) -> Vec<String> {
    consent.explain(purpose).reasons.iter().map(|reason| reason.code()).collect()
}
