//! What must be true at the end of a history, when everybody could talk to the server again.

use consentkit::sync::protocol::ChangeKind;

use super::{
    ghost::{Ghost, Ops, list},
    person::{ACCOUNTS, DEVICE_PURPOSE, PURPOSES, Phone},
};
use crate::{
    stage::{Done, SILENT},
    wire::Host,
};

/// After the last rounds every phone that spoke and the server say the same of each purpose, and nothing waits that could be sent. Gives how
/// many grants count on a phone and were lost by a server that was `restored`: a phone sends only withdrawals again.
pub fn agree(phones: &[Phone], host: &Host, ghost: &Ghost, restored: bool) -> Done<u64> {
    let mut lost_grants = 0;
    for phone in phones.iter().filter(|phone| !phone.quiet) {
        for purpose in PURPOSES {
            let who = if purpose == DEVICE_PURPOSE { &phone.memory.device } else { &phone.memory.person };
            // A phone on which an anonymous person said nothing asks the server nothing for them, whatever a copy of the phone said.
            if !ACCOUNTS.contains(&who.as_str()) && !phone.memory.words.keys().any(|(said, _)| said == who) {
                continue;
            }
            let Some((wire, _)) = ghost.wire.iter().find(|(_, known)| *known == who) else { continue };
            let view = host.subject(wire)?;
            let granted = list(&view, "states").iter().any(|state| state["purpose"] == purpose && state["status"] == "granted");
            if restored && !granted && phone.counts(purpose) {
                lost_grants += 1;
                continue;
            }
            let objected = list(&view, "states")
                .iter()
                .any(|state| state["purpose"] == purpose && (state["status"] == "refused" || state["status"] == "withdrawn"));
            if purpose == SILENT && phone.memory.account.is_some() && !restored && phone.consent.allows(purpose) == objected {
                let reasons = phone.consent.explain(purpose).reasons;
                return Err(format!("{}: silence and the server (objected: {objected}) do not agree: {reasons:?}", phone.name).into());
            }
            if granted != phone.counts(purpose) {
                let reasons = phone.consent.explain(purpose).reasons;
                return Err(format!("{} and the server ({granted}) do not agree on {purpose}: {reasons:?}", phone.name).into());
            }
        }
        // What waits for an account that nobody is signed in to needs that account's token.
        let own = |op: &str| ghost.about.get(op).is_none_or(|who| *who == phone.memory.person || !ACCOUNTS.contains(&who.as_str()));
        let waits = phone.consent.pending()?.into_iter().find(|change| !change.purpose.is_empty() && own(&change.op));
        if let Some(waits) = waits {
            return Err(format!("{}: {} still waits ({:?})", phone.name, waits.purpose, waits.stuck).into());
        }
    }
    Ok(lost_grants)
}

/// No withdrawal was lost: it is at the server or still in a queue, and no grant there is blind to it.
pub fn landed(phones: &[Phone], host: &Host, ghost: &Ghost) -> Done {
    let mut queued = Ops::new();
    let mut merges = false;
    for phone in phones {
        let pending = phone.consent.pending()?;
        merges |= pending.iter().any(|change| change.kind == ChangeKind::Merge);
        queued.extend(pending.into_iter().map(|change| change.op));
    }
    for (op, known) in &ghost.withdrawals {
        let (who, purpose) = &known.key;
        let Some((wire, _)) = ghost.wire.iter().find(|(_, whose)| *whose == who) else { continue };
        // A copied device's own answers stay with the device they were given on.
        let copied = purpose == DEVICE_PURPOSE && phones.iter().any(|phone| phone.memory.shared);
        if queued.contains(op) || copied || (known.brought && merges) {
            continue;
        }
        let view = host.subject(wire)?;
        let Some(state) = list(&view, "states").iter().find(|state| state["purpose"] == purpose.as_str()) else {
            // It was lost with the server, and the server holds no grant that it should have overridden.
            if known.doubtful {
                continue;
            }
            return Err(format!("the withdrawal {op} of {purpose} is nowhere").into());
        };
        let held = list(state, "withdrawals").iter().any(|held| held["op"] == op.as_str());
        let grant = state["op"].as_str().filter(|_| state["status"] == "granted");
        let blind = match grant {
            Some(grant) => ghost.unseen(grant, [op], &Ops::from([op.clone()]))?.is_some(),
            None => false,
        };
        if blind {
            return Err(format!("RESURRECTION in the end: {purpose} of {who} is granted over {op}").into());
        }
        if !held && !known.doubtful {
            return Err(format!("the withdrawal {op} of {purpose} never landed").into());
        }
    }
    Ok(())
}
