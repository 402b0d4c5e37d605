//! Withdraws what was granted.

use std::collections::BTreeSet;

use super::{
    arguments::{check_count, check_text},
    denial::{Denial, Denied},
    open_ledger::OpenLedger,
    receipt::{Receipt, receipt},
    writing::{
        asked::{Asked, asked, withdrawable},
        choices::choice_of,
    },
};
use crate::{
    error::{Error, Result},
    ledger::{Body, Choice, ChoiceKind},
    policy::MAX_ID_CHARS,
    store::Patience,
    sync::device_rule::subject_of,
};

/// Withdraws: see `Consent::withdraw`.
pub fn withdraw(ledger: &OpenLedger, purposes: &[&str]) -> Result<Receipt> {
    check_count("purposes", purposes.len())?;
    let mut seen = BTreeSet::new();
    for (index, purpose) in purposes.iter().enumerate() {
        check_text(&field(index), purpose, MAX_ID_CHARS)?;
        if !seen.insert(*purpose) {
            return Err(Error::invalid(field(index), "is named twice in one call; name it once"));
        }
    }
    fn field(index: usize) -> String {
        format!("purposes[{index}]")
    }
    ledger.meet_news();
    let (stamp, person) = (ledger.stamp(), ledger.present.load().person.clone());
    let mut noes = vec![];
    for (index, id) in purposes.iter().enumerate() {
        let about = known_withdrawable(ledger, id, || field(index))?;
        let no = |about| ledger.denial(&stamp, Denied::No(withdrawal(ledger, person.clone(), id, about)));
        noes.push(about.map(no).transpose()?);
    }
    let held: Vec<Denial> = noes.iter().flatten().cloned().collect();
    ledger.write_no(Patience::Waits, &held, |writer| {
        let policy = ledger.policy.load_full();
        let about = |(index, id): (usize, &&str)| withdrawable(writer.transaction, &writer.head.state, &policy, id, || field(index));
        let about: Vec<Asked> = purposes.iter().enumerate().map(about).collect::<Result<_>>()?;
        let mut items = vec![];
        for ((id, about), no) in purposes.iter().zip(about).zip(&noes) {
            let subject = subject_of(&writer.head.state, about.scope).to_owned();
            let body = Body::Choice(withdrawal(ledger, subject, id, about));
            items.push(receipt(id, ChoiceKind::Withdrawn, writer.send_no(no.as_ref(), body)?));
        }
        Ok(Receipt { items, at: writer.stamp.now, pending: writer.head.pending })
    })
}

fn withdrawal(ledger: &OpenLedger, subject: String, id: &str, about: Asked) -> Choice {
    Choice { language: ledger.options.language.clone(), ..choice_of(subject, id, about, ChoiceKind::Withdrawn, None) }
}

/// What a withdrawal is about: by the policy in memory where that asks about the purpose, else by what the file says of earlier editions.
/// `None` where the file cannot be read. Nothing is lost then, since a purpose that the policy in force does not have is not allowed.
fn known_withdrawable(ledger: &OpenLedger, id: &str, field: impl FnOnce() -> String) -> Result<Option<Asked>> {
    if let Some(about) = asked(&ledger.policy_now(), id) {
        return Ok(Some(about));
    }
    match ledger.read(|transaction, head| withdrawable(transaction, &head.state, &ledger.policy_now(), id, field)) {
        Err(fault) if !fault.is_of_the_file() => Err(fault),
        found => Ok(found.ok()),
    }
}
