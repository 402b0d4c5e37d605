//! Applying one change, once: its effect and the memory of it belong to the same transaction.

use consentkit::{
    ledger::{Body, Choice, Import, Link, Merge, Seen, SignalRecord, Status},
    policy::Scope,
    signal::{AdIdSignal, Signals, Tracking},
    sync::{
        merge::{Effect, Incoming, Numbering},
        protocol::{ANONYMOUS_PREFIX, ChangeResult, WireOutcome},
    },
};
use rusqlite::Transaction;

use super::change::{Read, rejected};
use crate::{
    http::Fault,
    name::SubjectName,
    store::{self, Operation, Subject, word},
};

/// What a change did.
pub struct Done {
    /// What became of it.
    pub outcome: WireOutcome,
    /// The number a withdrawal was given.
    pub epoch: Option<i64>,
    /// Why a grant has no effect, or why a change is refused.
    pub reason: Option<&'static str>,
}

const APPLIED: Done = Done { outcome: WireOutcome::Applied, epoch: None, reason: None };

const fn refused(reason: &'static str) -> Done {
    Done { outcome: WireOutcome::Rejected, epoch: None, reason: Some(reason) }
}

/// Answers for an operation that is known already.
pub fn repeated(known: &Operation, subject: &Subject, fingerprint: &[u8]) -> ChangeResult {
    if known.fingerprint != fingerprint {
        return rejected(&known.op, "other_bytes");
    }
    if known.subject != subject.id {
        return rejected(&known.op, "wrong_subject");
    }
    ChangeResult {
        op: known.op.clone(),
        outcome: WireOutcome::Duplicate,
        first: Some(known.outcome),
        epoch: known.epoch,
        reason: known.reason.clone(),
    }
}

/// Applies a change that `sender` sent for `subject`.
pub fn apply(tx: &Transaction<'_>, subject: &mut Subject, sender: &str, change: &Read, now: i64) -> Result<ChangeResult, Fault> {
    let record = &change.record;
    if let Some(known) = store::operation(tx, &record.op)? {
        return Ok(repeated(&known, subject, &change.hash));
    }
    let cause = if store::is_taken(tx, &record.install, record.seq)? {
        Some("fork")
    } else if record.install != sender {
        Some("copied")
    } else {
        None
    };
    let mut step = Step { tx, subject, sender, op: &record.op, cause, now };
    let done = match &record.body {
        Body::Choice(choice) => step.choice(choice)?,
        Body::Import(import) => step.import(import)?,
        Body::Signal(signal) => step.signal(signal, record.seq)?,
        Body::Link(link) => step.link(link)?,
        Body::Merge(merge) => step.merge(merge)?,
        _ => refused("other_kind"),
    };
    if done.outcome == WireOutcome::Rejected {
        return Ok(rejected(&record.op, done.reason.unwrap_or("")));
    }
    let reason = done.reason.or(cause).map(str::to_owned);
    let operation = Operation {
        op: record.op.clone(),
        fingerprint: change.hash.to_vec(),
        subject: subject.id,
        sender: sender.to_owned(),
        install: record.install.clone(),
        seq: record.seq,
        salt: change.salt.clone(),
        prev: change.prev.to_vec(),
        hash: change.hash.to_vec(),
        kind: word(change.kind),
        record: change.bytes.clone(),
        outcome: done.outcome,
        reason: reason.clone(),
        epoch: done.epoch,
        received_at: now,
    };
    store::take_up(tx, &operation)?;
    store::mark_used(tx, sender)?;
    Ok(ChangeResult { op: operation.op, outcome: done.outcome, first: None, epoch: done.epoch, reason })
}

/// Brings one choice into a subject's state.
pub fn choose(tx: &Transaction<'_>, subject: &mut Subject, purpose: &str, incoming: Incoming<'_>) -> Result<Done, Fault> {
    let before = store::standpoint(tx, subject, purpose)?;
    let mut after = before.clone();
    // A grant names the subject as its giver's device or page knew it.
    let seen = match incoming.seen {
        Some(seen) if seen.subject == subject.subject || store::own_reference(tx, subject, &seen.subject)? => {
            Some(Seen { subject: subject.subject.clone(), ..seen.clone() })
        }
        other => other.cloned(),
    };
    let place = Numbering { subject: &subject.subject, history: &subject.history };
    let effect = after.apply(Incoming { seen: seen.as_ref(), ..incoming }, place);
    store::save(tx, subject, purpose, &before, &after)?;
    Ok(match effect {
        Effect::Applied => APPLIED,
        Effect::Numbered(epoch) => Done { epoch: Some(epoch), ..APPLIED },
        Effect::Stale => Done { outcome: WireOutcome::StaleGrant, epoch: None, reason: incoming.may_grant.then_some("unseen_withdrawal") },
    })
}

struct Step<'a, 'tx> {
    tx: &'a Transaction<'tx>,
    subject: &'a mut Subject,
    sender: &'a str,
    op: &'a str,
    /// Why a grant may take no effect.
    cause: Option<&'static str>,
    now: i64,
}

impl Step<'_, '_> {
    fn name(&self) -> SubjectName<'_> {
        SubjectName::stored(&self.subject.subject)
    }

    /// Why a record may not speak for the subject of the request.
    fn wrong_subject(&self, reference: &str, scope: Scope) -> Result<Option<Done>, Fault> {
        if !store::own_reference(self.tx, self.subject, reference)? {
            return Ok(Some(refused("wrong_subject")));
        }
        let device = matches!(self.name(), SubjectName::Device(_));
        Ok((device != (scope == Scope::Device)).then_some(refused("wrong_scope")))
    }

    fn choice(&mut self, choice: &Choice) -> Result<Done, Fault> {
        if let Some(refused) = self.wrong_subject(&choice.subject, choice.scope)? {
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
        if let Some(refused) = self.wrong_subject(&import.subject, import.scope)? {
            return Ok(refused);
        }
        let before = store::standpoint(self.tx, self.subject, &import.purpose)?;
        let first_answer = before.status == Status::NotAnswered && before.withdrawals.is_empty();
        let may_grant = self.cause.is_none() && first_answer;
        let incoming = Incoming { op: self.op, choice: import.choice, seen: None, after: &[], may_grant };
        let done = choose(self.tx, self.subject, &import.purpose, incoming)?;
        let late = done.outcome == WireOutcome::StaleGrant && !first_answer;
        Ok(if late { Done { reason: self.cause.or(Some("answered")), ..done } } else { done })
    }

    fn signal(&mut self, signal: &SignalRecord, seq: i64) -> Result<Done, Fault> {
        if let Some(refused) = self.wrong_subject(&signal.subject, Scope::Device)? {
            return Ok(refused);
        }
        // An opt-out of a copied phone is obeyed here too; anything else that it says is about another device.
        if let Some(cause) = opt_out(&signal.signals) {
            store::drop_linked(self.tx, self.sender, self.subject, cause, self.now)?;
        }
        if self.cause != Some("copied") {
            store::set_signals(self.tx, self.sender, seq, &signal.signals)?;
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
        store::link(self.tx, self.sender, self.subject, self.now)?;
        Ok(APPLIED)
    }

    fn merge(&mut self, merge: &Merge) -> Result<Done, Fault> {
        if let Some(refused) = self.wrong_subject(&merge.subject, Scope::Person)? {
            return Ok(refused);
        }
        for answer in &merge.answers {
            if !answer.choice.lowers() && !self.is_known_grant(&merge.from, &answer.purpose, &answer.op)? {
                continue;
            }
            let before = store::standpoint(self.tx, self.subject, &answer.purpose)?;
            let mut after = before.clone();
            after.merge(answer.choice, &answer.op);
            store::save(self.tx, self.subject, &answer.purpose, &before, &after)?;
        }
        Ok(APPLIED)
    }

    /// A grant is brought along only where the anonymous person's own record of it is here and still stands.
    fn is_known_grant(&self, from: &str, purpose: &str, op: &str) -> Result<bool, Fault> {
        if self.cause.is_some() {
            return Ok(false);
        }
        let Some(anonymous) = store::subject(self.tx, &format!("{ANONYMOUS_PREFIX}{from}"))? else { return Ok(false) };
        let stands = store::standpoint(self.tx, &anonymous, purpose)?;
        Ok(stands.status == Status::Granted && stands.op.as_deref() == Some(op))
    }
}

/// The system's opt-out from tracking, if this is one.
fn opt_out(signals: &Signals) -> Option<&'static str> {
    match (signals.tracking, signals.ad_id) {
        (Some(Tracking::Denied), _) => Some("os_denied"),
        (Some(Tracking::Restricted), _) => Some("os_restricted"),
        (_, Some(AdIdSignal::Limited)) => Some("ad_id_limited"),
        _ => None,
    }
}
