//! A queue in memory that drives a plan as the client does: reads a batch, sends it to a scripted server, applies the verdict.
#![allow(dead_code)]

use std::collections::HashSet;

use consentkit::sync::{
    plan::{Lane, Limits, Plan, Step},
    protocol::{ChangeResult, SyncResponse, WireOutcome},
    reply::{Reply, Sent, SentOp, Trouble, Verdict},
    retry::Retry,
};

pub const START: i64 = 1_790_000_000_000;

#[derive(Clone)]
pub struct Queued {
    pub op: String,
    pub key: usize,
    pub lowers: bool,
    pub stuck: bool,
}

/// What the scripted server gets to see of a request.
pub struct Request<'a> {
    pub register: bool,
    pub lane: usize,
    pub ops: &'a [String],
    pub lowers: &'a [bool],
    pub cursor: Option<&'a str>,
    pub page: Option<i64>,
    pub refresh_token: bool,
}

pub enum Answer {
    Status(i32),
    With { status: i32, retry_after: Option<&'static str>, date: Option<&'static str>, body: Vec<u8> },
    TooLarge,
    Failed,
}

pub struct Driver {
    pub plan: Plan,
    pub lanes: Vec<Lane>,
    pub queues: Vec<Vec<Queued>>,
    pub cursors: Vec<Option<String>>,
    pub now: i64,
    pub requests: usize,
    pub registered: bool,
    /// How often the name was said to be in use elsewhere.
    pub renamed: usize,
    /// Changes that left the queue, in order.
    pub delivered: Vec<String>,
    /// Changes that were listed as stuck, in order, with the cause.
    pub stuck: Vec<(String, String)>,
    pub troubles: Vec<Trouble>,
    random: u64,
}

pub fn device() -> Lane {
    Lane { subject_ref: "d".into(), wire: "device:d".into(), account: false, withdrawals_only: false }
}

pub fn anonymous() -> Lane {
    Lane { subject_ref: "n".into(), wire: "anonymous:n".into(), account: false, withdrawals_only: false }
}

pub fn account() -> Lane {
    Lane { subject_ref: "a".into(), wire: "acct_1".into(), account: true, withdrawals_only: false }
}

pub fn former() -> Lane {
    Lane { subject_ref: "f".into(), wire: "acct_0".into(), account: true, withdrawals_only: true }
}

/// So many changes of one lane, each of a key of its own.
pub fn changes(prefix: &str, count: usize, lowers: bool) -> Vec<Queued> {
    (0..count).map(|n| Queued { op: format!("{prefix}{n}"), key: n, lowers, stuck: false }).collect()
}

impl Driver {
    pub fn new(lanes: Vec<(Lane, Vec<Queued>)>) -> Self {
        let (lanes, queues): (Vec<_>, Vec<_>) = lanes.into_iter().unzip();
        let cursors = vec![None; lanes.len()];
        let plan = Plan::new(lanes.clone(), Retry::default(), true, Limits::default());
        Self {
            plan,
            lanes,
            queues,
            cursors,
            now: START,
            requests: 0,
            registered: true,
            renamed: 0,
            delivered: Vec::new(),
            stuck: Vec::new(),
            troubles: Vec::new(),
            random: 7,
        }
    }

    pub fn unregistered(lanes: Vec<(Lane, Vec<Queued>)>) -> Self {
        let mut driver = Self::new(lanes);
        driver.registered = false;
        driver.again(Limits::default());
        driver
    }

    /// A new pass with the persisted breaker, as the next call of `sync` makes it.
    pub fn again(&mut self, limits: Limits) {
        let persisted = serde_json::to_string(&self.plan.retry()).unwrap();
        self.plan = Plan::new(self.lanes.clone(), serde_json::from_str(&persisted).unwrap(), self.registered, limits);
    }

    pub fn pending(&self) -> usize {
        self.queues.iter().flatten().count()
    }

    /// The first so many changes that may be sent: not stuck, and behind no stuck one of their key.
    fn sendable(&self, lane: usize, most: usize) -> Vec<Queued> {
        let mut blocked = Vec::new();
        let mut sendable = Vec::new();
        for change in &self.queues[lane] {
            if sendable.len() == most {
                break;
            }
            if change.stuck || blocked.contains(&change.key) {
                blocked.push(change.key);
            } else {
                sendable.push(change.clone());
            }
        }
        sendable
    }

    /// Runs one pass to its `Wait` or `Done`.
    pub fn pass(&mut self, server: &mut dyn FnMut(&Request<'_>) -> Answer) -> Step {
        for _ in 0..10_000 {
            match self.plan.next(self.now, 0) {
                Step::Register => {
                    let request =
                        Request { register: true, lane: usize::MAX, ops: &[], lowers: &[], cursor: None, page: None, refresh_token: false };
                    self.exchange(&request, None, server);
                }
                Step::Sync { lane, max_changes, page, refresh_token, from_start, .. } => {
                    let sendable = self.sendable(lane, max_changes + 1);
                    if sendable.is_empty() && self.lanes[lane].withdrawals_only {
                        self.plan.skip(lane, None, self.now);
                        continue;
                    }
                    let batch = &sendable[..sendable.len().min(max_changes)];
                    let cursor = self.cursors[lane].clone().filter(|_| !from_start);
                    let sent = Sent {
                        lane,
                        ops: batch.iter().map(|change| SentOp { op: change.op.clone(), lowers: change.lowers }).collect(),
                        waiting: sendable.len() > batch.len(),
                        cursor: cursor.clone(),
                    };
                    let ops: Vec<String> = batch.iter().map(|change| change.op.clone()).collect();
                    let lowers: Vec<bool> = batch.iter().map(|change| change.lowers).collect();
                    let request =
                        Request { register: false, lane, ops: &ops, lowers: &lowers, cursor: cursor.as_deref(), page, refresh_token };
                    self.exchange(&request, Some(&sent), server);
                }
                end => return end,
            }
        }
        panic!("the pass does not end");
    }

    fn exchange(&mut self, request: &Request<'_>, sent: Option<&Sent>, server: &mut dyn FnMut(&Request<'_>) -> Answer) {
        self.requests += 1;
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let answer = server(request);
        let reply = match &answer {
            Answer::Status(status) => Reply::Http { status: *status, retry_after: None, date: None, body: b"" },
            Answer::With { status, retry_after, date, body } => {
                Reply::Http { status: *status, retry_after: *retry_after, date: *date, body }
            }
            Answer::TooLarge => Reply::TooLarge,
            Answer::Failed => Reply::Failed,
        };
        let verdict = match sent {
            Some(sent) => self.plan.on_reply(sent, reply, self.now, self.random),
            None => self.plan.on_register(reply, self.now, self.random),
        };
        match verdict {
            Verdict::Apply(response) => {
                let status = match answer {
                    Answer::With { status, .. } => status,
                    _ => panic!("applied without an answer"),
                };
                assert!((200..300).contains(&status), "applied a {status}");
                self.cursors[request.lane] = Some(response.cursor.clone());
                let named: HashSet<&str> = response.results.iter().map(|result| result.op.as_str()).collect();
                self.queues[request.lane].retain(|change| !named.contains(change.op.as_str()));
                self.delivered.extend(response.results.iter().map(|result| result.op.clone()));
            }
            Verdict::Registered { .. } => self.registered = true,
            Verdict::NameTaken => self.renamed += 1,
            Verdict::Stuck { op, reason } => {
                assert_eq!(request.ops, std::slice::from_ref(&op), "only a change sent alone may be blamed");
                self.queues[request.lane].iter_mut().filter(|change| change.op == op).for_each(|change| change.stuck = true);
                self.stuck.push((op, reason));
            }
            Verdict::Unchanged { trouble } => self.troubles.extend(trouble),
        }
    }
}

/// An answer that takes up the first so many changes of a request.
pub fn response(request: &Request<'_>, count: usize) -> SyncResponse {
    let results = request.ops.iter().zip(request.lowers).take(count).map(|(op, lowers)| ChangeResult {
        op: op.clone(),
        outcome: WireOutcome::Applied,
        first: None,
        epoch: lowers.then_some(1),
        reason: None,
    });
    SyncResponse {
        results: results.collect(),
        states: Vec::new(),
        numbering: "h1".into(),
        cursor: "c1".into(),
        more: false,
        anchor: None,
        last_arrived: None,
        lost: false,
        policy: None,
        announced: None,
        server_time: "2026-11-22T20:00:00Z".into(),
    }
}

pub fn with_status(status: i32, response: &SyncResponse) -> Answer {
    Answer::With { status, retry_after: None, date: None, body: serde_json::to_vec(response).unwrap() }
}

/// The well-behaved server.
pub fn accept(request: &Request<'_>) -> Answer {
    if request.register {
        return Answer::With { status: 201, retry_after: None, date: None, body: br#"{"token":"t0ken"}"#.to_vec() };
    }
    with_status(200, &response(request, usize::MAX))
}
