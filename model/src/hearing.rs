//! How a device hears an answer, as the files of `src/client/sync/` do it, over the shipped rule.

use std::sync::Arc;

use consentkit::{
    ledger::{Body, Evidence, OutcomeKind, OutcomeRecord, PullEnded, Pulled, Record, RemoteRecord, RemoteState, Status},
    policy::Scope,
    sync::{
        answer,
        loss::{Continuation, continues, elsewhere_is_missing, is_listed, may_come_back, own_is_missing},
        protocol::{WireOutcome, WireState},
        pulled_subject::PulledSubject,
    },
};

use crate::{
    device::{Device, Waiting},
    ghost::bit,
    names::{ACCOUNT, PURPOSE},
    rule::{Marks, Rule},
    wire::{Change, Response},
};

/// What an answer's states came to.
struct Told {
    believed: bool,
    unsure: bool,
}

impl Device {
    /// Hears an answer: states and results in one transaction, as the shipped client does.
    pub fn hear(&mut self, response: &Response, rule: Rule) {
        let former = self.is_former(&response.subject);
        let told = if former { Told { believed: true, unsure: false } } else { self.hear_states(response, rule) };
        if !former && (told.believed || rule == Rule::PlaceKept) {
            self.cursors.insert(response.subject.clone(), response.cursor.clone());
        }
        self.clock = self.clock.max(response.stamp);
        self.edition = self.edition.max(response.edition);
        self.hear_results(response, rule);
        self.end_pull(response, told.believed);
        self.hear_what_is_held(response);
        if rule != Rule::NothingAgain {
            self.send_again(response.lost, response, &told);
        }
        self.begin_anew_if_forked(response);
    }

    /// As `client/sync/pulled.rs` does it. Here every answer is the last page.
    fn end_pull(&mut self, response: &Response, believed: bool) {
        if response.subject != self.state.person {
            return;
        }
        self.heard = true;
        let open = self.state.subjects.get(&response.subject).is_some_and(|subject| subject.pulled == Pulled::NotYet);
        let link_waits = self.outbox.iter().any(|row| matches!(row.change.record.body, Body::Link(_)));
        if self.silent.is_some() && open && believed && !link_waits {
            let install = self.state.install.clone();
            self.append(&install, "", 0, Body::Pulled(PullEnded { subject: response.subject.clone() }));
            self.ever_heard = true;
        }
    }

    /// As `client/sync/begin_anew.rs` does it, without the bound on how often.
    fn begin_anew_if_forked(&mut self, response: &Response) {
        if response.results.iter().any(|result| result.reason.as_deref() == Some("fork")) {
            if !self.begun_anew {
                self.restore();
            }
            self.begun_anew = true;
        } else if response.results.iter().any(|result| result.outcome != WireOutcome::Rejected) {
            self.begun_anew = false;
        }
    }

    /// As `client/sync/states.rs` does it.
    fn hear_states(&mut self, response: &Response, rule: Rule) -> Told {
        let known = self.histories.insert(response.subject.clone(), response.numbering.clone());
        let named_anew = known.is_some_and(|known| known != response.numbering);
        let key = self.state.key(&response.subject, PURPOSE).cloned();
        let before = key.as_ref().and_then(|key| key.remote.as_ref());
        let account = response.subject == ACCOUNT;
        let scope = if self.about_device { Scope::Device } else { Scope::Person };
        let subject = PulledSubject { reference: &response.subject, scope, account, state: &self.state };
        let evidence_of = |state: &WireState| {
            let mut evidence = answer::evidence(state, &subject)?;
            let own = evidence.install == self.state.install;
            let written = self.ledger.iter().find(|record| own && record.seq == evidence.seq);
            let written = written.and_then(|record| Evidence::of(record, state.op.as_deref()?, &state.purpose, state.status));
            evidence.by_copy = own && written.as_ref() != Some(&evidence);
            Some(evidence)
        };
        let told = response.states.first().map(|state| RemoteState {
            purpose: state.purpose.clone(),
            status: state.status,
            numbering: state.numbering.clone(),
            epoch: state.epoch,
            withdrawals: state.withdrawals.clone(),
            base: state.base,
            op: state.op.clone(),
            evidence: evidence_of(state),
            record: None,
        });
        let leaves_out = response.whole && told.is_none() && before.is_some_and(|before| before.numbering == response.numbering);
        let continuation = told.as_ref().map_or(Continuation::Proved, |told| continues(before, told));
        let broken = (leaves_out || continuation == Continuation::Broken) && !named_anew && rule != Rule::Credulous;
        let doubted = broken && self.cursors.contains_key(&response.subject);
        let renamed = (named_anew || (broken && !doubted)) && rule != Rule::NumbersKept;
        let news = told.filter(|told| !doubted || told.lowers());
        if news.is_some() {
            self.pulled.insert(response.subject.clone(), response.reached);
        }
        let mut states: Vec<RemoteState> = news.into_iter().filter(|told| renamed || before != Some(told)).collect();
        for state in &mut states {
            let elsewhere = state.evidence.as_ref().is_some_and(|evidence| !evidence.is_written_here(&self.state.install));
            if state.lowers() && elsewhere {
                state.record = response.states.first().and_then(|state| state.record.clone());
            }
        }
        if renamed || !states.is_empty() {
            let install = self.state.install.clone();
            self.append(&install, "", 0, Body::Remote(RemoteRecord { subject: response.subject.clone(), states: states.clone(), renamed }));
            self.told.extend(states.into_iter().filter_map(|state| Some((self.seq, state.record?))));
        }
        Told { believed: !doubted, unsure: continuation == Continuation::Open }
    }

    fn hear_results(&mut self, response: &Response, rule: Rule) {
        let mut results = vec![];
        for result in &response.results {
            let Some(index) = self.outbox.iter().position(|row| row.change.record.op == result.op) else { continue };
            let outcome = answer::outcome(result);
            let stale = outcome.outcome == OutcomeKind::StaleGrant;
            if stale && rule == Rule::BlindRebase {
                self.outbox[index].change.marks.base = response.cursor.1;
                continue;
            }
            let relayed = self.outbox[index].change.relayed;
            if (!(stale && self.outbox[index].lowers) && outcome.outcome != OutcomeKind::Rejected) || relayed {
                self.outbox.remove(index);
                self.answered |= bit(&result.op);
            }
            results.push(outcome);
        }
        if !results.is_empty() {
            let (install, numbering) = (self.state.install.clone(), Some(response.numbering.clone()));
            self.append(&install, "", 0, Body::Outcome(OutcomeRecord { subject: response.subject.clone(), numbering, results }));
        }
    }

    /// As `client/sync/anchor.rs` does it.
    fn hear_what_is_held(&mut self, response: &Response) {
        let own = |last: &&(i64, String)| self.ledger.iter().any(|record| record.seq == last.0 && record.op == last.1);
        match &response.last_arrived {
            Some(last) if !own(&last) => drop(self.acknowledged.take_if(|_| response.lost)),
            last => self.acknowledged.clone_from(last),
        }
    }

    /// As `client/sync/send_again.rs` does it.
    fn send_again(&mut self, behind: bool, response: &Response, told: &Told) {
        let mut again = vec![];
        for (subject, keys) in &self.state.subjects {
            let here = *subject == response.subject;
            let doubted = here && (!told.believed || told.unsure);
            for key in keys.keys.values() {
                let stands_lowered = matches!(key.current_answer(&self.state.install, true).status, Status::Refused | Status::Withdrawn);
                let own = key.own_withdrawal.as_ref().filter(|own| own.numbered.is_some());
                if let Some(own) = own
                    && (doubted || (here && own_is_missing(key, &response.numbering)) || (behind && stands_lowered))
                {
                    let record = self.ledger.iter().find(|record| record.seq == own.seq && record.op == own.op);
                    again.extend(record.map(|record| (subject.clone(), record.clone(), own.seq, false)));
                }
                let Some(heard) = &key.withdrawal_elsewhere else { continue };
                let gone = doubted && may_come_back(key) && !is_listed(key, &response.numbering, &heard.op);
                if gone || (here && elsewhere_is_missing(key, &response.numbering)) {
                    let text = self.told.iter().find(|(seq, _)| *seq == heard.seq).map(|(_, text)| text);
                    let record = text.and_then(|text| serde_json::from_str::<Record>(text).ok());
                    again.extend(record.map(|record| (subject.clone(), Arc::new(record), heard.seq, true)));
                }
            }
        }
        for (subject, record, place, relayed) in again {
            let waits = self.outbox.iter().any(|row| row.change.record.op == record.op);
            if waits || !(relayed || matches!(record.body, Body::Choice(_))) {
                continue;
            }
            let change = Change { record, marks: Marks::default(), relayed };
            self.outbox.push(Waiting { change, subject, lowers: true, place });
            self.outbox.sort_by_key(|row| row.place);
        }
    }
}
