//! Drives the sync engine: reads batches, lets the transport carry them, applies what comes back.

use std::{
    cell::Cell,
    fs::{File, OpenOptions},
    sync::atomic::{AtomicBool, Ordering},
};

use super::{
    Consent,
    commit::random,
    line::{self, Line},
    open::restore,
};
use crate::{
    error::{Error, Result},
    json,
    ledger::{State, SubjectKind, chain},
    store::{
        Batch, Patience, Transaction, Wanted,
        settings::{ACKNOWLEDGED, INSTALL_KEY, INSTALL_TOKEN, KNOWN_SERVER, RETRY},
    },
    sync::{
        installation,
        plan::{Lane, Limits, Plan, Step},
        protocol::{ANONYMOUS_PREFIX, Anchor, DEVICE_PREFIX, InstallRequest, PolicyRef, SyncRequest},
        reply::{Sent, SentOp, Trouble, Verdict},
        retry::Retry,
    },
    transport::HttpResponse,
};

/// How a sync ended. What an account that signed out granted, and the word that it was signed in here, may wait in either case until it
/// signs in again: see `pending`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SyncState {
    /// Nothing was answered yet and nobody signed in: nothing may be sent (KR-19).
    Quiet,
    /// Everything that could be sent was, and the server's states are here.
    UpToDate,
    /// Something waits: `troubles` says why, `retry_at` until when.
    Waiting,
}

/// What a sync did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncReport {
    /// How it ended.
    pub state: SyncState,
    /// Changes that the server acknowledged in this call.
    pub acknowledged: i64,
    /// Changes that wait, stuck ones among them.
    pub pending: i64,
    /// Changes that the server could not or would not take; see `stuck`.
    pub stuck: i64,
    /// Why something waits.
    pub troubles: Vec<Trouble>,
    /// No request before this time, Unix milliseconds; `None` where nothing holds it back.
    pub retry_at: Option<i64>,
    /// True where the server holds less than it once acknowledged (withdrawals were queued again), or another ledger under this
    /// installation's name: a second server answers under the same name, or a copy of this file went on. Said once; no answer of the
    /// person changes by it.
    pub server_lost_data: bool,
    /// True where this file turned out to be a copy of another phone's: a new installation began.
    pub restored: bool,
    /// How far the server's clock is ahead of this device's, milliseconds, where it is more than a day. It does no harm.
    pub clock_skew: Option<i64>,
    /// True where a later edition of the policy came into force in this call. The next sync asks for everything anew, so that what was
    /// said elsewhere of its new purposes is heard.
    pub policy_changed: bool,
    /// How many states the server told of purposes that the policy in force does not have. They are counted and not kept; once an edition
    /// with these purposes comes into force they are asked for again. Many of them over many syncs: the app's policy is out of date.
    pub unknown_purposes: i64,
}

/// What the replies of one pass added up to.
#[derive(Default)]
pub(super) struct Tally {
    pub acknowledged: i64,
    pub server_lost_data: bool,
    pub another_ledger: bool,
    pub restored: bool,
    /// The server told more than is recorded in a day, so some of its states are not here yet.
    pub held_back: bool,
    /// Something was queued that the pass may have no more place for.
    pub queued_again: bool,
    pub clock_skew: Option<i64>,
    pub newer_policy: Option<PolicyRef>,
    /// States of purposes that the policy does not have.
    pub unknown_purposes: i64,
    /// Why an answer could not be written to the file: the sync fails with it, once every subject was asked.
    pub unwritten: Option<Error>,
}

impl Tally {
    /// The file is waited for once in a sync.
    pub fn patience(&self) -> Patience {
        if self.unwritten.is_some() { Patience::AtOnce } else { Patience::Waits }
    }
}

struct Running<'a>(&'a AtomicBool);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// One request and the store's side of it.
struct Outgoing {
    body: SyncRequest,
    batch: Batch,
}

impl Consent {
    /// Sends what waits and pulls what changed elsewhere, for at most `timeout_ms` milliseconds, what the app's token provider takes
    /// not counted: Swift and Kotlin wait for that for half a minute at most.
    ///
    /// Before a first answer or a sign-in it sends nothing. Nothing leaves the queue without an answer that names it. Blocks on the
    /// network and the disk: call it on a worker thread. One runs at a time, across processes: another answers `AlreadySyncing`.
    pub fn sync(&self, timeout_ms: i64) -> Result<SyncReport> {
        let (Some(server), Some(transport)) = (&self.options.server, &self.options.transport) else { return Err(Error::NoServer) };
        if timeout_ms <= 0 {
            return Err(Error::invalid("timeout_ms", "must be more than 0 milliseconds"));
        }
        if self.syncing.swap(true, Ordering::Acquire) {
            return Err(Error::AlreadySyncing);
        }
        let _running = Running(&self.syncing);
        let _lock = self.uploader_lock()?;
        let deadline_ms = self.options.clock.monotonic().saturating_add(timeout_ms);
        // What is held in memory alone is sent as well.
        self.record_left_over()?;
        let line =
            Line { server, transport: transport.as_ref(), clock: self.options.clock.as_ref(), deadline_ms, answered: Cell::new(false) };
        let Some(mut plan) = self.plan(deadline_ms)? else { return self.report(SyncState::Quiet, &Tally::default(), vec![], None) };
        let mut tally = Tally::default();
        let mut twice = false;
        let state = loop {
            let now = self.options.clock.now();
            match plan.next(now, self.options.clock.monotonic()) {
                // Once more at most: a server that loses data in every answer is not followed for ever.
                Step::Done if tally.queued_again && !twice => {
                    twice = true;
                    let Some(next) = self.plan(deadline_ms)? else { break None };
                    plan = next;
                }
                Step::Done => break None,
                Step::Wait { until_ms } => break Some(until_ms),
                Step::Register => tally.restored |= self.register(&mut plan, &line)?,
                step @ Step::Sync { lane, .. } => match self.exchange(&mut plan, step, &line, &mut tally) {
                    // What the server says of the other subjects is heard all the same: a no counts also where it cannot be recorded.
                    Err(error) if error.is_of_the_file() => {
                        tally.unwritten = Some(error);
                        plan.skip(lane, None, now);
                    }
                    exchanged => exchanged?,
                },
            }
            if tally.restored {
                let now = self.options.clock.now();
                break Some(plan.retry().waits(now).unwrap_or(now));
            }
        };
        if let Some(error) = tally.unwritten {
            return Err(error);
        }
        self.remember_server(server, &plan)?;
        let mut troubles = plan.troubles();
        if tally.held_back {
            troubles.push(Trouble::TooMuchTold);
        }
        let policy_changed = match &tally.newer_policy {
            Some(newer) if troubles.is_empty() => self.fetch_policy(&line, newer),
            _ => false,
        };
        let waits = state.or_else(|| plan.retry().waits(self.options.clock.now()));
        let report = self.report(SyncState::UpToDate, &tally, troubles, waits)?;
        let mut report = SyncReport { policy_changed, ..told(report) };
        // One that was said while this ran is not up to date, though nothing went wrong.
        if report.state == SyncState::UpToDate && report.pending > 0 && self.read(|transaction, _| transaction.a_no_waits())? {
            report.state = SyncState::Waiting;
            report.troubles.push(Trouble::Paused);
        }
        Ok(report)
    }

    /// The network is back: the next sync need not wait for the breaker. Blocks on the disk.
    pub fn connectivity_restored(&self) -> Result<()> {
        let now = self.options.clock.now();
        let mut retry = self.retry()?;
        retry.hint(now);
        self.save_retry(retry, Patience::Waits)
    }

    fn report(&self, state: SyncState, tally: &Tally, troubles: Vec<Trouble>, retry_at: Option<i64>) -> Result<SyncReport> {
        let (pending, stuck) = self.read(|transaction, head| Ok((head.pending, transaction.waiting(true, i64::MAX)?.len())))?;
        Ok(SyncReport {
            state,
            acknowledged: tally.acknowledged,
            pending,
            stuck: i64::try_from(stuck).unwrap_or(i64::MAX),
            troubles,
            retry_at,
            // A copy that found itself out knows whose the other ledger is.
            server_lost_data: tally.server_lost_data || (tally.another_ledger && !tally.restored),
            restored: tally.restored,
            clock_skew: tally.clock_skew,
            policy_changed: false,
            unknown_purposes: tally.unknown_purposes,
        })
    }

    /// The lock that keeps other processes from sending at the same time. The kernel frees it, however this process ends.
    fn uploader_lock(&self) -> Result<File> {
        let mut path = self.options.path.as_os_str().to_owned();
        path.push(".sync");
        let unusable = |_| Error::StoreUnavailable { reason: "the uploader's lock file cannot be opened".into(), code: 0 };
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(unusable)?;
        if lock(&file).map_err(unusable)? { Ok(file) } else { Err(Error::AlreadySyncing) }
    }

    /// Remembers that the server answered rightly, once.
    fn remember_server(&self, server: &str, plan: &Plan) -> Result<()> {
        let remembered = self.read(|transaction, _| transaction.setting(KNOWN_SERVER))?;
        if !plan.knows_the_server() || remembered.is_some_and(|remembered| remembered == server.as_bytes()) {
            return Ok(());
        }
        self.write(&[], |pen| pen.transaction.set_setting(KNOWN_SERVER, server.as_bytes()))
    }

    fn retry(&self) -> Result<Retry> {
        let stored = self.read(|transaction, _| transaction.setting(RETRY))?;
        Ok(stored.and_then(|bytes| json::own(&bytes)).unwrap_or_default())
    }

    fn save_retry(&self, retry: Retry, patience: Patience) -> Result<()> {
        self.write_with(patience, &[], |pen| pen.transaction.set_setting(RETRY, &retry_bytes(retry)))
    }

    /// The subjects to visit; `None` while nothing may be sent.
    fn plan(&self, deadline_ms: i64) -> Result<Option<Plan>> {
        let retry = self.retry()?;
        let limits = Limits { deadline_ms, ..Limits::default() };
        self.read(|transaction, head| {
            let state = &head.state;
            if !state.signed_in && state.subjects.values().all(|subject| subject.keys.is_empty()) {
                return Ok(None);
            }
            let mut lanes = vec![];
            let mut accounts = vec![];
            for reference in visited(transaction, state)? {
                let Some(subject) = state.subjects.get(&reference) else { continue };
                let mine = reference == state.person && state.signed_in;
                let (wire, account, withdrawals_only) = match subject.kind {
                    SubjectKind::Device => (format!("{DEVICE_PREFIX}{reference}"), false, false),
                    SubjectKind::FormerDevice => (format!("{DEVICE_PREFIX}{reference}"), false, true),
                    SubjectKind::Anonymous => (format!("{ANONYMOUS_PREFIX}{reference}"), false, false),
                    SubjectKind::Account => {
                        let nameless = || Error::Damaged { reason: "the name of an account is gone".into() };
                        (transaction.account_of(&reference)?.ok_or_else(nameless)?, true, !mine)
                    }
                };
                let lane = Lane { subject_ref: reference, wire, account, withdrawals_only };
                if account { accounts.push(lane) } else { lanes.push(lane) }
            }
            lanes.append(&mut accounts);
            let registered = transaction.setting(INSTALL_TOKEN)?.is_some();
            // A file from before the address was remembered has a token of the one server it ever knew.
            let known = match (transaction.setting(KNOWN_SERVER)?, &self.options.server) {
                (Some(known), Some(server)) => known == server.as_bytes(),
                _ => registered,
            };
            Ok(Some(Plan::new(lanes, retry, registered, limits).knowing_the_server(known)))
        })
    }

    /// Asks for the installation's token. True where its name is in use elsewhere: a new installation began.
    fn register(&self, plan: &mut Plan, line: &Line<'_>) -> Result<bool> {
        let install = self.read(|_, head| Ok(head.state.install.clone()))?;
        let proof = self.read(|transaction, _| key(transaction, &install))?;
        let body = encode(&InstallRequest { install, proof })?;
        let token = self.read(|transaction, _| transaction.setting(INSTALL_TOKEN))?;
        let Some(reply) = line.post("/v1/installs", token.as_deref(), body) else { return Ok(false) };
        let (now, random) = (self.options.clock.now(), u64::from_le_bytes(random()?));
        let verdict = line::judged(&reply, |reply| plan.on_register(reply, now, random));
        let retry = retry_bytes(plan.retry());
        if matches!(verdict, Verdict::NameTaken) {
            self.write(&[], |pen| {
                restore(pen, self.options.marker.as_deref())?;
                pen.transaction.set_setting(RETRY, &retry)
            })?;
            return Ok(true);
        }
        self.write(&[], |pen| {
            if let Verdict::Registered { token } = &verdict {
                pen.transaction.set_setting(INSTALL_TOKEN, token.as_bytes())?;
            }
            pen.transaction.set_setting(RETRY, &retry)
        })?;
        Ok(false)
    }

    fn exchange(&self, plan: &mut Plan, step: Step, line: &Line<'_>, tally: &mut Tally) -> Result<()> {
        let Step::Sync { lane: index, refresh_token, .. } = step else { return Ok(()) };
        let Some(lane) = plan.lane(index).cloned() else { return Ok(()) };
        let outgoing = self.outgoing(&lane, step)?;
        let nothing = lane.withdrawals_only && outgoing.batch.rows.is_empty();
        let token: Option<Vec<u8>> = match (nothing, lane.by_install(), &self.options.tokens) {
            (true, _, _) => None,
            (false, true, _) if !refresh_token => self.read(|transaction, _| transaction.setting(INSTALL_TOKEN))?,
            (false, _, Some(tokens)) => tokens.token(&lane.wire, refresh_token).map(String::into_bytes),
            (false, _, None) => None,
        };
        let Some(token) = token else {
            plan.skip(index, (!nothing).then_some(Trouble::Unauthorised), self.options.clock.now());
            return self.save_retry(plan.retry(), tally.patience());
        };
        let Some(reply) = line.post("/v1/sync", Some(&token), encode(&outgoing.body)?) else { return Ok(()) };
        let ops = outgoing.batch.rows.iter().map(|row| SentOp { op: row.op.clone(), lowers: is_numbered(row) }).collect();
        let sent = Sent { lane: index, ops, waiting: outgoing.batch.left_behind, cursor: outgoing.body.cursor.clone() };
        let (now, random) = (self.options.clock.now(), u64::from_le_bytes(random()?));
        let verdict = line::judged(&reply, |reply| plan.on_reply(&sent, reply, now, random));
        let retry = retry_bytes(plan.retry());
        match verdict {
            Verdict::Apply(response) => {
                let before = (outgoing.body.acknowledged.as_ref(), outgoing.body.cursor.as_deref());
                self.apply(&lane, &outgoing.batch, before, &response, (RETRY, &retry), tally)
            }
            Verdict::Stuck { op, reason } => self.set_aside(&lane, &outgoing.batch, &op, &reason, (RETRY, &retry), tally.patience()),
            Verdict::Registered { .. } | Verdict::NameTaken | Verdict::Unchanged { .. } => self.save_retry(plan.retry(), tally.patience()),
        }
    }

    fn outgoing(&self, lane: &Lane, step: Step) -> Result<Outgoing> {
        let Step::Sync { max_changes, max_bytes, page, from_start, refresh_token, .. } = step else { return Err(Error::NoServer) };
        let policy = self.policy.load();
        let policy = PolicyRef { id: policy.id.clone(), version: policy.version.clone(), edition: policy.edition };
        let now = self.options.clock.now();
        self.read(|transaction, head| {
            let purposes: Vec<String> =
                head.state.subjects.get(&lane.subject_ref).map(|subject| subject.keys.keys().cloned().collect()).unwrap_or_default();
            let wanted = Wanted {
                subject: &lane.subject_ref,
                purposes: &purposes,
                lowering_only: lane.withdrawals_only,
                link: refresh_token,
                max_changes,
                max_bytes,
                now,
            };
            let batch = transaction.batch(&wanted)?;
            let cursor = if from_start || lane.withdrawals_only { None } else { transaction.cursor(&lane.subject_ref)? };
            let acknowledged = transaction.setting(ACKNOWLEDGED)?.and_then(|bytes| json::own::<Anchor>(&bytes));
            let install = head.state.install.clone();
            let changes = batch.changes.clone();
            // Another request shows the installation's token, and so who it is.
            let proof = if lane.account { proof(transaction, &install)? } else { None };
            let body = SyncRequest { install, subject: lane.wire.clone(), proof, cursor, policy, acknowledged, limit: page, changes };
            Ok(Outgoing { body, batch })
        })
    }

    /// Brings a later edition into force. What cannot be adopted is left alone: the app ships its own with the next version.
    fn fetch_policy(&self, line: &Line<'_>, newer: &PolicyRef) -> bool {
        let in_force = self.policy.load_full();
        if newer.id != in_force.id || newer.edition <= in_force.edition {
            return false;
        }
        let Some(Ok(HttpResponse { status: 200, body, .. })) = line.get(&format!("/v1/policies/{}", newer.id)) else { return false };
        String::from_utf8(body).is_ok_and(|document| self.adopt_policy(&document).is_ok())
    }
}

/// Says whether something waits, and never that it does without a reason.
fn told(mut report: SyncReport) -> SyncReport {
    if report.stuck > 0 {
        report.troubles.push(Trouble::Stuck);
    }
    if report.retry_at.is_some() && report.troubles.is_empty() {
        report.troubles.push(Trouble::Paused);
    }
    if !report.troubles.is_empty() {
        report.state = SyncState::Waiting;
    }
    report
}

/// Takes the file's lock; false where another holds it. The standard library's own lock fails on every Android until Rust 1.98.
#[cfg(unix)]
fn lock(file: &File) -> std::io::Result<bool> {
    use rustix::{
        fs::{FlockOperation, flock},
        io::Errno,
    };
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Takes the file's lock; false where another holds it.
#[cfg(not(unix))]
fn lock(file: &File) -> std::io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(std::fs::TryLockError::WouldBlock) => Ok(false),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

/// The subjects to visit: the device, whoever something waits for, and the person in front of the screen, unless nobody in particular
/// answered anything yet.
fn visited(transaction: &Transaction<'_>, state: &State) -> Result<Vec<String>> {
    let waiting = transaction.waiting_subjects()?;
    let person_known = state.signed_in
        || waiting.contains(&state.person)
        || state.subjects.get(&state.person).is_some_and(|subject| !subject.keys.is_empty());
    let others = waiting.into_iter().filter(|reference| *reference != state.device && *reference != state.person);
    Ok(std::iter::once(state.device.clone()).chain(others).chain(person_known.then(|| state.person.clone())).collect())
}

/// Only a choice or an import that lowers is given a number; a merge carries several answers and its own operation.
fn is_numbered(row: &crate::store::OutboxRow) -> bool {
    use crate::sync::protocol::ChangeKind;
    row.lowers && matches!(row.kind, ChangeKind::Choice | ChangeKind::Import | ChangeKind::Relay)
}

/// The installation's key in hex, for a name that was made of one.
fn key(transaction: &Transaction<'_>, install: &str) -> Result<Option<String>> {
    if !installation::is_keyed(install) {
        return Ok(None);
    }
    Ok(transaction.setting(INSTALL_KEY)?.map(|key| chain::hex(&key)))
}

/// What shows the server that this is that installation: its key, or for a name from before there were keys, the token that it was given.
fn proof(transaction: &Transaction<'_>, install: &str) -> Result<Option<String>> {
    if installation::is_keyed(install) {
        return key(transaction, install);
    }
    Ok(transaction.setting(INSTALL_TOKEN)?.and_then(|token| String::from_utf8(token).ok()))
}

fn retry_bytes(retry: Retry) -> Vec<u8> {
    serde_json::to_vec(&retry).unwrap_or_default()
}

fn encode<T: serde::Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|_| Error::Damaged { reason: "a request cannot be written".into() })
}
