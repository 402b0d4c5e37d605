//! The server of the small world. It takes a request as the reference server does, and decides by the shipped conflict rule.

use std::{collections::BTreeMap, sync::Arc};

use consentkit::{
    ledger::{Body, Choice, ChoiceKind, Mark, Merge, OutcomeKind, Record, Seen, Status, Withdrawal},
    sync::{
        answer,
        numbering::{Head, Listed, Numbering},
        protocol::{ChangeResult, WireOutcome, WireState},
        server_rule::{Effect, ServerState},
    },
};

use crate::{
    ghost::{Set, bit},
    names::{ACCOUNT, PURPOSE},
    print::Print,
    rule::{self, Held, Marks, Rule},
    wire::{Change, Request, Response},
};

/// Name of the server's own ledger: web and call centre write into it.
const SERVER_INSTALL: &str = "server";

/// What the ghost notes where a device shows the server a loss and hears nothing of it.
pub const NOT_TOLD: &str = "a loss that was shown was not told";

/// One operation that was taken up.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The record.
    pub record: Arc<Record>,
    /// True where it holds its place in its installation's ledger.
    pub placed: bool,
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
    pub state: ServerState,
    /// All its withdrawals, by number.
    pub withdrawals: Vec<Withdrawal>,
    /// The head of each revision, from the first.
    pub heads: Vec<Head>,
    /// The name of its numbering.
    pub numbering: String,
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
    /// The subjects, by their references.
    pub subjects: BTreeMap<String, Arc<Account>>,
    /// The operations, in the order in which they came.
    pub operations: Vec<Operation>,
    /// Ghost: how often each operation was applied.
    pub effects: Vec<(String, u8)>,
    /// Ghost: the first answer to each operation.
    pub answers: Vec<(String, OutcomeKind, Option<i64>)>,
    /// What tells it apart.
    pub print: Print,
}

/// What is outside the database, so that putting a backup back does not undo it.
pub struct Outside<'a> {
    /// The rule on trial.
    pub rule: Rule,
    /// Edition in force.
    pub edition: u32,
    /// True where it refuses every change of this request.
    pub rejects: bool,
    /// How many numberings were named so far. Their names are random in truth, so no name comes twice.
    pub histories: &'a mut u8,
    /// Ghost: promises that were broken and that no later state shows.
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

    /// True where another operation holds this place of its installation's ledger.
    fn is_taken(&self, record: &Record) -> bool {
        self.operations.iter().any(|known| known.placed && known.record.install == record.install && known.record.seq == record.seq)
    }

    /// The records that hold a place of an installation's ledger, in the order they came.
    fn placed<'a>(&'a self, install: &'a str) -> impl DoubleEndedIterator<Item = &'a Record> {
        let placed = self.operations.iter().filter(move |known| known.placed && known.record.install == install);
        placed.map(|known| &*known.record)
    }

    fn last_arrived(&self, install: &str) -> Option<(i64, String)> {
        self.placed(install).next_back().map(|record| (record.seq, record.op.clone()))
    }

    fn is_held(&self, install: &str, named: &(i64, String)) -> bool {
        self.placed(install).any(|record| record.seq == named.0 && record.op == named.1)
    }

    fn enter(&mut self, subject: &str, install: &str, outside: &mut Outside<'_>) {
        if !self.subjects.contains_key(subject) {
            let of_device = subject.starts_with("device-");
            let fresh = Account {
                owner: if of_device { String::new() } else { install.to_owned() },
                state: ServerState::default(),
                withdrawals: vec![],
                heads: vec![],
                numbering: outside.name(),
                revision: 0,
                stamp: 0,
                reached: 0,
                promised: 0,
            };
            self.subjects.insert(subject.to_owned(), Arc::new(fresh));
        }
    }

    /// A device belongs to the installation that uses it first, unless all that one brings are records of another.
    fn claim(&mut self, request: &Request) {
        let copied = !request.changes.is_empty() && request.changes.iter().all(|change| change.record.install != request.install);
        if let Some(account) = self.subjects.get_mut(&request.subject).filter(|account| account.owner.is_empty() && !copied) {
            Arc::make_mut(account).owner.clone_from(&request.install);
        }
    }

    /// This database is a copy that was put back.
    pub fn renew_all(&mut self, outside: &mut Outside<'_>) {
        for account in self.subjects.values_mut() {
            Arc::make_mut(account).numbering = outside.name();
        }
    }

    /// Ghost: the name of the numbering under which a device heard changes that this database does not hold at their places. `None` where
    /// it holds them all.
    fn loss_shown<'a>(&self, request: &'a Request) -> Option<&'a String> {
        let (numbering, revision, head) = request.cursor.as_ref()?;
        let account = self.subjects.get(&request.subject)?;
        (*numbering == account.numbering && account.head(*revision) != Some(*head)).then_some(numbering)
    }

    /// The revision that a cursor points to. Where the cursor names what this database does not hold, the numbering gets a new name.
    fn place(&mut self, request: &Request, outside: &mut Outside<'_>) -> i64 {
        let (Some((numbering, revision, head)), Some(account)) = (&request.cursor, self.subjects.get_mut(&request.subject)) else {
            return 0;
        };
        if *numbering != account.numbering {
            return 0;
        }
        let held = account.head(*revision);
        if held == Some(*head) || (held.is_some() && outside.rule == Rule::HeadUnchecked) {
            return *revision;
        }
        if outside.rule != Rule::LossKeepsTheName {
            Arc::make_mut(account).numbering = outside.name();
        }
        0
    }

    /// Does a request: takes its changes and answers with states.
    pub fn sync(&mut self, request: &Request, outside: &mut Outside<'_>) -> Response {
        self.enter(&request.subject, &request.install, outside);
        self.claim(request);
        let shown = self.loss_shown(request);
        let from = self.place(request, outside);
        let lost = request.acknowledged.as_ref().is_some_and(|named| !self.is_held(&request.install, named));
        if shown.is_some_and(|numbering| self.subjects[&request.subject].numbering == *numbering || from > 0) {
            outside.broken.push(NOT_TOLD);
        }
        let results: Vec<ChangeResult> =
            request.changes.iter().map(|change| self.take(change, &request.subject, &request.install, outside)).collect();
        self.note_answers(&results, outside);
        let last_arrived = self.last_arrived(&request.install);
        let account = &self.subjects[&request.subject];
        // Another device's answers are told to nobody but that device.
        let foreign = request.subject.starts_with("device-") && account.owner != request.install;
        let states = if account.revision > from && !foreign { vec![self.wire(account)] } else { vec![] };
        let head = account.head(account.revision).unwrap_or(Head::START);
        Response {
            subject: request.subject.clone(),
            whole: request.cursor.is_none(),
            results,
            states,
            numbering: account.numbering.clone(),
            cursor: (account.numbering.clone(), account.revision, head),
            last_arrived,
            lost,
            edition: outside.edition,
            stamp: account.stamp,
            reached: account.reached,
        }
    }

    fn wire(&self, account: &Account) -> WireState {
        let op = account.state.op.clone();
        let record = op.as_deref().and_then(|op| self.known(op)).and_then(|known| serde_json::to_string(&*known.record).ok());
        WireState {
            purpose: PURPOSE.into(),
            status: account.state.status,
            numbering: account.numbering.clone(),
            epoch: account.state.epoch,
            revision: account.revision,
            op,
            record,
            withdrawals: account.withdrawals.clone(),
            base: None,
        }
    }

    /// Takes one change up, unless it was taken up before.
    fn take(&mut self, change: &Change, subject: &str, sender: &str, outside: &mut Outside<'_>) -> ChangeResult {
        let record = &change.record;
        let own = record.install == sender && !change.relayed;
        if let Some(known) = self.operations.iter_mut().find(|known| known.record.op == record.op && outside.rule != Rule::NoMemory) {
            // Somebody else may have brought it first, without its place.
            known.placed |= own;
            return ChangeResult {
                op: record.op.clone(),
                outcome: WireOutcome::Duplicate,
                first: Some(known.outcome),
                epoch: known.epoch,
                reason: known.reason.clone(),
            };
        }
        if outside.rejects {
            let reason = Some("not_now".to_owned());
            return ChangeResult { op: record.op.clone(), outcome: WireOutcome::Rejected, first: None, epoch: None, reason };
        }
        let taken = own && self.is_taken(record);
        let cause = match (taken, own) {
            (true, _) => Some("fork"),
            (false, false) => Some("copied"),
            (false, true) => None,
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
            // Under this rule a stale grant is not taken up, so that the device sends it again.
            return ChangeResult { op: record.op.clone(), outcome, first: None, epoch, reason };
        }
        if effect != Effect::Stale {
            match self.effects.iter_mut().find(|(op, _)| *op == record.op) {
                Some((_, effects)) => *effects += 1,
                None => self.effects.push((record.op.clone(), 1)),
            }
        }
        let operation = Operation { record: record.clone(), placed: own && !taken, outcome, reason: reason.clone(), epoch };
        self.operations.push(operation);
        if let (Some(_), Some(account)) = (epoch, self.subjects.get_mut(subject)) {
            Arc::make_mut(account).promised |= bit(&record.op);
        }
        ChangeResult { op: record.op.clone(), outcome, first: None, epoch, reason }
    }

    fn note_answers(&mut self, results: &[ChangeResult], outside: &mut Outside<'_>) {
        for result in results {
            let said = answer::outcome(result);
            if said.outcome == OutcomeKind::Rejected {
                continue;
            }
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
        let before = account.state.clone();
        let effect = rule::apply(
            outside.rule,
            (&mut account.state, &account.withdrawals),
            (&record.op, &record.install, record.seq),
            choice,
            (change.marks, &held),
            may_grant,
            Numbering { subject, name: &account.numbering },
        );
        if account.state.op.as_deref() == Some(&record.op) {
            account.stamp = change.marks.stamp;
        }
        if choice.choice.lowers() {
            account.reached |= bit(&record.op);
        }
        account.save(&record.op, &before, outside);
        self.subjects.insert(subject.to_owned(), Arc::new(account));
        effect
    }

    fn merge(&mut self, subject: &str, merge: &Merge, may_grant: bool, outside: &mut Outside<'_>) -> Effect {
        for answer in &merge.answers {
            let stands = self
                .subjects
                .get(&merge.from)
                .is_some_and(|anonymous| anonymous.state.status == Status::Granted && anonymous.state.op.as_ref() == Some(&answer.op));
            if answer.choice == ChoiceKind::Granted && !(may_grant && stands) {
                continue;
            }
            let Some(account) = self.subjects.get_mut(subject).map(Arc::make_mut) else { continue };
            let before = account.state.clone();
            let Ok(_) = account.state.merge(answer.choice, &answer.op, &Listed::all(&account.withdrawals));
            if answer.choice.lowers() {
                account.reached |= bit(&answer.op);
                account.promised |= bit(&answer.op);
            }
            account.save(&answer.op, &before, outside);
        }
        Effect::Applied
    }

    /// What a page that is drawn now hands back with a choice, if anything is known of the account.
    pub fn seen(&self) -> Option<Seen> {
        let account = self.account().filter(|account| account.revision > 0)?;
        Some(Seen {
            subject: ACCOUNT.into(),
            numbering: account.numbering.clone(),
            epoch: account.state.epoch,
            mark: Some(account.state.mark),
        })
    }

    /// Takes a choice from the web by the same rule. Its record goes into the server's own ledger.
    pub fn web(&mut self, mut record: Record, marks: Marks, outside: &mut Outside<'_>) {
        self.enter(ACCOUNT, SERVER_INSTALL, outside);
        record.install = SERVER_INSTALL.into();
        record.seq = self.last_arrived(SERVER_INSTALL).map_or(0, |last| last.0) + 1;
        self.take(&Change { record: Arc::new(record), marks, relayed: false }, ACCOUNT, SERVER_INSTALL, outside);
    }
}

impl Account {
    /// The head of a revision, where it is held.
    fn head(&self, revision: i64) -> Option<Head> {
        match usize::try_from(revision).ok()? {
            0 => Some(Head::START),
            revision => self.heads.get(revision - 1).copied(),
        }
    }

    fn save(&mut self, op: &str, before: &ServerState, outside: &mut Outside<'_>) {
        if *before == self.state {
            return;
        }
        let head = self.head(self.revision).unwrap_or(Head::START).then(PURPOSE, op);
        self.heads.push(head);
        self.revision += 1;
        if self.state.epoch > before.epoch {
            if self.withdrawals.iter().any(|known| known.op == op) {
                outside.broken.push("a withdrawal was numbered twice");
            }
            self.withdrawals.push(Withdrawal { op: op.to_owned(), epoch: self.state.epoch });
        }
        if self.withdrawals.iter().fold(Mark::START, |mark, known| mark.then(&known.op)) != self.state.mark {
            outside.broken.push("a mark does not stand for the withdrawals");
        }
    }
}
