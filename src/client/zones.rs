//! The offsets of time zones, as the host told them. They are kept in memory alone: a system learns of new rules, and a process that lives on
//! is told again.

use std::{collections::BTreeMap, sync::Arc};

use arc_swap::ArcSwap;

use super::{host::asked, options::TimeZones};
use crate::{
    ledger::EARLIEST_DATE,
    policy::{Night, Policy, ZoneOffsets},
};

/// A day, milliseconds.
const DAY_MS: i64 = 86_400_000;

/// How far ahead a zone is asked for. Rules change more often than this, but a phone that gets no update keeps right until then.
const AHEAD_MS: i64 = 5 * 366 * DAY_MS;

/// A zone is asked for again where less than this is known from now on.
const LEAST_MS: i64 = 366 * DAY_MS;

/// Most zones that are kept. An edition names one; a server that delivers many, each with another zone, must not fill the memory.
const MAX_ZONES: usize = 16;

/// The zones that are known, by name. One that the host does not know is there without offsets.
pub type Zones = BTreeMap<String, Arc<ZoneOffsets>>;

/// The offsets that a policy's night needs, where they are known.
pub fn zone_of<'a>(zones: &'a Zones, policy: &Policy) -> Option<&'a ZoneOffsets> {
    let name = policy.quiet_hours().and_then(Night::zone_to_know)?;
    zones.get(name).map(Arc::as_ref)
}

/// What the host told of time zones.
pub struct ZoneBook {
    host: Option<Arc<dyn TimeZones>>,
    known: ArcSwap<Zones>,
}

impl ZoneBook {
    pub fn new(host: Option<Arc<dyn TimeZones>>) -> Self {
        Self { host, known: ArcSwap::default() }
    }

    pub fn known(&self) -> Arc<Zones> {
        self.known.load_full()
    }

    /// Asks the host for the zone of a policy's night where that is not known far enough ahead; says whether something new is known. No lock
    /// may be held.
    pub fn learn(&self, policy: &Policy, now: i64) -> bool {
        let Some(name) = policy.quiet_hours().and_then(Night::zone_to_know) else { return false };
        let known = self.known.load();
        let enough = |zone: &Arc<ZoneOffsets>| zone.changes.is_empty() || zone.until >= now.saturating_add(LEAST_MS);
        let Some(host) = self.host.as_ref().filter(|_| !known.get(name).is_some_and(enough)) else { return false };
        let told = asked(|| host.offsets(name, EARLIEST_DATE, now.max(EARLIEST_DATE).saturating_add(AHEAD_MS))).flatten();
        let told = Arc::new(told.map(ZoneOffsets::checked).unwrap_or_default());
        self.known.rcu(|known| {
            let mut known = if known.len() < MAX_ZONES { Zones::clone(known) } else { Zones::new() };
            known.insert(name.to_owned(), told.clone());
            known
        });
        true
    }
}
