//! The fold: from records, in order, to state. The state table is this fold, always.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Body, Choice, Import, Key, Merge, Noticed, OutcomeKind, OutcomeRecord, Pending, PolicyAdopted, Record, Redated, RemoteRecord, Restore,
    StaleGrant, Status, Subject, SubjectKind, millis,
};
use crate::{
    debug::silent,
    json::FromJson,
    signal::{AgeBand, PersonSignals, Signals},
};

/// Most anonymous persons that are remembered with the account they became: records of theirs that a server still tells are of the newest.
const MAX_MERGED: usize = 64;

/// The state of one device: the fold of its ledger.
#[derive(Clone, PartialEq, Eq, Default, Serialize, FromJson)]
pub struct State {
    /// The installation's id.
    pub install: String,
    /// Reference of the device subject.
    pub device: String,
    /// Reference of the person in front of the screen.
    pub person: String,
    /// True while that person is signed in.
    pub signed_in: bool,
    /// The platform's last word. In records of before, age and guardian too: see [`Self::present_signals`].
    pub signals: Signals,
    /// Position of the record that noticed another advertising id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ad_id_changed: Option<i64>,
    /// The policy in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyAdopted>,
    /// The anonymous persons whose answers were brought into an account, with that account, newest last: both by reference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<(String, String)>,
    /// Position of the last record that changed nothing else: so the loss of any record at the end of the ledger shows in the state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle: Option<i64>,
    /// By reference. Kept in rows of their own, so not part of the head row.
    #[serde(skip)]
    pub subjects: BTreeMap<String, Subject>,
}

/// What a record changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Touched {
    /// Keys, as (subject, purpose).
    pub keys: Vec<(String, String)>,
    /// Subjects, by reference, of which something else than a key changed.
    pub subjects: Vec<String>,
    /// Anything of the state but its subjects.
    pub head: bool,
}

impl State {
    /// The key of a purpose, where something is known of it.
    pub fn key(&self, subject: &str, purpose: &str) -> Option<&Key> {
        self.subjects.get(subject)?.keys.get(purpose)
    }

    /// True where the answers of an anonymous person were brought into this account.
    pub fn is_merged(&self, anonymous: &str, account: &str) -> bool {
        self.merged.iter().any(|(from, into)| from == anonymous && into == account)
    }

    /// True where somebody here has this reference.
    pub fn knows(&self, reference: &str) -> bool {
        reference == self.device
            || reference == self.person
            || self.subjects.contains_key(reference)
            || self.merged.iter().any(|(from, into)| from == reference || into == reference)
    }

    fn key_mut(&mut self, touched: &mut Touched, subject: &str, purpose: &str) -> &mut Key {
        touched.keys.push((subject.to_owned(), purpose.to_owned()));
        self.subjects.entry(subject.to_owned()).or_default().keys.entry(purpose.to_owned()).or_default()
    }

    pub(super) fn subject_mut(&mut self, touched: &mut Touched, subject: &str) -> &mut Subject {
        touched.subjects.push(subject.to_owned());
        self.subjects.entry(subject.to_owned()).or_default()
    }

    /// Applies the next record and says what it changed.
    pub fn apply(&mut self, record: &Record) -> Touched {
        let mut touched = Touched::default();
        match &record.body {
            Body::Install(install) => {
                self.install.clone_from(&record.install);
                self.device.clone_from(&install.device);
                self.person.clone_from(&install.person);
                self.subject_mut(&mut touched, &install.device).kind = SubjectKind::Device;
                self.subject_mut(&mut touched, &install.person).kind = SubjectKind::Anonymous;
                touched.head = true;
            }
            Body::Choice(choice) => self.choice(&mut touched, record, choice),
            Body::Import(import) => self.import(&mut touched, record, import),
            Body::Signal(signal) => self.signal(&mut touched, record, signal),
            Body::Policy(policy) => {
                self.policy = Some(policy.clone());
                touched.head = true;
            }
            Body::Link(link) => {
                self.person.clone_from(&link.subject);
                self.signed_in = link.account;
                let kind = if link.account { SubjectKind::Account } else { SubjectKind::Anonymous };
                let known = self.signals.age;
                let subject = self.subject_mut(&mut touched, &link.subject);
                subject.kind = kind;
                // A device's record of before may be the only word on this person, and in doubt a child stays one.
                if known == Some(AgeBand::Below) && subject.signals.age.is_none() {
                    (subject.signals.age, subject.untold) = (known, true);
                }
                touched.head = true;
            }
            Body::Merge(merge) => self.merge(&mut touched, record, merge),
            Body::Remote(remote) => self.remote(&mut touched, record.seq, remote),
            Body::Outcome(outcome) => self.outcome(&mut touched, record, outcome),
            Body::Restore(restore) => self.restore(&mut touched, record, restore),
            Body::Redated(redated) => self.redated(&mut touched, redated),
        }
        if touched.keys.is_empty() && touched.subjects.is_empty() && !touched.head {
            self.idle = Some(record.seq);
            touched.head = true;
        }
        touched
    }

    fn choice(&mut self, touched: &mut Touched, record: &Record, choice: &Choice) {
        let key = self.key_mut(touched, &choice.subject, &choice.purpose);
        key.said_here(Pending {
            op: record.op.clone(),
            seq: record.seq,
            choice: choice.choice,
            at: record.at_ms(),
            material: choice.policy.material,
            seen: choice.seen.clone(),
            after: choice.after.clone(),
            undated: false,
            imported: false,
            stuck: false,
            actor: choice.actor,
        });
    }

    fn import(&mut self, touched: &mut Touched, record: &Record, import: &Import) {
        let said_at = import.said_at.as_deref().and_then(millis);
        let key = self.key_mut(touched, &import.subject, &import.purpose);
        key.said_here(Pending {
            op: record.op.clone(),
            seq: record.seq,
            choice: import.choice,
            at: said_at.unwrap_or_else(|| record.at_ms()),
            material: import.policy.material,
            seen: None,
            after: import.replaces.iter().cloned().collect(),
            undated: said_at.is_none(),
            imported: true,
            stuck: false,
            actor: import.actor,
        });
    }

    fn merge(&mut self, touched: &mut Touched, record: &Record, merge: &Merge) {
        let pair = (merge.from.clone(), merge.subject.clone());
        if !self.merged.contains(&pair) {
            self.merged.push(pair);
            let former = self.merged.len().saturating_sub(MAX_MERGED);
            self.merged.drain(..former);
            touched.head = true;
        }
        let install = self.install.clone();
        for answer in &merge.answers {
            // Older records say neither when nor by whom: the anonymous person's own answer does, where it is the one brought along.
            let said = self.key(&merge.from, &answer.purpose).map(|key| key.current_answer(&install, true));
            let said = said.filter(|said| said.op.as_ref() == Some(&answer.op));
            let noticed = self.key(&merge.from, &answer.purpose).map(|key| key.known_of(&answer.op, &install));
            let at = answer.at.as_deref().and_then(millis).or(said.as_ref().map(|said| said.at)).unwrap_or_else(|| record.at_ms());
            let undated = answer.undated || said.as_ref().is_some_and(|said| said.undated);
            let actor = if answer.actor.is_person() { said.map(|said| said.actor).unwrap_or_default() } else { answer.actor };
            let key = self.key_mut(touched, &merge.subject, &answer.purpose);
            // A yes that is brought along never stands over an answer of the account, whatever that amounts to.
            if !answer.choice.lowers() && key.current_answer(&install, true).status != Status::NotAnswered {
                continue;
            }
            let pending = Pending {
                op: record.op.clone(),
                seq: record.seq,
                choice: answer.choice,
                at,
                material: answer.material,
                seen: None,
                after: Vec::new(),
                undated,
                imported: undated,
                stuck: false,
                actor,
            };
            key.said_under(&answer.op, pending);
            if !answer.choice.lowers() {
                key.keep(Noticed { op: answer.op.clone(), seq: Some(record.seq), ..noticed.unwrap_or_default() });
            }
        }
    }

    fn remote(&mut self, touched: &mut Touched, seq: i64, remote: &RemoteRecord) {
        if remote.renamed
            && let Some(subject) = self.subjects.get_mut(&remote.subject)
        {
            for (purpose, key) in &mut subject.keys {
                // What was told under the former name is still what was told; only its numbers mean nothing any more.
                if let Some(told) = key.remote.as_mut().filter(|told| !told.history.is_empty()) {
                    told.history.clear();
                    touched.keys.push((remote.subject.clone(), purpose.clone()));
                }
            }
        }
        for state in &remote.states {
            let key = self.key_mut(touched, &remote.subject, &state.purpose);
            key.carried = None;
            key.told(seq, state);
        }
    }

    fn outcome(&mut self, touched: &mut Touched, record: &Record, outcome: &OutcomeRecord) {
        let Some(subject) = self.subjects.get_mut(&outcome.subject) else { return };
        for (purpose, key) in &mut subject.keys {
            let before = key.clone();
            for result in &outcome.results {
                key.brought_back(result, outcome.history.as_deref());
                key.numbered(result, outcome.history.as_deref());
                let Some(pending) = key.pending.as_mut().filter(|pending| pending.op == result.op) else { continue };
                match result.outcome {
                    OutcomeKind::Applied => key.pending = None,
                    OutcomeKind::StaleGrant if !pending.choice.lowers() => {
                        // The states of the same answer were heard before: among them may be the very no that is newer than the grant.
                        let overtaken = key.remote.as_ref().is_some_and(|remote| pending.is_before(remote));
                        let known = key.remote.as_ref().map(|remote| (remote.history.clone(), remote.epoch));
                        let Pending { op, at, material, actor, .. } = pending.clone();
                        key.pending = None;
                        key.stale = (!overtaken).then_some(StaleGrant { op, seq: record.seq, at, material, known, actor });
                    }
                    OutcomeKind::StaleGrant | OutcomeKind::Rejected | OutcomeKind::Stuck => pending.stuck = true,
                }
            }
            if *key != before {
                touched.keys.push((outcome.subject.clone(), purpose.clone()));
            }
        }
    }

    fn redated(&mut self, touched: &mut Touched, redated: &Redated) {
        let install = self.install.clone();
        for answer in &redated.answers {
            let Some(at) = millis(&answer.at) else { continue };
            self.key_mut(touched, &redated.subject, &answer.purpose).notice(&answer.op, at, &install);
        }
    }

    fn restore(&mut self, touched: &mut Touched, record: &Record, restore: &Restore) {
        let install = self.install.clone();
        let device = self.subjects.get(&self.device).cloned().unwrap_or_default();
        for (purpose, key) in device.keys {
            self.key_mut(touched, &restore.device, &purpose).carried = Some(key.current_answer(&install, true).status);
        }
        for (reference, subject) in &mut self.subjects {
            if *reference == restore.device || *reference == self.device {
                continue;
            }
            if subject.signals != PersonSignals::default() {
                subject.untold = true;
                touched.subjects.push(reference.clone());
            }
            for (purpose, key) in &mut subject.keys {
                key.carried = Some(key.current_answer(&install, true).status);
                key.remote = None;
                key.pending.take_if(|pending| !pending.choice.lowers());
                touched.keys.push((reference.clone(), purpose.clone()));
            }
        }
        self.subject_mut(touched, &self.device.clone()).kind = SubjectKind::FormerDevice;
        self.subject_mut(touched, &restore.device).kind = SubjectKind::Device;
        self.install.clone_from(&record.install);
        self.device.clone_from(&restore.device);
        touched.head = true;
    }
}

silent!(State);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::FORMAT;

    #[test]
    fn a_record_that_changes_nothing_else_is_noted_so_that_its_loss_shows() {
        let mut state = State::default();
        let outcome = OutcomeRecord { subject: "s".into(), history: None, results: vec![] };
        let record = Record {
            format: FORMAT,
            install: "i".into(),
            seq: 7,
            op: "o".into(),
            at: crate::ledger::rfc3339(0),
            offset: 0,
            app: "1".into(),
            sdk: "1".into(),
            body: Body::Outcome(outcome),
        };
        let touched = state.apply(&record);
        assert!(touched.head && touched.keys.is_empty());
        assert_eq!(state.idle, Some(7));
    }
}
