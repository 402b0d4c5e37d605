//! The only way to write to the ledger: records are appended, applied to the state, queued for the server and rooted in one transaction.

use super::random::{new_op, random};
use crate::{
    client::denial::Denial,
    error::{Error, Result},
    ledger::{Body, FORMAT, Record, Touched, chain, rfc3339},
    signal::Platform,
    store::{Entry, Head, NO_PURPOSE, OutboxRow, Transaction, Watermarked},
    sync::protocol::ChangeKind,
};

/// Bytes of salt per record: enough that an erased record's content cannot be found by trying.
const SALT_BYTES: usize = 16;

/// What every record of a transaction bears: when it was written, and by which app on which platform.
#[derive(Clone)]
pub struct Stamp {
    /// Unix milliseconds on this device's clock.
    pub now: i64,
    /// Minutes that local time is ahead of UTC.
    pub offset: i32,
    /// The app's version.
    pub app: String,
    pub platform: Platform,
}

/// Where a record was appended.
pub struct Appended {
    pub seq: i64,
    pub op: String,
    pub hash: chain::Hash,
}

/// Appends records within one transaction.
pub struct LedgerWriter<'a> {
    pub transaction: &'a Transaction<'a>,
    pub head: &'a mut Head,
    pub stamp: Stamp,
    touched: Touched,
    /// The position of the last record and the number of waiting changes, as they were when the transaction began.
    before: (i64, i64),
    /// The newest record. It is written once the next one is appended, or at the end of the transaction, since the last record of a
    /// transaction also bears the root of the state.
    newest: Option<Entry>,
}

impl<'a> LedgerWriter<'a> {
    pub fn new(transaction: &'a Transaction<'a>, head: &'a mut Head, stamp: Stamp) -> Self {
        let before = (head.seq, head.pending);
        Self { transaction, head, stamp, touched: Touched::default(), before, newest: None }
    }

    /// Appends one record and applies it to the state.
    pub fn append(&mut self, install: &str, body: Body) -> Result<Appended> {
        let op = new_op(self.stamp.now)?;
        self.append_as(op, install, body)
    }

    fn append_as(&mut self, op: String, install: &str, body: Body) -> Result<Appended> {
        let seq = self.head.seq.checked_add(1).ok_or_else(|| Error::Damaged { reason: "the ledger has no place left".into() })?;
        let record = Record {
            format: FORMAT,
            install: install.to_owned(),
            seq,
            op: op.clone(),
            at: rfc3339(self.stamp.now),
            offset: self.stamp.offset,
            app: self.stamp.app.clone(),
            sdk: env!("CARGO_PKG_VERSION").into(),
            body,
        };
        let bytes = serde_json::to_vec(&record).map_err(|_| Error::Damaged { reason: "a record cannot be written".into() })?;
        let salt = random::<SALT_BYTES>()?;
        let leaf = chain::leaf(&salt, &bytes);
        let hash = chain::link(install, seq, &self.head.hash, &leaf);
        if let Some(former) = self.newest.replace(Entry { seq, leaf, hash, salt: Some(salt.into()), body: Some(bytes) }) {
            self.transaction.append(&former, None)?;
        }
        (self.head.seq, self.head.hash) = (seq, hash);
        self.transaction.watermark(watermarked(&record.body));
        let touched = self.head.state.apply(&record);
        self.touched.keys.extend(touched.keys);
        self.touched.subjects.extend(touched.subjects);
        self.touched.head |= touched.head;
        Ok(Appended { seq, op, hash })
    }

    /// Appends a record and queues it for the server.
    pub fn send(&mut self, body: Body) -> Result<Appended> {
        let op = new_op(self.stamp.now)?;
        self.send_as(op, body)
    }

    /// The same for a no. Where it counts in memory already, it is recorded under the operation that names it there.
    pub fn send_no(&mut self, no: Option<&Denial>, body: Body) -> Result<Appended> {
        match no {
            Some(no) => self.send_as(no.op.clone(), body),
            None => self.send(body),
        }
    }

    /// The same under an operation that has its name already, because a form may have shown it.
    pub fn send_as(&mut self, op: String, body: Body) -> Result<Appended> {
        let (kind, subject, purpose, lowers) = match &body {
            Body::Choice(choice) => (ChangeKind::Choice, choice.subject.clone(), choice.purpose.clone(), choice.choice.lowers()),
            Body::Import(import) => (ChangeKind::Import, import.subject.clone(), import.purpose.clone(), import.choice.lowers()),
            Body::Signal(signal) => {
                let of_person = signal.subject != self.head.state.device;
                (ChangeKind::Signal, signal.subject.clone(), NO_PURPOSE.into(), of_person && signal.person().denies())
            }
            Body::Link(link) => (ChangeKind::Link, link.subject.clone(), NO_PURPOSE.into(), false),
            Body::Merge(merge) => {
                (ChangeKind::Merge, merge.subject.clone(), NO_PURPOSE.into(), merge.answers.iter().any(|answer| answer.choice.lowers()))
            }
            Body::Install(_)
            | Body::Policy(_)
            | Body::Remote(_)
            | Body::Outcome(_)
            | Body::Restore(_)
            | Body::Redated(_)
            | Body::Kept(_)
            | Body::Erased(_)
            | Body::Pulled(_)
            | Body::Announced(_)
            | Body::Closed(_)
            | Body::CookiesRemoved(_) => {
                return Err(Error::Damaged { reason: "such a record is not sent".into() });
            }
        };
        let install = self.head.state.install.clone();
        let appended = self.append_as(op, &install, body)?;
        self.transaction.enqueue(&OutboxRow { seq: appended.seq, subject, purpose, kind, op: appended.op.clone(), lowers, stuck: None })?;
        self.head.pending += 1;
        Ok(appended)
    }

    /// Takes the changes of this kind out of the queue that belong to the subject as a whole, because the same is about to be said anew.
    pub fn replace_waiting(&mut self, subject: &str, kind: ChangeKind) -> Result<()> {
        if self.transaction.dequeue_all(subject, kind)? {
            self.head.pending = self.transaction.count_outbox()?;
        }
        Ok(())
    }

    /// Writes what the records changed of the state. Where nothing was appended and nothing was queued, nothing is written, and the commit
    /// then needs no sync of the disk.
    pub fn finish(self) -> Result<()> {
        if (self.head.seq, self.head.pending) == self.before && !self.transaction.is_unrooted() {
            return Ok(());
        }
        let end = self.transaction.save(self.head, &self.touched)?;
        match &self.newest {
            Some(newest) => self.transaction.append(newest, Some(&end)),
            None => self.transaction.set_end(self.head.seq, &end),
        }
    }
}

/// What becomes of the watermark with such a record. What takes nothing away may be lost together with the watermark: then less is allowed,
/// or the server says the same once more.
fn watermarked(body: &Body) -> Watermarked {
    match body {
        Body::Install(_) | Body::Restore(_) => Watermarked::Anew,
        Body::Choice(choice) if !choice.choice.lowers() => Watermarked::Soon,
        Body::Import(import) if !import.choice.lowers() => Watermarked::Soon,
        Body::Outcome(_) | Body::CookiesRemoved(_) => Watermarked::Soon,
        _ => Watermarked::Durably,
    }
}
