//! The one way to write: records appended, folded, queued and rooted in one transaction.

use super::denial::Denial;
use crate::{
    error::{Error, Result},
    ledger::{Body, FORMAT, Record, Touched, chain, rfc3339},
    signal::Platform,
    store::{End, Entry, Head, NO_PURPOSE, OutboxRow, Transaction},
    sync::protocol::ChangeKind,
};

/// Bytes of salt per record: enough that an erased record's content cannot be found by trying.
const SALT_BYTES: usize = 16;

/// Random bytes from the operating system.
pub(super) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::StoreUnavailable { reason: "the system gives no random numbers".into(), code: 0 })?;
    Ok(bytes)
}

/// A random name: 128 bits in hex.
pub(super) fn random_name() -> Result<String> {
    Ok(chain::hex(&random::<16>()?))
}

/// A new operation's name, UUIDv7.
pub(super) fn new_op(now: i64) -> Result<String> {
    let millis = u64::try_from(now).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random()?).into_uuid().to_string())
}

/// When and by which app records are written.
#[derive(Clone)]
pub(super) struct Stamp {
    pub now: i64,
    pub offset: i32,
    pub app: String,
    pub platform: Platform,
}

/// Where a record came to stand.
pub(super) struct Appended {
    pub seq: i64,
    pub op: String,
    pub hash: chain::Hash,
}

/// Appends records within one transaction.
pub(super) struct Pen<'a> {
    pub transaction: &'a Transaction<'a>,
    pub head: &'a mut Head,
    pub stamp: Stamp,
    touched: Touched,
    before: (i64, i64),
    /// The newest record: written with the next one, or with the end of the transaction where it is the last.
    newest: Option<Entry>,
}

impl<'a> Pen<'a> {
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
        if let Some(former) = self.newest.replace(Entry { seq, leaf, hash, salt: salt.into(), body: bytes }) {
            self.transaction.append(&former, None)?;
        }
        (self.head.seq, self.head.hash) = (seq, hash);
        let touched = self.head.state.apply(&record);
        self.touched.keys.extend(touched.keys);
        self.touched.subjects.extend(touched.subjects);
        self.touched.head |= touched.head;
        Ok(Appended { seq, op, hash })
    }

    /// Appends a record that the server must hear of.
    pub fn send(&mut self, body: Body) -> Result<Appended> {
        let op = new_op(self.stamp.now)?;
        self.send_as(op, body)
    }

    /// The same, under the operation by which a no counts already.
    pub fn send_no(&mut self, no: Option<&Denial>, body: Body) -> Result<Appended> {
        match no {
            Some(no) => self.send_as(no.op.clone(), body),
            None => self.send(body),
        }
    }

    /// The same, under an operation that was named before: a form may have shown it already.
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
            Body::Install(_) | Body::Policy(_) | Body::Remote(_) | Body::Outcome(_) | Body::Restore(_) | Body::Redated(_) => {
                return Err(Error::Damaged { reason: "such a record is not sent".into() });
            }
        };
        let install = self.head.state.install.clone();
        let appended = self.append_as(op, &install, body)?;
        self.transaction.enqueue(&OutboxRow { seq: appended.seq, subject, purpose, kind, op: appended.op.clone(), lowers, stuck: None })?;
        self.head.pending += 1;
        Ok(appended)
    }

    /// Lets nothing of this kind wait any longer that belongs to a subject as a whole: it is about to be said anew.
    pub fn replace_waiting(&mut self, subject: &str, kind: ChangeKind) -> Result<()> {
        if self.transaction.dequeue_all(subject, kind)? {
            self.head.pending = self.transaction.count_outbox()?;
        }
        Ok(())
    }

    /// Writes what the records changed of the state. Where nothing was appended and nothing queued there is nothing to write, and
    /// the commit costs no sync of the disk.
    pub fn finish(self) -> Result<()> {
        if (self.head.seq, self.head.pending) == self.before {
            return Ok(());
        }
        let end = End { root: self.transaction.save(self.head, &self.touched)?, pending: self.head.pending };
        match &self.newest {
            Some(newest) => self.transaction.append(newest, Some(&end)),
            None => self.transaction.set_end(self.head.seq, &end),
        }
    }
}
