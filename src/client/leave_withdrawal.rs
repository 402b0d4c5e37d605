//! Leaves a withdrawal in the mailbox, where the file cannot be opened at all.

use std::collections::BTreeSet;

use super::{
    arguments::{check_count, check_text, meant},
    denial::{Denial, Denied},
    mailbox::Changed,
    open_ledger::stamp,
    options::Options,
    writing::{asked::asked, choices::choice_of, random::new_op, writer::Stamp},
};
use crate::{
    error::{Error, Result},
    ledger::{Choice, ChoiceKind},
    policy::{MAX_ID_CHARS, Policy},
};

/// Leaves a withdrawal: see `Consent::leave_withdrawal`.
pub fn leave_withdrawal(options: &Options, purposes: &[&str]) -> Result<()> {
    options.check()?;
    let policy = Policy::parse(&options.policy).map_err(|faults| Error::PolicyInvalid { faults })?;
    check_count("purposes", purposes.len())?;
    let (mut seen, mut noes) = (BTreeSet::new(), vec![]);
    let Stamp { now: at, offset, .. } = stamp(options);
    for (index, purpose) in purposes.iter().enumerate() {
        let field = || format!("purposes[{index}]");
        check_text(&field(), purpose, MAX_ID_CHARS)?;
        if !seen.insert(*purpose) {
            return Err(Error::invalid(field(), "is named twice in one call; name it once"));
        }
        let unknown = || Error::invalid(field(), format!("is no purpose that people are asked about here; {}", meant(&policy, purpose)));
        let about = asked(&policy, purpose).ok_or_else(unknown)?;
        // Whose it is the file knows, and whoever takes the letter in.
        let of_nobody = choice_of(String::new(), purpose, about, ChoiceKind::Withdrawn, None);
        let choice = Choice { language: options.language.clone(), ..of_nobody };
        noes.push(Denial { id: 0, left_over: false, at, offset, op: new_op(at)?, what: Denied::No(choice) });
    }
    let (mailbox, reserve) = (options.mailbox(), options.reserve());
    let mut added = mailbox.add(&noes);
    if added == Changed::Failed {
        // The disk may be full, and this is what the reserve is for.
        reserve.release();
        added = mailbox.add(&noes);
        reserve.fill();
    }
    match added {
        Changed::Done => Ok(()),
        Changed::Full => Err(cannot("the mailbox is full; open the file, which takes in what lies in it")),
        Changed::Failed => Err(cannot("the mailbox cannot be written; unlock the device, or make room on the disk")),
    }
}

fn cannot(reason: &str) -> Error {
    Error::StoreUnavailable { reason: reason.into(), code: 0 }
}
