//! The policies that the server has in force.

use std::collections::BTreeMap;

use consentkit::{
    ledger::chain,
    policy::{Channel, Policy, Purpose, ZoneOffsets},
    sync::protocol::PolicyRef,
};

use crate::zones::zone_of;

/// One policy, as published.
pub struct Published {
    /// The policy.
    pub policy: Policy,
    /// The exact document.
    pub document: String,
    /// SHA-256 of the document, hex.
    pub etag: String,
    /// What is known of the time zone of its quiet hours.
    pub zone: Option<ZoneOffsets>,
}

impl Published {
    /// How the wire names it.
    pub fn reference(&self) -> PolicyRef {
        PolicyRef { id: self.policy.id.clone(), version: self.policy.version.clone(), edition: self.policy.edition }
    }
}

/// Why the policies cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A document is no policy.
    #[error("policy {number}: {reason}")]
    Unreadable {
        /// Which one, from 1.
        number: usize,
        /// What was wrong.
        reason: String,
    },
    /// Two documents are the same edition and differ.
    #[error("policy {id}: edition {edition} is there twice, with different content")]
    Twice {
        /// The policy.
        id: String,
        /// The edition.
        edition: u32,
    },
    /// There is none.
    #[error("no policy was given")]
    None,
}

/// The newest edition of each policy.
pub struct Policies {
    newest: BTreeMap<String, Published>,
    first: String,
}

impl Policies {
    /// Reads the documents.
    pub fn read(documents: Vec<String>) -> Result<Self, PolicyError> {
        let mut newest: BTreeMap<String, Published> = BTreeMap::new();
        let mut first = None;
        for (index, document) in documents.into_iter().enumerate() {
            let policy = parse(&document).map_err(|reason| PolicyError::Unreadable { number: index + 1, reason })?;
            let etag = chain::hex(&chain::hash(document.as_bytes()));
            if let Some(known) = newest.get(&policy.id) {
                if known.policy.edition == policy.edition && known.etag != etag {
                    return Err(PolicyError::Twice { id: policy.id, edition: policy.edition });
                }
                if known.policy.edition >= policy.edition {
                    continue;
                }
            }
            first.get_or_insert_with(|| policy.id.clone());
            let zone = zone_of(&policy);
            newest.insert(policy.id.clone(), Published { policy, document, etag, zone });
        }
        let first = first.ok_or(PolicyError::None)?;
        Ok(Self { newest, first })
    }

    /// The newest edition of a policy.
    pub fn newest(&self, id: &str) -> Option<&Published> {
        self.newest.get(id)
    }

    /// The policy that was named first: where nothing else tells which one is meant.
    pub fn first(&self) -> Option<&Published> {
        self.newest.get(&self.first)
    }

    /// The policy that has a purpose, and the purpose.
    pub fn with_purpose(&self, id: &str) -> Option<(&Published, &Purpose)> {
        self.newest.values().find_map(|published| published.policy.purpose(id).map(|purpose| (published, purpose)))
    }

    /// The policy that asks for a channel, and its purpose for the day.
    pub fn with_channel(&self, channel: Channel) -> Option<(&Published, &Purpose)> {
        self.newest.values().find_map(|published| {
            let day = published.policy.purposes.iter().find(|purpose| purpose.channel == Some(channel) && !purpose.night);
            day.map(|purpose| (published, purpose))
        })
    }
}

/// Most faults that are told: the first ones are enough to begin with.
const FAULTS_TOLD: usize = 5;

fn parse(document: &str) -> Result<Policy, String> {
    Policy::parse(document).map_err(|faults| {
        let told: Vec<String> = faults.iter().take(FAULTS_TOLD).map(|fault| format!("{}: {}", fault.pointer, fault.what)).collect();
        told.join("; ")
    })
}
