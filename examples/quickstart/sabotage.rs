//! Breaking a promise on purpose, to see that the story notices. Each way breaks it for real.

use std::path::Path;

use consentkit::{
    ledger::{Body, Record, chain},
    sync::protocol::{Change, SyncRequest},
    transport::HttpRequest,
};
use rusqlite::Connection;

use crate::Result;

/// A grant that claims this number has seen every withdrawal there will ever be.
const EVERY_WITHDRAWAL: i64 = 1_000_000;

/// Which promise is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// The queue loses what waits in it.
    DropQueue,
    /// A grant overrides a withdrawal that its giver could not see.
    GrantWins,
    /// The app does not tell what the operating system said.
    IgnoreOs,
}

impl Sabotage {
    pub const ALL: [Self; 3] = [Self::DropQueue, Self::GrantWins, Self::IgnoreOs];

    pub fn name(self) -> &'static str {
        match self {
            Self::DropQueue => "drop-queue",
            Self::GrantWins => "grant-wins",
            Self::IgnoreOs => "ignore-os",
        }
    }

    pub fn what(self) -> &'static str {
        match self {
            Self::DropQueue => "while the app is dead, its queue is deleted behind the library's back",
            Self::GrantWins => "the second phone's wire rewrites each grant, so that it claims to have seen every withdrawal",
            Self::IgnoreOs => "the app reports that tracking is authorised although the system denied it",
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
pub fn claim_to_have_seen(request: HttpRequest) -> HttpRequest {
    let Ok(mut body) = serde_json::from_slice::<SyncRequest>(&request.body) else { return request };
    for change in &mut body.changes {
        if let Some(forged) = forge(change) {
            *change = forged;
        }
    }
    match serde_json::to_vec(&body) {
        Ok(body) => HttpRequest { body, ..request },
        Err(_) => request,
    }
}

fn forge(change: &Change) -> Option<Change> {
    let mut record: Record = serde_json::from_str(&change.record).ok()?;
    let Body::Choice(choice) = &mut record.body else { return None };
    choice.seen.as_mut()?.epoch = EVERY_WITHDRAWAL;
    let text = serde_json::to_string(&record).ok()?;
    let leaf = chain::leaf(&chain::unhex(&change.salt)?, text.as_bytes());
    let prev = chain::unhex(&change.prev)?.try_into().ok()?;
    let hash = chain::hex(&chain::link(&record.install, record.seq, &prev, &leaf));
    Some(Change { record: text, hash, ..change.clone() })
}
