//! Signing in and out: whose person-scope choices these are. Device-scope choices stay either way.

use super::{Consent, commit::random_name, options::check_text};
use crate::{
    error::{Error, Result},
    ledger::{Body, ChoiceKind, Link, Merge, Merged, State, Status},
    sync::{
        merge::standing,
        protocol::{ANONYMOUS_PREFIX, DEVICE_PREFIX},
    },
};

/// Longest subject, in characters.
const MAX_SUBJECT_CHARS: usize = 128;

/// Fewest digits that make a number a telephone number: the shortest Korean numbers with their area code.
const MIN_PHONE_DIGITS: usize = 9;

/// Most digits of a telephone number (E.164).
const MAX_PHONE_DIGITS: usize = 15;

impl Consent {
    /// The app's log-in succeeded. `subject` is the account's pseudonym: never an e-mail address or a telephone number.
    ///
    /// What was said before, by nobody in particular, is brought into the account: a no lands, a yes counts only where the account
    /// said nothing. Sync before you ask: a new phone does not ask a member again. Returns when it is on disk.
    pub fn sign_in(&self, subject: &str) -> Result<()> {
        check_subject(subject)?;
        self.write(|pen| {
            if pen.head.state.signed_in && pen.transaction.account_of(&pen.head.state.person)?.as_deref() == Some(subject) {
                return Ok(());
            }
            let answers = if pen.head.state.signed_in { vec![] } else { anonymous_answers(&pen.head.state) };
            let from = pen.head.state.person.clone();
            let reference = match pen.transaction.reference_of(subject)? {
                Some(reference) => reference,
                None => {
                    let reference = random_name()?;
                    pen.transaction.add_subject(&reference, Some(subject))?;
                    reference
                }
            };
            pen.send(Body::Link(Link { subject: reference.clone(), account: true }))?;
            // Apart, so that after a sign-out what lowers may go without what grants.
            let (lowering, granting): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.choice.lowers());
            for answers in [lowering, granting].into_iter().filter(|answers| !answers.is_empty()) {
                pen.send(Body::Merge(Merge { from: from.clone(), subject: reference.clone(), answers }))?;
            }
            Ok(())
        })
    }

    /// The person signed out. The account's choices no longer count here; its waiting withdrawals are still sent.
    /// Does nothing where nobody is signed in. Returns when it is on disk.
    pub fn sign_out(&self) -> Result<()> {
        self.write(|pen| {
            if !pen.head.state.signed_in {
                return Ok(());
            }
            let reference = random_name()?;
            pen.transaction.add_subject(&reference, None)?;
            let install = pen.head.state.install.clone();
            pen.append(&install, Body::Link(Link { subject: reference, account: false }))?;
            Ok(())
        })
    }
}

/// What the anonymous person said, as it counts here: a grant blind to a withdrawal brings that withdrawal along, not itself.
fn anonymous_answers(state: &State) -> Vec<Merged> {
    let Some(subject) = state.subjects.get(&state.person) else { return vec![] };
    let answers = subject.keys.iter().filter_map(|(purpose, key)| {
        let own = key.own_withdrawal.as_ref().map(|own| (own.choice, own.op.clone(), 0));
        let stands = standing(key, &state.person, &state.install);
        if key.said() == Status::Granted && (stands.status, stands.ask_again) != (Status::Granted, None) {
            let (choice, op, material) = own?;
            return Some(Merged { purpose: purpose.clone(), choice, op, material });
        }
        let choice = match key.said() {
            Status::NotAnswered => return None,
            Status::Granted => ChoiceKind::Granted,
            Status::Refused => ChoiceKind::Refused,
            Status::Withdrawn => ChoiceKind::Withdrawn,
        };
        let pending = key.pending.as_ref().map(|pending| (pending.op.clone(), pending.material));
        let remote = key.remote.as_ref().and_then(|remote| Some((remote.op.clone()?, remote.evidence.as_ref()?.material)));
        let (op, material) = pending.or(remote).or(own.map(|(_, op, material)| (op, material)))?;
        Some(Merged { purpose: purpose.clone(), choice, op, material })
    });
    answers.collect()
}

fn check_subject(subject: &str) -> Result<()> {
    check_text("subject", subject, MAX_SUBJECT_CHARS)?;
    let refuse = |reason: &str| Err(Error::invalid("subject", reason));
    if subject.contains('@') {
        return refuse("looks like an e-mail address; give the account's pseudonym, a name that says nothing outside your systems");
    }
    if looks_like_phone(subject) {
        return refuse("looks like a telephone number; give the account's pseudonym, a name that says nothing outside your systems");
    }
    if subject.starts_with(DEVICE_PREFIX) || subject.starts_with(ANONYMOUS_PREFIX) || subject.trim() != subject {
        return refuse("begins with a reserved word or has spaces around it");
    }
    Ok(())
}

/// `+82 10-…`, `010-…`, `(02) …`, and Korean numbers with the country code and no plus sign.
fn looks_like_phone(subject: &str) -> bool {
    let digits: String = subject.chars().filter(char::is_ascii_digit).collect();
    let only_phone_signs = subject.chars().all(|sign| sign.is_ascii_digit() || " +-.()/".contains(sign));
    let punctuated = subject.chars().any(|sign| " -.()/".contains(sign));
    only_phone_signs
        && (MIN_PHONE_DIGITS..=MAX_PHONE_DIGITS).contains(&digits.len())
        && (subject.starts_with('+') || digits.starts_with('0') || digits.starts_with("8210") || punctuated)
}

#[cfg(test)]
mod tests {
    use super::check_subject;

    #[test]
    fn only_pseudonyms_are_subjects() {
        for personal in
            ["kim@example.com", "010-1234-5678", "01012345678", "+821012345678", "821012345678", "+1 202 555 0100", "02-6206-0000"]
        {
            assert!(check_subject(personal).is_err(), "{personal}");
        }
        for reserved in ["device:1", "anonymous:1", " acct", ""] {
            assert!(check_subject(reserved).is_err(), "{reserved}");
        }
        for pseudonym in ["acct_81", "10293847", "018f0d2e-7a63-7cc1-98f4-1d2b3c4d5e6f", "회원-81"] {
            assert!(check_subject(pseudonym).is_ok(), "{pseudonym}");
        }
    }
}
