//! Which of all that is known of a purpose is the current answer. Nothing else in the library decides it.
//!
//! The first of these that is there is the current answer:
//!
//! 1. What was said here and waits to be sent: any no, and a yes whose giver could see every withdrawal, unless the server refused it.
//! 2. What the server told: a yes that comes with its record and that no later withdrawal of this device speaks against; any no, but where a
//!    yes of this device did not count, only a no that is newer than that yes.
//! 3. The yes of this device that did not count, with the reason.
//! 4. The newest withdrawal of this device.
//! 5. A yes that the server told without a record, with that reason.
//! 6. What the answer was on the phone that this file was copied from.

use super::{AskAgain, CurrentAnswer, Key, Pending, Redating, RemoteState, StaleGrant, Status, Withdrawal, date::time_in_name, millis};

impl Key {
    /// The current answer on the device of the installation `install`. `informed` says whether the giver of the grant that waits to be sent
    /// could see every withdrawal that is known here, which `sync::coverage` finds out. Where no grant waits it makes no difference.
    pub fn current_answer(&self, install: &str, informed: bool) -> CurrentAnswer {
        let answer = CurrentAnswer { refused_before: self.was_refused(), ..self.current_answer_as_written(install, informed) };
        match self.redating_of(&answer).and_then(Redating::at) {
            Some(at) => CurrentAnswer { at, ..answer },
            None => answer,
        }
    }

    /// The current answer with the date that its record bears, even where that date cannot be.
    pub fn current_answer_as_written(&self, install: &str, informed: bool) -> CurrentAnswer {
        let without_effect = match &self.pending {
            Some(pending) if pending.choice.lowers() || (informed && !pending.stuck) => return pending.as_answer(install),
            Some(pending) => Some(pending.as_answer_without_effect(install)),
            None => self.stale.as_ref().map(|stale| stale.as_answer(install)),
        };
        let told = self.remote.as_ref().map(|remote| remote.as_answer(install));
        if let (Some(remote), Some(told)) = (&self.remote, &told) {
            let is_current = match told.status {
                Status::NotAnswered => false,
                Status::Granted => told.ask_again != Some(AskAgain::Unproven) && !self.withdrawn_since(remote, install),
                Status::Refused | Status::Withdrawn => {
                    without_effect.is_none() || self.pending.as_ref().is_some_and(|grant| grant.is_before(remote))
                }
            };
            if is_current {
                return told.clone();
            }
        }
        let own = self.own_withdrawal.as_ref().map(|own| CurrentAnswer {
            status: own.choice.into(),
            at: own.at,
            seq: Some(own.seq),
            op: Some(own.op.clone()),
            install: Some(install.to_owned()),
            ..CurrentAnswer::default()
        });
        let unproven = told.filter(|told| told.status == Status::Granted && told.ask_again.is_some());
        without_effect.or(own).or(unproven).unwrap_or_else(|| self.copied_answer())
    }

    /// True where a no to the purpose is known here, however old.
    pub(super) fn was_refused(&self) -> bool {
        self.own_withdrawal.is_some()
            || self.withdrawal_elsewhere.is_some()
            || self.remote.as_ref().is_some_and(|remote| remote.lowers() || remote.epoch > 0)
            || self.refused_on_former_device
            || matches!(self.copied_status, Some(Status::Refused | Status::Withdrawn))
    }

    /// True where this device made a withdrawal that the server did not know when it told a grant. If the grant was given on this device
    /// too, their places in its ledger tell which came first. Otherwise the server did not know the withdrawal if it is not in the
    /// numbering that the grant was told under.
    fn withdrawn_since(&self, remote: &RemoteState, install: &str) -> bool {
        let Some(own) = &self.own_withdrawal else { return false };
        match &remote.evidence {
            Some(evidence) if evidence.is_written_here(install) => evidence.seq <= own.seq,
            _ => match &own.numbered {
                Some((numbering, epoch)) => *numbering != remote.numbering || *epoch > remote.epoch,
                None => !remote.withdrawals.iter().any(|known| known.op == own.op),
            },
        }
    }

    fn copied_answer(&self) -> CurrentAnswer {
        let status = self.copied_status.unwrap_or_default();
        CurrentAnswer { status, ask_again: (status == Status::Granted).then_some(AskAgain::Restored), ..CurrentAnswer::default() }
    }
}

impl Pending {
    fn as_answer(&self, install: &str) -> CurrentAnswer {
        CurrentAnswer {
            status: self.choice.into(),
            ask_again: (self.undated && !self.choice.lowers()).then_some(AskAgain::Undated),
            at: self.at,
            material: self.material,
            seq: Some(self.seq),
            op: Some(self.op.clone()),
            install: Some(install.to_owned()),
            imported: self.imported,
            undated: self.undated,
            actor: self.actor,
            ..CurrentAnswer::default()
        }
    }

    /// True where a no that the server tells is newer than this grant. The date in the record of the no decides. A no that the server lists
    /// without its record is dated by the time in its operation's name. (Where the record is here its name is not looked at: for a no from
    /// a web page that time is the server's clock and may differ.) Clocks decide nothing more than this: whether or not the no is newer,
    /// the grant does not count, and only whether the person is asked again differs.
    pub(super) fn is_before(&self, remote: &RemoteState) -> bool {
        let is_recorded = |known: &Withdrawal| remote.evidence.is_some() && remote.op.as_ref() == Some(&known.op);
        let named_after = |known: &Withdrawal| {
            !is_recorded(known) && !self.after.contains(&known.op) && time_in_name(&known.op).is_some_and(|said| said > self.at)
        };
        remote.lowers() && (is_newer(remote, self.at) || remote.withdrawals.iter().any(named_after))
    }

    /// The grant as an answer that does not count: the server refused it, or its giver could not see a withdrawal.
    fn as_answer_without_effect(&self, install: &str) -> CurrentAnswer {
        let cause = if self.stuck { AskAgain::Rejected } else { AskAgain::StaleGrant };
        CurrentAnswer { ask_again: Some(cause), ..self.as_answer(install) }
    }
}

impl StaleGrant {
    fn as_answer(&self, install: &str) -> CurrentAnswer {
        CurrentAnswer {
            status: Status::Granted,
            ask_again: Some(AskAgain::StaleGrant),
            at: self.at,
            material: self.material,
            seq: Some(self.seq),
            op: Some(self.op.clone()),
            install: Some(install.to_owned()),
            actor: self.actor,
            ..CurrentAnswer::default()
        }
    }

    /// True where a no that the server tells is newer than this grant. Under the numbering in which the grant was found stale its number
    /// tells; under another one the date of its record does.
    pub(super) fn is_before(&self, remote: &RemoteState) -> bool {
        remote.lowers()
            && match &self.known {
                Some((numbering, epoch)) if *numbering == remote.numbering => remote.epoch > *epoch,
                _ => is_newer(remote, self.at),
            }
    }
}

impl RemoteState {
    fn as_answer(&self, install: &str) -> CurrentAnswer {
        let own = self.evidence.as_ref().filter(|evidence| evidence.is_written_here(install));
        let seq = own.map(|evidence| evidence.seq);
        CurrentAnswer { seq, ..CurrentAnswer::from_server(self.status, self.op.as_deref(), self.evidence.as_ref()) }
    }
}

/// True where the record behind a state of the server bears a later date than `at`, Unix milliseconds.
fn is_newer(remote: &RemoteState, at: i64) -> bool {
    remote.evidence.as_ref().and_then(|evidence| millis(&evidence.at)).is_some_and(|said| said > at)
}
