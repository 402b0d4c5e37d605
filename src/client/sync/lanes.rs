//! The lanes of a sync: which subjects are visited, under which names and by whose tokens.

use super::{breaker, known_server};
use crate::{
    client::open_ledger::OpenLedger,
    error::{Error, Result},
    ledger::{State, SubjectKind},
    store::{Transaction, settings::INSTALL_TOKEN},
    sync::{
        plan::{Lane, Limits, Plan},
        protocol::{ANONYMOUS_PREFIX, DEVICE_PREFIX},
    },
};

/// The plan of one pass over the subjects; `None` while nothing may be sent.
pub fn plan(ledger: &OpenLedger, deadline_ms: i64) -> Result<Option<Plan>> {
    let retry = breaker::stored(ledger)?;
    let limits = Limits { deadline_ms, ..Limits::default() };
    ledger.read(|transaction, head| {
        let state = &head.state;
        if !state.signed_in && state.subjects.values().all(|subject| subject.keys.is_empty()) {
            return Ok(None);
        }
        let mut lanes = vec![];
        let mut accounts = vec![];
        for reference in visited(transaction, state)? {
            let Some(subject) = state.subjects.get(&reference) else { continue };
            let present = reference == state.person && state.signed_in;
            let (wire, account, withdrawals_only) = match subject.kind {
                SubjectKind::Device => (format!("{DEVICE_PREFIX}{reference}"), false, false),
                SubjectKind::FormerDevice => (format!("{DEVICE_PREFIX}{reference}"), false, true),
                SubjectKind::Anonymous => (format!("{ANONYMOUS_PREFIX}{reference}"), false, false),
                SubjectKind::Account => {
                    let nameless = || Error::Damaged { reason: "the name of an account is gone".into() };
                    (transaction.account_of(&reference)?.ok_or_else(nameless)?, true, !present)
                }
            };
            let lane = Lane { subject_ref: reference, wire, account, withdrawals_only };
            if account { accounts.push(lane) } else { lanes.push(lane) }
        }
        lanes.append(&mut accounts);
        let registered = transaction.setting(INSTALL_TOKEN)?.is_some();
        let known = known_server::is_known(transaction, ledger.options.server.as_deref(), registered)?;
        Ok(Some(Plan::new(lanes, retry, registered, limits).knowing_the_server(known)))
    })
}

/// The subjects to visit, in their order: the device, whoever something waits for, and the person in front of the screen, unless nobody in particular
/// answered anything yet.
fn visited(transaction: &Transaction<'_>, state: &State) -> Result<Vec<String>> {
    let waiting = transaction.waiting_subjects()?;
    let person_known = state.signed_in
        || waiting.contains(&state.person)
        || state.subjects.get(&state.person).is_some_and(|subject| !subject.keys.is_empty());
    let others = waiting.into_iter().filter(|reference| *reference != state.device && *reference != state.person);
    Ok(std::iter::once(state.device.clone()).chain(others).chain(person_known.then(|| state.person.clone())).collect())
}
