//! Applies one change. Its effect and the memory that it was applied are written in the same transaction, so that the same change sent
//! twice takes effect once.

use consentkit::{
    ledger::{Body, Choice, Import, Link, Merge, Seen, SignalRecord, Status},
    policy::Scope,
    signal::{AdIdSignal, Signals, Tracking},
    sync::{
        numbering::Numbering,
        protocol::{ANONYMOUS_PREFIX, ChangeKind, ChangeResult, UNPROVEN, WireOutcome},
        server_rule::{Effect, Incoming},
    },
};
use rusqlite::Transaction;

use super::change::{Read, rejected};
use crate::{
    http::Fault,
    name::SubjectName,
    store::{self, Numbered, Operation, Subject, Witness, word},
};

/// What a change did.
pub struct Done {
    /// What became of it.
    pub outcome: WireOutcome,
    /// The number that a withdrawal was given.
    pub epoch: Option<i64>,
    /// Why a grant has no effect, or why a change is refused.
    pub reason: Option<&'static str>,
}

/// The code for a change that is refused because the account's name is a placeholder, under which nothing can be granted.
const PLACEHOLDER: &str = "placeholder_account";

const APPLIED: Done = Done { outcome: WireOutcome::Applied, epoch: None, reason: None };

const fn refused(reason: &'static str) -> Done {
    Done { outcome: WireOutcome::Rejected, epoch: None, reason: Some(reason) }
}

/// Who sends the changes of a request.
pub struct Sender<'a> {
    /// The installation that the sender says it is.
    pub install: &'a str,
    /// True where the sender proved that it is that installation.
    pub proved: bool,
    /// True for an account's request from a phone with an older version, which sends no proof. Such a phone holds back a no for a day if an
    /// earlier change of the same purpose was rejected. Therefore a change without effect gets an answer by which it leaves that phone's
    /// queue.
    pub older: bool,
}

/// The answer to an operation that is known already. `same` says whether it is the same change or another one under the same name.
pub fn repeated(known: &Operation, same: bool) -> ChangeResult {
    if !same {
        return rejected(&known.op, "other_bytes");
    }
    ChangeResult {
        op: known.op.clone(),
        outcome: WireOutcome::Duplicate,
        first: Some(known.outcome),
        epoch: known.epoch,
        reason: known.reason.clone(),
    }
}

/// Applies a change that was sent for `subject`.
pub fn apply(tx: &Transaction<'_>, subject: &mut Subject, sender: &Sender<'_>, change: &Read, now: i64) -> Result<ChangeResult, Fault> {
    let record = &change.record;
    // Only the installation itself may say which record has which place in its ledger.
    let own = sender.proved && record.install == sender.install && !change.relayed;
    let known = store::operation(tx, subject.id, &record.op)?;
    let taken = own && store::is_taken(tx, &record.install, record.seq)?;
    if let Some(known) = &known {
        let same = known.record == change.bytes || known.fingerprint == change.fingerprint();
        if own && !known.placed && !taken && known.outcome == WireOutcome::Applied && change.lowers() {
            // Somebody else had sent this withdrawal before, perhaps with other details. What its own installation sends is the true
            // record.
            store::place(tx, &remembered(subject, sender, change, now, (known.outcome, known.reason.clone(), known.epoch), true))?;
            return Ok(repeated(known, true));
        }
        return Ok(repeated(known, same));
    }
    let names_or_brings = matches!(record.body, Body::Merge(_)) || (sender.older && matches!(record.body, Body::Link(_)));
    if !sender.proved && !names_or_brings && !change.lowers() {
        return Ok(without_effect(sender, change, UNPROVEN));
    }
    let cause = if taken {
        Some("fork")
    } else if change.relayed {
        Some("relayed")
    } else if record.install != sender.install {
        Some("copied")
    } else if own {
        None
    } else {
        Some(UNPROVEN)
    };
    let mut step = Step { tx, subject, sender, op: &record.op, cause, now };
    let done = match &record.body {
        Body::Choice(choice) => step.choice(choice)?,
        Body::Import(import) => step.import(import)?,
        Body::Signal(signal) => step.signal(signal, &record.install, record.seq)?,
        Body::Link(link) => step.link(link)?,
        Body::Merge(merge) => step.merge(merge)?,
        _ => refused("other_kind"),
    };
    // The withdrawals of a merge have been applied. The rest has to be sent by the installation itself, with its proof.
    if !sender.proved && !change.lowers() {
        let refused = done.outcome == WireOutcome::Rejected && matches!(record.body, Body::Link(_));
        return Ok(if refused { rejected(&record.op, done.reason.unwrap_or("")) } else { without_effect(sender, change, UNPROVEN) });
    }
    if done.outcome == WireOutcome::Rejected {
        return Ok(rejected(&record.op, done.reason.unwrap_or("")));
    }
    let reason = done.reason.or(cause).map(str::to_owned);
    store::take_up(tx, &remembered(subject, sender, change, now, (done.outcome, reason.clone(), done.epoch), own && !taken))?;
    if sender.proved {
        store::mark_used(tx, sender.install)?;
    }
    Ok(ChangeResult { op: record.op.clone(), outcome: done.outcome, first: None, epoch: done.epoch, reason })
}

/// Applies a change that was sent for an account whose name is a placeholder: only what it refuses or withdraws, and the link that these
/// need.
pub fn apply_noes(
    tx: &Transaction<'_>,
    subject: &mut Subject,
    sender: &Sender<'_>,
    change: &Read,
    now: i64,
) -> Result<ChangeResult, Fault> {
    match &change.record.body {
        Body::Link(_) => return apply(tx, subject, sender, change, now),
        _ if change.lowers() => return apply(tx, subject, sender, change, now),
        // As from a sender without a proof, the refusals and withdrawals of a merge are applied and its grants are not.
        Body::Merge(_) => drop(apply(tx, subject, &Sender { proved: false, ..*sender }, change, now)?),
        _ => {}
    }
    Ok(without_effect(sender, change, PLACEHOLDER))
}

/// The answer to a change that has no effect because of who sends it, or for whom. The change is not remembered, so that it can be sent
/// again with the proof.
fn without_effect(sender: &Sender<'_>, change: &Read, reason: &str) -> ChangeResult {
    let result = rejected(&change.record.op, reason);
    let outcome = match &change.record.body {
        _ if !sender.older => return result,
        // These need not be sent again for the sake of a no: the reference of a link is known now, and what a merge refused has been
        // applied.
        Body::Link(_) => WireOutcome::Applied,
        Body::Merge(merge) if merge.answers.iter().any(|answer| answer.choice.lowers()) => WireOutcome::Applied,
        _ => WireOutcome::StaleGrant,
    };
    ChangeResult { outcome, ..result }
}

fn remembered(
    subject: &Subject,
    sender: &Sender<'_>,
    change: &Read,
    now: i64,
    (outcome, reason, epoch): (WireOutcome, Option<String>, Option<i64>),
    placed: bool,
) -> Operation {
    Operation {
        op: change.record.op.clone(),
        fingerprint: change.fingerprint().to_vec(),
        subject: subject.id,
        sender: sender.install.to_owned(),
        install: change.record.install.clone(),
        seq: change.record.seq,
        placed,
        salt: change.salt.clone(),
        prev: change.prev.to_vec(),
        hash: change.hash.to_vec(),
        kind: word(change.kind),
        record: change.bytes.clone(),
        outcome,
        reason,
        epoch,
        received_at: now,
    }
}

/// Brings one choice into a subject's state.
pub fn choose(tx: &Transaction<'_>, subject: &mut Subject, purpose: &str, incoming: Incoming<'_>) -> Result<Done, Fault> {
    let before = store::state(tx, subject, purpose)?;
    let mut after = before.clone();
    // In `seen` a grant names the subject as the giver's device or page knew it, by any of its references.
    let seen = match incoming.seen {
        Some(seen) if seen.subject == subject.subject || store::own_reference(tx, subject, &seen.subject)? => {
            Some(Seen { subject: subject.subject.clone(), ..seen.clone() })
        }
        other => other.cloned(),
    };
    let place = Numbering { subject: &subject.subject, name: &subject.numbering };
    let numbers = Numbered { tx, subject: subject.id, purpose };
    let effect = after.apply(Incoming { seen: seen.as_ref(), ..incoming }, place, &numbers)?;
    let witness = Witness::Choice(subject.id);
    store::save(tx, subject, purpose, (&before, &after), witness)?;
    Ok(match effect {
        Effect::Applied => APPLIED,
        Effect::Numbered(epoch) => Done { epoch: Some(epoch), ..APPLIED },
        Effect::Stale => Done { outcome: WireOutcome::StaleGrant, epoch: None, reason: incoming.may_grant.then_some("unseen_withdrawal") },
    })
}

struct Step<'a, 'tx> {
    tx: &'a Transaction<'tx>,
    subject: &'a mut Subject,
    sender: &'a Sender<'a>,
    op: &'a str,
    /// Why a grant of this change may take no effect; `None` where it may.
    cause: Option<&'static str>,
    now: i64,
}

impl Step<'_, '_> {
    fn name(&self) -> SubjectName<'_> {
        SubjectName::stored(&self.subject.subject)
    }

    /// Refuses a record that may not speak for the subject of the request.
    ///
    /// A no is accepted whatever reference it names: its sender may withdraw for this subject, and the record that makes the reference
    /// known may be lost or still on its way.
    fn wrong_subject(&self, reference: &str, scope: Scope, lowers: bool) -> Result<Option<Done>, Fault> {
        if !lowers && !store::own_reference(self.tx, self.subject, reference)? {
            return Ok(Some(refused("wrong_subject")));
        }
        let device = matches!(self.name(), SubjectName::Device(_));
        Ok((device != (scope == Scope::Device)).then_some(refused("wrong_scope")))
    }

    fn choice(&mut self, choice: &Choice) -> Result<Done, Fault> {
        if let Some(refused) = self.wrong_subject(&choice.subject, choice.scope, choice.choice.lowers())? {
            return Ok(refused);
        }
        let incoming = Incoming {
            op: self.op,
            choice: choice.choice,
            seen: choice.seen.as_ref(),
            after: &choice.after,
            may_grant: self.cause.is_none(),
        };
        choose(self.tx, self.subject, &choice.purpose, incoming)
    }

    fn import(&mut self, import: &Import) -> Result<Done, Fault> {
        if let Some(refused) = self.wrong_subject(&import.subject, import.scope, import.choice.lowers())? {
            return Ok(refused);
        }
        let before = store::state(self.tx, self.subject, &import.purpose)?;
        // A yes of an older store counts where nothing was said before, or where the present answer is the earlier import that it replaces.
        let takes_place = match import.replaces.as_ref().filter(|op| before.op.as_ref() == Some(*op)) {
            Some(op) => store::operation(self.tx, self.subject.id, op)?.is_some_and(|known| known.kind == word(ChangeKind::Import)),
            None => false,
        };
        let fits = takes_place || !before.is_answered();
        let may_grant = self.cause.is_none() && fits;
        let after = import.replaces.as_slice();
        let incoming = Incoming { op: self.op, choice: import.choice, seen: None, after, may_grant };
        let done = choose(self.tx, self.subject, &import.purpose, incoming)?;
        let late = done.outcome == WireOutcome::StaleGrant && !fits;
        Ok(if late { Done { reason: self.cause.or(Some("answered")), ..done } } else { done })
    }

    fn signal(&mut self, signal: &SignalRecord, install: &str, seq: i64) -> Result<Done, Fault> {
        let device = matches!(self.name(), SubjectName::Device(_));
        let (scope, person) = (if device { Scope::Device } else { Scope::Person }, signal.person());
        if let Some(refused) = self.wrong_subject(&signal.subject, scope, !device && person.denies())? {
            return Ok(refused);
        }
        // A copied phone is believed only where it takes a permission away. Its other signals may be about another person or another
        // device.
        let copied = self.cause == Some("copied");
        if !device {
            if !copied || person.denies() {
                store::set_person_signals(self.tx, self.subject.id, install, seq, &person)?;
            }
            return Ok(APPLIED);
        }
        if let Some(cause) = opt_out(&signal.signals) {
            store::drop_linked(self.tx, self.sender.install, self.subject, cause, self.now)?;
        }
        if !copied {
            store::set_device_signals(self.tx, self.sender.install, seq, signal)?;
        }
        Ok(APPLIED)
    }

    fn link(&mut self, link: &Link) -> Result<Done, Fault> {
        if !link.account || !matches!(self.name(), SubjectName::Account(_)) {
            return Ok(refused("wrong_subject"));
        }
        if !store::bind_reference(self.tx, self.subject, &link.subject)? {
            return Ok(refused("reference_taken"));
        }
        if self.sender.proved {
            store::link(self.tx, self.sender.install, self.subject, self.now)?;
        }
        Ok(APPLIED)
    }

    fn merge(&mut self, merge: &Merge) -> Result<Done, Fault> {
        let lowers = merge.answers.iter().any(|answer| answer.choice.lowers());
        if let Some(refused) = self.wrong_subject(&merge.subject, Scope::Person, lowers)? {
            return Ok(refused);
        }
        let from = store::subject(self.tx, &format!("{ANONYMOUS_PREFIX}{}", merge.from))?;
        let known = store::own_reference(self.tx, self.subject, &merge.subject)?;
        let may_grant = self.cause.is_none() && known;
        for answer in &merge.answers {
            let trusted = from.as_ref().filter(|_| may_grant);
            if !answer.choice.lowers() && !trusted.map_or(Ok(false), |from| self.is_known_grant(from, &answer.purpose, &answer.op))? {
                continue;
            }
            let before = store::state(self.tx, self.subject, &answer.purpose)?;
            let mut after = before.clone();
            after.merge(answer.choice, &answer.op, &Numbered { tx: self.tx, subject: self.subject.id, purpose: &answer.purpose })?;
            // A merge of an older version does not say when an answer was given. Then the anonymous person's own record of it is shown.
            let witness = match answer.at {
                Some(_) if !answer.choice.lowers() => Witness::Merge(self.op),
                _ => Witness::Choice(from.as_ref().map_or(self.subject.id, |from| from.id)),
            };
            store::save(self.tx, self.subject, &answer.purpose, (&before, &after), witness)?;
        }
        // The withdrawals needed no known reference and have been applied. The grants of the merge need one, so the merge is to be sent
        // again.
        let lowers = merge.answers.iter().all(|answer| answer.choice.lowers());
        Ok(if known || lowers { APPLIED } else { refused("wrong_subject") })
    }

    /// True where the server itself holds this grant as the anonymous person's present answer. Only then is it brought into the account.
    fn is_known_grant(&self, from: &Subject, purpose: &str, op: &str) -> Result<bool, Fault> {
        let kept = store::state(self.tx, from, purpose)?;
        Ok(kept.status == Status::Granted && kept.op.as_deref() == Some(op))
    }
}

/// The code of the opt-out from tracking that these signals hold, if they hold one.
fn opt_out(signals: &Signals) -> Option<&'static str> {
    match (signals.tracking, signals.ad_id) {
        (Some(Tracking::Denied), _) => Some("os_denied"),
        (Some(Tracking::Restricted), _) => Some("os_restricted"),
        (_, Some(AdIdSignal::Limited)) => Some("ad_id_limited"),
        _ => None,
    }
}
