//! The proof that a call's choices are on disk.

use super::writing::writer::Appended;
use crate::ledger::{ChoiceKind, chain};

/// One record that a call wrote.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReceiptItem {
    /// The purpose.
    pub purpose: String,
    /// What was recorded: a no where there was a yes is a withdrawal.
    pub choice: ChoiceKind,
    /// Name of the operation; the server's answer will name it.
    pub op: String,
    /// Position in the ledger, from 1.
    pub seq: i64,
    /// Hash of the record in the chain, hex.
    pub hash: String,
}

/// Proof that a call's choices are on disk.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Receipt {
    /// One for each choice, in the order given.
    pub items: Vec<ReceiptItem>,
    /// When, Unix milliseconds on this device's clock.
    pub at: i64,
    /// Changes that now wait to be sent: saved on this phone, not yet sent.
    pub pending: i64,
}

/// The receipt for one record.
pub fn receipt(purpose: &str, choice: ChoiceKind, appended: Appended) -> ReceiptItem {
    ReceiptItem { purpose: purpose.to_owned(), choice, op: appended.op, seq: appended.seq, hash: chain::hex(&appended.hash) }
}
