//! The server: the reference server's way of taking a request, over the shipped conflict rule.

use std::{collections::BTreeMap, sync::Arc};

use consentkit::{
    ledger::{Body, Choice, ChoiceKind, Merge, OutcomeKind, Record, Seen, Status},
    sync::{
        answer,
        merge::{Effect, Numbering, Standpoint},
        protocol::{ChangeResult, WireOutcome, WireState},
    },
};

use crate::{
    ghost::{Set, bit},
    print::Print,
    rule::{self, Held, Marks, Rule},
    world::{ACCOUNT, PURPOSE},
};

/// Name of the server's own ledger: web and call centre write into it.
const SERVER_INSTALL: &str = "server";

/// One change on the wire.
#[derive(Debug, Clone)]
pub struct Change {
    /// The record.
    pub record: Arc<Record>,
    /// What the wrong rules look at.
    pub marks: Marks,
}

/// One request of a device.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its installation.
    pub install: String,
    /// Reference of the subject.
    pub subject: String,
    /// Where its last pull ended: the numbering and the count.
    pub cursor: Option<(String, i64)>,
    /// The highest place the server acknowledged: its position and operation.
    pub acknowledged: Option<(i64, String)>,
    /// What waits.
    pub changes: Vec<Change>,
}

/// The answer to it.
#[derive(Debug, Clone)]
pub struct Response {
    /// Reference of the subject.
    pub subject: String,
    /// One a change.
    pub results: Vec<ChangeResult>,
    /// The state, where it changed since the cursor.
    pub states: Vec<WireState>,
    /// The numbering.
    pub history: String,
    /// Where this pull ended.
    pub cursor: (String, i64),
    /// The highest place of the installation that the server holds.
    pub anchor: Option<(i64, String)>,
    /// Edition of the policy in force.
    pub edition: u32,
    /// Mark of the last choice that took effect, for the hybrid clock.
    pub stamp: i64,
    /// Ghost: the withdrawals that the state speaks of.
    pub reached: Set,
}

/// One operation that was taken up.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The record.
    pub record: Arc<Record>,
    /// What became of it.
    pub outcome: WireOutcome,
    /// Why.
    pub reason: Option<String>,
    /// The number a withdrawal was given.
    pub epoch: Option<i64>,
}

/// One subject.
#[derive(Debug, Clone)]
pub struct Account {
    /// The installation that used it first.
    pub owner: String,
    /// Where the purpose stands.
    pub standpoint: Standpoint,
    /// The name of its numbering.
    pub history: String,
    /// Counts its changes.
    pub revision: i64,
    /// Mark of the last choice that took effect.
    pub stamp: i64,
    /// Ghost: withdrawals that reached it, brought-along ones included.
    pub reached: Set,
    /// Ghost: withdrawals that it said it had applied.
    pub promised: Set,
}

/// The server's database.
#[derive(Debug, Clone, Default)]
pub struct Server {
    /// By reference.
    pub subjects: BTreeMap<String, Arc<Account>>,
    /// In the order they came.
    pub operations: Vec<Operation>,
    /// The highest acknowledged place that numberings were renewed for, by installation.
    pub renewals: BTreeMap<String, i64>,
    /// Ghost: how often each operation was applied.
    pub effects: Vec<(String, u8)>,
    /// Ghost: the first answer to each operation.
    pub answers: Vec<(String, OutcomeKind, Option<i64>)>,
    /// What tells it apart.
    pub print: Print,
}

/// What lies outside the database, and outlives a restore.
pub struct Outside<'a> {
    /// The rule on trial.
    pub rule: Rule,
    /// Edition in force.
    pub edition: u32,
    /// Numberings named so far: their names are random, so none comes twice.
    pub histories: &'a mut u8,
    /// Ghost: what went wrong for good.
    pub broken: &'a mut Vec<&'static str>,
}

impl Outside<'_> {
    fn name(&mut self) -> String {
        *self.histories += 1;
        format!("h{}", self.histories)
    }
}

impl Server {
    /// Where the account stands, if anything is known of it.
    pub fn account(&self) -> Option<&Account> {
        self.subjects.get(ACCOUNT).map(AsRef::as_ref)
    }

    fn known(&self, op: &str) -> Option<&Operation> {
        self.operations.iter().find(|known| known.record.op == op)
    }

    fn anchor(&self, install: &str) -> Option<(i64, String)> {
        let own = self.operations.iter().filter(|known| known.record.install == install);
        let highest = own.clone().map(|known| known.record.seq).max()?;
        own.clone().find(|known| known.record.seq == highest).map(|known| (highest, known.record.op.clone()))
    }

    fn enter(&mut self, subject: &str, install: &str, outside: &mut Outside<'_>) {
        if !self.subjects.contains_key(subject) {
            let fresh = Account {
                owner: install.to_owned(),
                standpoint: Standpoint::default(),
                history: outside.name(),
                revision: 0,
                stamp: 0,
                reached: 0,
                promised: 0,
            };
            self.subjects.insert(subject.to_owned(), Arc::new(fresh));
        }
    }

    /// A copy of the database came back: an install that knows of more makes the numbering new.
    fn renew_after_loss(&mut self, request: &Request, outside: &mut Outside<'_>) {
        let Some((seq, op)) = &request.acknowledged else { return };
        if outside.rule == Rule::OneNumbering {
            return;
        }
        let held = self.anchor(&request.install).map_or(0, |anchor| anchor.0);
        let renewed = self.renewals.get(&request.install).copied().unwrap_or(0);
        if *seq <= held.max(renewed) || self.known(op).is_some_and(|known| known.record.seq == *seq) {
            return;
        }
        for (name, account) in &mut self.subjects {
            if *name == request.subject || name == ACCOUNT || account.owner == request.install {
                Arc::make_mut(account).history = outside.name();
            }
        }
        self.renewals.insert(request.install.clone(), *seq);
    }

    /// This database is a copy that was put back.
    pub fn renew_all(&mut self, outside: &mut Outside<'_>) {
        if outside.rule == Rule::OneNumbering {
            return;
        }
        for account in self.subjects.values_mut() {
            Arc::make_mut(account).history = outside.name();
        }
    }

    /// A device pulled up to a count that this database never reached.
    fn renew_behind_cursor(&mut self, request: &Request, outside: &mut Outside<'_>) {
        let (Some((history, revision)), Some(account)) = (&request.cursor, self.subjects.get_mut(&request.subject)) else { return };
        if *history == account.history && *revision > account.revision && outside.rule != Rule::OneNumbering {
            Arc::make_mut(account).history = outside.name();
        }
    }

    /// Does a request: changes in, states out.
    pub fn sync(&mut self, request: &Request, outside: &mut Outside<'_>) -> Response {
        self.enter(&request.subject, &request.install, outside);
        self.renew_after_loss(request, outside);
        self.renew_behind_cursor(request, outside);
        let results: Vec<ChangeResult> =
            request.changes.iter().map(|change| self.take(change, &request.subject, &request.install, outside)).collect();
        self.note_answers(&results, outside);
        let anchor = self.anchor(&request.install);
        let account = &self.subjects[&request.subject];
        let from = match &request.cursor {
            Some((history, revision)) if *history == account.history && *revision <= account.revision => *revision,
            _ => 0,
        };
        let states = if account.revision > from { vec![self.wire(account)] } else { vec![] };
        Response {
            subject: request.subject.clone(),
            results,
            states,
            history: account.history.clone(),
            cursor: (account.history.clone(), account.revision),
            anchor,
            edition: outside.edition,
            stamp: account.stamp,
            reached: account.reached,
        }
    }

    fn wire(&self, account: &Account) -> WireState {
        let op = account.standpoint.op.clone();
        let record = op.as_deref().and_then(|op| self.known(op)).and_then(|known| serde_json::to_string(&*known.record).ok());
        WireState {
            purpose: PURPOSE.into(),
            status: account.standpoint.status,
            history: account.history.clone(),
            epoch: account.standpoint.epoch(),
            revision: account.revision,
            op,
            record,
            withdrawals: account.standpoint.listed().to_vec(),
        }
    }

    /// Takes one change up, once.
    fn take(&mut self, change: &Change, subject: &str, sender: &str, outside: &mut Outside<'_>) -> ChangeResult {
        let record = &change.record;
        if let Some(known) = self.known(&record.op).filter(|_| outside.rule != Rule::NoMemory) {
            return ChangeResult {
                op: record.op.clone(),
                outcome: WireOutcome::Duplicate,
                first: Some(known.outcome),
                epoch: known.epoch,
                reason: known.reason.clone(),
            };
        }
        let taken = self.operations.iter().any(|known| known.record.install == record.install && known.record.seq == record.seq);
        let cause = match (taken, record.install != sender) {
            (true, _) => Some("fork"),
            (false, true) => Some("copied"),
            (false, false) => None,
        };
        let effect = match &record.body {
            Body::Choice(choice) => self.choose(subject, change, choice, cause.is_none(), outside),
            Body::Merge(merge) => self.merge(subject, merge, cause.is_none(), outside),
            _ => Effect::Applied,
        };
        let epoch = if let Effect::Numbered(epoch) = effect { Some(epoch) } else { None };
        let outcome = if effect == Effect::Stale { WireOutcome::StaleGrant } else { WireOutcome::Applied };
        let unseen = (effect == Effect::Stale && cause.is_none()).then_some("unseen_withdrawal");
        let reason = unseen.or(cause).map(str::to_owned);
        if outside.rule == Rule::BlindRebase && effect == Effect::Stale {
            // Not taken up: the device is to send it again.
            return ChangeResult { op: record.op.clone(), outcome, first: None, epoch, reason };
        }
        if effect != Effect::Stale {
            match self.effects.iter_mut().find(|(op, _)| *op == record.op) {
                Some((_, effects)) => *effects += 1,
                None => self.effects.push((record.op.clone(), 1)),
            }
        }
        let operation = Operation { record: record.clone(), outcome, reason: reason.clone(), epoch };
        self.operations.push(operation);
        if let (Some(_), Some(account)) = (epoch, self.subjects.get_mut(subject)) {
            Arc::make_mut(account).promised |= bit(&record.op);
        }
        ChangeResult { op: record.op.clone(), outcome, first: None, epoch, reason }
    }

    fn note_answers(&mut self, results: &[ChangeResult], outside: &mut Outside<'_>) {
        for result in results {
            let said = answer::outcome(result);
            match self.answers.iter().find(|(op, ..)| *op == result.op) {
                None => self.answers.push((said.op, said.outcome, said.epoch)),
                Some(first) if (first.1, first.2) == (said.outcome, said.epoch) || outside.rule == Rule::BlindRebase => {}
                Some(_) => outside.broken.push("a repeated change was answered otherwise"),
            }
        }
    }

    fn choose(&mut self, subject: &str, change: &Change, choice: &Choice, may_grant: bool, outside: &mut Outside<'_>) -> Effect {
        let record = &change.record;
        let Some(mut account) = self.subjects.get(subject).map(|account| Account::clone(account)) else { return Effect::Stale };
        let origin = |op: &str| self.known(op).map(|known| (known.record.install.clone(), known.record.seq));
        let held = Held { stamp: account.stamp, revision: account.revision, origin: &origin };
        let before = account.standpoint.clone();
        let effect = rule::apply(
            outside.rule,
            &mut account.standpoint,
            (&record.op, &record.install, record.seq),
            choice,
            (change.marks, &held),
            may_grant,
            Numbering { subject, history: &account.history },
        );
        if account.standpoint.op.as_deref() == Some(&record.op) {
            account.stamp = change.marks.stamp;
        }
        if choice.choice.lowers() {
            account.reached |= bit(&record.op);
        }
        account.save(&before, outside);
        self.subjects.insert(subject.to_owned(), Arc::new(account));
        effect
    }

    fn merge(&mut self, subject: &str, merge: &Merge, may_grant: bool, outside: &mut Outside<'_>) -> Effect {
        for answer in &merge.answers {
            let stands = self.subjects.get(&merge.from).is_some_and(|anonymous| {
                anonymous.standpoint.status == Status::Granted && anonymous.standpoint.op.as_ref() == Some(&answer.op)
            });
            if answer.choice == ChoiceKind::Granted && !(may_grant && stands) {
                continue;
            }
            let Some(account) = self.subjects.get_mut(subject).map(Arc::make_mut) else { continue };
            let before = account.standpoint.clone();
            account.standpoint.merge(answer.choice, &answer.op);
            if answer.choice.lowers() {
                account.reached |= bit(&answer.op);
                account.promised |= bit(&answer.op);
            }
            account.save(&before, outside);
        }
        Effect::Applied
    }

    /// What a page shows now, if there is anything to show.
    pub fn seen(&self) -> Option<Seen> {
        let account = self.account().filter(|account| account.revision > 0)?;
        Some(Seen { subject: ACCOUNT.into(), history: account.history.clone(), epoch: account.standpoint.epoch() })
    }

    /// Takes a choice from the web: the same rule, into the server's own ledger.
    pub fn web(&mut self, mut record: Record, marks: Marks, outside: &mut Outside<'_>) {
        self.enter(ACCOUNT, SERVER_INSTALL, outside);
        record.install = SERVER_INSTALL.into();
        record.seq = self.anchor(SERVER_INSTALL).map_or(0, |anchor| anchor.0) + 1;
        self.take(&Change { record: Arc::new(record), marks }, ACCOUNT, SERVER_INSTALL, outside);
    }
}

impl Account {
    fn save(&mut self, before: &Standpoint, outside: &mut Outside<'_>) {
        if *before == self.standpoint {
            return;
        }
        self.revision += 1;
        let ops = |standpoint: &Standpoint| standpoint.withdrawals.iter().map(|known| known.op.clone()).collect::<Vec<_>>();
        if !ops(&self.standpoint).starts_with(&ops(before)) {
            outside.broken.push("a withdrawal left the list");
        }
        let mut once = ops(&self.standpoint);
        once.sort();
        if once.windows(2).any(|pair| pair[0] == pair[1]) {
            outside.broken.push("a withdrawal was numbered twice");
        }
    }
}
