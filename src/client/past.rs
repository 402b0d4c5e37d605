//! What counted at a time: the edition of the policy and the answers, as the phone had them then.

use std::{collections::BTreeMap, sync::Arc};

use super::{ahead, writing::kept_editions::stored_policy};
use crate::{
    error::Result,
    ledger::{CurrentAnswer, State},
    policy::Policy,
    store::Transaction,
    sync::device_rule::current_answers,
};

/// What a decision about an earlier time is made from.
pub struct Counted {
    /// The edition that was in force. An edition that was announced counted from its day on, also before any record said so.
    pub policy: Arc<Policy>,
    /// The answers that were worth something under it.
    pub answers: BTreeMap<String, CurrentAnswer>,
}

/// What counted at a time (Unix milliseconds), where `past` is what the records up to then amount to; none before the first edition. Reads
/// the editions from the file.
pub fn counted_at(transaction: &Transaction<'_>, past: &State, at: i64) -> Result<Option<Counted>> {
    let Some(adopted) = &past.policy else { return Ok(None) };
    let announced = ahead::read(transaction, past)?;
    let Some(begun) = announced.iter().rev().find(|ahead| ahead.named.from_ms() <= at) else {
        let policy = stored_policy(transaction, adopted.edition)?;
        return Ok(Some(Counted { answers: current_answers(past, &policy), policy: Arc::new(policy) }));
    };
    let mut answers = current_answers(past, &begun.policy);
    begun.lay_over(&mut answers, past);
    Ok(Some(Counted { policy: begun.policy.clone(), answers }))
}
