//! Which of the things that are known of a purpose stands: the one place that decides it.
//!
//! 1. What was said here and waits for the server: a no always, a yes where its giver could see every withdrawal and the server takes it.
//! 2. The server's word: a yes that has its record and is not older than the own withdrawal; a no that is newer than a yes which did
//!    not count.
//! 3. A yes that did not count, with its cause.
//! 4. The newest own withdrawal.
//! 5. A yes of the server without a record, with its cause.
//! 6. What stood on the phone this file was copied from.

use super::{AskAgain, CurrentAnswer, Key, Noticed, Pending, RemoteState, StaleGrant, Status, Withdrawal, date::time_in_name, millis};

impl Key {
    /// Where the purpose stands on the device of the installation `install`. `informed` says whether the giver of the grant that waits
    /// could see every withdrawal known here: the conflict rule tells it; it is not asked where none waits.
    pub fn current_answer(&self, install: &str, informed: bool) -> CurrentAnswer {
        let answer = self.current_answer_as_written(install, informed);
        match self.noticed_of(&answer).and_then(Noticed::at) {
            Some(at) => CurrentAnswer { at, ..answer },
            None => answer,
        }
    }

    /// The same with the date that its record bears, be it one that can be or not.
    pub fn current_answer_as_written(&self, install: &str, informed: bool) -> CurrentAnswer {
        let vain = match &self.pending {
            Some(pending) if pending.choice.lowers() || (informed && !pending.stuck) => return pending.as_answer(install),
            Some(pending) => Some(pending.in_vain(install)),
            None => self.stale.as_ref().map(|stale| stale.as_answer(install)),
        };
        let told = self.remote.as_ref().map(|remote| remote.as_answer(install));
        if let (Some(remote), Some(told)) = (&self.remote, &told) {
            let stands = match told.status {
                Status::NotAnswered => false,
                Status::Granted => told.ask_again != Some(AskAgain::Unproven) && !self.withdrawn_since(remote, install),
                Status::Refused | Status::Withdrawn => vain.is_none() || self.pending.as_ref().is_some_and(|grant| grant.is_before(remote)),
            };
            if stands {
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
        vain.or(own).or(unproven).unwrap_or_else(|| self.copied())
    }

    /// True where a withdrawal was made here that the server had not heard of when it spoke of a grant: one that is newer than the
    /// grant, or that the server's present numbering does not hold.
    fn withdrawn_since(&self, remote: &RemoteState, install: &str) -> bool {
        let Some(own) = &self.own_withdrawal else { return false };
        match &remote.evidence {
            Some(evidence) if evidence.install == install => evidence.seq <= own.seq,
            _ => match &own.numbered {
                Some((history, epoch)) => *history != remote.history || *epoch > remote.epoch,
                None => !remote.withdrawals.iter().any(|known| known.op == own.op),
            },
        }
    }

    fn copied(&self) -> CurrentAnswer {
        let status = self.carried.unwrap_or_default();
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
        }
    }

    /// True where a no that the server tells is newer than this grant: by the date of its record, or, for one that was numbered beside it
    /// and of which no record is here, by the time in its name. That time is the server's clock where a web page said no, so a record that
    /// is here speaks for itself. Both are evidence only: either way the answer is no, and only whether the person is asked again differs.
    pub(super) fn is_before(&self, remote: &RemoteState) -> bool {
        let is_recorded = |known: &Withdrawal| remote.evidence.is_some() && remote.op.as_ref() == Some(&known.op);
        let named_after = |known: &Withdrawal| {
            !is_recorded(known) && !self.after.contains(&known.op) && time_in_name(&known.op).is_some_and(|said| said > self.at)
        };
        lowers(remote) && (is_newer(remote, self.at) || remote.withdrawals.iter().any(named_after))
    }

    /// A yes that the server does not take, or whose giver could not see a withdrawal.
    fn in_vain(&self, install: &str) -> CurrentAnswer {
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

    /// True where the server's no is newer than this grant. Its number tells, where it is of the numbering that found the grant stale,
    /// else its date.
    pub(super) fn is_before(&self, remote: &RemoteState) -> bool {
        lowers(remote)
            && match &self.known {
                Some((history, epoch)) if *history == remote.history => remote.epoch > *epoch,
                _ => is_newer(remote, self.at),
            }
    }
}

impl RemoteState {
    fn as_answer(&self, install: &str) -> CurrentAnswer {
        let own = self.evidence.as_ref().filter(|evidence| evidence.install == install);
        let seq = own.map(|evidence| evidence.seq);
        CurrentAnswer { seq, ..CurrentAnswer::from_server(self.status, self.op.as_deref(), self.evidence.as_ref()) }
    }
}

fn lowers(remote: &RemoteState) -> bool {
    matches!(remote.status, Status::Refused | Status::Withdrawn)
}

/// True where the record behind a server's state is dated after a time, Unix milliseconds.
fn is_newer(remote: &RemoteState, at: i64) -> bool {
    remote.evidence.as_ref().and_then(|evidence| millis(&evidence.at)).is_some_and(|said| said > at)
}
