//! The state of a device: what follows from its records when each is applied to what followed from those before it.
//!
//! The ledger is the truth and the state only what is quick to read: the table `state` in the file always holds what applying all records
//! in their order gives. This is called the fold of the records.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Body, Choice, EditionAhead, FormClosed, Import, Key, Lost, Merge, OutcomeKind, OutcomeRecord, Pending, PolicyAdopted, PolicyAnnounced,
    Pulled, Record, Redated, Redating, RemoteRecord, Restore, SetAside, StaleGrant, Status, Subject, SubjectKind, millis,
};
use crate::{
    debug::silent,
    json::FromJson,
    signal::{AgeBand, PersonSignals, Signals},
};

/// Most anonymous persons that are remembered with the account into which their answers were brought. A server may still tell records of
/// theirs, but hardly of more than the newest ones.
const MAX_MERGED: usize = 64;

/// The state of one device, which follows from the records of its ledger.
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
    /// What the platform said last. Files of older versions have age and guardian here too: see [`Self::present_signals`].
    pub signals: Signals,
    /// Position of the record that says that the advertising id was replaced by another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ad_id_changed: Option<i64>,
    /// The policy in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyAdopted>,
    /// The purposes that an edition here asked consent to before a later one allowed them until the person objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked_before: Vec<String>,
    /// The editions that come into force later, the next one first. Both their numbers and their days go up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub announced: Vec<EditionAhead>,
    /// Editions that were announced and never came into force. Their documents are kept and asked nobody anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped_editions: Vec<u32>,
    /// Editions that were delivered over the network and came into force.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delivered_editions: Vec<u32>,
    /// Numbers of meaning of delivered editions that an edition of the app did not follow, each after the position of the record that says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<(i64, SetAside)>,
    /// The anonymous persons whose answers were brought into an account, each with that account, the newest last. Both are references.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<(String, String)>,
    /// Position of the last record that changed nothing else in the state. It is kept so that the state tells if any record, also one
    /// without effect, is missing at the end of the ledger.
    #[serde(default, rename = "idle", skip_serializing_if = "Option::is_none")]
    pub last_without_effect: Option<i64>,
    /// The records that were lost last, and the position of the record that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<(i64, Lost)>,
    /// The subjects by their references. The table `state` keeps each in a row of its own, so they are no part of the row of this struct.
    #[serde(skip)]
    pub subjects: BTreeMap<String, Subject>,
}

/// What a record changed in the state, so that only those rows are written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Touched {
    /// Keys, as (subject, purpose).
    pub keys: Vec<(String, String)>,
    /// Subjects, by reference, of which something besides a key changed.
    pub subjects: Vec<String>,
    /// True where anything of the state besides its subjects changed.
    pub head: bool,
}

impl State {
    /// All that is known of a purpose for a subject; `None` where nothing is.
    pub fn key(&self, subject: &str, purpose: &str) -> Option<&Key> {
        self.subjects.get(subject)?.keys.get(purpose)
    }

    /// True where the answers of an anonymous person were brought into this account.
    pub fn is_merged(&self, anonymous: &str, account: &str) -> bool {
        self.merged.iter().any(|(from, into)| from == anonymous && into == account)
    }

    /// True where this device knows somebody by this reference.
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
                // Nobody said anything to a new installation under another name. Where records were lost, people may have said something here.
                let pulled = if install.lost.is_some() { Pulled::Lost } else { Pulled::All };
                for (reference, kind) in [(&install.device, SubjectKind::Device), (&install.person, SubjectKind::Anonymous)] {
                    let subject = self.subject_mut(&mut touched, reference);
                    (subject.kind, subject.pulled) = (kind, pulled);
                }
                self.lost = install.lost.clone().map(|lost| (record.seq, lost));
                touched.head = true;
            }
            Body::Choice(choice) => self.choice(&mut touched, record, choice),
            Body::Import(import) => self.import(&mut touched, record, import),
            Body::Signal(signal) => self.signal(&mut touched, record, signal),
            Body::Policy(policy) => {
                self.take_place(policy.edition, &policy.drops);
                self.announced.retain(|ahead| ahead.edition > policy.edition);
                self.take_origin(record.seq, policy);
                self.adopt(&mut touched, policy);
            }
            Body::Announced(PolicyAnnounced { policy, drops }) => {
                self.take_place(policy.edition, drops);
                self.announced.push(policy.clone());
                self.announced.sort_by_key(|ahead| ahead.edition);
                touched.head = true;
            }
            Body::Closed(closed) => {
                for question in &closed.questions {
                    let key = self.key_mut(&mut touched, &question.subject, &question.purpose);
                    key.close(FormClosed { at: record.at_ms(), material: question.material });
                }
            }
            Body::Link(link) => {
                self.link_silence(&mut touched, link);
                let former = std::mem::replace(&mut self.person, link.subject.clone());
                self.signed_in = link.account;
                let kind = if link.account { SubjectKind::Account } else { SubjectKind::Anonymous };
                let known = self.signals.age;
                if link.account {
                    self.closed_before_sign_in(&mut touched, &former, &link.subject);
                }
                let subject = self.subject_mut(&mut touched, &link.subject);
                subject.kind = kind;
                // An older version told the person's age with the device's signals, and that may be all that is known of this person's age.
                // In doubt somebody who was below the age of consent still is.
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
            // The first tells what became of a jar. What the second erased is not among the records any more, so nothing follows from it.
            Body::CookiesRemoved(_) | Body::Erased(_) => {}
            Body::Pulled(ended) => self.end_pull(&mut touched, ended),
            Body::Kept(kept) => {
                for no in &kept.noes {
                    self.key_mut(&mut touched, &kept.subject, &no.purpose).bring_no(no.row.clone());
                }
                for yes in &kept.yeses {
                    self.key_mut(&mut touched, &kept.subject, &yes.purpose).bring_yes(yes.row.clone());
                }
            }
        }
        if touched.keys.is_empty() && touched.subjects.is_empty() && !touched.head {
            self.last_without_effect = Some(record.seq);
            touched.head = true;
        }
        touched
    }

    /// An edition takes its place among those that are announced, and others lose theirs.
    fn take_place(&mut self, edition: u32, drops: &[u32]) {
        self.announced.retain(|ahead| ahead.edition != edition && !drops.contains(&ahead.edition));
        self.dropped_editions.extend(drops);
        self.dropped_editions.retain(|dropped| *dropped != edition);
    }

    /// What an anonymous person closed stays away as well once that person signs in. Nobody is asked again for having signed in.
    fn closed_before_sign_in(&mut self, touched: &mut Touched, from: &str, account: &str) {
        let Some(former) = self.subjects.get(from).filter(|former| former.kind == SubjectKind::Anonymous) else { return };
        let closed = former.keys.iter().filter(|(_, key)| !key.closed.is_empty());
        let closed: Vec<_> = closed.map(|(purpose, key)| (purpose.clone(), key.closed.clone())).collect();
        for (purpose, closings) in closed {
            let key = self.key_mut(touched, account, &purpose);
            closings.into_iter().for_each(|closing| key.close(closing));
        }
    }

    fn choice(&mut self, touched: &mut Touched, record: &Record, choice: &Choice) {
        let key = self.key_mut(touched, &choice.subject, &choice.purpose);
        key.take_answer(Pending {
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
        let said_at = import.said_at_ms();
        let key = self.key_mut(touched, &import.subject, &import.purpose);
        if import.choice.lowers() {
            key.bring_no(import.row());
        } else {
            key.bring_yes(import.row());
        }
        key.take_answer(Pending {
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
            // Records of older versions say neither when the answer was given nor by whom. The anonymous person's current answer says so,
            // if it is the one that is brought along.
            let said = self.key(&merge.from, &answer.purpose).map(|key| key.current_answer(&install, true));
            let said = said.filter(|said| said.op.as_ref() == Some(&answer.op));
            let dates = self.key(&merge.from, &answer.purpose).map(|key| key.all_dates_of(&answer.op, &install));
            let at = answer.at.as_deref().and_then(millis).or(said.as_ref().map(|said| said.at)).unwrap_or_else(|| record.at_ms());
            let undated = answer.undated || said.as_ref().is_some_and(|said| said.undated);
            let actor = if answer.actor.is_person() { said.map(|said| said.actor).unwrap_or_default() } else { answer.actor };
            let key = self.key_mut(touched, &merge.subject, &answer.purpose);
            // A yes that is brought along takes no effect where the account has an answer of its own, even one that does not count.
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
            key.take_answer_of(&answer.op, pending);
            if !answer.choice.lowers() {
                key.keep_redating(Redating { op: answer.op.clone(), seq: Some(record.seq), ..dates.unwrap_or_default() });
            }
        }
    }

    fn remote(&mut self, touched: &mut Touched, seq: i64, remote: &RemoteRecord) {
        if remote.renamed
            && let Some(subject) = self.subjects.get_mut(&remote.subject)
        {
            for (purpose, key) in &mut subject.keys {
                // What the server told under the former name stays what it told last. Only the numbers in it mean nothing any more.
                if let Some(told) = key.remote.as_mut().filter(|told| !told.numbering.is_empty()) {
                    told.numbering.clear();
                    touched.keys.push((remote.subject.clone(), purpose.clone()));
                }
            }
        }
        for state in &remote.states {
            let key = self.key_mut(touched, &remote.subject, &state.purpose);
            key.copied_status = None;
            key.take_server_state(seq, state);
        }
    }

    fn outcome(&mut self, touched: &mut Touched, record: &Record, outcome: &OutcomeRecord) {
        let Some(subject) = self.subjects.get_mut(&outcome.subject) else { return };
        let mut unheard_no = false;
        for (purpose, key) in &mut subject.keys {
            let before = key.clone();
            for result in &outcome.results {
                key.take_result_of_relay(result, outcome.numbering.as_deref());
                key.take_number(result, outcome.numbering.as_deref());
                let Some(pending) = key.pending.as_mut().filter(|pending| pending.op == result.op) else { continue };
                match result.outcome {
                    OutcomeKind::Applied => key.pending = None,
                    OutcomeKind::StaleGrant if !pending.choice.lowers() => {
                        // The states in the same answer of the server were applied before its results. One of them may be a no that is
                        // newer than this grant; then the no is the person's last word, and the grant is not to be asked again.
                        let overtaken = key.remote.as_ref().is_some_and(|remote| pending.is_before(remote));
                        let known = key.remote.as_ref().map(|remote| (remote.numbering.clone(), remote.epoch));
                        let Pending { op, at, material, actor, .. } = pending.clone();
                        key.pending = None;
                        key.stale = (!overtaken).then_some(StaleGrant { op, seq: record.seq, at, material, known, actor });
                        unheard_no |= !key.was_refused();
                    }
                    OutcomeKind::StaleGrant | OutcomeKind::Rejected | OutcomeKind::Stuck => pending.stuck = true,
                }
            }
            if *key != before {
                touched.keys.push((outcome.subject.clone(), purpose.clone()));
            }
        }
        if unheard_no {
            self.doubt_silence(touched, &outcome.subject);
        }
    }

    fn redated(&mut self, touched: &mut Touched, redated: &Redated) {
        let install = self.install.clone();
        for answer in &redated.answers {
            let Some(at) = millis(&answer.at) else { continue };
            self.key_mut(touched, &redated.subject, &answer.purpose).redate(&answer.op, at, &install);
        }
    }

    fn restore(&mut self, touched: &mut Touched, record: &Record, restore: &Restore) {
        let install = self.install.clone();
        let device = self.subjects.get(&self.device).cloned().unwrap_or_default();
        for (purpose, key) in device.keys {
            let copied_status = Some(key.current_answer(&install, true).status);
            let copied = self.key_mut(touched, &restore.device, &purpose);
            (copied.copied_status, copied.refused_on_former_device) = (copied_status, key.was_refused());
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
                key.copied_status = Some(key.current_answer(&install, true).status);
                key.remote = None;
                key.pending.take_if(|pending| !pending.choice.lowers());
                touched.keys.push((reference.clone(), purpose.clone()));
            }
        }
        self.forget_pulls(touched);
        self.subject_mut(touched, &self.device.clone()).kind = SubjectKind::FormerDevice;
        // What was said on the device that the file was copied from came with it, unless records were lost, and nothing was said under the new
        // name.
        let pulled = if restore.lost.is_some() { Pulled::Lost } else { Pulled::All };
        let device = self.subject_mut(touched, &restore.device);
        (device.kind, device.pulled) = (SubjectKind::Device, pulled);
        self.install.clone_from(&record.install);
        self.device.clone_from(&restore.device);
        if let Some(lost) = &restore.lost {
            self.lost = Some((record.seq, lost.clone()));
        }
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
        let outcome = OutcomeRecord { subject: "s".into(), numbering: None, results: vec![] };
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
        assert_eq!(state.last_without_effect, Some(7));
    }
}
