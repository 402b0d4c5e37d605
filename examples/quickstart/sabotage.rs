//! Breaking a promise on purpose, to see that the story notices. Each way breaks it for real.

use std::path::Path;

use consentkit::{
    ledger::{Body, Record, Touched, chain},
    store::{Head, Store, Transaction},
    sync::protocol::{Change, SyncRequest},
    transport::HttpRequest,
};

use crate::{Result, company::Page};

/// Which promise is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// The queue loses what waits in it.
    DropQueue,
    /// A grant overrides a withdrawal that its giver could not see.
    GrantWins,
    /// The app does not tell what the operating system said.
    IgnoreOs,
    /// Only what is on disk counts.
    WaitForDisk,
}

impl Sabotage {
    pub const ALL: [Self; 4] = [Self::DropQueue, Self::GrantWins, Self::IgnoreOs, Self::WaitForDisk];

    pub fn name(self) -> &'static str {
        match self {
            Self::DropQueue => "drop-queue",
            Self::GrantWins => "grant-wins",
            Self::IgnoreOs => "ignore-os",
            Self::WaitForDisk => "wait-for-disk",
        }
    }

    pub fn what(self) -> &'static str {
        match self {
            Self::DropQueue => "while the app is dead, its queue is deleted by the library's own store, so that the root fits what is left",
            Self::GrantWins => "the second phone's wire rewrites each grant, so that it claims to have seen what the page shows",
            Self::IgnoreOs => "the app reports that tracking is authorised although the system denied it",
            Self::WaitForDisk => "the app answers from what is in the database alone, by a copy of it that knows of nothing else",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sabotage| sabotage.name() == name)
    }
}

/// Deletes what waits to be sent.
///
/// The library's own store does it, as a fault of the library would: the root is made anew and fits what is left. Had another program deleted
/// the rows, the root would not fit and the file would not open at all.
pub fn drop_queue(ledger: &Path) -> Result<()> {
    let store = Store::open(ledger, None)?;
    let drop_all = |transaction: &Transaction<'_>, head: &mut Head| {
        for change in transaction.waiting(false, head.pending)? {
            transaction.dequeue(&change)?;
        }
        let end = transaction.save(head, &Touched::default())?;
        transaction.set_end(head.seq, &end)
    };
    store.write(|| (), drop_all, |_, ()| ())?;
    Ok(store.close()?)
}

/// Rewrites the grants of a request and hashes them anew, as somebody could who holds the phone.
///
/// A number alone would not do: with it goes a mark, which only the page tells.
pub fn claim_to_have_seen(request: HttpRequest, page: &Page) -> HttpRequest {
    let Ok(mut body) = serde_json::from_slice::<SyncRequest>(&request.body) else { return request };
    for change in &mut body.changes {
        if let Some(forged) = forge(change, page) {
            *change = forged;
        }
    }
    match serde_json::to_vec(&body) {
        Ok(body) => HttpRequest { body, ..request },
        Err(_) => request,
    }
}

fn forge(change: &Change, page: &Page) -> Option<Change> {
    let mut record: Record = serde_json::from_str(&change.record).ok()?;
    let Body::Choice(choice) = &mut record.body else { return None };
    if choice.choice.lowers() {
        return None;
    }
    choice.seen = Some(page.seen(&choice.purpose)?);
    let text = serde_json::to_string(&record).ok()?;
    let leaf = chain::leaf(&chain::unhex(&change.salt)?, text.as_bytes());
    let prev = chain::unhex(&change.prev)?.try_into().ok()?;
    let hash = chain::hex(&chain::link(&record.install, record.seq, &prev, &leaf));
    Some(Change { record: text, hash, ..change.clone() })
}
