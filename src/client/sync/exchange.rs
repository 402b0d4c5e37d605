//! One request about one subject: what is put into it, by whose token it goes, and what becomes of the answer.

use super::{
    answer::{Request, apply},
    breaker,
    registration::proof,
    report::Tally,
    requests::{Requests, encode, judged},
    results::set_aside,
};
use crate::{
    client::{host::asked, open_ledger::OpenLedger, writing::random::random},
    error::{Error, Result},
    json,
    store::{
        Batch, OutboxRow, Wanted,
        settings::{ACKNOWLEDGED, INSTALL_TOKEN},
    },
    sync::{
        plan::{Lane, Plan, Step},
        protocol::{Anchor, ChangeKind, PolicyRef, SyncRequest},
        reply::{Sent, SentOp, Trouble, Verdict},
    },
};

/// A request, and the changes of the queue that are in it.
struct Outgoing {
    body: SyncRequest,
    batch: Batch,
}

/// Makes one request about one subject, and applies the answer.
pub fn exchange(ledger: &OpenLedger, plan: &mut Plan, step: Step, requests: &Requests<'_>, tally: &mut Tally) -> Result<()> {
    let Step::Sync { lane: index, refresh_token, .. } = step else { return Ok(()) };
    let Some(lane) = plan.lane(index).cloned() else { return Ok(()) };
    let outgoing = outgoing(ledger, &lane, step)?;
    let nothing = lane.withdrawals_only && outgoing.batch.rows.is_empty();
    let token: Option<Vec<u8>> = match (nothing, lane.by_install(), &ledger.options.tokens) {
        (true, _, _) => None,
        (false, true, _) if !refresh_token => ledger.read(|transaction, _| transaction.setting(INSTALL_TOKEN))?,
        (false, _, Some(tokens)) => asked(|| tokens.token(&lane.wire, refresh_token)).flatten().map(String::into_bytes),
        (false, _, None) => None,
    };
    let Some(token) = token else {
        plan.skip(index, (!nothing).then_some(Trouble::Unauthorised), ledger.options.clock.now());
        return breaker::save(ledger, plan.retry(), tally.patience());
    };
    let Some(reply) = requests.post("/v1/sync", Some(&token), encode(&outgoing.body)?) else { return Ok(()) };
    let ops = outgoing.batch.rows.iter().map(|row| SentOp { op: row.op.clone(), lowers: is_numbered(row) }).collect();
    let sent = Sent { lane: index, ops, waiting: outgoing.batch.left_behind, cursor: outgoing.body.cursor.clone() };
    let (now, random) = (ledger.options.clock.now(), u64::from_le_bytes(random()?));
    let verdict = judged(&reply, |reply| plan.on_reply(&sent, reply, now, random));
    match verdict {
        Verdict::Apply(response) => {
            let sent = Request { lane: &lane, batch: &outgoing.batch, body: &outgoing.body };
            apply(ledger, &sent, &response, plan.retry(), tally)
        }
        Verdict::Stuck { op, reason } => set_aside(ledger, (&lane, &outgoing.batch), (&op, &reason), plan.retry(), tally.patience()),
        Verdict::Registered { .. } | Verdict::NameTaken | Verdict::Unchanged { .. } => {
            breaker::save(ledger, plan.retry(), tally.patience())
        }
    }
}

/// What is sent of this subject now.
fn outgoing(ledger: &OpenLedger, lane: &Lane, step: Step) -> Result<Outgoing> {
    let Step::Sync { max_changes, max_bytes, page, from_start, refresh_token, .. } = step else { return Err(Error::NoServer) };
    let policy = ledger.policy_now();
    let policy = PolicyRef { id: policy.id.clone(), version: policy.version.clone(), edition: policy.edition };
    let now = ledger.options.clock.now();
    ledger.read(|transaction, head| {
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
        // A request for a subject that is no account goes by the installation's token, which shows already who it is.
        let proof = if lane.account { proof(transaction, &install)? } else { None };
        let body = SyncRequest { install, subject: lane.wire.clone(), proof, cursor, policy, acknowledged, limit: page, changes };
        Ok(Outgoing { body, batch })
    })
}

/// True where the server numbers the change. It numbers a choice or an import that lowers; a merge carries several answers and its own
/// operation, and is not numbered as a whole.
fn is_numbered(row: &OutboxRow) -> bool {
    row.lowers && matches!(row.kind, ChangeKind::Choice | ChangeKind::Import | ChangeKind::Relay)
}
