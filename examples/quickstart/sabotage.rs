//! Breaking a promise on purpose, to see that the story notices. Each way breaks it for real.

use std::path::Path;

use consentkit::{
    ledger::{Body, Record, chain},
    sync::protocol::{Change, SyncRequest},
    transport::HttpRequest,
};
use rusqlite::Connection;

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
            Self::DropQueue => "while the app is dead, its queue is deleted behind the library's back",
            Self::GrantWins => "the second phone's wire rewrites each grant, so that it claims to have seen what the page shows",
            Self::IgnoreOs => "the app reports that tracking is authorised although the system denied it",
            Self::WaitForDisk => "the app answers from what is on disk, by a second copy of the ledger that knows of nothing else",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sabotage| sabotage.name() == name)
    }
}

/// Deletes what waits to be sent.
pub fn drop_queue(ledger: &Path) -> Result<()> {
    Connection::open(ledger)?.execute("DELETE FROM state WHERE kind IS NOT NULL", [])?;
    Ok(())
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
