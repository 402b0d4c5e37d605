//! The policies that the server has, and which edition of each is in force.

use std::collections::BTreeMap;

use consentkit::{
    ledger::chain,
    policy::{Channel, Policy, Purpose, ZoneOffsets, announced, in_force},
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
    /// An edition takes effect on the day of the edition with the number below, or before it.
    #[error(
        "policy {id}: edition {later} takes effect no later than edition {earlier}; give it a later effective_on, or leave one of the two out"
    )]
    Days {
        /// The policy.
        id: String,
        /// The edition with the lower number.
        earlier: u32,
        /// The edition with the higher number.
        later: u32,
    },
    /// There is none.
    #[error("no policy was given")]
    None,
}

/// The editions of each policy. Which of them is in force at a time is worked out as on the phones.
pub struct Policies {
    /// By the policy's id, the lowest edition first.
    editions: BTreeMap<String, Vec<Published>>,
    first: String,
}

impl Policies {
    /// Reads the documents, at `now` (Unix milliseconds).
    pub fn read(documents: Vec<String>, now: i64) -> Result<Self, PolicyError> {
        let mut editions: BTreeMap<String, Vec<Published>> = BTreeMap::new();
        let mut first = None;
        for (index, document) in documents.into_iter().enumerate() {
            let policy = parse(&document).map_err(|reason| PolicyError::Unreadable { number: index + 1, reason })?;
            let etag = chain::hex(&chain::hash(document.as_bytes()));
            first.get_or_insert_with(|| policy.id.clone());
            let zone = zone_of(&policy);
            let known = editions.entry(policy.id.clone()).or_default();
            match known.iter().find(|known| known.policy.edition == policy.edition) {
                Some(same) if same.etag == etag => continue,
                Some(_) => return Err(PolicyError::Twice { id: policy.id, edition: policy.edition }),
                None => known.push(Published { policy, document, etag, zone }),
            }
        }
        for (id, editions) in &mut editions {
            editions.sort_by_key(|published| published.policy.edition);
            check_days(id, editions, now)?;
        }
        let first = first.ok_or(PolicyError::None)?;
        Ok(Self { editions, first })
    }

    /// The edition of a policy that is in force at `now` (Unix milliseconds).
    pub fn in_force(&self, id: &str, now: i64) -> Option<&Published> {
        let editions = self.editions.get(id)?;
        let standing = in_force(editions.iter().map(|published| published.policy.standing()), now)?;
        editions.iter().find(|published| published.policy.edition == standing.edition)
    }

    /// The edition of a policy that comes into force next after `now` (Unix milliseconds).
    pub fn announced(&self, id: &str, now: i64) -> Option<&Published> {
        let editions = self.editions.get(id)?;
        let standing = announced(editions.iter().map(|published| published.policy.standing()), now)?;
        editions.iter().find(|published| published.policy.edition == standing.edition)
    }

    /// The policy that was named first: where nothing else tells which one is meant.
    pub fn first(&self, now: i64) -> Option<&Published> {
        self.in_force(&self.first, now)
    }

    /// The policy that has a purpose, and the purpose, as they are at `now` (Unix milliseconds).
    pub fn with_purpose(&self, id: &str, now: i64) -> Option<(&Published, &Purpose)> {
        self.all_in_force(now).find_map(|published| published.policy.purpose(id).map(|purpose| (published, purpose)))
    }

    /// The policy that asks for a channel, and its purpose for the day, as they are at `now` (Unix milliseconds).
    pub fn with_channel(&self, channel: &Channel, now: i64) -> Option<(&Published, &Purpose)> {
        self.all_in_force(now).find_map(|published| {
            let day = published.policy.purposes.iter().find(|purpose| purpose.channel.as_ref() == Some(channel) && !purpose.night);
            day.map(|purpose| (published, purpose))
        })
    }

    /// Whether a channel is one of those that are known everywhere, or that a policy which is in force at `now` defines.
    pub fn knows(&self, channel: &Channel, now: i64) -> bool {
        let Channel::Other(id) = channel else { return true };
        self.all_in_force(now).any(|published| published.policy.channels.iter().any(|defined| defined.id == *id))
    }

    fn all_in_force(&self, now: i64) -> impl Iterator<Item = &Published> {
        self.editions.keys().filter_map(move |id| self.in_force(id, now))
    }
}

/// Refuses two editions that are announced for one day, since nobody could say which one counts then, and an announced one that takes effect
/// before the edition with the number below. Of those whose day has come the one with the highest number counts.
fn check_days(id: &str, editions: &[Published], now: i64) -> Result<(), PolicyError> {
    for pair in editions.windows(2) {
        let [earlier, later] = pair else { continue };
        let (before, after) = (earlier.policy.standing(), later.policy.standing());
        if after.from > now && before.from >= after.from {
            return Err(PolicyError::Days { id: id.to_owned(), earlier: before.edition, later: after.edition });
        }
    }
    Ok(())
}

/// Most faults that are told: the first ones are enough to begin with.
const FAULTS_TOLD: usize = 5;

fn parse(document: &str) -> Result<Policy, String> {
    Policy::parse(document).map_err(|faults| {
        let told: Vec<String> = faults.iter().take(FAULTS_TOLD).map(|fault| format!("{}: {}", fault.pointer, fault.what)).collect();
        told.join("; ")
    })
}
