//! The sync engine: says what to send next, and what a reply means for the queue. It opens no socket and reads no clock.
//!
//! One plan is one pass over the subjects. The changes themselves stay in the store's queue; the plan knows only their number and their
//! operations. Only [`Verdict::Apply`] may take a change out of the queue, and it carries an answer of the server that names the change.

use super::{
    answer,
    lane::{Phase, Progress},
    limits::{MAX_CONFLICTS, MAX_PULLED_BYTES, MAX_PULLS},
    protocol::SyncResponse,
    reply::{Meaning, NETWORK_AUTHENTICATION_REQUIRED, Reply, Sent, Trouble, Verdict, meaning},
    retry::{DAY_MS, FIRST_HOLD_MS, Retry, retry_after},
};

pub use super::{
    lane::Lane,
    limits::{FIRST_PAGE, Limits, MAX_REQUESTS},
};

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Ask for the installation's token, then call [`Plan::on_register`].
    Register,
    /// Send a batch, then call [`Plan::on_reply`]; where there is nothing to send or no token, call [`Plan::skip`] instead.
    Sync {
        /// The lane, by its place in the list given to [`Plan::new`].
        lane: usize,
        /// Most changes; 0 asks for the server's states alone.
        max_changes: usize,
        /// Most bytes of changes; a single change may be larger.
        max_bytes: usize,
        /// Most states in the answer; absent leaves it to the server.
        page: Option<i64>,
        /// Ask the host's token provider for a fresh token first; on a lane that goes by the installation's token, for the account's.
        refresh_token: bool,
        /// Send no cursor, since the server may not understand the one that is kept.
        from_start: bool,
    },
    /// Stop here and come back at that time (Unix milliseconds). It is the present time where only the bounds of this pass are reached.
    Wait {
        /// When.
        until_ms: i64,
    },
    /// Nothing is left to do.
    Done,
}

enum Registration {
    Done,
    Needed,
    Refused,
}

/// One pass over the subjects. No `Debug`: it names them.
pub struct Plan {
    lanes: Vec<Progress>,
    first: usize,
    retry: Retry,
    registration: Registration,
    registered_anew: bool,
    limits: Limits,
    requests: u32,
    held: bool,
    failure: Option<Trouble>,
    known: bool,
}

impl Plan {
    /// Begins a pass. Lanes are visited in their order: the device, the anonymous person, accounts. `retry` is the persisted breaker;
    /// `registered` is true where the installation has its token.
    pub fn new(lanes: Vec<Lane>, retry: Retry, registered: bool, limits: Limits) -> Self {
        Self {
            first: retry.first_lane(lanes.len()),
            lanes: lanes.into_iter().map(Progress::new).collect(),
            retry,
            registration: if registered { Registration::Done } else { Registration::Needed },
            registered_anew: false,
            limits,
            requests: 0,
            held: false,
            failure: None,
            known: false,
        }
    }

    /// Says whether the server at this address ever gave an answer of its own. If it did, the address is right, and an answer of another
    /// form comes from something in between.
    #[must_use]
    pub fn knowing_the_server(mut self, known: bool) -> Self {
        self.known = known;
        self
    }

    /// True where the server ever gave an answer of its own, in this pass or before.
    pub fn knows_the_server(&self) -> bool {
        self.known
    }

    /// The lane that a step names; `None` for a place that is not in the list.
    pub fn lane(&self, lane: usize) -> Option<&Lane> {
        self.lanes.get(lane).map(|progress| &progress.lane)
    }

    /// The present state of the breaker, to be stored with each verdict and after a skip.
    pub fn retry(&self) -> Retry {
        self.retry
    }

    /// What the app may show: the last failure unless a request succeeded after it, and why lanes were set aside.
    pub fn troubles(&self) -> Vec<Trouble> {
        let aside = self.lanes.iter().filter_map(|lane| match &lane.phase {
            Phase::Aside(trouble) => Some(trouble),
            Phase::Open | Phase::Served => None,
        });
        let mut troubles: Vec<Trouble> = Vec::new();
        for trouble in self.failure.iter().chain(aside) {
            if !troubles.contains(trouble) {
                troubles.push(trouble.clone());
            }
        }
        troubles
    }

    /// What to do next, by the wall clock and the monotonic clock, both in milliseconds.
    pub fn next(&self, now_ms: i64, monotonic_ms: i64) -> Step {
        let waits = self.retry.waits(now_ms);
        let Some(lane) = self.current() else {
            return waits.filter(|_| self.held).map_or(Step::Done, |until_ms| Step::Wait { until_ms });
        };
        if let Some(until_ms) = waits {
            return Step::Wait { until_ms };
        }
        if monotonic_ms >= self.limits.deadline_ms || self.requests >= self.limits.requests {
            return Step::Wait { until_ms: now_ms };
        }
        if matches!(self.registration, Registration::Needed) {
            return Step::Register;
        }
        let progress = &self.lanes[lane];
        Step::Sync {
            lane,
            max_changes: progress.changes(self.limits.changes),
            max_bytes: self.limits.bytes,
            page: progress.page,
            refresh_token: progress.refresh,
            from_start: progress.from_start,
        }
    }

    fn current(&self) -> Option<usize> {
        let count = self.lanes.len();
        (0..count).map(|offset| (self.first + offset) % count).find(|lane| self.lanes[*lane].open())
    }

    /// No request was made on this lane. Either nothing is pending on a lane that pulls nothing, or, with a trouble, there is no token.
    pub fn skip(&mut self, lane: usize, why: Option<Trouble>, now_ms: i64) {
        if let Some(progress) = self.lanes.get_mut(lane) {
            progress.phase = why.map_or(Phase::Served, Phase::Aside);
        }
        self.settle(now_ms);
    }

    /// The reply to a registration. `random` is any number, for the jitter of the breaker.
    pub fn on_register(&mut self, reply: Reply<'_>, now_ms: i64, random: u64) -> Verdict {
        self.requests = self.requests.saturating_add(1);
        let verdict = match reply {
            Reply::Failed => self.fail(Trouble::Offline, None, now_ms, random),
            Reply::TooLarge => self.fail(Trouble::AnswerTooLarge, None, now_ms, random),
            Reply::Http { status, body, .. } if self.is_portal(status, body) => self.portal(status, now_ms, random),
            Reply::Http { status, retry_after, date, body } => match meaning(status) {
                Meaning::Taken => match answer::read_install(body) {
                    Ok(response) => {
                        self.registration = Registration::Done;
                        self.known = true;
                        self.failure = None;
                        Verdict::Registered { token: response.token }
                    }
                    Err(fault) => self.fail(fault.into(), None, now_ms, random),
                },
                Meaning::Unauthorised => self.unregistered(&Trouble::Unauthorised),
                Meaning::Conflict if answer::name_is_taken(body) => {
                    self.fail(Trouble::Conflict, None, now_ms, random);
                    Verdict::NameTaken
                }
                Meaning::Unfit | Meaning::Oversized if self.is_anothers_word(status, body) => self.portal(status, now_ms, random),
                Meaning::Unfit | Meaning::Conflict | Meaning::Oversized | Meaning::Configuration => {
                    self.unregistered(&Trouble::Configuration { status })
                }
                later @ (Meaning::Busy | Meaning::Unexpected) => self.later(later, status, (retry_after, date), now_ms, random),
            },
        };
        self.settle(now_ms);
        verdict
    }

    /// The reply to a sync. `random` is any number, for the jitter of the breaker.
    pub fn on_reply(&mut self, sent: &Sent, reply: Reply<'_>, now_ms: i64, random: u64) -> Verdict {
        self.requests = self.requests.saturating_add(1);
        if sent.lane >= self.lanes.len() {
            return Verdict::Unchanged { trouble: None };
        }
        let verdict = match reply {
            Reply::Failed => self.fail(Trouble::Offline, None, now_ms, random),
            Reply::TooLarge => self.too_large(sent, now_ms, random),
            Reply::Http { status, body, .. } if self.is_portal(status, body) => self.portal(status, now_ms, random),
            Reply::Http { status, retry_after, date, body } => match meaning(status) {
                Meaning::Taken => match answer::read(body, sent) {
                    Ok(response) => self.taken(sent, response, body.len(), now_ms, random),
                    Err(fault) => self.fail(fault.into(), None, now_ms, random),
                },
                Meaning::Unfit if self.is_blameless(sent) && self.is_anothers_word(status, body) => self.portal(status, now_ms, random),
                Meaning::Unfit => self.unfit(sent, status),
                Meaning::Oversized if sent.ops.is_empty() && self.is_anothers_word(status, body) => self.portal(status, now_ms, random),
                Meaning::Oversized => self.oversized(sent, status),
                Meaning::Unauthorised => self.unauthorised(sent, status),
                Meaning::Conflict => self.conflict(sent, now_ms, random),
                Meaning::Configuration => self.aside(sent.lane, Trouble::Configuration { status }),
                later @ (Meaning::Busy | Meaning::Unexpected) => self.later(later, status, (retry_after, date), now_ms, random),
            },
        };
        self.settle(now_ms);
        verdict
    }

    /// True where something else answers in the server's place. A 5xx is not taken for that, since it may come from the server's own
    /// gateway while the server is down. Nor are 401, 403 and 409, which are about tokens and conflicts, and 400, 413 and 422, for which a
    /// change may be at fault that is looked for first.
    fn is_portal(&self, status: i32, body: &[u8]) -> bool {
        let in_its_place = matches!(meaning(status), Meaning::Taken | Meaning::Unexpected | Meaning::Configuration);
        status == NETWORK_AUTHENTICATION_REQUIRED || (in_its_place && self.is_anothers_word(status, body))
    }

    /// True where the server is known and this answer has not its form. After the server itself has answered in this pass, nothing is taken
    /// to stand between.
    fn is_anothers_word(&self, status: i32, body: &[u8]) -> bool {
        let answered = self.lanes.iter().any(|progress| progress.answered);
        self.known && !answered && !answer::is_ours(status, body)
    }

    fn portal(&mut self, status: i32, now_ms: i64, random: u64) -> Verdict {
        let trouble = Trouble::Portal { status };
        self.retry.portal(now_ms, random);
        self.failure = Some(trouble.clone());
        Verdict::Unchanged { trouble: Some(trouble) }
    }

    fn taken(&mut self, sent: &Sent, response: SyncResponse, bytes: usize, now_ms: i64, random: u64) -> Verdict {
        self.known = true;
        let resolved = response.results.len();
        let progress = &mut self.lanes[sent.lane];
        progress.answered = true;
        progress.refresh = false;
        progress.from_start = false;
        progress.pull_only = false;
        progress.suspect = progress.suspect.saturating_sub(resolved);
        progress.more = response.more;
        if resolved > 0 {
            progress.conflicts = 0;
        }
        if sent.ops.is_empty() {
            progress.pulls = progress.pulls.saturating_add(1);
            progress.pulled_bytes = progress.pulled_bytes.saturating_add(bytes);
        }
        let endless = progress.pulls > MAX_PULLS || progress.pulled_bytes > MAX_PULLED_BYTES;
        let nothing_taken_up = resolved == 0 && !sent.ops.is_empty();
        let no_further = progress.more && sent.cursor.as_deref() == Some(response.cursor.as_str());
        if nothing_taken_up || no_further || (progress.more && endless) {
            // The answer is applied all the same, since what it says of withdrawals made elsewhere counts.
            self.fail(Trouble::NoProgress, None, now_ms, random);
            return Verdict::Apply(Box::new(response));
        }
        self.failure = None;
        if !progress.more && !sent.waiting && resolved == sent.ops.len() {
            progress.phase = Phase::Served;
        }
        Verdict::Apply(Box::new(response))
    }

    fn too_large(&mut self, sent: &Sent, now_ms: i64, random: u64) -> Verdict {
        let progress = &mut self.lanes[sent.lane];
        if progress.page == Some(1) {
            return self.fail(Trouble::AnswerTooLarge, None, now_ms, random);
        }
        progress.page = Some(progress.page.map_or(FIRST_PAGE, |page| (page / 2).max(1)));
        Verdict::Unchanged { trouble: None }
    }

    /// True for a request without changes and without a cursor. Nothing in it can be at fault.
    fn is_blameless(&self, sent: &Sent) -> bool {
        sent.ops.is_empty() && (sent.cursor.is_none() || self.lanes[sent.lane].from_start)
    }

    /// Handles 400 and 422. A change is held to be at fault only after a request without changes and cursor was accepted, because otherwise
    /// the fault may lie elsewhere.
    fn unfit(&mut self, sent: &Sent, status: i32) -> Verdict {
        let progress = &mut self.lanes[sent.lane];
        let count = sent.ops.len();
        if count == 0 {
            if progress.from_start || sent.cursor.is_none() {
                return self.aside(sent.lane, Trouble::Configuration { status });
            }
            progress.pull_only = true;
            progress.from_start = true;
            return Verdict::Unchanged { trouble: None };
        }
        if count > 1 || !progress.may_blame() {
            progress.suspect = count;
            if !progress.may_blame() {
                progress.pull_only = true;
                progress.from_start = true;
            }
            return Verdict::Unchanged { trouble: None };
        }
        self.stuck(sent, status)
    }

    /// Handles 413. Batches are half as large for the rest of the pass.
    fn oversized(&mut self, sent: &Sent, status: i32) -> Verdict {
        let progress = &mut self.lanes[sent.lane];
        match sent.ops.len() {
            0 => self.aside(sent.lane, Trouble::Configuration { status }),
            1 if !progress.may_blame() => {
                progress.pull_only = true;
                Verdict::Unchanged { trouble: None }
            }
            1 => self.stuck(sent, status),
            count => {
                self.limits.changes = count / 2;
                Verdict::Unchanged { trouble: None }
            }
        }
    }

    fn stuck(&mut self, sent: &Sent, status: i32) -> Verdict {
        let progress = &mut self.lanes[sent.lane];
        progress.suspect = 0;
        if !progress.more && !sent.waiting {
            progress.phase = Phase::Served;
        }
        match sent.ops.first() {
            Some(change) => Verdict::Stuck { op: change.op.clone(), reason: format!("http_{status}") },
            None => Verdict::Unchanged { trouble: None },
        }
    }

    /// Handles 401 and 403. A fresh token is tried once, then the lane is set aside. If the server does not know the installation's token
    /// the installation registers again, once. If the server never saw the installation signed in to the account, the account's own token
    /// is used.
    fn unauthorised(&mut self, sent: &Sent, status: i32) -> Verdict {
        let token_works = self.lanes.iter().any(|progress| progress.lane.by_install() && progress.answered);
        let progress = &mut self.lanes[sent.lane];
        let by_install = progress.lane.by_install();
        let never_seen = progress.lane.account && progress.lane.withdrawals_only && status == 403;
        if (!by_install || never_seen) && !progress.refresh {
            progress.refresh = true;
            return Verdict::Unchanged { trouble: None };
        }
        if by_install && status == 401 && !token_works && !self.registered_anew {
            self.registered_anew = true;
            self.registration = Registration::Needed;
            return Verdict::Unchanged { trouble: None };
        }
        self.aside(sent.lane, Trouble::Unauthorised)
    }

    fn conflict(&mut self, sent: &Sent, now_ms: i64, random: u64) -> Verdict {
        let progress = &mut self.lanes[sent.lane];
        progress.conflicts = progress.conflicts.saturating_add(1);
        if sent.ops.is_empty() || progress.lane.withdrawals_only || progress.conflicts > MAX_CONFLICTS {
            return self.fail(Trouble::Conflict, None, now_ms, random);
        }
        progress.pull_only = true;
        Verdict::Unchanged { trouble: None }
    }

    fn later(&mut self, meaning: Meaning, status: i32, headers: (Option<&str>, Option<&str>), now_ms: i64, random: u64) -> Verdict {
        let asked = headers.0.and_then(|value| retry_after(value, headers.1, now_ms));
        let trouble = match meaning {
            Meaning::Busy => Trouble::ServerBusy { status },
            _ => Trouble::UnexpectedStatus { status },
        };
        self.fail(trouble, asked, now_ms, random)
    }

    fn fail(&mut self, trouble: Trouble, asked_ms: Option<i64>, now_ms: i64, random: u64) -> Verdict {
        self.retry.fail(now_ms, random, asked_ms);
        if trouble.may_lie_with_subject() {
            self.retry.blame_subject();
        }
        self.failure = Some(trouble.clone());
        Verdict::Unchanged { trouble: Some(trouble) }
    }

    fn aside(&mut self, lane: usize, trouble: Trouble) -> Verdict {
        self.lanes[lane].phase = Phase::Aside(trouble.clone());
        Verdict::Unchanged { trouble: Some(trouble) }
    }

    /// The installation has no token, so no lane that uses it can be synchronised. The lanes of accounts go on.
    fn unregistered(&mut self, trouble: &Trouble) -> Verdict {
        self.registration = Registration::Refused;
        for progress in self.lanes.iter_mut().filter(|progress| progress.open() && progress.lane.by_install()) {
            progress.phase = Phase::Aside(trouble.clone());
        }
        Verdict::Unchanged { trouble: Some(trouble.clone()) }
    }

    /// At the end of the pass, when no lane is open any more, sets the breaker. If some request was accepted the breaker is closed. If a
    /// wrong set-up was all that the pass met, nothing is sent for a day, or for an hour if the server is known, since its set-up was right
    /// before.
    ///
    /// The breaker is closed only here. If each accepted request closed it, a subject that fails while others succeed would be tried again
    /// at the shortest delay for ever.
    fn settle(&mut self, now_ms: i64) {
        if self.current().is_some() {
            return;
        }
        let misconfigured = |progress: &Progress| matches!(progress.phase, Phase::Aside(Trouble::Configuration { .. }));
        if self.lanes.iter().any(|progress| progress.answered) {
            self.retry.success();
        } else if self.lanes.iter().any(misconfigured) {
            match self.registration {
                // Without a token no server has ever answered here, so a wrong address cannot be told from a portal.
                Registration::Refused if !self.known => self.retry.hold_at_first(now_ms, DAY_MS),
                _ if self.known => self.retry.hold_at_first(now_ms, FIRST_HOLD_MS),
                _ => self.retry.hold(now_ms),
            }
            self.held = true;
        }
    }
}
